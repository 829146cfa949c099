"""Routes of an instance in order, in pieces between which others have their turn.

A generator gives None where it has worked for a while and has nothing yet, so that whoever asks may
let sessions go on; what it does between two turns takes a few milliseconds, however big a table is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fingerpost.bgp.listing.asked import Extent, RoutesAsked
from fingerpost.bgp.listing.route_row import RouteRow, RowMaker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fingerpost.addr import Prefix
    from fingerpost.bgp.machine import Bgp

Rows: TypeAlias = "tuple[Prefix | bytes, list[RouteRow]]"

SLICE: Final = 65_536
"""Prefixes that are looked at between two turns: a millisecond, ten where their paths matter."""
PIECE: Final = 64
"""Prefixes that become rows between two turns."""
PAGE: Final = 20_000
"""Prefixes that one walk over a table finds where all are asked for."""


def routes(
    bgp: Bgp, asked: RoutesAsked, now: int, after: Prefix | bytes | None = None, page: int = PAGE
) -> Iterator[Rows | None]:
    """The prefixes behind `after`, in order, each with the rows that are asked for; None: a turn.

    `page` is how many are wanted at first: it costs a look at all of them, however few it is.
    """
    maker = RowMaker(bgp, now)
    for prefixes in _pages(bgp, asked, after, page):
        if prefixes is None:
            yield None
            continue
        for start in range(0, len(prefixes), PIECE):
            piece = prefixes[start : start + PIECE]
            if asked.paths.told_to is None:
                yield from _rows(bgp, asked, maker, piece)
            else:
                yield from _told(bgp, asked, maker, piece, asked.paths.told_to)
            yield None


def _pages(
    bgp: Bgp, asked: RoutesAsked, after: Prefix | bytes | None, page: int
) -> Iterator[Sequence[Prefix | bytes] | None]:
    table, code, sought = bgp.table, asked.family.code, asked.paths.filter()
    if asked.prefix is not None and asked.extent is not Extent.LONGER:
        around = table.around(code, asked.prefix, sought)
        if asked.extent is Extent.EXACT:
            around = [one for one in around if one == asked.prefix]
        yield around[:1] if asked.extent is Extent.MATCH else around
        return
    last = after
    while True:
        walk = table.walk(code, limit=page, within=asked.prefix, after=last, filter=sought)
        while table.step(walk, SLICE):
            yield None
        found = walk.prefixes()
        yield found
        if len(found) < page:
            return
        last = found[-1]


def _rows(
    bgp: Bgp, asked: RoutesAsked, maker: RowMaker, prefixes: Sequence[Prefix | bytes]
) -> Iterator[Rows]:
    code, as_received = asked.family.code, asked.paths.as_received
    walk = bgp.table.walk_over(code, prefixes, asked.paths.filter())
    held, sets = bgp.table.rows(walk, prefixes)
    for prefix, paths in zip(prefixes, held, strict=True):
        paths.sort(key=_rank)
        rows = [
            maker.row(asked.family, prefix, raw, sets, as_received=as_received) for raw in paths
        ]
        if rows:
            yield prefix, rows


def _rank(raw: tuple[int, int, int, int, int, int, int | None, int | None, bool]) -> Any:  # noqa: ANN401 - a tuple of what compares
    """The best first, then by how far each came."""
    number, path_id, *_, step, is_best = raw
    return not is_best, 0 if step is None else -step, number, path_id


def _told(
    bgp: Bgp,
    asked: RoutesAsked,
    maker: RowMaker,
    prefixes: Sequence[Prefix | bytes],
    number: int,
) -> Iterator[Rows]:
    peer = bgp.peers.get(number)
    for prefix in prefixes if peer is not None else ():
        each = bgp.table.told_each(number, asked.family.code, prefix) or ()
        rows = [
            maker.told(asked.family, prefix, octets, peer.name, told_id)
            for _, _, told_id, octets, _ in each
            if octets is not None and peer is not None
        ]
        if rows:
            yield prefix, rows
