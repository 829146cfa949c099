"""Errors of code, quote and extensions alone: the two that RFC 4884 4.4 and 4.5 give a length."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.icmp_extension.quote import QuoteCarrier
from fingerpost.wire.icmpv6_message import Icmpv6Message

if TYPE_CHECKING:
    from fingerpost.wire.icmp_extension import ExtensionObject
    from fingerpost.wire.reader import Reader

WORD = 8  # bytes that the length field counts in ICMPv6 (RFC 4884 4)
_WORD = struct.Struct("!Bxxx")
_HEADER = struct.Struct("!BBHBxxx")


@dataclass(frozen=True, slots=True)
class ExtensibleMessage(QuoteCarrier, Icmpv6Message):
    """An error with a quote and, it may be, extensions.

    With extensions the quote is filled with zeros to 128 bytes and whole words of 8.
    """

    code: int
    quote: bytes
    extensions: tuple[ExtensionObject, ...] = ()

    WORD = WORD

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read the quote and the extensions."""
        (length,) = reader.unpack(_WORD, "quote length")
        return cls(code, *cls.read_quote(length, reader))

    def pack(self) -> bytes:
        """Give the header, the quote and the extensions."""
        length, rest = self.pack_quote()
        return _HEADER.pack(self.TYPE, self.code, 0, length) + rest
