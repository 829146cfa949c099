"""What a border router tells an area of the AS boundary routers of others (RFC 2328 12.4.3).

Each is told by the way that externals would take to it (RFC 2328 16.4.1): within an area other than
the backbone before all others, then by cost, then by the larger area. Routers of an NSSA are not
told: what they have to say others hear by a translator (RFC 3101 2.4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fingerpost.ospf.config import AreaKind
from fingerpost.ospf.constants import BACKBONE
from fingerpost.ospf.lsa.options import RouterFlags
from fingerpost.ospf.origination.summaries import INTER, INTRA, Way, is_told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fingerpost.ospf.config import OspfArea


class FoundRouter(NamedTuple):
    """A border or boundary router as the calculation of an area found it; `flags` as in its LSA."""

    router: int
    flags: int
    way: Way


def boundary_routers(
    found: Iterable[FoundRouter], areas: Mapping[int, OspfArea], *, rfc1583: bool = False
) -> dict[int, Way]:
    """Give the best way to each boundary router; `areas` are those that we are attached to."""
    best: dict[int, Way] = {}
    for one in found:
        if not one.flags & RouterFlags.E or not _counts(one.way, areas):
            continue
        before = best.get(one.router)
        if before is None or _preference(one.way, rfc1583) < _preference(before, rfc1583):
            best[one.router] = one.way
    return best


def metric(way: Way, area: OspfArea) -> int | None:
    """Give the metric that an area hears of a boundary router; None if it hears nothing of it."""
    if area.kind is not AreaKind.NORMAL or not is_told(way, area.id):
        return None
    return way.cost


def _counts(way: Way, areas: Mapping[int, OspfArea]) -> bool:
    held = areas.get(way.area)
    if held is None or held.kind is not AreaKind.NORMAL:
        return False
    return way.path == INTRA or (way.path == INTER and way.area == BACKBONE)


def _preference(way: Way, rfc1583: bool) -> tuple[bool, int, int]:
    is_second = not rfc1583 and not (way.path == INTRA and way.area != BACKBONE)
    return is_second, way.cost, -way.area
