"""The bodies of PROBE's extended echo messages, the same in ICMP and ICMPv6 (RFC 8335 2 and 3).

request                                   reply
+---------------+---------------+         +---------------+---------------+
|          identifier           |         |          identifier           |
+---------------+-------------+-+         +---------------+-----+---+-+-+-+
|   sequence    |  reserved   |L|         |   sequence    |state|res|A|4|6|
+---------------+-------------+-+         +---------------+-----+---+-+-+-+
|      extension structure      |
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar, Self

from fingerpost.wire.icmp_extension import (
    ExtensionObject,
    InterfaceByAddress,
    InterfaceByIndex,
    InterfaceByName,
    structure,
)

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_BODY = struct.Struct("!HBB")
_WHOLE = struct.Struct("!BBHHBB")
LOCAL = 0x01
ACTIVE, HAS_IPV4, HAS_IPV6 = 0x04, 0x02, 0x01


class NeighborState(IntEnum):
    """State of the neighbour that was asked about (RFC 8335 3); 0 where no neighbour was."""

    NONE = 0
    INCOMPLETE = 1
    REACHABLE = 2
    STALE = 3
    DELAY = 4
    PROBE = 5
    FAILED = 6
    UNASSIGNED = 7


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """A question about one interface.

    `is_local`: the interface is the proxy's own, named by any of the three objects; else it is a
    neighbour's, named by its address.
    """

    identifier: int
    sequence: int
    extensions: tuple[ExtensionObject, ...]
    is_local: bool = True

    TYPE: ClassVar[int]

    @property
    def query(self) -> InterfaceByName | InterfaceByIndex | InterfaceByAddress | None:
        """The interface that is meant; None in a malformed query, to be answered with code 1."""
        if len(self.extensions) != 1:
            return None
        (one,) = self.extensions
        known = (InterfaceByName, InterfaceByIndex, InterfaceByAddress)
        return one if isinstance(one, known) else None

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:  # noqa: ARG003 - ignored (RFC 8335 2)
        """Read the numbers and the structure, which may be malformed (RFC 8335 4.1)."""
        identifier, sequence, flags = reader.unpack(_BODY, "identifier, sequence and flags")
        return cls(identifier, sequence, structure.read(reader.rest()), bool(flags & LOCAL))

    def pack(self) -> bytes:
        """Give the message with a checksum field of zero."""
        head = _WHOLE.pack(self.TYPE, 0, 0, self.identifier, self.sequence, self.is_local)
        return head + structure.encode(self.extensions)


@dataclass(frozen=True, slots=True)
class ProbeReply:
    """The answer; `code` is an `ExtendedEchoCode`.

    `active`, `ipv4` and `ipv6` tell of an own interface, `state` of a neighbour's. The picture
    in RFC 8335 3 ends there; Linux sends the request's structure along, which `data` holds.
    """

    code: int
    identifier: int
    sequence: int
    state: NeighborState = NeighborState.NONE
    active: bool = False
    ipv4: bool = False
    ipv6: bool = False
    data: bytes = b""

    TYPE: ClassVar[int]

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read numbers, state and flags."""
        identifier, sequence, bits = reader.unpack(_BODY, "identifier, sequence and state")
        flags = (bool(bits & ACTIVE), bool(bits & HAS_IPV4), bool(bits & HAS_IPV6))
        return cls(code, identifier, sequence, NeighborState(bits >> 5), *flags, reader.rest())

    def pack(self) -> bytes:
        """Give the message with a checksum field of zero."""
        bits = self.state << 5 | self.active << 2 | self.ipv4 << 1 | self.ipv6
        head = _WHOLE.pack(self.TYPE, self.code, 0, self.identifier, self.sequence, bits)
        return head + self.data
