"""Recursive DNS servers (RFC 8106 5.1).

+---------------+---------------+-------------------------------+
|    type 25    | length 2 n + 1|           reserved            |
+---------------+---------------+-------------------------------+
|                          lifetime, s                          |
+---------------------------------------------------------------+
|                    addresses (16 bytes each)                  |
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.addr import Address
from fingerpost.wire.nd.options.option import NdOption, OptionType

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_BODY = struct.Struct("!xxI")
_WHOLE = struct.Struct("!BBxxI")


@dataclass(frozen=True, slots=True)
class RecursiveDnsServers(NdOption):
    """Addresses of at least one DNS server, for `lifetime_s`."""

    addresses: tuple[Address, ...]
    lifetime_s: int = 0xFFFF_FFFF

    TYPE = OptionType.RECURSIVE_DNS_SERVERS

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the addresses; without one, or with one not unicast, it is ignored (8106 5.3.1)."""
        (lifetime,) = reader.unpack(_BODY, "lifetime")
        addresses = [reader.ip6("server address")]
        while reader:
            addresses.append(reader.ip6("server address"))
        for address in addresses:
            if address.is_multicast or address.is_unspecified:
                reader.refuse("server address", address, "a unicast address", "RFC 8106 5.3.1")
        return cls(tuple(addresses), lifetime)

    def pack(self) -> bytes:
        """Give the option."""
        head = _WHOLE.pack(self.TYPE, 0, self.lifetime_s)
        return head + b"".join([address.packed for address in self.addresses])
