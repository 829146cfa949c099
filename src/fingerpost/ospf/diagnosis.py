"""Why a neighbour is not full, in the words of an operator.

What was refused of a router that is no neighbour stands in `refusals`. This is about the others:
what is missing until they are full, and what seems wrong although they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.durations import SECOND
from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.faults import Fault, Reason
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.neighbor_state import NeighborState
from fingerpost.ospf.text import dotted

if TYPE_CHECKING:
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.neighbor import Neighbor

PATIENCE = 2  # descriptions that are sent again before anybody thinks of a fault
NAMED = 4  # of the routers that a Hello names


def why_not_full(ospf: Ospf, neighbor: Neighbor) -> str | None:
    """What is missing; None for a neighbour that is full."""
    match neighbor.state:
        case NeighborState.FULL:
            return None
        case NeighborState.DOWN | NeighborState.ATTEMPT:
            return "no Hello of it came" + _refused(ospf, neighbor)
        case NeighborState.INIT:
            return _one_way(neighbor)
        case NeighborState.TWO_WAY:
            return _two_way(neighbor)
        case NeighborState.EX_START:
            return _mtu(neighbor) or _not_begun(neighbor)
        case NeighborState.EXCHANGE:
            return _mtu(neighbor) or _exchanging(neighbor)
        case NeighborState.LOADING:
            left = ospf.database.requests_left(neighbor.number)
            return f"{left} LSAs were asked for and have not come"


def suspicions(ospf: Ospf, neighbor: Neighbor) -> list[str]:
    """What seems wrong with a neighbour, whatever its state."""
    found = []
    reason = _network_type(ospf, neighbor)
    if reason is not None:
        found.append(str(reason))
    refusal = ospf.refusals.of(neighbor.interface.name, neighbor.router_id)
    if refusal is not None:
        found.append(str(refusal.reason))
    return found


def _refused(ospf: Ospf, neighbor: Neighbor) -> str:
    for one in ospf.refusals.all():
        if one.interface == neighbor.interface.name and one.address == neighbor.address:
            return f" that could be taken: {one.reason}"
    return ""


def _one_way(neighbor: Neighbor) -> str:
    """It does not name us: it hears nothing of us, or refuses what it hears."""
    hello = neighbor.hello
    named = [] if hello is None else [dotted(one) for one in hello.neighbors[:NAMED]]
    heard = ", ".join(named) if named else "nobody"
    return f"one-way: its Hellos name {heard}, not us; it hears nothing of us or refuses it"


def _two_way(neighbor: Neighbor) -> str:
    if neighbor.interface.state is InterfaceState.WAITING:
        return "the interface waits for who is Designated Router"
    return "neither of us is Designated Router or Backup: this is how it stays"


def _mtu(neighbor: Neighbor) -> str | None:
    """Whether one of both refuses the other's descriptions for its MTU (RFC 2328 10.6)."""
    interface = neighbor.interface
    if neighbor.reason is not None and neighbor.reason.fault is Fault.MTU:
        return str(neighbor.reason)
    if neighbor.mtu is not None and 0 < neighbor.mtu < interface.mtu and not interface.is_virtual:
        return f"its MTU is {neighbor.mtu} and ours {interface.mtu}: it refuses our descriptions"
    return None


def _not_begun(neighbor: Neighbor) -> str:
    """No description was agreed upon: a matter of MTU, nearly always."""
    interface = neighbor.interface
    exchange = neighbor.exchange
    if exchange is not None and exchange.retransmissions >= PATIENCE:
        return (
            f"{exchange.retransmissions + 1} descriptions were sent and not answered: it may "
            f"refuse our MTU of {interface.mtu}, or unicast does not reach it"
        )
    return "master and slave are being settled"


def _exchanging(neighbor: Neighbor) -> str:
    exchange = neighbor.exchange
    if exchange is not None and exchange.retransmissions >= PATIENCE:
        return f"it does not answer descriptions: {exchange.retransmissions} were sent again"
    return "databases are being described"


def _network_type(ospf: Ospf, neighbor: Neighbor) -> Reason | None:
    """Guess from its Hellos whether it takes the link for a network of another type."""
    interface, hello = neighbor.interface, neighbor.hello
    if hello is None or interface.is_virtual:
        return None
    if not interface.is_multi_access:
        if hello.designated or hello.backup:
            return Reason(Fault.NETWORK_TYPE, "broadcast", str(interface.network_type.value))
        return None
    is_old = ospf.now - neighbor.since > interface.config.dead_s * SECOND
    names_nobody = not (hello.designated or hello.backup)
    if is_old and names_nobody and interface.designated and hello.priority > 0:
        return Reason(
            Fault.NETWORK_TYPE, NetworkType.POINT_TO_POINT.value, interface.network_type.value
        )
    return None
