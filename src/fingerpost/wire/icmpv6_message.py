"""What all ICMPv6 messages share (RFC 4443 2.1): types, and a checksum over the pseudo-header too.

Here stands what `wire.icmpv6`, `wire.nd` and `wire.mld` build upon.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar, Self

from fingerpost.wire.checksum import pseudo_sum
from fingerpost.wire.protocol import IpProtocol
from fingerpost.wire.reader import Reader
from fingerpost.wire.sealing import opened, packed, sealed

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from fingerpost.addr import Address

LAYER = "icmpv6"
SECTION = "RFC 4443 2.1"
HEAD_WORD = struct.Struct("!BBHI")
HEAD_TWO_NUMBERS = struct.Struct("!BBHHH")
TWO_NUMBERS = struct.Struct("!HH")
_ICMPV6 = int(IpProtocol.ICMPV6)


class Icmpv6Type(IntEnum):
    """Message types (IANA "ICMPv6 'type' Numbers") that have a class here."""

    DESTINATION_UNREACHABLE = 1
    PACKET_TOO_BIG = 2
    TIME_EXCEEDED = 3
    PARAMETER_PROBLEM = 4
    ECHO_REQUEST = 128
    ECHO_REPLY = 129
    LISTENER_QUERY = 130
    LISTENER_REPORT = 131
    LISTENER_DONE = 132
    ROUTER_SOLICITATION = 133
    ROUTER_ADVERTISEMENT = 134
    NEIGHBOR_SOLICITATION = 135
    NEIGHBOR_ADVERTISEMENT = 136
    REDIRECT = 137
    LISTENER_REPORT_V2 = 143
    EXTENDED_ECHO_REQUEST = 160
    EXTENDED_ECHO_REPLY = 161


NEIGHBOR_DISCOVERY = range(Icmpv6Type.ROUTER_SOLICITATION, Icmpv6Type.REDIRECT + 1)
"""The types of RFC 4861 4."""


class Icmpv6Message:
    """An ICMPv6 message; a subclass a type."""

    __slots__ = ()

    TYPE: ClassVar[int]

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read what follows the checksum."""
        raise NotImplementedError

    def pack(self) -> bytes:
        """Give the message with a checksum field of zero; `struct.error` for a misfit."""
        raise NotImplementedError

    def encode(self, source: Address, destination: Address) -> bytes:
        """Give the message with its checksum between these addresses (RFC 4443 2.3).

        Raises `UsageError` for a field out of range.
        """
        raw = packed(self.pack, type(self).__name__)
        return sealed(raw, pseudo_sum(source, destination, _ICMPV6, len(raw)))

    @classmethod
    def decode(cls, data: Buffer, source: Address, destination: Address) -> Self:
        """Read a message of this type; raises `DecodeError`, also for one of another type."""
        kind, code, reader = opened6(data, source, destination)
        if kind != cls.TYPE:
            reader.refuse("type", kind, f"{cls.TYPE} ({Icmpv6Type(cls.TYPE).name})", at=0)
        return cls.read(code, reader)


def opened6(
    data: Buffer, source: Address, destination: Address, *, verify: bool = True
) -> tuple[int, int, Reader]:
    """Give type, code and a reader that stands after the checksum; refuse a wrong checksum."""
    octets = data if type(data) is bytes else bytes(data)
    initial = pseudo_sum(source, destination, _ICMPV6, len(octets)) if verify else 0
    return opened(octets, LAYER, SECTION, initial=initial, verify=verify)
