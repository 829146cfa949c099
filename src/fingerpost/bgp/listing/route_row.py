"""Paths as rows of plain data: who says what of a prefix, and how it fares."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from fingerpost.bgp.decision import Step
from fingerpost.bgp.listing.attribute_row import AttributeRow, AttributeRows
from fingerpost.bgp.nlri import nlri_text
from fingerpost.bgp.origination import Source
from fingerpost.bgp.path_view import PathFlags
from fingerpost.bgp.refused import why_refused
from fingerpost.forwarding.durations import SECOND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.addr import Prefix
    from fingerpost.bgp.family import Family
    from fingerpost.bgp.machine import Bgp

    Raw = tuple[int, int, int, int, int, int, int | None, int | None, bool]

_STALE = PathFlags.STALE | PathFlags.LONG_LIVED_STALE
_MILLION = 1_000_000


class RouteRow(NamedTuple):
    """One path: what is its own, and its attributes, which many have in common."""

    own: dict[str, Any]
    attributes: AttributeRow

    def as_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {**self.own, **self.attributes.row}

    def json(self) -> str:
        """The same as JSON."""
        return f"{json.dumps(self.own)[:-1]}, {self.attributes.text[1:]}"


class RowMaker:
    """Makes rows of one instance, as of an instant."""

    def __init__(self, bgp: Bgp, now: int) -> None:
        """Neighbours are looked up once."""
        self._attributes = AttributeRows()
        self._now = now
        self._first = bgp.first_instant
        self._neighbors = {
            number: _neighbor(one.name, str(one.address or ""), str(one.relation.name).lower())
            for number, one in bgp.peers.items()
        }

    def row(
        self,
        family: Family,
        prefix: Prefix | bytes,
        raw: Raw,
        sets: Mapping[int, bytes],
        *,
        as_received: bool = False,
    ) -> RouteRow:
        """One path to a prefix.

        `state` is "best", "beside" (used with the best), "valid", "unreachable" (no way to its
        next hop) or "refused", for the reason in `refused`; `lost`: the step by which one lost.
        Attributes are those after the import policy, of one that is refused as they came.
        """
        number, path_id, received, imported, flags, since, metric, step, is_best = raw
        shown = received if as_received or not imported else imported
        refused = why_refused(flags)
        state = _state(flags, metric, is_best=is_best, is_refused=refused is not None)
        who = self._neighbors.get(number) or _neighbor(None, "", Source.of(path_id).name.lower())
        own = {
            "prefix": prefix_text(family, prefix),
            **who,
            "path_id": path_id if number else 0,
            "state": state,
            "refused": refused,
            "lost": Step(step).title if step is not None and state == "valid" else None,
            "stale": _stale(flags),
            "metric": metric,
            "age_s": self._age(since),
        }
        return RouteRow(own, self._attributes.of(sets.get(shown, b"")))

    def told(
        self, family: Family, prefix: Prefix | bytes, octets: bytes, neighbor: str, path_id: int
    ) -> RouteRow:
        """What a neighbour is told of a path to a prefix, by which identifier (0: none)."""
        own = {"prefix": prefix_text(family, prefix), "to": neighbor, "path_id": path_id}
        return RouteRow(own, self._attributes.of(octets))

    def _age(self, since: int) -> float:
        passed = max(0, self._now - self._first - since * SECOND)
        return passed // _MILLION / 1000


def prefix_text(family: Family, prefix: Prefix | bytes) -> str:
    """A prefix of any family."""
    return nlri_text(family, prefix) if isinstance(prefix, bytes) else str(prefix)


def _neighbor(name: str | None, address: str, source: str) -> dict[str, Any]:
    return {"neighbor": name, "address": address or None, "source": source}


def _state(flags: int, metric: int | None, *, is_best: bool, is_refused: bool) -> str:
    if is_refused:
        return "refused"
    if is_best:
        return "best"
    if flags & PathFlags.MULTIPATH:
        return "beside"
    return "unreachable" if metric is None else "valid"


def _stale(flags: int) -> str | None:
    if not flags & _STALE:
        return None
    return "for long" if flags & PathFlags.LONG_LIVED_STALE else "for now"
