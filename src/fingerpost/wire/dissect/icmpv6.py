"""ICMPv6 messages, with neighbour discovery and MLD; an error carries the packet that it quotes."""

from __future__ import annotations

from fingerpost.addr import Address
from fingerpost.wire import icmpv6, mld, nd
from fingerpost.wire.dissect.groups import record_fields, source_fields
from fingerpost.wire.dissect.icmp_layouts import ICMPV6, LISTENER_QUERY_V2, UNKNOWN
from fingerpost.wire.dissect.judged import judged
from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.options import value_field
from fingerpost.wire.dissect.quoted import extension_field, fault_of, quoted_layer
from fingerpost.wire.dissect.rebuild import AloneWithEnds
from fingerpost.wire.dissect.span import Span
from fingerpost.wire.dissect.tree import Field, Layer
from fingerpost.wire.dissect.words import class_words, code_words
from fingerpost.wire.icmp_extension import ExtensionObject
from fingerpost.wire.nd.options import UNIT
from fingerpost.wire.protocol import IpProtocol

HEADER = 8
NOBODY = Address("::")


def dissect_icmpv6(span: Span) -> Layer:
    """Take a message apart, of which a quote may hold the first bytes only.

    Outside of an IP packet there is no pseudo-header, so the checksum cannot be judged.
    """
    data = span.data
    layout = _layout(data)
    fields = span.fields(layout)
    ends = (span.source or NOBODY, span.destination or NOBODY)
    has_ends = span.source is not None and span.destination is not None
    message, fault = judged(
        span, lambda *, verify: icmpv6.decode(data, *ends, verify=verify and has_ends)
    )
    if message is None:
        kind = data[0] if data else -1
        return Layer("icmpv6", _name(kind), span.start, span.end, tuple(fields), fault=fault)
    extensions: tuple[ExtensionObject, ...] = getattr(message, "extensions", ())
    quote: bytes = getattr(message, "quote", b"")
    if extensions:
        at = span.start + HEADER + len(quote)
        fields.append(extension_field(extensions, span.packet, at, span.end))
    fields += _variable(message, span, span.start + layout.size)
    can_rebuild = has_ends and not span.is_cut
    return Layer(
        "icmpv6",
        _summary(message),
        span.start,
        span.end,
        tuple(fields),
        _quote(span, quote),
        message,
        fault or fault_of(extensions, span),
        AloneWithEnds(message, *ends) if can_rebuild else None,
    )


def _layout(data: bytes) -> Layout:
    kind = data[0] if data else -1
    if kind == icmpv6.Icmpv6Type.LISTENER_QUERY and len(data) >= LISTENER_QUERY_V2.size:
        return LISTENER_QUERY_V2
    return ICMPV6.get(kind, UNKNOWN)


def _variable(message: icmpv6.Icmpv6Message, span: Span, at: int) -> list[Field]:
    """Give what stands behind the fixed part, from `at` on."""
    if isinstance(message, mld.ListenerQueryV2):
        return source_fields(message.sources, at)
    if isinstance(message, mld.ListenerReportV2):
        return record_fields(message.records, at)
    options: tuple[nd.NdOption, ...] = getattr(message, "options", ())
    fields = []
    for option in options:
        size = UNIT * span.packet[at + 1]
        fields.append(value_field(option, at, size))
        at += size
    return fields


def _quote(span: Span, quote: bytes) -> Layer | None:
    if not quote:
        return None
    dissector = span.dissectors.ip_protocol[IpProtocol.IPV6]
    return quoted_layer(span, span.start + HEADER, len(quote), "icmpv6", dissector)


def _name(kind: int) -> str:
    known = icmpv6.MESSAGES
    return class_words(known[kind].__name__) if kind in known else f"type {kind}"


def _summary(message: icmpv6.Icmpv6Message) -> str:
    match message:
        case icmpv6.UnknownIcmpv6():
            return f"type {message.type}, code {message.code}"
        case icmpv6.EchoRequest() | icmpv6.EchoReply():
            detail = f"identifier {message.identifier}, sequence {message.sequence}"
        case icmpv6.DestinationUnreachable():
            detail = code_words(icmpv6.UnreachableCode, message.code)
        case icmpv6.TimeExceeded():
            detail = code_words(icmpv6.TimeExceededCode, message.code)
        case icmpv6.ParameterProblem():
            code = code_words(icmpv6.ParameterProblemCode, message.code)
            detail = f"{code}, byte {message.pointer}"
        case icmpv6.PacketTooBig():
            detail = f"MTU {message.mtu}"
        case nd.NeighborSolicitation():
            detail = f"who has {message.target}?"
        case nd.NeighborAdvertisement():
            detail = f"{message.target} is here"
        case nd.Redirect():
            detail = f"{message.destination} by {message.target}"
        case mld.ListenerQuery() | mld.ListenerReport() | mld.ListenerDone():
            detail = str(message.group)
        case _:
            return class_words(type(message).__name__)
    return f"{class_words(type(message).__name__)}, {detail}"
