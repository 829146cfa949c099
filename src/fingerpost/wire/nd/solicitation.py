"""Neighbour solicitation (RFC 4861 4.3).

+---------------+---------------+-------------------------------+
|   type 135    |    code 0     |           checksum            |
+---------------+---------------+-------------------------------+
|                            reserved                           |
+---------------------------------------------------------------+
|                    target address (16 bytes)                  |
+---------------------------------------------------------------+
|                            options                            |
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.addr import Address
from fingerpost.wire.icmpv6_message import Icmpv6Message, Icmpv6Type
from fingerpost.wire.nd.options import NdOption, encode_options, read_options
from fingerpost.wire.sealing import refuse_code

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_BODY = struct.Struct("!4x16s")
_WHOLE = struct.Struct("!BBH4x16s")


@dataclass(frozen=True, slots=True)
class NeighborSolicitation(Icmpv6Message):
    """Who has `target`; from :: it is a probe for duplicates (RFC 4862 5.4)."""

    target: Address
    options: tuple[NdOption, ...] = ()

    TYPE = Icmpv6Type.NEIGHBOR_SOLICITATION

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read target and options (RFC 4861 7.1.1)."""
        reader.section = "RFC 4861 7.1.1"
        refuse_code(reader, code, "RFC 4861 7.1.1")
        (octets,) = reader.unpack(_BODY, "target address")
        target = Address(octets)
        if octets[0] == 0xFF:
            reader.refuse("target address", target, "no multicast address", at=8)
        return cls(target, read_options(reader))

    def pack(self) -> bytes:
        """Give the message."""
        return _WHOLE.pack(self.TYPE, 0, 0, self.target.packed) + encode_options(self.options)
