"""UDP for the user of a lab: what waits lets the time of the network pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.lab.instant import Time, nanoseconds

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.host.notice import Notice
    from fingerpost.host.udp import Datagram, UdpSocket
    from fingerpost.lab.network import Network
    from fingerpost.lab.station import Station


class LabUdp:
    """A UDP socket of a node."""

    def __init__(self, network: Network, station: Station, socket: UdpSocket) -> None:
        """Made by `LabNode.udp`."""
        self.socket = socket
        self._network, self._station = network, station

    @property
    def port(self) -> int:
        """Its port."""
        return self.socket.port

    @property
    def errors(self) -> list[Notice]:
        """ICMP errors about what it has sent."""
        return list(self.socket.errors)

    def send(
        self,
        data: bytes,
        target: str | Address,
        port: int,
        *,
        interface: str | None = None,
        hop_limit: int | None = None,
        family: int | None = None,
    ) -> None:
        """Send a datagram; `interface` is needed for multicast and link-local destinations.

        Raises `UsageError` for an unknown target, and where there is no address to send from.
        """
        address = self._network.address_of(target, family)
        outputs = self.socket.send_to(
            data, address, port, self._network.now, interface=interface, hop_limit=hop_limit
        )
        self._station.carry(outputs)

    def receive(self, wait: Time = "10s") -> Datagram | None:
        """The next datagram; None where none comes in time."""
        end = self._network.now + nanoseconds(wait, "wait")
        while not self.socket.inbox:
            if not self._network.step(end):
                return None
        return self.socket.inbox.popleft()

    def join(self, group: str | Address, interface: str) -> None:
        """Take datagrams to a multicast group on an interface."""
        found = self._network.address_of(group)
        host = self._station.host
        self._station.carry(host.join(found, interface, self._network.now))

    def close(self) -> None:
        """Give the port back."""
        self.socket.close()
