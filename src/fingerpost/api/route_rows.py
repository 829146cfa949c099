"""Routes as rows of JSON, in chunks between which the router has its turn.

A table may have a million prefixes and change while it is read: what is in it all the time comes
exactly once.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pydantic import BaseModel

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.forwarding.route import NextHop
    from fingerpost.rib.channel import Channel
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.table import Rib

CHUNK = 256  # prefixes between two turns of the router: a few milliseconds
HOPS_HELD = 10_000


class Hop(BaseModel):
    """One next hop; without an interface it is recursive. `onlink`: the gateway is on the link."""

    gateway: str | None = None
    interface: str | None = None
    weight: int = 1
    onlink: bool = False


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


Rows: TypeAlias = "Callable[[Prefix], Iterator[RouteRow]]"
Chunks: TypeAlias = "AsyncIterator[list[tuple[Prefix, list[RouteRow]]]]"


class RowMaker:
    """Makes rows of the routes of one source, where "connected" means connected:eth0 too."""

    def __init__(self, now: Callable[[], int], protocol: str | None) -> None:
        """`now`: the host's clock. None: the routes of all sources."""
        self._now = now
        self._protocol = None if protocol is None else f"{protocol}:"
        # next hops are shared by very many routes; held here, so that their identity stays theirs
        self._hops: dict[int, tuple[tuple[NextHop, ...], list[Hop]]] = {}

    def wants(self, route: RibRoute) -> bool:
        """Whether a route is asked for."""
        return self._protocol is None or f"{route.source}:".startswith(self._protocol)

    def row(self, route: RibRoute, *, is_used: bool = True) -> RouteRow:
        """The model of a route."""
        return RouteRow(
            prefix=str(route.prefix),
            protocol=route.source,
            kind=route.kind.value,
            distance=route.distance,
            metric=route.metric,
            tag=route.tag,
            next_hops=self._next_hops(route),
            learned_from=None if route.learned_from is None else str(route.learned_from),
            age_s=max(0, self._now() - route.since) // 1_000_000 / 1000,
            is_used=is_used,
        )

    def _next_hops(self, route: RibRoute) -> list[Hop]:
        held = self._hops.get(id(route.next_hops))
        if held is None:
            hops = [
                Hop(
                    gateway=None if hop.gateway is None else str(hop.gateway),
                    interface=hop.interface,
                    weight=hop.weight,
                    onlink=hop.is_onlink,
                )
                for hop in route.next_hops
            ]
            if len(self._hops) >= HOPS_HELD:
                self._hops.clear()
            held = self._hops[id(route.next_hops)] = route.next_hops, hops
        return held[1]


def forwarded_rows(rib: Rib, channel: Channel, maker: RowMaker) -> Rows:
    """What a prefix is forwarded by: the best route, if the export policy lets it pass."""

    def rows(prefix: Prefix) -> Iterator[RouteRow]:
        best = rib.best(prefix)
        if best is not None and maker.wants(best):
            verdict = channel.export_verdict(best)
            if verdict.accepted:
                yield maker.row(verdict.route)

    return rows


def candidate_rows(rib: Rib, maker: RowMaker) -> Rows:
    """Every route that is offered for a prefix, in order of rank."""

    def rows(prefix: Prefix) -> Iterator[RouteRow]:
        for one in rib.explain(prefix).candidates:
            if maker.wants(one.route):
                yield maker.row(one.route, is_used=one.wins)

    return rows


@dataclass(frozen=True, slots=True)
class Part:
    """Which prefixes are asked for: those inside `within`, or only that one."""

    within: tuple[Prefix, ...]
    is_exact: bool = False


async def walk(rib: Rib, part: Part, rows: Rows, after: Prefix | None) -> Chunks:
    """Chunks of prefixes behind `after`, in order, with what `rows` gives for each."""
    for within in part.within:
        if part.is_exact:
            yield [(within, list(rows(within)))]
            continue
        last = after if after is not None and after.version == within.version else None
        if after is not None and last is None and within.version < after.version:
            continue
        while page := rib.page(within, last, CHUNK):
            yield [(prefix, list(rows(prefix))) for prefix in page]
            last = page[-1]
            await asyncio.sleep(0)


async def lines_of(chunks: Chunks) -> AsyncIterator[bytes]:
    """The rows as lines of JSON."""
    async for chunk in chunks:
        text = "".join(f"{row.model_dump_json()}\n" for _, rows in chunk for row in rows)
        if text:
            yield text.encode()


async def page_of(table: str, chunks: Chunks, limit: int) -> str:
    """A page of JSON: about `limit` rows, those of a prefix never torn, and where the next begins.

    Written as it is gathered, so that no long turn comes of it at the end.
    """
    found: list[str] = []
    last: Prefix | None = None
    following: Prefix | None = None
    async for chunk in chunks:
        for prefix, rows in chunk:
            if found and len(found) + len(rows) > limit:
                following = last
                break
            found += [row.model_dump_json() for row in rows]
            last = prefix
        if following is not None:
            break
    tail = "null" if following is None else f'"{following}"'
    return f'{{"table":{json.dumps(table)},"routes":[{",".join(found)}],"next":{tail}}}'
