"""What a query asks of the routes of BGP, read and checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Query

from fingerpost.addr import Prefix
from fingerpost.api.endpoints.asked import (
    Asked,
    address_asked,
    instances,
    prefix_asked,
)
from fingerpost.api.problem import RefusalError
from fingerpost.bgp.asn_text import parse_asn
from fingerpost.bgp.family import IPV4, IPV6, Family, family_named
from fingerpost.bgp.listing.asked import (
    Extent,
    PathsAsked,
    PathState,
    RoutesAsked,
    member_named,
)
from fingerpost.bgp.machine import Bgp
from fingerpost.bgp.peer import Peer
from fingerpost.bgp.program import automaton_of
from fingerpost.config.names import meant
from fingerpost.errors import UsageError

T = TypeVar("T")
SHORT, LONG = 64, 256

FamilyName = Annotated[str | None, Query(max_length=SHORT, description="ipv4, ipv6, ipv4-vpn ...")]
PrefixAsked = Annotated[str | None, Query(max_length=SHORT, description="Only this prefix.")]
AddressAsked = Annotated[
    str | None, Query(max_length=SHORT, description="Only the longest prefix of this address.")
]
Longer = Annotated[bool, Query(description="With prefix: and all that are inside of it.")]
Shorter = Annotated[bool, Query(description="With prefix: and all that it is inside of.")]
NeighborName = Annotated[str | None, Query(max_length=LONG, description="Only what it says.")]
Received = Annotated[bool, Query(description="As it came, before the import policy.")]
Told = Annotated[bool, Query(description="With neighbor: what it is told instead.")]
State = Annotated[
    str | None, Query(max_length=SHORT, description="best, used, accepted, refused, stale, damped.")
]
OriginAs = Annotated[str | None, Query(max_length=SHORT, description="Paths that begin there.")]
ThroughAs = Annotated[str | None, Query(max_length=SHORT, description="Paths that go through it.")]
Community = Annotated[
    str | None, Query(max_length=SHORT, description="65000:1, no-export, 65000:1:2, rt:65000:1.")
]
AsPath = Annotated[
    str | None, Query(max_length=SHORT * 4, description="An expression: _65001$, ^65001_65002_.")
]
After = Annotated[str | None, Query(max_length=4096, description="Begin behind this prefix.")]


@dataclass(frozen=True, slots=True)
class RoutesWanted:
    """What is asked of which instance; `after` is where the page begins."""

    name: str
    machine: Bgp
    asked: RoutesAsked
    after: Prefix | bytes | None


def neighbor_named(machine: Bgp, name: str) -> Peer:
    """A neighbour by its name or address. Raises `RefusalError` with those that are like it."""
    peers = machine.peers.values()
    for peer in peers:
        if peer.name == name:
            return peer
    for peer in peers:
        if peer.address is not None and str(peer.address) == name:
            return peer
    hint = meant(name, [peer.name for peer in peers])
    raise RefusalError(404, f"there is no neighbor {name!r}{hint}")


async def wanted_routes(
    daemon: Asked,
    instance: str,
    family: FamilyName = None,
    prefix: PrefixAsked = None,
    address: AddressAsked = None,
    longer: Longer = False,
    shorter: Shorter = False,
    neighbor: NeighborName = None,
    received: Received = False,
    told: Told = False,
    state: State = None,
    origin_as: OriginAs = None,
    through_as: ThroughAs = None,
    community: Community = None,
    as_path: AsPath = None,
    after: After = None,
) -> RoutesWanted:
    """Read a query. Raises `RefusalError` for what it cannot mean."""
    ((name, machine),) = instances(daemon, Bgp, "BGP", instance)
    peer = None if neighbor is None else neighbor_named(machine, neighbor).number
    if told and peer is None:
        raise RefusalError(422, "told needs neighbor: who is told it")
    around, extent = _around(prefix, address, is_longer=longer, is_shorter=shorter)
    paths = PathsAsked(
        peer=None if told else peer,
        state=_state("best" if told and state is None else state),
        origin_as=_read(parse_asn, origin_as),
        through_as=_read(parse_asn, through_as),
        member=_read(member_named, community),
        as_path=_read(_expression, as_path),
        as_received=received,
        told_to=peer if told else None,
    )
    meant_family = _family(family, around)
    asked = RoutesAsked(meant_family, around, extent, paths)
    return RoutesWanted(name, machine, asked, _after(after, meant_family))


WhatIsWanted = Annotated[RoutesWanted, Depends(wanted_routes)]


def _read(read: Callable[[str], T], text: str | None) -> T | None:
    try:
        return None if text is None else read(text)
    except UsageError as error:
        raise RefusalError(422, str(error)) from None


def _expression(text: str) -> str:
    """The same, if it is one."""
    automaton_of(text)
    return text


def _state(name: str | None) -> PathState:
    if name is None:
        return PathState.ANY
    known = {one.name.lower(): one for one in PathState}
    if name not in known:
        raise RefusalError(422, f"no path is {name!r}, expected one of {', '.join(known)}")
    return known[name]


def _around(
    prefix: str | None, address: str | None, *, is_longer: bool, is_shorter: bool
) -> tuple[Prefix | None, Extent]:
    if address is not None:
        return Prefix(address_asked(address).without_zone), Extent.MATCH
    if prefix is None:
        return None, Extent.LONGER
    extent = Extent.LONGER if is_longer else Extent.SHORTER if is_shorter else Extent.EXACT
    return prefix_asked(prefix), extent


def _family(name: str | None, around: Prefix | None) -> Family:
    if name is None:
        return IPV4 if around is None or around.version == 4 else IPV6
    family = _read(family_named, name)
    assert family is not None  # as `name` is not
    if around is not None and (not family.is_unicast or around.version != _version(family)):
        raise RefusalError(422, f"{around} is no prefix of {family}")
    return family


def _version(family: Family) -> int:
    return 4 if family == IPV4 else 6


def _after(text: str | None, family: Family) -> Prefix | bytes | None:
    if text is None:
        return None
    if not text.startswith("0x"):
        return prefix_asked(text)
    try:
        return bytes.fromhex(text[2:])
    except ValueError:
        raise RefusalError(
            422, f"after {text!r} is no {family}: give back `next` as it came"
        ) from None
