"""What a neighbour is told already, for a station that comes later (RFC 8671 4), in slices.

What goes from then on stands in the log; what is told while slices are made may be in both.
Families other than unicast ones have no slices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost._core import PrefixColumn, bgp_updates
from fingerpost.addr import Prefix
from fingerpost.bgp.bmp.heads import end_of_rib
from fingerpost.bmp import MessageKind
from fingerpost.bmp.header import framed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fingerpost.bgp.family import Family
    from fingerpost.bgp.machine import Bgp

SLICE: Final = 500
"""Prefixes of a slice, a few milliseconds."""
PAGE: Final = 20_000
LOOKED_AT: Final = 65_536
LONGEST: Final = 4096


def told_slices(bgp: Bgp, peer: int, family: Family, head: bytes) -> Iterator[bytes]:
    """Give Route Monitoring messages behind the per-peer header `head`, b"" between two turns."""
    last: Prefix | bytes | None = None
    has_more = family.is_unicast
    while has_more:
        walk = bgp.table.walk(family.code, limit=PAGE, after=last)
        while bgp.table.step(walk, LOOKED_AT):
            yield b""
        found = walk.prefixes()
        for start in range(0, len(found), SLICE):
            yield _slice(bgp, peer, family, found[start : start + SLICE], head)
        has_more = len(found) == PAGE
        last = found[-1] if found else None
    yield end_of_rib(family.code, head)


def _slice(
    bgp: Bgp, peer: int, family: Family, prefixes: Sequence[Prefix | bytes], head: bytes
) -> bytes:
    alike: dict[bytes, list[tuple[Prefix, int]]] = {}
    for prefix in prefixes:
        assert isinstance(prefix, Prefix)  # of a unicast family
        for _, _, path_id, octets, _ in bgp.table.told_each(peer, family.code, prefix) or ():
            if octets is not None:
                alike.setdefault(octets, []).append((prefix, path_id))
    return b"".join(
        _monitoring(_updates(family, octets, named), head) for octets, named in alike.items()
    )


def _updates(family: Family, octets: bytes, named: Iterable[tuple[Prefix, int]]) -> bytes:
    column, ids = zip(*named, strict=True)
    path_ids = list(ids) if any(ids) else None
    return bgp_updates(family.code, octets, PrefixColumn(column), LONGEST, path_ids)


def _monitoring(messages: bytes, head: bytes) -> bytes:
    out, at = [], 0
    while at < len(messages):
        end = at + int.from_bytes(messages[at + 16 : at + 18], "big")
        out.append(framed(MessageKind.ROUTE_MONITORING, head + messages[at:end]))
        at = end
    return b"".join(out)
