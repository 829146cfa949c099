"""`Path`: what a neighbour says about prefixes, as a program reads it; and its octets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.bgp.attributes import (
    AsPath,
    Attribute,
    AttributeSet,
    Communities,
    ExtendedCommunities,
    LargeCommunities,
    LocalPref,
    MultiExitDisc,
    NextHop,
    Origin,
    OriginCode,
)
from fingerpost.bgp.text import (
    community_text,
    extended_community_text,
    large_community_text,
    parse_as_path,
    parse_community,
    parse_extended_community,
    parse_large_community,
)
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SELF = "self"
"""In place of a next hop: the address that each session runs from (RFC 4271 5.1.3)."""


@dataclass(frozen=True, slots=True)
class Path:
    """The attributes of a path. `attributes` has all of them; the others are those often asked for.

    Prints as "65001 65002 via 192.0.2.2".
    """

    attributes: AttributeSet

    @property
    def as_path(self) -> AsPath:
        """Through which AS it leads; `as_path.numbers` are plain numbers, nearest first."""
        return self.attributes.as_path

    @property
    def origin(self) -> str:
        """How it came into BGP: "igp", "egp" or "incomplete"."""
        found = self.attributes.get(Origin)
        return "incomplete" if found is None else found.origin.name.lower()

    @property
    def next_hop(self) -> Address | None:
        """Where packets go; None where that is no IP address, or ourselves."""
        found = self.attributes.get(NextHop)
        return None if found is None else next(iter(found.addresses), None)

    @property
    def med(self) -> int | None:
        """MULTI_EXIT_DISC."""
        return self.attributes.med

    @property
    def local_preference(self) -> int | None:
        """LOCAL_PREF; only neighbours of the same AS say it."""
        return self.attributes.local_preference

    @property
    def communities(self) -> tuple[str, ...]:
        """Communities of all kinds as operators write them: standard, large, extended."""
        held = self.attributes
        return (
            *map(community_text, held.communities),
            *map(large_community_text, held.large_communities),
            *map(extended_community_text, held.extended_communities),
        )

    def __str__(self) -> str:
        """The AS path, and the next hop."""
        hop = self.next_hop
        return f"{self.as_path} via {hop}".strip() if hop is not None else str(self.as_path)


def path_to_announce(
    *,
    next_hop: str | Address = SELF,
    path: str | Sequence[int] = (),
    origin: str = "igp",
    med: int | None = None,
    local_preference: int | None = None,
    communities: Iterable[str | int | tuple[int, int, int]] = (),
    attributes: Iterable[Attribute] = (),
) -> AttributeSet:
    """What a program says of a path; raises `UsageError` for words that mean nothing.

    `attributes` are laid over what the other words make.
    """
    found: list[Attribute] = [Origin(_origin(origin)), _as_path(path)]
    if next_hop != SELF:
        hop = next_hop if isinstance(next_hop, Address) else Address(next_hop)
        found.append(NextHop.of(hop))
    if med is not None:
        found.append(MultiExitDisc(med))
    if local_preference is not None:
        found.append(LocalPref(local_preference))
    return AttributeSet.of(*found, *_communities(communities), *attributes)


def _origin(word: str) -> OriginCode:
    try:
        return OriginCode[word.upper()]
    except KeyError:
        raise UsageError(f"origin {word!r}, expected igp, egp or incomplete") from None


def _as_path(path: str | Sequence[int]) -> AsPath:
    return parse_as_path(path) if isinstance(path, str) else AsPath.of(*path)


def _communities(given: Iterable[str | int | tuple[int, int, int]]) -> list[Attribute]:
    """Each kind in an attribute of its own; a number is a standard one, three are a large one."""
    standard: list[int] = []
    large: list[tuple[int, int, int]] = []
    extended: list[int] = []
    for one in given:
        if isinstance(one, int):
            standard.append(one)
        elif isinstance(one, tuple):
            large.append(one)
        elif one.count(":") == 2 and one[0].isdigit():
            large.append(parse_large_community(one))
        elif ":" in one and not one[0].isdigit():
            extended.append(parse_extended_community(one))
        else:
            standard.append(parse_community(one))
    found: list[Attribute] = []
    if standard:
        found.append(Communities(tuple(standard)))
    if large:
        found.append(LargeCommunities(tuple(large)))
    if extended:
        found.append(ExtendedCommunities(tuple(extended)))
    return found
