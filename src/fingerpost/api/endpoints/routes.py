"""Routes: what is forwarded by (`/routes`), and every candidate of every prefix (`/rib`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel

from fingerpost.addr import Prefix
from fingerpost.api.endpoints.asked import (
    LINES,
    MAIN,
    Asked,
    Limit,
    TableName,
    WantsLines,
    address_asked,
    prefix_asked,
    table_of,
)
from fingerpost.api.route_rows import (
    Part,
    RouteRow,
    RowMaker,
    Rows,
    candidate_rows,
    forwarded_rows,
    lines_of,
    page_of,
    walk,
)
from fingerpost.rib.table import Rib
from fingerpost.router.asking import instances

router = APIRouter(tags=["routes"])
EVERYTHING = (Prefix("0.0.0.0/0"), Prefix("::/0"))


class Routes(BaseModel):
    """A page, routes of one prefix together; `next` is the `after` of the page behind it."""

    table: str
    routes: list[RouteRow]
    next: str | None = None


class Summary(BaseModel):
    """How much is in a table: prefixes with a candidate, and routes by protocol instance."""

    table: str
    prefixes: int
    by_protocol: dict[str, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rows that a query asks for, before they are made: `part` of a table, from `begin` on."""

    table: str
    rib: Rib
    part: Part
    begin: Prefix | None
    maker: RowMaker


PrefixFilter = Annotated[str | None, Query(max_length=64, description="Only this prefix.")]
AddressFilter = Annotated[
    str | None, Query(max_length=64, description="Only what this address is forwarded by.")
]
Longer = Annotated[bool, Query(description="With prefix: and all that are inside it.")]
Family = Annotated[int | None, Query(description="4 or 6.")]
ProtocolFilter = Annotated[str | None, Query(max_length=64, description="Only of this source.")]
After = Annotated[str | None, Query(max_length=64, description="Begin behind this prefix.")]
AS_LINES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {LINES: {"schema": {"type": "string"}}},
        "description": "A page; or all, a line a row",
    }
}


def _part(
    rib: Rib, prefix: str | None, address: str | None, longer: bool, family: int | None
) -> Part:
    """Read the filters of a query. Raises `RefusalError` for what is no prefix or address."""
    if address is not None:
        found = rib.match(address_asked(address))
        return Part(() if found is None else (found.prefix,), is_exact=True)
    if prefix is not None:
        return Part((prefix_asked(prefix),), is_exact=not longer)
    return Part(tuple(one for one in EVERYTHING if family in (None, one.version)))


async def _wanted(
    daemon: Asked,
    table: TableName = MAIN,
    prefix: PrefixFilter = None,
    address: AddressFilter = None,
    longer: Longer = False,
    family: Family = None,
    protocol: ProtocolFilter = None,
    after: After = None,
) -> Wanted:
    held = table_of(daemon, table)
    part = _part(held, prefix, address, longer, family)
    begin = None if after is None else prefix_asked(after)
    return Wanted(table, held, part, begin, RowMaker(daemon.host.now, protocol))


WhatIsWanted = Annotated[Wanted, Depends(_wanted)]


async def _answer(wanted: Wanted, rows: Rows, limit: int, *, wants_lines: bool) -> Response:
    chunks = walk(wanted.rib, wanted.part, rows, wanted.begin)
    if wants_lines:
        return StreamingResponse(lines_of(chunks), media_type=LINES)
    return Response(await page_of(wanted.table, chunks, limit), media_type="application/json")


@router.get("/routes", response_model=Routes, responses=AS_LINES)
async def routes(
    daemon: Asked, wants_lines: WantsLines, wanted: WhatIsWanted, limit: Limit = 1000
) -> Response:
    """What packets are forwarded by, in order of prefix."""
    forwarding = daemon.routing.forwarding[wanted.table]
    rows = forwarded_rows(wanted.rib, forwarding, wanted.maker)
    return await _answer(wanted, rows, limit, wants_lines=wants_lines)


@router.get("/rib", response_model=Routes, responses=AS_LINES)
async def rib(wants_lines: WantsLines, wanted: WhatIsWanted, limit: Limit = 1000) -> Response:
    """Every route that any source offers, in order of prefix and rank."""
    rows = candidate_rows(wanted.rib, wanted.maker)
    return await _answer(wanted, rows, limit, wants_lines=wants_lines)


@router.get("/rib/summary")
async def rib_summary(daemon: Asked, table: TableName = MAIN) -> Summary:
    """How many prefixes a table has, and how many routes each protocol has in it."""
    held = table_of(daemon, table)
    running = instances(daemon.routing, table)
    counts = {one.name: one.channel.held for one in running}
    return Summary(table=table, prefixes=len(held), by_protocol=counts)
