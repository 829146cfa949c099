"""What options share (RFC 4861 4.6), and those that nobody here reads.

    +---------------+---------------+-------------------------------+
    |     type      | length, 8 n   |              ...              |
    +---------------+---------------+-------------------------------+

The length counts units of 8 bytes and includes type and length.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from typing import Self

    from fingerpost.wire.reader import Reader

UNIT = 8
HEADER = struct.Struct("!BB")


class OptionType(IntEnum):
    """Option types (IANA "IPv6 Neighbor Discovery Option Formats") that have a class here."""

    SOURCE_LINK_LAYER_ADDRESS = 1
    TARGET_LINK_LAYER_ADDRESS = 2
    PREFIX_INFORMATION = 3
    REDIRECTED_HEADER = 4
    MTU = 5
    NONCE = 14
    ROUTE_INFORMATION = 24
    RECURSIVE_DNS_SERVERS = 25
    DNS_SEARCH_LIST = 31
    PREF64 = 38


class Preference(IntEnum):
    """Two-bit preference of a router or route (RFC 4191 2.1)."""

    MEDIUM = 0b00
    HIGH = 0b01
    RESERVED = 0b10
    LOW = 0b11


class NdOption:
    """An option; a subclass a type."""

    __slots__ = ()

    TYPE: ClassVar[int]

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read what follows the length; a `DecodeError` says that the option is to be ignored."""
        raise NotImplementedError

    def pack(self) -> bytes:
        """Give the option, a multiple of 8 bytes, with any length; `encode` sets it."""
        raise NotImplementedError

    def encode(self) -> bytes:
        """Give the option; raises `struct.error` or `UsageError` for a field out of range."""
        raw = self.pack()
        units, odd = divmod(len(raw), UNIT)
        if odd or units > 0xFF:
            raise UsageError(
                f"{type(self).__name__} of {len(raw)} bytes: a multiple of 8, at most 2040"
            )
        return raw[:1] + bytes([units]) + raw[2:]


@dataclass(frozen=True, slots=True)
class UnknownOption(NdOption):
    """An option of another type, or one whose content is to be ignored; `data` after the length."""

    type: int
    data: bytes

    def pack(self) -> bytes:
        """Give the option as it came."""
        return HEADER.pack(self.type, 0) + self.data


def filled(octets: bytes) -> bytes:
    """Fill with zeros to whole units."""
    return octets + bytes(-len(octets) % UNIT)
