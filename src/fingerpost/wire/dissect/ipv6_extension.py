"""The extension headers of IPv6, a layer each; the authentication header may follow IPv4 too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fingerpost.errors import DecodeError
from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.options import value_field
from fingerpost.wire.dissect.rebuild import InFront
from fingerpost.wire.dissect.span import Span, data_layer
from fingerpost.wire.dissect.tree import Field, Layer
from fingerpost.wire.dissect.words import words
from fingerpost.wire.ipv6_extension import (
    AuthenticationHeader,
    ExtensionHeader,
    FragmentHeader,
    walk,
)
from fingerpost.wire.ipv6_options import located_options
from fingerpost.wire.protocol import IpProtocol, protocol_name
from fingerpost.wire.reader import Reader

UNIT = 8


def _protocol(number: int) -> str:
    return f"{number} ({protocol_name(number)})"


_OPTIONS = Layout("next_header:8 length:8", next_header=_protocol)
_ROUTING = Layout("next_header:8 length:8 routing_type:8 segments_left:8", next_header=_protocol)
_FRAGMENT = Layout(
    "next_header:8 _:8 fragment_offset:13 _:2 more_fragments:1 identification:32:x",
    next_header=_protocol,
    fragment_offset=lambda units: f"{8 * units} bytes",
)
_AUTHENTICATION = Layout("next_header:8 length:8 _:16 spi:32:x sequence:32", next_header=_protocol)


def dissect_hop_by_hop(span: Span) -> Layer:
    """Take hop-by-hop options apart, which stand right after the IPv6 header or nowhere."""
    if span.carrier != "ipv6":
        reader = Reader(span.data, "ipv6 hop-by-hop", section="RFC 8200 4.1")
        reader.refuse("place", f"behind {span.carrier}", "right after the IPv6 header", at=0)
    return _options(span, "ipv6 hop-by-hop", IpProtocol.HOPOPTS)


def dissect_destination(span: Span) -> Layer:
    """Take destination options apart."""
    return _options(span, "ipv6 destination", IpProtocol.DSTOPTS)


def _options(span: Span, protocol: str, kind: int) -> Layer:
    size = _size(span, UNIT)
    fields = [*span.fields(_OPTIONS), *_option_fields(span, size)]
    return _layer(span, protocol, size, fields, _one(kind))


def dissect_routing(span: Span) -> Layer:
    """Take a routing header apart."""
    return _layer(
        span, "ipv6 routing", _size(span, UNIT), span.fields(_ROUTING), _one(IpProtocol.ROUTING)
    )


def dissect_fragment(span: Span) -> Layer:
    """Take a fragment header apart; only a first fragment has an upper layer."""
    return _layer(span, "ipv6 fragment", UNIT, span.fields(_FRAGMENT), FragmentHeader.decode)


def dissect_authentication(span: Span) -> Layer:
    """Take an authentication header apart (RFC 4302)."""
    size = _size(span, 4, 2)
    fields = span.fields(_AUTHENTICATION)
    return _layer(span, "authentication header", size, fields, AuthenticationHeader.decode)


def _size(span: Span, unit: int, more: int = 1) -> int:
    """Give the header's size by its length field, or all there is."""
    octets = span.packet[span.start + 1 : span.start + 2]
    return min((octets[0] + more) * unit, span.end - span.start) if octets else 1


def _one(kind: int) -> Callable[[bytes], ExtensionHeader]:
    """Give a decoder of one header of this kind, which no other follows."""

    def decode(octets: bytes) -> ExtensionHeader:
        alone = bytes([IpProtocol.NO_NEXT]) + octets[1:]
        (header,) = walk(kind, alone).headers
        return replace(header, next_header=octets[0])

    return decode


def _option_fields(span: Span, size: int) -> list[Field]:
    start, end = span.start + 2, span.start + size
    try:
        found = located_options(span.packet[start:end], start)
    except DecodeError:
        return []
    ends = [at for at, _ in found[1:]] + [end]
    return [value_field(value, at, to - at) for (at, value), to in zip(found, ends, strict=True)]


def _layer(
    span: Span,
    protocol: str,
    size: int,
    fields: list[Field],
    decode: Callable[[bytes], ExtensionHeader],
) -> Layer:
    octets = span.packet[span.start : span.start + size]
    header, fault = span.try_(lambda: decode(octets))
    if header is None:
        return Layer(protocol, "broken header", span.start, span.end, tuple(fields), fault=fault)
    return Layer(
        protocol,
        words(header),
        span.start,
        span.end,
        tuple(fields),
        _payload(span, protocol, size, header),
        header,
        rebuild=InFront(header),
    )


def _payload(span: Span, protocol: str, size: int, header: ExtensionHeader) -> Layer | None:
    is_piece = isinstance(header, FragmentHeader) and not header.is_atomic
    inner = span.inside(span.start + size, carrier=protocol, is_cut=span.is_cut or is_piece)
    if isinstance(header, FragmentHeader) and header.offset:
        return data_layer(inner) if inner.start < inner.end else None
    return inner.by(span.dissectors.ip_protocol, header.next_header)
