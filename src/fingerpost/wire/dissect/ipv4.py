"""IPv4 packets."""

from __future__ import annotations

from fingerpost.errors import DecodeError
from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.options import tlv_fields
from fingerpost.wire.dissect.rebuild import Around
from fingerpost.wire.dissect.span import Span, data_layer
from fingerpost.wire.dissect.tree import Layer
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv4_options import FIXED_HEADER, decode_options
from fingerpost.wire.protocol import protocol_name

_LAYOUT = Layout(
    "version:4 header_length:4 dscp:6 ecn:2 total_length:16 identification:16:x reserved:1 "
    "dont_fragment:1 more_fragments:1 fragment_offset:13 ttl:8 protocol:8 checksum:16:x "
    "source:ip4 destination:ip4",
    header_length=lambda words: f"{words} words ({4 * words} bytes)",
    fragment_offset=lambda units: f"{8 * units} bytes",
    protocol=lambda number: f"{number} ({protocol_name(number)})",
)


def dissect_ipv4(span: Span) -> Layer:
    """Take a packet apart; with a wrong checksum or length it still shows what it carries."""
    data = span.data
    fields = span.fields(_LAYOUT)
    header, fault = span.try_(lambda: Ipv4.decode(data))
    if header is None:
        header, _ = span.try_(lambda: Ipv4.decode_quoted(data))
    if header is None:
        return Layer("ipv4", "broken header", span.start, span.end, tuple(fields), fault=fault)
    at = span.start + 4 * (data[0] & 0xF)
    if at > span.start + FIXED_HEADER:
        fields.append(tlv_fields(span.packet, span.start + FIXED_HEADER, at, decode_options))
    end = at + len(header.payload)
    return Layer(
        "ipv4",
        _summary(header),
        span.start,
        end,
        tuple(fields),
        _payload(span, header, at, end, fault),
        header,
        fault,
        None if span.is_cut else Around(header),
    )


def _payload(
    span: Span, header: Ipv4, at: int, end: int, fault: DecodeError | None
) -> Layer | None:
    is_short = fault is not None and fault.field == "total length"
    inner = span.inside(
        at,
        end,
        carrier="ipv4",
        is_cut=span.is_cut or header.is_fragment or is_short,
        source=header.source,
        destination=header.destination,
    )
    if header.fragment_offset:
        return data_layer(inner) if at < end else None
    return inner.by(span.dissectors.ip_protocol, header.protocol)


def _summary(header: Ipv4) -> str:
    text = f"{header.source} > {header.destination}, {protocol_name(header.protocol)}"
    if header.is_fragment:
        last = header.fragment_offset + len(header.payload)
        more = "+" if header.more_fragments else ""
        text += f", fragment {header.fragment_offset} to {last}{more}"
    return f"{text}, TTL {header.ttl}"
