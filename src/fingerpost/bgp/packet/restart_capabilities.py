"""Capabilities of those who restart (RFC 4724 3, RFC 8538 2, RFC 9494 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from fingerpost.bgp.constants import CapabilityCode
from fingerpost.bgp.packet.capability import family_octets, read_family
from fingerpost.wire.fields import unsigned

if TYPE_CHECKING:
    from fingerpost.bgp.family import Family
    from fingerpost.wire.reader import Reader

_RESTARTED, _NOTIFICATION = 0x8, 0x4
_FORWARDING: Final = 0x80


class Restarting(NamedTuple):
    """A family whose routes are to be kept; `is_forwarding`: packets went on all the while."""

    family: Family
    is_forwarding: bool = False


class LongLived(NamedTuple):
    """A family whose routes are to be kept for `stale_s` more (RFC 9494)."""

    family: Family
    is_forwarding: bool
    stale_s: int


@dataclass(frozen=True, slots=True)
class GracefulRestart:
    """Flags (4), restart time (12); then AFI (16), SAFI (8), flags (8) by family.

    `has_restarted`: R, do not wait for our End-of-RIB. `for_notification`: N of RFC 8538, also
    where a NOTIFICATION or the hold timer ended the session.
    """

    restart_s: int
    families: tuple[Restarting, ...] = ()
    has_restarted: bool = False
    for_notification: bool = False
    code: ClassVar[int] = CapabilityCode.GRACEFUL_RESTART

    @classmethod
    def read(cls, reader: Reader) -> GracefulRestart:
        """Read the value."""
        first = reader.u16("restart flags and time")
        flags, families = first >> 12, []
        while reader:
            family = read_family(reader)
            families.append(Restarting(family, bool(reader.u8("family flags") & _FORWARDING)))
        return cls(
            first & 0xFFF, tuple(families), bool(flags & _RESTARTED), bool(flags & _NOTIFICATION)
        )

    def value(self) -> bytes:
        """As bytes of the wire."""
        flags = self.has_restarted * _RESTARTED | self.for_notification * _NOTIFICATION
        first = flags << 12 | unsigned(self.restart_s, 12, "restart_s")
        rows = (
            family_octets(one.family) + bytes((one.is_forwarding * _FORWARDING,))
            for one in self.families
        )
        return first.to_bytes(2, "big") + b"".join(rows)


@dataclass(frozen=True, slots=True)
class LongLivedGracefulRestart:
    """AFI (16), SAFI (8), flags (8), stale time (24) by family (RFC 9494 3.1)."""

    families: tuple[LongLived, ...] = ()
    code: ClassVar[int] = CapabilityCode.LONG_LIVED_GRACEFUL_RESTART

    @classmethod
    def read(cls, reader: Reader) -> LongLivedGracefulRestart:
        """Read the value."""
        families = []
        while reader:
            family = read_family(reader)
            flags = reader.u8("family flags")
            stale = int.from_bytes(reader.take(3, "stale time"), "big")
            families.append(LongLived(family, bool(flags & _FORWARDING), stale))
        return cls(tuple(families))

    def value(self) -> bytes:
        """As bytes of the wire."""
        return b"".join(
            family_octets(one.family)
            + bytes((one.is_forwarding * _FORWARDING,))
            + unsigned(one.stale_s, 24, "stale_s").to_bytes(3, "big")
            for one in self.families
        )
