"""ATOMIC_AGGREGATE, AGGREGATOR and AS4_AGGREGATOR (RFC 4271 5.1.6, 5.1.7, RFC 6793 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fingerpost.addr import Address
from fingerpost.bgp.attributes.attribute import WELL_KNOWN, Flags, Type, passed_on
from fingerpost.bgp.constants import AS_TRANS
from fingerpost.wire.fields import unsigned

if TYPE_CHECKING:
    from typing import Self

    from fingerpost.wire.reader import Reader


@dataclass(frozen=True, slots=True)
class AtomicAggregate:
    """Some AS numbers were left out of the path."""

    code: ClassVar[int] = Type.ATOMIC_AGGREGATE
    flags: ClassVar[int] = WELL_KNOWN

    @classmethod
    def read(cls, reader: Reader, flags: int) -> AtomicAggregate:
        """Read nothing."""
        del reader, flags
        return cls()

    def value(self) -> bytes:
        """Nothing."""
        return b""

    def __str__(self) -> str:
        """That it is there."""
        return "yes"


@dataclass(frozen=True, slots=True)
class _Aggregator:
    asn: int
    router_id: int
    is_partial: bool = False

    @property
    def flags(self) -> int:
        """Optional, transitive."""
        return passed_on(self.is_partial)

    @classmethod
    def read(cls, reader: Reader, flags: int) -> Self:
        """Read the value: AS number (32), router (32)."""
        asn = reader.u32("AS number")
        if not asn:
            reader.refuse("AS number", 0, "1 to 4294967295", "RFC 7607 2")
        return cls(asn, reader.u32("router"), bool(flags & Flags.PARTIAL))

    def value(self) -> bytes:
        """Eight octets."""
        asn = unsigned(self.asn, 32, "AS number").to_bytes(4, "big")
        return asn + unsigned(self.router_id, 32, "router").to_bytes(4, "big")

    def __str__(self) -> str:
        """AS and router."""
        return f"{self.asn} {Address(self.router_id.to_bytes(4, 'big'))}"


@dataclass(frozen=True, slots=True)
class Aggregator(_Aggregator):
    """Who made one prefix of several."""

    code: ClassVar[int] = Type.AGGREGATOR

    def narrow(self) -> bytes:
        """The value for a neighbour that knows AS numbers of two octets only (RFC 6793 4.2.2)."""
        asn = self.asn if self.asn <= 0xFFFF else AS_TRANS
        return asn.to_bytes(2, "big") + self.router_id.to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class As4Aggregator(_Aggregator):
    """The same where the way went by those who know two octets only."""

    code: ClassVar[int] = Type.AS4_AGGREGATOR
