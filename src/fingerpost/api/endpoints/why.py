"""Why something is forwarded as it is (`/why`), and why something is not (`/why-not`)."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import APIRouter, Query

from fingerpost.api.answers import Why, WhyNot
from fingerpost.api.daemon import Daemon
from fingerpost.api.endpoints.asked import (
    MAIN,
    Asked,
    TableName,
    address_asked,
    prefix_asked,
    table_of,
)
from fingerpost.api.problem import RefusalError
from fingerpost.errors import UsageError
from fingerpost.rib.instant_text import Clock

router = APIRouter(tags=["why"])

Target = Annotated[str, Query(max_length=64, description="A prefix, or an address.")]
Missing = Annotated[str, Query(max_length=64, description="A prefix.")]
Source = Annotated[
    str | None,
    Query(max_length=64, description="Only routes of this source, or of all of its kind."),
]
To = Annotated[
    str | None, Query(max_length=64, description="Why this protocol does not tell its neighbours.")
]


@router.get("/why", response_model=Why)
async def why(daemon: Asked, asked: Target, table: TableName = MAIN) -> dict[str, Any]:
    """The winner, the losers with the deciding rule, policy lines, next hops, who said it."""
    table_of(daemon, table)
    target = prefix_asked(asked) if "/" in asked else address_asked(asked)
    return daemon.routing.explain(target, table).as_dict(_clock(daemon))


@router.get("/why-not", response_model=WhyNot)
async def why_not(
    daemon: Asked,
    prefix: Missing,
    source: Source = None,
    to: To = None,
    table: TableName = MAIN,
) -> dict[str, Any]:
    """Why a prefix, or one source's route for it, is not used; or not told to neighbours."""
    table_of(daemon, table)
    missing = prefix_asked(prefix)
    try:
        answer = daemon.routing.explain_not(missing, source, table, to=to)
    except UsageError as error:
        raise RefusalError(404, str(error)) from None
    return answer.as_dict(_clock(daemon))


def _clock(daemon: Daemon) -> Clock:
    """What ties the router's clock to the time of day."""
    return Clock(daemon.host.now(), time.time_ns())
