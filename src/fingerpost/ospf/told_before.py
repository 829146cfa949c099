"""What we told before a restart, as neighbours keep it, and who is there again (RFC 3623 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.ospf.lsa import v2, v3
from fingerpost.ospf.neighbor_state import NeighborState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.ospf.area import Area
    from fingerpost.ospf.machine import Ospf

ROUTER = {2: 1, 3: 0x2001}
NETWORK = {2: 2, 3: 0x2002}
TRANSIT, STUB = 2, 3  # types of links, in both versions


def is_joined(area: Area) -> bool:
    """Whether we are adjacent to anybody of an area."""
    return any(one.at_least(NeighborState.FULL) for one in area.interfaces.values())


def links_of(ospf: Ospf, area: Area, router_id: int) -> Iterator[tuple[int, int]]:
    """The links to routers and transit networks of somebody's router-LSAs: type, and to whom.

    A transit network goes by the Designated Router that it has.
    """
    for body in _bodies(ospf, area, ROUTER[ospf.version], router_id):
        if isinstance(body, v2.RouterLsa):
            yield from ((one.type, one.id) for one in body.links if one.type != STUB)
        elif isinstance(body, v3.RouterLsa):
            yield from ((one.type, one.neighbor_router_id) for one in body.links)


def is_known(ospf: Ospf, area: Area) -> bool:
    """Whether anybody of an area knows us from before."""
    return any(links_of(ospf, area, ospf.router_id))


def is_whole(ospf: Ospf, area: Area) -> bool:
    """Whether we are adjacent to all whom our last router-LSAs of an area name."""
    full = _full(area)
    return all(
        _is_on(ospf, area, to) if kind == TRANSIT else to in full
        for kind, to in links_of(ospf, area, ospf.router_id)
    )


def is_given_up(ospf: Ospf, area: Area) -> bool:
    """Whether somebody whom we name does not name us any more (RFC 3623 2.2, 2)."""
    ours = ospf.router_id
    for kind, to in links_of(ospf, area, ours):
        if kind == TRANSIT:
            attached = _attached(ospf, area, to)
            if attached and ours not in attached:
                return True
        else:
            named = list(links_of(ospf, area, to))
            if named and ours not in {other for kind, other in named if kind != TRANSIT}:
                return True
    return False


def _full(area: Area) -> set[int]:
    """The router ids of the neighbours that are full."""
    return {
        neighbor.router_id
        for interface in area.interfaces.values()
        for neighbor in interface.at_least(NeighborState.FULL)
    }


def _is_on(ospf: Ospf, area: Area, designated: int) -> bool:
    """Whether we are on a network again: adjacent to its Designated Router, or to all."""
    for interface in area.interfaces.values():
        if interface.designated != designated:
            continue
        if designated != ospf.dialect.designation(interface, ospf.router_id):
            full = interface.at_least(NeighborState.FULL)
            return any(one.designation == designated for one in full)
        return _attached(ospf, area, designated) <= _full(area) | {ospf.router_id}
    return False


def _attached(ospf: Ospf, area: Area, designated: int) -> set[int]:
    """The routers that the network-LSAs of a Designated Router name.

    In version 2 it is named by its address, which is the link state id, and else by its router id.
    """
    found: set[int] = set()
    router = designated if ospf.version == 3 else None
    for body in _bodies(ospf, area, NETWORK[ospf.version], router, designated):
        if isinstance(body, v2.NetworkLsa | v3.NetworkLsa):
            found.update(body.routers)
    return found


def _bodies(
    ospf: Ospf, area: Area, kind: int, router_id: int | None, link_id: int | None = None
) -> Iterator[object]:
    """What LSAs of an area say: those of a router, in version 2 else those of a link state id."""
    for _, lsa in ospf.database.entries(ospf.now, area.scope, kind):
        if router_id is None:
            if int.from_bytes(lsa[4:8], "big") != link_id:
                continue
        elif int.from_bytes(lsa[8:12], "big") != router_id:
            continue
        try:
            yield (v2 if ospf.version == 2 else v3).decode_lsa(lsa).body
        except DecodeError:
            continue
