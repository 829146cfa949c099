"""Neighbour advertisement (RFC 4861 4.4).

+---------------+---------------+-------------------------------+
|   type 136    |    code 0     |           checksum            |
+-+-+-+---------+---------------+-------------------------------+
|R|S|O|                        reserved                         |
+-+-+-+---------------------------------------------------------+
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

_BODY = struct.Struct("!B3x16s")
_WHOLE = struct.Struct("!BBHB3x16s")
ROUTER, SOLICITED, OVERRIDE = 0x80, 0x40, 0x20


@dataclass(frozen=True, slots=True)
class NeighborAdvertisement(Icmpv6Message):
    """The sender has `target`.

    `router`: it is a router; `solicited`: it was asked; `override`: this replaces what is cached.
    """

    target: Address
    router: bool = False
    solicited: bool = False
    override: bool = False
    options: tuple[NdOption, ...] = ()

    TYPE = Icmpv6Type.NEIGHBOR_ADVERTISEMENT

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read flags, target and options (RFC 4861 7.1.2)."""
        reader.section = "RFC 4861 7.1.2"
        refuse_code(reader, code, "RFC 4861 7.1.2")
        bits, octets = reader.unpack(_BODY, "flags and target address")
        target = Address(octets)
        if octets[0] == 0xFF:
            reader.refuse("target address", target, "no multicast address", at=8)
        flags = (bool(bits & ROUTER), bool(bits & SOLICITED), bool(bits & OVERRIDE))
        return cls(target, *flags, read_options(reader))

    def pack(self) -> bytes:
        """Give the message."""
        flags = self.router << 7 | self.solicited << 6 | self.override << 5
        head = _WHOLE.pack(self.TYPE, 0, 0, flags, self.target.packed)
        return head + encode_options(self.options)
