"""Grace LSA: forward on for me, I shall be back (RFC 3623 A and B, RFC 5187 2.2).

It is opaque type 3 of link scope (type 9) in version 2, type 0x000b in version 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.tlv import Tlv, known, pack_tlvs, read_tlvs
from fingerpost.wire.fields import unsigned

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

OPAQUE_TYPE = 3
SECTION = "RFC 3623 A"


class RestartReason(IntEnum):
    """Why a router restarts."""

    UNKNOWN = 0
    SOFTWARE_RESTART = 1
    SOFTWARE_RELOAD = 2
    SWITCH_TO_REDUNDANT = 3


@dataclass(frozen=True, slots=True)
class GracePeriod:
    """For how many seconds neighbours are to go on."""

    seconds: int
    TYPE: ClassVar = 1

    @classmethod
    def read(cls, reader: Reader) -> GracePeriod:
        """Read the value."""
        return cls(reader.u32("grace period"))

    def pack(self) -> bytes:
        """Give the value."""
        return unsigned(self.seconds, 32, "grace period").to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class GraceReason:
    """Why; a number that `RestartReason` names."""

    reason: int
    TYPE: ClassVar = 2

    @classmethod
    def read(cls, reader: Reader) -> GraceReason:
        """Read the value."""
        return cls(reader.u8("restart reason"))

    def pack(self) -> bytes:
        """Give the value."""
        return unsigned(self.reason, 8, "restart reason").to_bytes(1, "big")


@dataclass(frozen=True, slots=True)
class GraceAddress:
    """The address of the interface, which tells routers of one network apart; version 2 only."""

    address: int
    TYPE: ClassVar = 3

    @classmethod
    def read(cls, reader: Reader) -> GraceAddress:
        """Read the value."""
        return cls(reader.u32("interface address"))

    def pack(self) -> bytes:
        """Give the value."""
        return unsigned(self.address, 32, "interface address").to_bytes(4, "big")


_KNOWN = known(GracePeriod, GraceReason, GraceAddress)


@dataclass(frozen=True, slots=True)
class GraceLsa:
    """The body of a grace LSA; `of` makes one of what it has to say."""

    tlvs: tuple[Tlv, ...] = ()

    @classmethod
    def of(cls, period_s: int, reason: int, address: int | None = None) -> GraceLsa:
        """Say for how long, why, and in version 2 with which address."""
        first = (GracePeriod(period_s), GraceReason(reason))
        return cls(first if address is None else (*first, GraceAddress(address)))

    @property
    def period_s(self) -> int | None:
        """The grace period in seconds; None breaks the format (RFC 3623 A)."""
        return next((one.seconds for one in self.tlvs if isinstance(one, GracePeriod)), None)

    @property
    def reason(self) -> int | None:
        """The reason; None breaks the format."""
        return next((one.reason for one in self.tlvs if isinstance(one, GraceReason)), None)

    @property
    def address(self) -> int | None:
        """The address of the interface, where it is said."""
        return next((one.address for one in self.tlvs if isinstance(one, GraceAddress)), None)

    @classmethod
    def read(cls, reader: Reader) -> GraceLsa:
        """Read the body."""
        reader.section = SECTION
        return cls(read_tlvs(reader, _KNOWN))

    def pack(self) -> bytes:
        """Give the body."""
        return pack_tlvs(self.tlvs)
