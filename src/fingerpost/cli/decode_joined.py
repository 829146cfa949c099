"""What a capture carries across the borders of packets: messages over TCP, joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bgp.constants import PORT
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.tcp import Tcp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.bgp.dissect.joined import JoinedMessages
    from fingerpost.wire.dissect import Dissection, Layer


class Joining:
    """Sees the packets of a capture in order."""

    def __init__(self) -> None:
        """None was seen."""
        self._messages: JoinedMessages | None = None

    def layers(self, dissection: Dissection) -> Iterator[tuple[Layer, int]]:
        """The messages that end in a packet and began before it, and in how many pieces they came.

        Offsets in them count from the first byte of the message.
        """
        ip: Ipv4 | Ipv6 | None = None
        for layer in dissection.layers:
            value = layer.value
            if isinstance(value, Ipv4 | Ipv6):
                ip = value
            elif isinstance(value, Tcp):
                if ip is not None and PORT in (value.source_port, value.destination_port):
                    yield from self._joined(ip, value)
                return

    def _joined(self, ip: Ipv4 | Ipv6, segment: Tcp) -> Iterator[tuple[Layer, int]]:
        from fingerpost.bgp.dissect import dissect_bgp
        from fingerpost.bgp.dissect.joined import JoinedMessages
        from fingerpost.cli.dissectors import dissectors
        from fingerpost.wire.dissect.span import Span

        if self._messages is None:
            self._messages = JoinedMessages()
        for one in self._messages.add(ip.source, ip.destination, segment):
            whole = Span(one.octets, 0, len(one.octets), dissectors())
            yield dissect_bgp(whole), one.pieces
