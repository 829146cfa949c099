"""What leaves: bodies become packets with a source, a destination and a hop limit (RFC 2328 8.1).

What a point-to-point link carries goes to all OSPF routers. On broadcast networks Designated Router
and Backup flood to all, the others to these two; what concerns one neighbour goes to it alone.
Where nothing can be sent to many, each neighbour gets its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.constants import ALL_D_ROUTERS, ALL_SPF_ROUTERS
from fingerpost.ospf.neighbor_state import NeighborState
from fingerpost.ospf.packet import LinkStateAcknowledgment, LinkStateUpdate, PacketType
from fingerpost.ospf.ttl_security import SENT
from fingerpost.protocol.events import SendPacket

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.neighbor import Neighbor
    from fingerpost.ospf.packet.body import Body

ONE_HOP = 1
VIRTUAL_MTU = {4: 576, 6: 1280}  # what every path takes (RFC 2328 A.1, RFC 8200 5)


class Sender:
    """The way out of one instance."""

    def __init__(self, ospf: Ospf) -> None:
        """Send what `ospf` says."""
        self._ospf = ospf

    def packet(self, interface: Interface, destination: Address, body: Body) -> SendPacket:
        """Give what sends a body from an interface."""
        ospf = self._ospf
        payload = ospf.dialect.encode(interface, ospf.router_id, body, destination)
        if interface.config.authentication is not None and interface.address is not None:
            clock = ospf.config.clock(ospf.now)
            payload = interface.authenticator.sign(payload, interface.address, clock)
        if interface.is_virtual:
            return SendPacket(None, interface.address, destination, SENT, payload)
        hops = ONE_HOP if interface.config.ttl_security_hops is None else SENT
        return SendPacket(interface.name, interface.address, destination, hops, payload)

    def send(self, interface: Interface, destination: Address, body: Body) -> None:
        """Send a body to an address."""
        interface.sent[body.TYPE] += 1
        self._ospf.put(self.packet(interface, destination, body))

    def to_neighbor(self, neighbor: Neighbor, body: Body) -> None:
        """Send a body to one neighbour."""
        interface = neighbor.interface
        if interface.network_type is NetworkType.POINT_TO_POINT:
            destination = ALL_SPF_ROUTERS[self._ospf.dialect.family]
        else:
            destination = neighbor.address
        self.send(interface, destination, body)

    def to_all(self, interface: Interface, body: Body) -> None:
        """Send a body to everybody who floods with us there (RFC 2328 13.3 step 5)."""
        family = self._ospf.dialect.family
        match interface.network_type:
            case NetworkType.BROADCAST:
                group = ALL_SPF_ROUTERS if interface.elects_us else ALL_D_ROUTERS
                self.send(interface, group[family], body)
            case NetworkType.POINT_TO_POINT:
                self.send(interface, ALL_SPF_ROUTERS[family], body)
            case _:
                for neighbor in interface.at_least(NeighborState.EXCHANGE):
                    self.send(interface, neighbor.address, body)

    def flood(self, now: int) -> None:
        """Send the updates and acknowledgments that may leave now."""
        ospf = self._ospf
        version = ospf.version
        for number, to, kind, octets in ospf.database.outgoing(now):
            interface = ospf.by_number.get(number)
            if interface is None or not interface.speaks:
                continue
            body: Body
            if kind == PacketType.UPDATE:
                body = LinkStateUpdate(octets, version)
            else:
                body = LinkStateAcknowledgment(octets, version)
            neighbor = ospf.neighbors.get(to)
            if neighbor is not None:
                self.to_neighbor(neighbor, body)
            elif to == 0:
                self.to_all(interface, body)

    def room(self, interface: Interface) -> int:
        """How many bytes of a body fit into a packet that is not fragmented."""
        mtu = VIRTUAL_MTU[self._ospf.dialect.family] if interface.is_virtual else interface.mtu
        taken = self._ospf.dialect.overhead(interface) + interface.authenticator.overhead
        return max(mtu - taken, 64)
