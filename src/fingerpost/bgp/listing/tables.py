"""What an instance holds: its sets of attributes, and its groups of neighbours, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fingerpost.bgp.family import family_of
from fingerpost.bgp.listing.attribute_row import attribute_row

if TYPE_CHECKING:
    from fingerpost.bgp.machine import Bgp


def held(bgp: Bgp) -> list[dict[str, Any]]:
    """What memory is used for."""
    return [
        {"what": what, "count": count, "octets": octets}
        for what, count, octets in bgp.table.holdings()
    ]


def common_sets(bgp: Bgp, limit: int) -> list[dict[str, Any]]:
    """The sets of attributes that most paths share."""
    return [
        {"set": number, "uses": uses, "octets": len(octets), **attribute_row(octets)}
        for number, uses, octets in bgp.table.common_sets(limit)
    ]


def groups(bgp: Bgp) -> list[dict[str, Any]]:
    """Neighbours that are told the same, by family."""
    return [
        {
            "family": str(family_of(code)),
            "neighbors": [bgp.peers[one].name for one in numbers if one in bgp.peers],
            "told": count,
        }
        for code, numbers, count in bgp.table.groups()
    ]
