"""TCP segments; the port says whose they are."""

from __future__ import annotations

from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.options import tlv_fields
from fingerpost.wire.dissect.rebuild import AroundWithEnds
from fingerpost.wire.dissect.span import Span
from fingerpost.wire.dissect.tree import Layer
from fingerpost.wire.tcp import Tcp
from fingerpost.wire.tcp_options import FIXED_HEADER, decode_options

_FLAGS = ("ae", "cwr", "ece", "urg", "ack", "psh", "rst", "syn", "fin")
_LAYOUT = Layout(
    "source_port:16 destination_port:16 sequence:32 acknowledgment:32 data_offset:4 _:3 "
    + " ".join(f"{flag}:1" for flag in _FLAGS)
    + " window:16 checksum:16:x urgent:16",
    data_offset=lambda words: f"{words} words ({4 * words} bytes)",
)


def dissect_tcp(span: Span) -> Layer:
    """Take a segment apart; one with a wrong checksum still shows what it carries."""
    data, source, destination = span.data, span.source, span.destination
    fields = span.fields(_LAYOUT)
    tcp, fault = span.try_(
        lambda: Tcp.decode(data) if span.is_cut else Tcp.decode(data, source, destination)
    )
    if tcp is None:
        tcp, _ = span.try_(lambda: Tcp.decode(data))
    if tcp is None:
        return Layer("tcp", _ports(data), span.start, span.end, tuple(fields), fault=fault)
    at = span.end - len(tcp.payload)
    if at > span.start + FIXED_HEADER:
        fields.append(tlv_fields(span.packet, span.start + FIXED_HEADER, at, decode_options))
    table = span.dissectors.tcp_port
    port = tcp.destination_port if tcp.destination_port in table else tcp.source_port
    rebuild = None
    if not span.is_cut and source is not None and destination is not None:
        rebuild = AroundWithEnds(tcp, source, destination)
    return Layer(
        "tcp",
        _summary(tcp),
        span.start,
        span.end,
        tuple(fields),
        span.inside(at, carrier="tcp").by(table, port),
        tcp,
        fault,
        rebuild,
    )


def _ports(data: bytes) -> str:
    """Give what an ICMP error shows at least: the ports, in the first four bytes."""
    source, destination = data[:2], data[2:4]
    return f"port {int.from_bytes(source, 'big')} > {int.from_bytes(destination, 'big')}"


def _summary(tcp: Tcp) -> str:
    flags = [flag.upper() for bit, flag in enumerate(reversed(_FLAGS)) if tcp.flags >> bit & 1]
    text = f"port {tcp.source_port} > {tcp.destination_port}, {' '.join(flags) or 'no flags'}"
    text += f", sequence {tcp.sequence}"
    if "ACK" in flags:
        text += f", acknowledges {tcp.acknowledgment}"
    return f"{text}, window {tcp.window}, {len(tcp.payload)} bytes"
