"""ORIGINATOR_ID and CLUSTER_LIST (RFC 4456 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fingerpost.addr import Address
from fingerpost.bgp.attributes.attribute import NOT_PASSED_ON, Type
from fingerpost.bgp.attributes.rows import number_octets, read_numbers
from fingerpost.wire.fields import unsigned

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader


@dataclass(frozen=True, slots=True)
class OriginatorId:
    """The router by which a path came into our AS."""

    router_id: int
    code: ClassVar[int] = Type.ORIGINATOR_ID
    flags: ClassVar[int] = NOT_PASSED_ON

    @classmethod
    def read(cls, reader: Reader, flags: int) -> OriginatorId:
        """Read the value."""
        del flags
        return cls(reader.u32("ORIGINATOR_ID"))

    def value(self) -> bytes:
        """Four octets."""
        return unsigned(self.router_id, 32, "ORIGINATOR_ID").to_bytes(4, "big")

    def __str__(self) -> str:
        """As an address."""
        return str(Address(self.value()))


@dataclass(frozen=True, slots=True)
class ClusterList:
    """The clusters that reflected a path, nearest first."""

    clusters: tuple[int, ...]
    code: ClassVar[int] = Type.CLUSTER_LIST
    flags: ClassVar[int] = NOT_PASSED_ON

    @classmethod
    def read(cls, reader: Reader, flags: int) -> ClusterList:
        """Read the value."""
        del flags
        return cls(read_numbers(reader, "CLUSTER_LIST", 4))

    def value(self) -> bytes:
        """Four octets each."""
        return number_octets(self.clusters, "CLUSTER_LIST", 4)

    def __str__(self) -> str:
        """As addresses."""
        return " ".join(str(Address(one.to_bytes(4, "big"))) for one in self.clusters)
