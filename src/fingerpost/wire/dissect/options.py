"""Options of headers as fields: each with its place, its words and its attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fingerpost.errors import DecodeError
from fingerpost.wire.dissect.layout import octets_field
from fingerpost.wire.dissect.tree import Field
from fingerpost.wire.dissect.words import class_words, plain, words


def value_field(value: object, offset: int, size: int) -> Field:
    """Give a decoded value as one field, named after its class."""
    return Field(class_words(type(value).__name__), plain(value), words(value), offset, size)


def tlv_fields(
    packet: bytes, start: int, end: int, decode: Callable[[bytes], tuple[object, ...]]
) -> Field:
    """Give the option area of an IPv4 or TCP header (RFC 791 3.1, RFC 9293 3.1) as one field.

    `decode` reads an area that holds one option.
    """
    found = tuple(_tlv_options(packet, start, end, decode))
    text = ", ".join(field.name for field in found)
    return Field("options", packet[start:end].hex(), text, start, end - start, found)


def _tlv_options(
    packet: bytes, start: int, end: int, decode: Callable[[bytes], tuple[object, ...]]
) -> Iterator[Field]:
    at = start
    while at < end:
        kind = packet[at]
        if kind == 0:
            yield octets_field("end of options", packet, at, end)
            return
        size = 1 if kind == 1 else packet[at + 1] if at + 1 < end else 0
        if kind != 1 and not 2 <= size <= end - at:
            yield octets_field("malformed option", packet, at, end)
            return
        yield _one(packet, at, size, decode)
        at += size


def _one(packet: bytes, at: int, size: int, decode: Callable[[bytes], tuple[object, ...]]) -> Field:
    try:
        (value,) = decode(packet[at : at + size])
    except DecodeError:
        return octets_field("malformed option", packet, at, at + size)
    return value_field(value, at, size)
