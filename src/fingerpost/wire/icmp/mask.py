"""Address mask request and reply (RFC 950 appendix I); deprecated (RFC 6918).

+---------------+---------------+-------------------------------+
| type 17 or 18 |    code 0     |           checksum            |
+---------------+---------------+-------------------------------+
|          identifier           |        sequence number        |
+-------------------------------+-------------------------------+
|                         address mask                          |
+---------------------------------------------------------------+
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.addr import Address
from fingerpost.wire.icmp.message import HEAD_TWO_NUMBERS, TWO_NUMBERS, IcmpMessage
from fingerpost.wire.icmp.types import IcmpType
from fingerpost.wire.sealing import refuse_code

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

UNSPECIFIED = Address("0.0.0.0")


@dataclass(frozen=True, slots=True)
class _AddressMask(IcmpMessage):
    identifier: int
    sequence: int
    mask: Address = UNSPECIFIED

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read the two numbers and the mask; what follows them is not looked at."""
        refuse_code(reader, code, "RFC 950")
        identifier, sequence = reader.unpack(TWO_NUMBERS, "identifier and sequence number")
        return cls(identifier, sequence, reader.ip4("address mask"))

    def pack(self) -> bytes:
        """Give the message."""
        head = HEAD_TWO_NUMBERS.pack(self.TYPE, 0, 0, self.identifier, self.sequence)
        return head + self.mask.packed


class AddressMaskRequest(_AddressMask):
    """A host asks for the mask of its subnet."""

    __slots__ = ()

    TYPE = IcmpType.ADDRESS_MASK_REQUEST


class AddressMaskReply(_AddressMask):
    """The mask of the subnet on which the request came."""

    __slots__ = ()

    TYPE = IcmpType.ADDRESS_MASK_REPLY
