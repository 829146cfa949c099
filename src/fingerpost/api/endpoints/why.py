"""Why something is forwarded as it is (`/why`), and why something is not (`/why-not`)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from fingerpost.api.endpoints.asked import (
    MAIN,
    Asked,
    TableName,
    address_asked,
    prefix_asked,
    table_of,
)

router = APIRouter(tags=["why"])

Target = Annotated[str, Query(max_length=64, description="A prefix, or an address.")]
Source = Annotated[str | None, Query(max_length=64, description="Only the route of this source.")]


@router.get("/why")
async def why(daemon: Asked, asked: Target, table: TableName = MAIN) -> dict[str, Any]:
    """The winner, the losers with the deciding rule, policy lines, next hops, who said it."""
    table_of(daemon, table)
    target = prefix_asked(asked) if "/" in asked else address_asked(asked)
    return {"text": str(daemon.routing.explain(target, table))}


@router.get("/why-not")
async def why_not(
    daemon: Asked, prefix: Target, source: Source = None, table: TableName = MAIN
) -> dict[str, Any]:
    """Why a prefix, or one source's route for it, is not used."""
    table_of(daemon, table)
    return {"text": str(daemon.routing.explain_not(prefix_asked(prefix), source, table))}
