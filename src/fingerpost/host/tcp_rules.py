"""`TcpRules`: what holds for the segments of protocols' connections on a virtual host.

It is done to packets outside the native stack, so that it holds from the first SYN on and may
differ from peer to peer: the hop limit that leaves and the least that may come (RFC 5082 3), the
signature (RFC 2385), and precedence 6 (RFC 1812 5.3.1). There is no TCP-AO (RFC 5925): peers that
are to have it are refused.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.addr import Address
from fingerpost.host.tcp_md5 import signed, verified
from fingerpost.protocol.events import StreamOptions
from fingerpost.wire.checksum import checksum

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.addr import Prefix
    from fingerpost.host.arrival import Arrival
    from fingerpost.host.tcp_connection import Endpoint

Flow: TypeAlias = tuple[bytes, bytes]  # the peer's address; ours and its port
CLASS = 0xC0
KNOWN_MOST = 4096
ANYBODY = StreamOptions()


def flow_of(local_port: int, remote: Endpoint) -> Flow:
    """The flow of a connection, by which its rules are found."""
    ports = local_port.to_bytes(2, "big") + remote.port.to_bytes(2, "big")
    return remote.address.packed, ports


class TcpRules:
    """Rules by flow, and by port where somebody listens.

    `counters`: "too far", "unsigned" (or signed with another key), "refused" (TCP-AO).
    """

    def __init__(self) -> None:
        """There are none: what nobody said anything of is as the stack makes it."""
        self.counters: Counter[str] = Counter()
        self._flows: dict[Flow, StreamOptions] = {}
        self._ports: dict[int, list[tuple[Prefix, StreamOptions]]] = {}
        self._known: dict[Flow, StreamOptions | None] = {}  # what `_find` found

    def listen(self, port: int, peers: Iterable[tuple[Prefix, StreamOptions]]) -> None:
        """Who comes to a port is under these rules, those of the longest prefix that fits."""
        self._ports[port] = sorted(peers, key=lambda one: -one[0].length)
        self._known.clear()

    def stop_listening(self, port: int) -> None:
        """Nobody listens there any more."""
        self._ports.pop(port, None)
        self._known.clear()

    def hold(self, flow: Flow, options: StreamOptions) -> None:
        """A connection is under these rules until `let_go`, whatever becomes of its listener."""
        self._flows[flow] = options
        self._known.clear()

    def let_go(self, flow: Flow) -> None:
        """A connection is over."""
        if self._flows.pop(flow, None) is not None:
            self._known.clear()

    def of(self, flow: Flow) -> StreamOptions | None:
        """The rules of a flow; None for what is none of ours."""
        if flow not in self._known:
            if len(self._known) >= KNOWN_MOST:
                self._known.clear()
            self._known[flow] = self._flows.get(flow) or self._of_port(flow)
        return self._known[flow]

    def _of_port(self, flow: Flow) -> StreamOptions | None:
        peers = self._ports.get(int.from_bytes(flow[1][:2], "big"))
        if peers is None:
            return None
        address = Address(flow[0])
        return next((options for peer, options in peers if address in peer), ANYBODY)

    def admitted(self, arrival: Arrival) -> bytes | None:
        """The packet as the stack is to see it; None: it is dropped, and counted."""
        if not self._ports and not self._flows:
            return arrival.packet
        head = arrival.payload[:4]
        options = self.of((arrival.source.packed, head[2:4] + head[:2]))
        if options is None:
            return arrival.packet
        if options.ao:
            self.counters["refused"] += 1
            return None
        if arrival.hop_limit < (options.least_hop_limit or 0):
            self.counters["too far"] += 1
            return None
        at = len(arrival.packet) - len(arrival.payload)
        if options.md5 is None:
            return arrival.packet
        found = verified(arrival.packet, at, options.md5)
        if found is None:
            self.counters["unsigned"] += 1
        return found

    def dressed(self, packet: bytes) -> bytes:
        """What leaves in place of a packet of the stack."""
        if not self._ports and not self._flows:
            return packet
        is_4 = packet[0] >> 4 == 4
        at = (packet[0] & 15) * 4 if is_4 else 40
        peer = packet[16:20] if is_4 else packet[24:40]
        options = self.of((peer, packet[at : at + 4]))
        if options is None:
            return packet
        whole = _marked(packet, options.hop_limit or packet[8 if is_4 else 7])
        return whole if options.md5 is None else signed(whole, options.md5)


def _marked(packet: bytes, hop_limit: int) -> bytes:
    """The same with precedence 6 and this hop limit."""
    found = bytearray(packet)
    if packet[0] >> 4 == 6:
        found[0:2] = (6 << 12 | CLASS << 4 | packet[1] & 15).to_bytes(2, "big")
        found[7] = hop_limit
        return bytes(found)
    header = (packet[0] & 15) * 4
    found[1], found[8] = CLASS, hop_limit
    found[10:12] = bytes(2)
    found[10:12] = checksum(found[:header]).to_bytes(2, "big")
    return bytes(found)
