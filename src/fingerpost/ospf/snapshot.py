"""All that an instance knows, as plain data in a stable order: the model behind `show ospf`.

Instants (`now`, `since`, `heard`, `due`) and durations (`..._ns`) are nanoseconds of the instance's
clock; ids are written with dots. Keys are added, never renamed. The LSAs and routes have their own
questions, for there may be very many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from fingerpost.forwarding.durations import SECOND
from fingerpost.ospf.diagnosis import suspicions, why_not_full
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.neighbor_state import NeighborState
from fingerpost.ospf.packet import PacketType
from fingerpost.ospf.text import dotted
from fingerpost.ospf.timers import Timer

if TYPE_CHECKING:
    from collections import Counter

    from fingerpost.ospf.area import Area
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.neighbor import Neighbor

Snapshot: TypeAlias = dict[str, Any]


def snapshot_of(ospf: Ospf, now: int) -> Snapshot:
    """Give the model at an instant."""
    interfaces = [ospf.interfaces[name] for name in sorted(ospf.interfaces)]
    neighbors = [one for interface in interfaces for one in in_order(interface)]
    return {
        "protocol": ospf.dialect.name,
        "version": ospf.version,
        "source": ospf.config.source or ospf.dialect.name,
        "router_id": dotted(ospf.router_id),
        "instance_id": ospf.config.instance_id,
        "now": now,
        "stopped": ospf.is_stopped,
        "restarting_until": ospf.restarting.until,
        "restart": ospf.restarting.snapshot(),
        "helped": [one.as_dict() for one in ospf.helping.helps.all()],
        "next_deadline": ospf.next_deadline(),
        "reference_bandwidth": ospf.config.reference_bandwidth,
        "lsas": ospf.database.count(),
        "originates": ospf.originator.snapshot(),
        "areas": [_area(ospf, ospf.areas[one]) for one in sorted(ospf.areas)],
        "interfaces": [interface_of(ospf, one) for one in interfaces],
        "neighbors": [neighbor_of(ospf, one) for one in neighbors],
        "refused": [one.as_dict() for one in ospf.refusals.all()],
        "faults": {str(fault): n for fault, n in ospf.faults.most_common()},
        "events": [one.as_dict() for one in ospf.journal.all()],
    }


def in_order(interface: Interface) -> list[Neighbor]:
    """The neighbours of an interface by router id and address."""
    return sorted(interface.known(), key=lambda one: (one.router_id, one.address))


def _area(ospf: Ospf, area: Area) -> Snapshot:
    adjacent = sum(
        neighbor.is_adjacent
        for interface in area.interfaces.values()
        for neighbor in interface.neighbors.values()
    )
    return {
        "id": dotted(area.id),
        "kind": area.config.kind.value,
        "has_summaries": area.config.has_summaries,
        "is_transit": area.is_transit,
        "interfaces": sorted(area.interfaces),
        "adjacent": adjacent,
        "lsas": ospf.database.count(area.scope),
        "checksum": ospf.database.checksum(area.scope),
    }


def interface_of(ospf: Ospf, interface: Interface) -> Snapshot:
    """One of the interfaces of the model."""
    config = interface.config
    address = interface.source_prefix or interface.address
    return {
        "name": interface.name,
        "number": interface.number,
        "area": dotted(interface.area.id),
        "type": interface.network_type.value,
        "state": str(interface.state),
        "since": interface.since,
        "up": interface.state is not InterfaceState.DOWN,
        "passive": config.is_passive,
        "unnumbered": interface.is_unnumbered,
        "address": None if address is None else str(address),
        "addresses": [str(one) for one in interface.addresses],
        "mtu": interface.mtu,
        "ignores_mtu": config.ignores_mtu,
        "cost": interface.cost,
        "priority": config.priority,
        "hello_s": config.hello_s,
        "dead_s": config.dead_s,
        "wait_ends": interface.wait_ends,
        "next_hello": ospf.timers.instant((Timer.HELLO, interface)),
        "retransmit_ns": config.retransmit_ns,
        "transmit_delay_s": config.transmit_delay_s,
        "instance_id": ospf.dialect.instance_id(interface),
        "designated": _designated(ospf, interface, interface.designated),
        "backup": _designated(ospf, interface, interface.backup),
        "election": [] if interface.election is None else list(interface.election.steps),
        "neighbors": len(interface.neighbors),
        "adjacent": sum(one.is_adjacent for one in interface.neighbors.values()),
        "authentication": interface.authenticator.summary(ospf.config.clock(ospf.now)),
        "virtual_end": None if interface.virtual_end is None else dotted(interface.virtual_end),
        "transit_area": None if interface.transit_area is None else dotted(interface.transit_area),
        "received": _packets(interface.received),
        "sent": _packets(interface.sent),
        "faults": {str(fault): n for fault, n in interface.faults.most_common()},
    }


def _designated(ospf: Ospf, interface: Interface, designation: int) -> str | None:
    """The router id of a Designated Router or Backup; its address where nobody knows that id."""
    if designation == 0:
        return None
    if designation == ospf.dialect.designation(interface, ospf.router_id):
        return dotted(ospf.router_id)
    for neighbor in interface.neighbors.values():
        if neighbor.designation == designation:
            return dotted(neighbor.router_id)
    return dotted(designation)


def _packets(counted: Counter[int]) -> Snapshot:
    return {kind.name.lower(): counted[kind] for kind in PacketType}


def neighbor_of(ospf: Ospf, neighbor: Neighbor) -> Snapshot:
    """One of the neighbours of the model. `role`: DR, Backup, DROther, or None without any."""
    interface = neighbor.interface
    is_heard = neighbor.state >= NeighborState.INIT
    waiting = _waiting(ospf, neighbor)
    helped = ospf.helping.helps.of(neighbor.number)
    return {
        "router_id": dotted(neighbor.router_id) if neighbor.router_id else None,
        "address": str(neighbor.address),
        "interface": interface.name,
        "area": dotted(interface.area.id),
        "state": str(neighbor.state),
        "role": _role(interface, neighbor),
        "since": neighbor.since,
        "heard": neighbor.heard if is_heard else None,
        "due": neighbor.heard + interface.config.dead_s * SECOND if is_heard else None,
        "priority": neighbor.priority,
        "designated": _designated(ospf, interface, neighbor.designated),
        "backup": _designated(ospf, interface, neighbor.backup),
        "options": neighbor.options,
        "interface_id": neighbor.interface_id,
        "is_master": neighbor.exchange is not None and not neighbor.exchange.is_master,
        "is_static": neighbor.static is not None,
        "bfd": neighbor.is_reached,
        "helped_until": neighbor.helped_until,
        "helped_for": None if helped is None else helped.reason_text,
        "changes": neighbor.changes,
        "adjacencies": neighbor.adjacencies,
        "to_describe": waiting[0],
        "requested": waiting[1],
        "unacknowledged": waiting[2],
        "authentication": interface.authenticator.heard(neighbor.router_id, neighbor.address),
        "why_not_full": why_not_full(ospf, neighbor),
        "suspicions": suspicions(ospf, neighbor),
    }


def _waiting(ospf: Ospf, neighbor: Neighbor) -> tuple[int, int, int]:
    if neighbor.state < NeighborState.EXCHANGE:
        return 0, 0, 0
    return ospf.database.sizes(neighbor.number)


def _role(interface: Interface, neighbor: Neighbor) -> str | None:
    if not interface.is_multi_access or neighbor.state < NeighborState.TWO_WAY:
        return None
    if neighbor.designation == interface.designated:
        return "DR"
    return "Backup" if neighbor.designation == interface.backup else "DROther"
