"""Parameter problem (RFC 792, RFC 1122 3.2.2.5), with extensions (RFC 4884 4.3).

+---------------+---------------+-------------------------------+
|    type 12    |     code      |           checksum            |
+---------------+---------------+-------------------------------+
|    pointer    | quote length  |            unused             |
+---------------+---------------+-------------------------------+
|             quoted datagram, then extensions if any           |
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.icmp.message import IcmpMessage
from fingerpost.wire.icmp.quoting import WORD
from fingerpost.wire.icmp.types import IcmpType
from fingerpost.wire.icmp_extension.quote import QuoteCarrier

if TYPE_CHECKING:
    from fingerpost.wire.icmp_extension import ExtensionObject
    from fingerpost.wire.reader import Reader

_WORD = struct.Struct("!BBxx")
_HEADER = struct.Struct("!BBHBBxx")


@dataclass(frozen=True, slots=True)
class ParameterProblem(QuoteCarrier, IcmpMessage):
    """A header does not hold; `code` is a `ParameterProblemCode`, `pointer` the byte at fault.

    With extensions the quote is filled with zeros to 128 bytes and whole words. Extensions without
    length field were never sent with this message (RFC 4884 5).
    """

    code: int
    pointer: int
    quote: bytes
    extensions: tuple[ExtensionObject, ...] = ()

    TYPE = IcmpType.PARAMETER_PROBLEM
    WORD = WORD

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read the pointer, the quote and the extensions."""
        pointer, length = reader.unpack(_WORD, "pointer and quote length")
        return cls(code, pointer, *cls.read_quote(length, reader))

    def pack(self) -> bytes:
        """Give the header, the quote and the extensions."""
        length, rest = self.pack_quote()
        return _HEADER.pack(self.TYPE, self.code, 0, self.pointer, length) + rest
