"""ICMP router discovery (RFC 1256 3).

    +---------------+---------------+-------------------------------+
    |    type 9     |    code 0     |           checksum            |
    +---------------+---------------+-------------------------------+
    |   addresses   | words a entry |          lifetime, s          |
    +---------------+---------------+-------------------------------+
    |                       router address 1                        |
    |               preference level 1, two's complement            |
    |                              ...                              |

A solicitation is type 10, code 0 and four reserved bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.addr import Address
from fingerpost.wire.icmp.message import HEAD_WORD, IcmpMessage
from fingerpost.wire.icmp.types import IcmpType
from fingerpost.wire.sealing import refuse_code

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

ENTRY_WORDS = 2
_COUNTS = struct.Struct("!BBH")
_HEADER = struct.Struct("!BBHBBH")
_ENTRY = struct.Struct("!4si")


@dataclass(frozen=True, slots=True)
class RouterAddress:
    """One address of a router; the highest preference is the default router."""

    address: Address
    preference: int = 0


@dataclass(frozen=True, slots=True)
class RouterAdvertisement(IcmpMessage):
    """A router's addresses on this link; `lifetime_s` is how long they may be believed."""

    addresses: tuple[RouterAddress, ...]
    lifetime_s: int = 1800

    TYPE = IcmpType.ROUTER_ADVERTISEMENT

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read the entries; words beyond two an entry, and what follows, are not looked at."""
        refuse_code(reader, code, "RFC 1256 5.2")
        count, words, lifetime = reader.unpack(_COUNTS, "counts")
        if not count:
            reader.refuse("number of addresses", count, "at least 1", "RFC 1256 5.2", at=4)
        if words < ENTRY_WORDS:
            reader.refuse("address entry size", words, "at least 2", "RFC 1256 5.2", at=5)
        return cls(tuple(_read_entry(reader, words) for _ in range(count)), lifetime)

    def pack(self) -> bytes:
        """Give the message with two words an entry."""
        head = _HEADER.pack(self.TYPE, 0, 0, len(self.addresses), ENTRY_WORDS, self.lifetime_s)
        return head + b"".join(
            _ENTRY.pack(entry.address.packed, entry.preference) for entry in self.addresses
        )


def _read_entry(reader: Reader, words: int) -> RouterAddress:
    entry = reader.sub(4 * words, "router address entry")
    octets, preference = entry.unpack(_ENTRY, "router address entry")
    return RouterAddress(Address(octets), preference)


@dataclass(frozen=True, slots=True)
class RouterSolicitation(IcmpMessage):
    """A host asks the routers of its link to say who they are."""

    TYPE = IcmpType.ROUTER_SOLICITATION

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read nothing but the reserved word."""
        refuse_code(reader, code, "RFC 1256 4.2")
        reader.take(4, "reserved")
        return cls()

    def pack(self) -> bytes:
        """Give the message."""
        return HEAD_WORD.pack(self.TYPE, 0, 0, 0)
