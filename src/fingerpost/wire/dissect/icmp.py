"""ICMP messages; an error carries the packet that it quotes."""

from __future__ import annotations

from fingerpost.wire import icmp
from fingerpost.wire.dissect.icmp_layouts import ICMP, UNKNOWN
from fingerpost.wire.dissect.judged import judged
from fingerpost.wire.dissect.options import value_field
from fingerpost.wire.dissect.quoted import extension_field, fault_of, quoted_layer
from fingerpost.wire.dissect.rebuild import Alone
from fingerpost.wire.dissect.span import Span
from fingerpost.wire.dissect.tree import Field, Layer
from fingerpost.wire.dissect.words import class_words, code_words
from fingerpost.wire.icmp_extension import ExtensionObject
from fingerpost.wire.protocol import IpProtocol

HEADER = 8


def dissect_icmp(span: Span) -> Layer:
    """Take a message apart, of which a quote may hold the first bytes only."""
    data = span.data
    kind = data[0] if data else -1
    fields = span.fields(ICMP.get(kind, UNKNOWN))
    message, fault = judged(span, lambda *, verify: icmp.decode(data, verify=verify, legacy=True))
    if message is None:
        return Layer("icmp", _name(kind), span.start, span.end, tuple(fields), fault=fault)
    extensions: tuple[ExtensionObject, ...] = getattr(message, "extensions", ())
    quote: bytes = getattr(message, "quote", b"")
    at = span.start + HEADER + len(quote)
    if extensions:
        fields.append(extension_field(extensions, span.packet, at, span.end))
    if isinstance(message, icmp.RouterAdvertisement):
        fields += _entries(message, at, data[5])
    return Layer(
        "icmp",
        _summary(message),
        span.start,
        span.end,
        tuple(fields),
        _quote(span, quote),
        message,
        fault or fault_of(extensions, span),
        None if span.is_cut else Alone(message),
    )


def _quote(span: Span, quote: bytes) -> Layer | None:
    if not quote:
        return None
    dissector = span.dissectors.ip_protocol[IpProtocol.IPV4]
    return quoted_layer(span, span.start + HEADER, len(quote), "icmp", dissector)


def _entries(message: icmp.RouterAdvertisement, at: int, words: int) -> list[Field]:
    size = 4 * words
    return [value_field(one, at + n * size, size) for n, one in enumerate(message.addresses)]


def _name(kind: int) -> str:
    return class_words(icmp.MESSAGES[kind].__name__) if kind in icmp.MESSAGES else f"type {kind}"


def _summary(message: icmp.IcmpMessage) -> str:
    match message:
        case icmp.UnknownIcmp():
            return f"type {message.type}, code {message.code}"
        case icmp.EchoRequest() | icmp.EchoReply():
            detail = f"identifier {message.identifier}, sequence {message.sequence}"
        case icmp.DestinationUnreachable():
            detail = code_words(icmp.UnreachableCode, message.code)
            if message.code == icmp.UnreachableCode.FRAGMENTATION_NEEDED:
                detail += f", MTU {message.mtu}"
        case icmp.TimeExceeded():
            detail = code_words(icmp.TimeExceededCode, message.code)
        case icmp.ParameterProblem():
            detail = (
                f"{code_words(icmp.ParameterProblemCode, message.code)}, byte {message.pointer}"
            )
        case icmp.Redirect():
            detail = f"{code_words(icmp.RedirectCode, message.code)}, to {message.gateway}"
        case _:
            return class_words(type(message).__name__)
    return f"{class_words(type(message).__name__)}, {detail}"
