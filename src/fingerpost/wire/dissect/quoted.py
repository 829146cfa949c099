"""What ICMP errors carry: the packet that they quote, and the extensions after it."""

from __future__ import annotations

from fingerpost.errors import DecodeError
from fingerpost.wire.dissect.options import value_field
from fingerpost.wire.dissect.span import Dissector, Span
from fingerpost.wire.dissect.tree import Field, Layer
from fingerpost.wire.dissect.words import class_words
from fingerpost.wire.icmp_extension import ExtensionObject, UnreadableExtensions

STRUCTURE_HEADER = 4


def quoted_layer(span: Span, start: int, size: int, carrier: str, dissector: Dissector) -> Layer:
    """Give the layers of a quoted packet, which is cut and was changed on its way."""
    inner = span.inside(start, start + size, carrier=carrier, is_cut=True)
    return inner.take(dissector)


def extension_field(
    extensions: tuple[ExtensionObject, ...], packet: bytes, start: int, end: int
) -> Field:
    """Give the structure as one field with its objects (RFC 4884 7)."""
    found = []
    at = start + STRUCTURE_HEADER
    for one in extensions:
        if isinstance(one, UnreadableExtensions):
            break
        size = int.from_bytes(packet[at : at + 2], "big")
        found.append(value_field(one, at, size))
        at += size
    text = ", ".join(class_words(type(one).__name__) for one in extensions) or "none"
    return Field("extensions", packet[start:end].hex(), text, start, end - start, tuple(found))


def fault_of(extensions: tuple[ExtensionObject, ...], span: Span) -> DecodeError | None:
    """Give the fault of a structure that does not read; none where the capture cut it."""
    for one in () if span.is_cut else extensions:
        if isinstance(one, UnreadableExtensions):
            return one.fault
    return None
