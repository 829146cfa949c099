"""IPv6 packets; extension headers are layers of their own."""

from __future__ import annotations

from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.rebuild import Around
from fingerpost.wire.dissect.span import Span
from fingerpost.wire.dissect.tree import Layer
from fingerpost.wire.ipv6 import FIXED_HEADER, Ipv6
from fingerpost.wire.protocol import protocol_name

_LAYOUT = Layout(
    "version:4 dscp:6 ecn:2 flow_label:20:x payload_length:16 next_header:8 hop_limit:8 "
    "source:ip6 destination:ip6",
    next_header=lambda number: f"{number} ({protocol_name(number)})",
)


def dissect_ipv6(span: Span) -> Layer:
    """Take a packet apart; one with a wrong payload length still shows what it carries."""
    data = span.data
    fields = tuple(span.fields(_LAYOUT))
    header, fault = span.try_(lambda: Ipv6.decode(data))
    if header is None:
        header, _ = span.try_(lambda: Ipv6.decode_quoted(data))
    if header is None:
        return Layer("ipv6", "broken header", span.start, span.end, fields, fault=fault)
    at = span.start + FIXED_HEADER
    inner = span.inside(
        at,
        at + len(header.payload),
        carrier="ipv6",
        is_cut=span.is_cut or fault is not None,  # a fault is a length beyond the end
        source=header.source,
        destination=header.destination,
    )
    return Layer(
        "ipv6",
        f"{header.source} > {header.destination}, {protocol_name(header.next_header)}, "
        f"hop limit {header.hop_limit}",
        span.start,
        inner.end,
        fields,
        inner.by(span.dissectors.ip_protocol, header.next_header),
        header,
        fault,
        None if span.is_cut else Around(header),
    )
