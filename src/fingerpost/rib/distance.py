"""Administrative distances: how much the table trusts each kind of source; less is better.

The values are custom, in no RFC; FRR and others ship the same ones. A source name may carry an
instance after a colon: "ospf:1" is trusted as "ospf" is.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from fingerpost.errors import UsageError

NEVER: Final = 255
"""A route of this distance is kept and shown, but never chosen."""

DISTANCES: Final = MappingProxyType(
    {
        "connected": 0,
        "static": 1,
        "ebgp": 20,
        "ospf": 110,
        "isis": 115,
        "rip": 120,
        "ripng": 120,
        "ibgp": 200,
    }
)
"""The customary distance of each kind of source."""


def kind_of(source: str) -> str:
    """The kind of a source: "ospf" of "ospf:1"."""
    return source.partition(":")[0]


def distance_of(source: str) -> int:
    """The customary distance of a source name. Raises `UsageError` for one without custom."""
    distance = DISTANCES.get(kind_of(source))
    if distance is None:
        known = ", ".join(DISTANCES)
        raise UsageError(f"no customary distance for source {source!r}; give one, or use {known}")
    return distance
