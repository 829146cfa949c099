"""Messages of a type that has no class here (RFC 4443 2.4 (a) and (b))."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.icmpv6_message import Icmpv6Message, opened6
from fingerpost.wire.sealing import HEAD

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from fingerpost.addr import Address


@dataclass(frozen=True, slots=True)
class UnknownIcmpv6(Icmpv6Message):
    """An error (below 128) goes to the upper layer, an informational one is discarded."""

    type: int
    code: int
    body: bytes = b""

    def pack(self) -> bytes:
        """Give the message as it came."""
        return HEAD.pack(self.type, self.code, 0) + self.body

    @classmethod
    def decode(cls, data: Buffer, source: Address, destination: Address) -> Self:
        """Take any message apart at its checksum."""
        kind, code, reader = opened6(data, source, destination)
        return cls(kind, code, reader.rest())
