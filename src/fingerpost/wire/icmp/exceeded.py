"""Time exceeded (RFC 792), with extensions (RFC 4884 4.2).

+---------------+---------------+-------------------------------+
|    type 11    |     code      |           checksum            |
+---------------+---------------+-------------------------------+
|    unused     | quote length  |            unused             |
+---------------+---------------+-------------------------------+
|             quoted datagram, then extensions if any           |
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.icmp.message import IcmpMessage
from fingerpost.wire.icmp.quoting import LegacyQuoteCarrier
from fingerpost.wire.icmp.types import IcmpType

if TYPE_CHECKING:
    from fingerpost.wire.icmp_extension import ExtensionObject
    from fingerpost.wire.reader import Reader

_WORD = struct.Struct("!xBxx")
_HEADER = struct.Struct("!BBHxBxx")


@dataclass(frozen=True, slots=True)
class TimeExceeded(LegacyQuoteCarrier, IcmpMessage):
    """The TTL ran out, or the time for reassembly; `code` is a `TimeExceededCode`.

    With extensions the quote is filled with zeros to 128 bytes and whole words. `is_legacy`:
    extensions without length field (RFC 4884 5).
    """

    code: int
    quote: bytes
    extensions: tuple[ExtensionObject, ...] = ()
    is_legacy: bool = False

    TYPE = IcmpType.TIME_EXCEEDED

    @classmethod
    def read(cls, code: int, reader: Reader, *, legacy: bool = False) -> Self:
        """Read the quote and the extensions."""
        (length,) = reader.unpack(_WORD, "quote length")
        return cls(code, *cls.read_any_quote(length, reader, legacy=legacy))

    def pack(self) -> bytes:
        """Give the header, the quote and the extensions."""
        length, rest = self.pack_quote()
        return _HEADER.pack(self.TYPE, self.code, 0, length) + rest
