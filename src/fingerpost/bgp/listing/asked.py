"""`RoutesAsked`: which prefixes of a family are asked for, by which of their paths."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

from fingerpost.bgp.attributes import Communities, ExtendedCommunities, LargeCommunities
from fingerpost.bgp.community_text import parse_community, parse_large_community
from fingerpost.bgp.extended_text import parse_extended_community
from fingerpost.bgp.program import automaton_of

if TYPE_CHECKING:
    from fingerpost._core import BgpFilter
    from fingerpost.addr import Prefix
    from fingerpost.bgp.family import Family


class Extent(Enum):
    """Which prefixes one asks for by naming one."""

    EXACT = "exact"
    LONGER = "longer"  # and all that are inside of it
    SHORTER = "shorter"  # and all that it is inside of, the longest first
    MATCH = "match"  # the longest of those


class PathState(IntEnum):
    """How a path fares; the numbers are those of the core."""

    ANY = 0
    BEST = 1
    USED = 2
    ACCEPTED = 3
    REFUSED = 4
    STALE = 5
    DAMPED = 6


@dataclass(frozen=True, slots=True)
class PathsAsked:
    """What a path has to be; None does not matter. `peer` is the number of who said it.

    Peer 0 is ourselves. `member`: the type of an attribute that is a list, and the octets of what
    stands in it. `as_path`: an expression that it fits. `as_received`: before
    the import policy. `told_to`: the number of a neighbour that is told the prefix,
    `untold_to` of one that is not, though somebody else says it.
    """

    peer: int | None = None
    state: PathState = PathState.ANY
    origin_as: int | None = None
    through_as: int | None = None
    member: tuple[int, bytes] | None = None
    as_path: str | None = None
    as_received: bool = False
    told_to: int | None = None
    untold_to: int | None = None

    def filter(self) -> BgpFilter:
        """As the core is asked."""
        return (
            self.peer,
            int(self.state),
            self.origin_as,
            self.through_as,
            self.member,
            None if self.as_path is None else automaton_of(self.as_path),
            self.as_received,
            self.told_to,
            self.untold_to,
        )


@dataclass(frozen=True, slots=True)
class RoutesAsked:
    """Prefixes of `family`, all or around `prefix`, by their paths.

    Where `paths.told_to` is there, they are shown as that neighbour is told them.
    """

    family: Family
    prefix: Prefix | None = None
    extent: Extent = Extent.LONGER
    paths: PathsAsked = field(default_factory=PathsAsked)


def member_named(text: str) -> tuple[int, bytes]:
    """A community of any kind as the type of its attribute and its octets.

    "65000:1" and "no-export" are standard, "65000:1:2" is large, "rt:65000:1" extended. Raises
    `UsageError` for what is none.
    """
    parts = text.split(":")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        octets = b"".join(one.to_bytes(4, "big") for one in parse_large_community(text))
        return LargeCommunities.code, octets
    if len(parts) > 1 and not parts[0].isdigit():
        return ExtendedCommunities.code, parse_extended_community(text).to_bytes(8, "big")
    return Communities.code, parse_community(text).to_bytes(4, "big")
