"""What policies call the attributes that a protocol attached to its routes.

BGP's of a path: `communities` (texts: "65000:100", large "65000:1:2", extended "rt:65000:1"),
`as_path` (AS numbers, nearest first; other segments as texts: "{1,2}", "(64512)", "[64512,64513]"),
`origin` ("igp", "egp", "incomplete"), `med`, `local_preference`, `weight`, `aigp`, `otc` (numbers;
absent where the path has none), `route_source` (who told it: "local", "external", "confederation",
"internal"). Of the place where a policy is asked: `neighbor` (the texts that name it), `remote_as`,
`local_as` (what we call ourselves there), `family`, `role`, `relation`, `igp_metric` (of the way to
the next hop), `default_local_preference`. What was found out about it: `rov` (RFC 6811: "valid",
"invalid", "not-found") and `aspa` ("valid", "invalid", "unknown"). What becomes of the next hop
when it is told: `next_hop_told` ("self", "peer", "unchanged").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fingerpost.rib import RibRoute

COMMUNITIES: Final = "communities"
AS_PATH: Final = "as_path"
NEXT_HOP_TOLD: Final = "next_hop_told"
LOCAL_AS: Final = "local_as"
IGP_METRIC: Final = "igp_metric"

ORIGINS: Final = ("igp", "egp", "incomplete")
ROV_STATES: Final = ("valid", "invalid", "not-found")
ASPA_STATES: Final = ("valid", "invalid", "unknown")
ROUTE_SOURCES: Final = ("local", "external", "confederation", "internal")

SETTABLE: Final = {  # attributes that are numbers, with the most that they can be
    "med": 0xFFFF_FFFF,
    "local_preference": 0xFFFF_FFFF,
    "weight": 0xFFFF_FFFF,
    "aigp": 0xFFFF_FFFF_FFFF_FFFF,
}
NUMBERS: Final = {**SETTABLE, "otc": 0xFFFF_FFFF}
ABSENT: Final = {"local_preference": 100, "weight": 0}
"""What stands for a number that is not there; an instance may say another (`default_...`)."""


def held(route: RibRoute, name: str) -> object:
    """An attribute of a route; None where it has none of that name."""
    attributes = route.attributes
    return None if attributes is None else attributes.get(name)


def as_path_of(route: RibRoute) -> tuple[object, ...]:
    """The AS path of a route, nearest first."""
    found = held(route, AS_PATH)
    return tuple(found) if isinstance(found, Iterable) else ()


def having(route: RibRoute, **attributes: object) -> RibRoute:
    """The route with other attributes; None takes one away."""
    made = {**(route.attributes or {}), **attributes}
    kept = {name: value for name, value in made.items() if value is not None}
    return replace(route, attributes=MappingProxyType(kept))
