"""What people write of routes that they want to see, read and checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from fingerpost.addr import Address, Prefix
from fingerpost.bgp.asn_text import parse_asn
from fingerpost.bgp.family import IPV4, IPV6, Family, family_named
from fingerpost.bgp.listing.asked import Extent, PathsAsked, PathState, RoutesAsked, member_named
from fingerpost.bgp.program import automaton_of
from fingerpost.errors import UsageError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WordsOfRoutes:
    """A question in words; None does not matter. `neighbor` is the number of one."""

    family: str | None = None
    prefix: str | None = None
    address: str | None = None
    longer: bool = False
    shorter: bool = False
    neighbor: int | None = None
    received: bool = False
    told: bool = False
    state: str | None = None
    origin_as: str | None = None
    through_as: str | None = None
    community: str | None = None
    as_path: str | None = None

    def read(self) -> RoutesAsked:
        """What is meant. Raises `UsageError` for what means nothing."""
        if self.told and self.neighbor is None:
            raise UsageError("told needs neighbor: who is told it")
        around, extent = self._around()
        paths = PathsAsked(
            peer=None if self.told else self.neighbor,
            state=_state("best" if self.told and self.state is None else self.state),
            origin_as=_read(parse_asn, self.origin_as),
            through_as=_read(parse_asn, self.through_as),
            member=_read(member_named, self.community),
            as_path=_read(_expression, self.as_path),
            as_received=self.received,
            told_to=self.neighbor if self.told else None,
        )
        return RoutesAsked(_family(self.family, around), around, extent, paths)

    def _around(self) -> tuple[Prefix | None, Extent]:
        if self.address is not None:
            return Prefix(Address(self.address).without_zone), Extent.MATCH
        if self.prefix is None:
            return None, Extent.LONGER
        extent = Extent.SHORTER if self.shorter else Extent.EXACT
        return Prefix(self.prefix), Extent.LONGER if self.longer else extent


def _read(read: Callable[[str], T], text: str | None) -> T | None:
    return None if text is None else read(text)


def _expression(text: str) -> str:
    """The same, if it is one."""
    automaton_of(text)
    return text


def _state(name: str | None) -> PathState:
    if name is None:
        return PathState.ANY
    known = {one.name.lower(): one for one in PathState}
    if name not in known:
        raise UsageError(f"no path is {name!r}, expected one of {', '.join(known)}")
    return known[name]


def _family(name: str | None, around: Prefix | None) -> Family:
    if name is None:
        return IPV4 if around is None or around.version == 4 else IPV6
    family = family_named(name)
    if around is not None and (not family.is_unicast or around.version != _version(family)):
        raise UsageError(f"{around} is no prefix of {family}")
    return family


def _version(family: Family) -> int:
    return 4 if family == IPV4 else 6
