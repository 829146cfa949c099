"""What a capture carries across the borders of packets: messages over TCP, joined."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.tcp import Tcp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fingerpost.wire.dissect import Dissection, Layer
    from fingerpost.wire.tcp_messages import Framing, JoinedMessages

FRAMED: Final = {"bgp": "fingerpost.bgp.dissect.framing", "bmp": "fingerpost.bmp.framing"}
STREAMS: Final = {179: "bgp", 11019: "bmp"}


class Joining:
    """Sees the packets of a capture in order; `ports` says by which formats streams are read."""

    def __init__(self, ports: Mapping[int, str] | None = None) -> None:
        """None was seen. `ports` are more than those of `STREAMS`, by a format's name."""
        self._ports = {
            **STREAMS,
            **{p: name for p, name in (ports or {}).items() if name in FRAMED},
        }
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
                ports = {value.source_port, value.destination_port}
                if ip is not None and not ports.isdisjoint(self._ports):
                    yield from self._joined(ip, value)
                return

    def _joined(self, ip: Ipv4 | Ipv6, segment: Tcp) -> Iterator[tuple[Layer, int]]:
        from fingerpost.cli.dissectors import FORMATS, dissectors
        from fingerpost.wire.dissect.span import Span
        from fingerpost.wire.tcp_messages import JoinedMessages

        if self._messages is None:
            self._messages = JoinedMessages({p: _framing(name) for p, name in self._ports.items()})
        for one in self._messages.add(ip.source, ip.destination, segment):
            whole = Span(one.octets, 0, len(one.octets), dissectors())
            yield whole.take(FORMATS[self._ports[one.port]].dissector), one.pieces


def _framing(name: str) -> Framing:
    found: Framing = import_module(FRAMED[name]).FRAMING
    return found
