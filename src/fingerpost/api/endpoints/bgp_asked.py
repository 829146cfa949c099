"""What a query asks of the routes of BGP, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from fingerpost.addr import Prefix
from fingerpost.api.endpoints.asked import Asked, instances, prefix_asked
from fingerpost.api.machines import BGP
from fingerpost.api.problem import RefusalError
from fingerpost.bgp.family import Family
from fingerpost.bgp.listing.asked import RoutesAsked
from fingerpost.bgp.listing.reading import WordsOfRoutes
from fingerpost.bgp.machine import Bgp
from fingerpost.bgp.peer import Peer
from fingerpost.config.names import meant
from fingerpost.errors import UsageError

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
    ((name, machine),) = instances(daemon, BGP, instance)
    peer = None if neighbor is None else neighbor_named(machine, neighbor).number
    words = WordsOfRoutes(
        family, prefix, address, longer, shorter, peer, received, told, state,
        origin_as, through_as, community, as_path,
    )  # fmt: skip
    try:
        asked = words.read()
    except UsageError as error:
        raise RefusalError(422, str(error)) from None
    return RoutesWanted(name, machine, asked, _after(after, asked.family))


WhatIsWanted = Annotated[RoutesWanted, Depends(wanted_routes)]


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
