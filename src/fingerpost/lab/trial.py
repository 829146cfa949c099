"""Packets sent to find out whether, and over which nodes, they arrive.

A trial sends datagrams from one node to a socket that it opens on another, each with a mark that no
other packet has, and watches for the mark on every link. Nobody answers: it is the way there that
is tried, not the way back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.lab.link import Fate

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.host.udp import Datagram, UdpSocket
    from fingerpost.lab.link import Tap
    from fingerpost.lab.network import Network
    from fingerpost.router.router import Output

_WORD = b"fingerpost"  # in front, so that nobody's dissector takes chance for a protocol
_MARK = len(_WORD) + 8  # bytes
_NOT_SENT = (Fate.LOST, Fate.QUEUE_FULL, Fate.TOO_BIG, Fate.DOWN)


class Trial:
    """Datagrams from `source` to an address of a node; `arrived` holds the numbers that came."""

    def __init__(
        self, network: Network, source: str, destination: Address, *, watches: bool
    ) -> None:
        """`watches`: keep the way of each packet, which looks at every frame of the lab.

        Raises `UsageError` where the address belongs to no node.
        """
        owner = network.owner_of(destination)
        if owner is None:
            raise UsageError(f"{destination} is no address of this lab; name one of a node")
        self.source, self.destination, self.owner = source, destination, owner
        self.sent = 0
        self.arrived: set[int] = set()
        self.ways: dict[int, list[str]] = {}
        self.refused = ""
        self._came_to: dict[int, str] = {}
        self._network = network
        self._mark = _WORD + network[source].host.rng.randbytes(_MARK - len(_WORD))
        self._taps: list[tuple[str, Tap]] = []
        self._sockets: list[UdpSocket] = []
        if watches:
            self._watch()
        self._open()

    def _open(self) -> None:
        target = self._network[self.owner].host
        self._sockets.append(target.udp.open(0, on_receive=self._take))
        self._port = self._sockets[0].port

    def _take(self, datagram: Datagram, _now: int) -> list[Output]:
        if datagram.data.startswith(self._mark):
            self.arrived.add(int.from_bytes(datagram.data[_MARK : _MARK + 4], "big"))
        return []

    def send(self) -> None:
        """Send one more; where the sender has no way at all, `refused` says so."""
        node = self._network[self.source]
        number, self.sent = self.sent, self.sent + 1
        self.ways[number] = []
        if not node.is_on:
            self.refused = f"{self.source} is switched off"
            return
        if len(self._sockets) == 1:
            self._sockets.append(node.host.udp.open())
        data = self._mark + number.to_bytes(4, "big")
        try:
            out = self._sockets[1].send_to(data, self.destination, self._port, self._network.now)
        except UsageError as error:
            self.refused = str(error)
            return
        self._network.carry(self.source, out)

    def close(self) -> None:
        """Give ports and links back."""
        for socket in self._sockets:
            socket.close()
        for name, tap in self._taps:
            self._network.links[name].taps.remove(tap)
        self._taps.clear()
        self._sockets.clear()

    def way(self, number: int) -> tuple[str, ...]:
        """The nodes that sent a packet on, in order, and the last that it came to.

        Who that is in a LAN is not known of a packet that did not arrive.
        """
        nodes = self.ways.get(number, [])
        if number in self.arrived:
            return (*nodes, self.owner)
        last = self._came_to.get(number, "")
        return (*nodes, last) if last else tuple(nodes)

    # -- watching ------------------------------------------------------------------------------

    def _watch(self) -> None:
        for spec in self._network.lab.links:
            tap = self._tap([end.node for end in spec.endpoints])
            self._network.links[spec.name].taps.append(tap)
            self._taps.append((spec.name, tap))

    def _tap(self, ends: list[str]) -> Tap:
        mark, to = self._mark, self.destination.packed

        def tap(_now: int, end: int, frame: bytes, fate: Fate) -> None:
            if fate is Fate.CUT or (at := frame.find(mark)) < 0:
                return
            # an ICMP error quotes the mark too, on its way back
            if to in (frame[30:34], frame[38:54]):
                number = int.from_bytes(frame[at + _MARK : at + _MARK + 4], "big")
                self.ways.setdefault(number, []).append(ends[end])
                is_sent = len(ends) == 2 and fate not in _NOT_SENT
                self._came_to[number] = ends[1 - end] if is_sent else ""

        return tap
