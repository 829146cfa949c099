"""Redirect (RFC 4861 4.5).

+---------------+---------------+-------------------------------+
|   type 137    |    code 0     |           checksum            |
+---------------+---------------+-------------------------------+
|                            reserved                           |
+---------------------------------------------------------------+
|                    target address (16 bytes)                  |
|                 destination address (16 bytes)                |
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

_BODY = struct.Struct("!4x16s16s")
_WHOLE = struct.Struct("!BBH4x16s16s")


@dataclass(frozen=True, slots=True)
class Redirect(Icmpv6Message):
    """`target` is a better first hop to `destination`, or, where they are equal, it is on link."""

    target: Address
    destination: Address
    options: tuple[NdOption, ...] = ()

    TYPE = Icmpv6Type.REDIRECT

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read both addresses and the options (RFC 4861 8.1)."""
        reader.section = "RFC 4861 8.1"
        refuse_code(reader, code, "RFC 4861 8.1")
        first, second = reader.unpack(_BODY, "target and destination address")
        target, destination = Address(first), Address(second)
        if second[0] == 0xFF:
            reader.refuse("destination address", destination, "no multicast address", at=24)
        if not target.is_unicast_link_local and target != destination:
            reader.refuse("target address", target, "a link-local one or the destination", at=8)
        return cls(target, destination, read_options(reader))

    def pack(self) -> bytes:
        """Give the message."""
        head = _WHOLE.pack(self.TYPE, 0, 0, self.target.packed, self.destination.packed)
        return head + encode_options(self.options)
