"""Redirect (RFC 792).

+---------------+---------------+-------------------------------+
|    type 5     |     code      |           checksum            |
+---------------+---------------+-------------------------------+
|                   address of the better gateway               |
+---------------------------------------------------------------+
|                        quoted datagram                        |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.icmp.message import HEAD_WORD, IcmpMessage
from fingerpost.wire.icmp.types import IcmpType

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.wire.reader import Reader


@dataclass(frozen=True, slots=True)
class Redirect(IcmpMessage):
    """Another gateway on the same network is nearer; `code` is a `RedirectCode`."""

    code: int
    gateway: Address
    quote: bytes

    TYPE = IcmpType.REDIRECT

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read the gateway and the quote."""
        return cls(code, reader.ip4("gateway"), reader.rest())

    def pack(self) -> bytes:
        """Give the header and the quote."""
        return HEAD_WORD.pack(self.TYPE, self.code, 0, int(self.gateway)) + self.quote
