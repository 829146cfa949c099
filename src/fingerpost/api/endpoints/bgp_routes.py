"""Routes of BGP in pages, by any of what their paths are."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel

from fingerpost.addr import Prefix
from fingerpost.api.endpoints.asked import LINES, MOST, Asked, WantsLines
from fingerpost.api.endpoints.bgp_asked import RoutesWanted, WhatIsWanted
from fingerpost.api.turns import in_turns
from fingerpost.bgp.listing.walking import PAGE, Rows, routes

router = APIRouter(tags=["bgp"])
Limit = Annotated[int, Query(ge=1, le=MOST, description="Rows of one answer.")]


class BgpRoutes(BaseModel):
    """A page, the paths of a prefix together; `next` is the `after` of the page behind it."""

    name: str
    family: str
    routes: list[dict[str, Any]]
    next: str | None = None


@router.get(
    "/bgp/{instance}/routes",
    response_model=BgpRoutes,
    responses={200: {"content": {LINES: {"schema": {"type": "string"}}}}},
)
async def bgp_routes(
    daemon: Asked, wants_lines: WantsLines, wanted: WhatIsWanted, limit: Limit = 1000
) -> Response:
    """The paths to prefixes, in order; as lines, all that are asked for."""
    now = daemon.host.now()
    if wants_lines:
        return StreamingResponse(_lines(wanted, now), media_type=LINES)
    return Response(await _page(wanted, now, limit), media_type="application/json")


def _found(wanted: RoutesWanted, now: int, page: int) -> AsyncIterator[Rows]:
    return in_turns(routes(wanted.machine, wanted.asked, now, wanted.after, page))


async def _lines(wanted: RoutesWanted, now: int) -> AsyncIterator[bytes]:
    async for _, rows in _found(wanted, now, PAGE):
        yield "".join(f"{row.json()}\n" for row in rows).encode()


async def _page(wanted: RoutesWanted, now: int, limit: int) -> str:
    """Written as it is gathered, so that no long turn comes of it at the end."""
    found: list[str] = []
    last = following = None
    async for prefix, rows in _found(wanted, now, limit + 1):
        if found and len(found) + len(rows) > limit:
            following = last
            break
        found += [row.json() for row in rows]
        last = prefix
    name, family = json.dumps(wanted.name), json.dumps(str(wanted.asked.family))
    tail = json.dumps(None if following is None else key_text(following))
    return f'{{"name":{name},"family":{family},"routes":[{",".join(found)}],"next":{tail}}}'


def key_text(prefix: Prefix | bytes) -> str:
    """What `after` takes."""
    return f"0x{prefix.hex()}" if isinstance(prefix, bytes) else str(prefix)
