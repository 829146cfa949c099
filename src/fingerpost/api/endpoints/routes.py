"""Routes: what is forwarded by (`/routes`), and every candidate of every prefix (`/rib`).

A table may have a million prefixes and change while it is read, so both are given in pages, or as
a stream of lines; between two chunks of either the router has its turn. What is in the table all
the time comes exactly once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from fingerpost.addr import Prefix
from fingerpost.api.daemon import Daemon
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
from fingerpost.rib.route import RibRoute
from fingerpost.rib.table import Rib

router = APIRouter(tags=["routes"])
CHUNK = 256  # prefixes between two turns of the router: about 5 ms
EVERYTHING = (Prefix("0.0.0.0/0"), Prefix("::/0"))


class Hop(BaseModel):
    """One next hop; without an interface it is recursive."""

    gateway: str | None = None
    interface: str | None = None
    weight: int = 1


class RouteRow(BaseModel):
    """One route. `is_used`: it is among those that the prefix uses; `age_s`: since its source
    has said so.
    """

    prefix: str
    protocol: str
    kind: str
    distance: int
    metric: int
    tag: int
    next_hops: list[Hop]
    learned_from: str | None
    age_s: float
    is_used: bool = True


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


Rows: TypeAlias = Callable[[Prefix], Iterator[RouteRow]]
Chunks: TypeAlias = AsyncIterator[list[tuple[Prefix, list[RouteRow]]]]


@dataclass(frozen=True, slots=True)
class Part:
    """Which prefixes are asked for: those inside `within`, or only that one."""

    within: tuple[Prefix, ...]
    is_exact: bool = False
    protocol: str | None = None


def part_asked(
    rib: Rib,
    prefix: str | None,
    address: str | None,
    longer: bool,
    family: int | None,
    protocol: str | None,
) -> Part:
    """Read the filters of a query. Raises `RefusalError` for what is no prefix or address."""
    if address is not None:
        found = rib.match(address_asked(address))
        return Part(() if found is None else (found.prefix,), True, protocol)
    if prefix is not None:
        return Part((prefix_asked(prefix),), not longer, protocol)
    return Part(tuple(one for one in EVERYTHING if family in (None, one.version)), False, protocol)


def row_of(route: RibRoute, now: int, *, is_used: bool = True) -> RouteRow:
    """The model of a route."""
    return RouteRow(
        prefix=str(route.prefix),
        protocol=route.source,
        kind=route.kind.value,
        distance=route.distance,
        metric=route.metric,
        tag=route.tag,
        next_hops=[
            Hop(
                gateway=None if hop.gateway is None else str(hop.gateway),
                interface=hop.interface,
                weight=hop.weight,
            )
            for hop in route.next_hops
        ],
        learned_from=None if route.learned_from is None else str(route.learned_from),
        age_s=max(0, now - route.since) // 1_000_000 / 1000,
        is_used=is_used,
    )


def forwarded_rows(daemon: Daemon, table: str) -> Rows:
    """What a prefix is forwarded by: the best route, if the export policy lets it pass."""
    rib, channel = table_of(daemon, table), daemon.routing.forwarding[table]

    def rows(prefix: Prefix) -> Iterator[RouteRow]:
        best = rib.best(prefix)
        if best is not None:
            verdict = channel.export_verdict(best)
            if verdict.accepted:
                yield row_of(verdict.route, daemon.host.now())

    return rows


def candidate_rows(daemon: Daemon, table: str) -> Rows:
    """Every route that is offered for a prefix, in order of rank."""
    rib = table_of(daemon, table)

    def rows(prefix: Prefix) -> Iterator[RouteRow]:
        now = daemon.host.now()
        for one in rib.explain(prefix).candidates:
            yield row_of(one.route, now, is_used=one.wins)

    return rows


async def walk(rib: Rib, part: Part, rows: Rows, after: Prefix | None) -> Chunks:
    """Chunks of prefixes behind `after`, in order, with what `rows` gives for each."""
    for within in part.within:
        if part.is_exact:
            yield [(within, _of_protocol(rows(within), part.protocol))]
            continue
        last = after if after is not None and after.version == within.version else None
        if after is not None and last is None and within.version < after.version:
            continue
        while page := rib.page(within, last, CHUNK):
            yield [(prefix, _of_protocol(rows(prefix), part.protocol)) for prefix in page]
            last = page[-1]
            await asyncio.sleep(0)


def _of_protocol(rows: Iterator[RouteRow], protocol: str | None) -> list[RouteRow]:
    """All, or those of one source, where "connected" means connected:eth0 and its like too."""
    if protocol is None:
        return list(rows)
    with_place = f"{protocol}:"
    return [row for row in rows if f"{row.protocol}:".startswith(with_place)]


async def lines_of(
    chunks: AsyncIterator[list[tuple[Prefix, list[RouteRow]]]],
) -> AsyncIterator[bytes]:
    """The rows as lines of JSON."""
    async for chunk in chunks:
        text = "".join(f"{row.model_dump_json()}\n" for _, rows in chunk for row in rows)
        if text:
            yield text.encode()


async def page_of(chunks: Chunks, limit: int) -> tuple[list[RouteRow], str | None]:
    """Rows until there are `limit`, those of a prefix never torn; where the next page begins."""
    found: list[RouteRow] = []
    last: Prefix | None = None
    async for chunk in chunks:
        for prefix, rows in chunk:
            if found and len(found) + len(rows) > limit:
                return found, None if last is None else str(last)
            found += rows
            last = prefix
    return found, None


PrefixFilter = Annotated[str | None, Query(max_length=64, description="Only this prefix.")]
AddressFilter = Annotated[
    str | None, Query(max_length=64, description="Only what this address is forwarded by.")
]
Longer = Annotated[bool, Query(description="With prefix: and all that are inside it.")]
Family = Annotated[int | None, Query(description="4 or 6.")]
ProtocolFilter = Annotated[str | None, Query(max_length=64, description="Only of this source.")]
After = Annotated[str | None, Query(max_length=64, description="Begin behind this prefix.")]
AS_LINES: dict[int | str, dict[str, object]] = {
    200: {
        "content": {LINES: {"schema": {"type": "string"}}},
        "description": "A page; or all, a line a row",
    }
}


@router.get("/routes", response_model=Routes, responses=AS_LINES)
async def routes(
    daemon: Asked,
    wants_lines: WantsLines,
    table: TableName = MAIN,
    prefix: PrefixFilter = None,
    address: AddressFilter = None,
    longer: Longer = False,
    family: Family = None,
    protocol: ProtocolFilter = None,
    after: After = None,
    limit: Limit = 1000,
) -> Routes | StreamingResponse:
    """What packets are forwarded by, in order of prefix."""
    rib = table_of(daemon, table)
    part = part_asked(rib, prefix, address, longer, family, protocol)
    begin = None if after is None else prefix_asked(after)
    chunks = walk(rib, part, forwarded_rows(daemon, table), begin)
    if wants_lines:
        return StreamingResponse(lines_of(chunks), media_type=LINES)
    rows, following = await page_of(chunks, limit)
    return Routes(table=table, routes=rows, next=following)


@router.get("/rib", response_model=Routes, responses=AS_LINES)
async def rib(
    daemon: Asked,
    wants_lines: WantsLines,
    table: TableName = MAIN,
    prefix: PrefixFilter = None,
    address: AddressFilter = None,
    longer: Longer = False,
    family: Family = None,
    protocol: ProtocolFilter = None,
    after: After = None,
    limit: Limit = 1000,
) -> Routes | StreamingResponse:
    """Every route that any source offers, in order of prefix and rank."""
    held = table_of(daemon, table)
    part = part_asked(held, prefix, address, longer, family, protocol)
    begin = None if after is None else prefix_asked(after)
    chunks = walk(held, part, candidate_rows(daemon, table), begin)
    if wants_lines:
        return StreamingResponse(lines_of(chunks), media_type=LINES)
    rows, following = await page_of(chunks, limit)
    return Routes(table=table, routes=rows, next=following)


@router.get("/rib/summary")
async def rib_summary(daemon: Asked, table: TableName = MAIN) -> Summary:
    """How many prefixes a table has, and how many routes each protocol has in it."""
    held = table_of(daemon, table)
    running = daemon.routing.protocols.values()
    counts = {one.name: one.channel.held for one in running if one.config.table == table}
    return Summary(table=table, prefixes=len(held), by_protocol=counts)
