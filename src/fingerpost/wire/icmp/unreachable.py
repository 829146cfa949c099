"""Destination unreachable (RFC 792), with next-hop MTU (RFC 1191 4) and extensions (RFC 4884 4.1).

+---------------+---------------+-------------------------------+
|    type 3     |     code      |           checksum            |
+---------------+---------------+-------------------------------+
|    unused     | quote length  |   next-hop MTU (with code 4)  |
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

_WORD = struct.Struct("!xBH")
_HEADER = struct.Struct("!BBHxBH")


@dataclass(frozen=True, slots=True)
class DestinationUnreachable(LegacyQuoteCarrier, IcmpMessage):
    """A datagram could not be delivered; `code` is an `UnreachableCode`.

    `mtu` is 0 where the sender knows no next-hop MTU. With extensions the quote is filled with
    zeros to 128 bytes and whole words. `is_legacy`: extensions without length field (RFC 4884 5).
    """

    code: int
    quote: bytes
    mtu: int = 0
    extensions: tuple[ExtensionObject, ...] = ()
    is_legacy: bool = False

    TYPE = IcmpType.DESTINATION_UNREACHABLE

    @classmethod
    def read(cls, code: int, reader: Reader, *, legacy: bool = False) -> Self:
        """Read the MTU, the quote and the extensions."""
        length, mtu = reader.unpack(_WORD, "quote length and next-hop MTU")
        quote, extensions, is_legacy = cls.read_any_quote(length, reader, legacy=legacy)
        return cls(code, quote, mtu, extensions, is_legacy)

    def pack(self) -> bytes:
        """Give the header, the quote and the extensions."""
        length, rest = self.pack_quote()
        return _HEADER.pack(self.TYPE, self.code, 0, length, self.mtu) + rest
