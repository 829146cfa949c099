"""Prefix information (RFC 4861 4.6.2), with the router address flag R (RFC 6275 7.2).

+---------------+---------------+---------------+-+-+-+---------+
|    type 3     |   length 4    | prefix length |L|A|R|reserved |
+---------------+---------------+---------------+-+-+-+---------+
|                        valid lifetime, s                      |
|                      preferred lifetime, s                    |
|                            reserved                           |
+---------------------------------------------------------------+
|                       prefix (16 bytes)                       |
+---------------------------------------------------------------+
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.addr import Address, Prefix
from fingerpost.wire.nd.options.option import NdOption, OptionType

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_BODY = struct.Struct("!BBII4x16s")
_WHOLE = struct.Struct("!BBBBII4x16s")
ON_LINK, AUTONOMOUS, ROUTER_ADDRESS = 0x80, 0x40, 0x20
FOREVER = 0xFFFF_FFFF  # a lifetime without end


@dataclass(frozen=True, slots=True)
class PrefixInformation(NdOption):
    """A prefix of the link: on link, for addresses that hosts make (RFC 4862), or both.

    `address` has all 128 bits as sent: bits beyond `length` say nothing, unless `router_address`
    says that it is the router's own.
    """

    address: Address
    length: int
    on_link: bool = True
    autonomous: bool = True
    valid_s: int = 2_592_000
    preferred_s: int = 604_800
    router_address: bool = False

    TYPE = OptionType.PREFIX_INFORMATION

    @property
    def prefix(self) -> Prefix:
        """The prefix alone."""
        return Prefix(self.address, self.length)

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the fields; a length above 128 makes it an option to ignore."""
        length, bits, valid, preferred, octets = reader.unpack(_BODY, "prefix information")
        reader.finish(section="RFC 4861 4.6.2")
        if length > 128:
            reader.refuse("prefix length", length, "at most 128", "RFC 4861 4.6.2")
        return cls(
            Address(octets),
            length,
            bool(bits & ON_LINK),
            bool(bits & AUTONOMOUS),
            valid,
            preferred,
            bool(bits & ROUTER_ADDRESS),
        )

    def pack(self) -> bytes:
        """Give the option."""
        flags = self.on_link << 7 | self.autonomous << 6 | self.router_address << 5
        octets = self.address.packed
        return _WHOLE.pack(self.TYPE, 4, self.length, flags, self.valid_s, self.preferred_s, octets)
