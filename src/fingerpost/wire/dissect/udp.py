"""UDP datagrams; the port says whose they are."""

from __future__ import annotations

from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.rebuild import AroundWithEnds
from fingerpost.wire.dissect.span import Span
from fingerpost.wire.dissect.tree import Layer
from fingerpost.wire.udp import HEADER_LENGTH, Udp

_LAYOUT = Layout("source_port:16 destination_port:16 length:16 checksum:16:x")


def dissect_udp(span: Span) -> Layer:
    """Take a datagram apart; one with a wrong checksum or length still shows what it carries."""
    data, source, destination = span.data, span.source, span.destination
    fields = tuple(span.fields(_LAYOUT))
    udp, fault = span.try_(
        lambda: Udp.decode_quoted(data) if span.is_cut else Udp.decode(data, source, destination)
    )
    if udp is None:
        udp, _ = span.try_(lambda: Udp.decode_quoted(data))
    if udp is None:
        return Layer("udp", "broken header", span.start, span.end, fields, fault=fault)
    table = span.dissectors.udp_port
    port = udp.destination_port if udp.destination_port in table else udp.source_port
    at = span.start + HEADER_LENGTH
    payload = span.inside(at, at + len(udp.payload), carrier="udp").by(table, port)
    rebuild = None
    if not span.is_cut and source is not None and destination is not None:
        rebuild = AroundWithEnds(udp, source, destination)
    return Layer(
        "udp",
        f"port {udp.source_port} > {udp.destination_port}, {len(udp.payload)} bytes",
        span.start,
        at + len(udp.payload),
        fields,
        payload,
        udp,
        fault,
        rebuild,
    )
