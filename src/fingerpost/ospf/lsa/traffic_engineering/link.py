"""What a link of traffic engineering says of itself, a sub-TLV each.

RFC 3630 2.5; RFC 4203 1.1 and 1.3 (types 11, 16); RFC 5329 4 (types 18 to 20).
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, pack, unpack
from typing import TYPE_CHECKING, ClassVar

from fingerpost.addr import Address
from fingerpost.ospf.lsa.words import read_words
from fingerpost.wire.fields import packed, unsigned

if TYPE_CHECKING:
    from typing import Self

    from fingerpost.wire.reader import Reader

_PAIR = Struct("!II")


@dataclass(frozen=True, slots=True)
class LinkKind:
    """1 point-to-point, 2 multi-access."""

    kind: int
    TYPE: ClassVar = 1

    @classmethod
    def read(cls, reader: Reader) -> LinkKind:
        """Read the value."""
        return cls(reader.u8("link type"))

    def pack(self) -> bytes:
        """Give the value."""
        return unsigned(self.kind, 8, "link type").to_bytes(1, "big")


@dataclass(frozen=True, slots=True)
class _Word:
    """A number of 32 bits."""

    value: int

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the value."""
        return cls(reader.u32("value"))

    def pack(self) -> bytes:
        """Give the value."""
        return unsigned(self.value, 32, "value").to_bytes(4, "big")


class LinkId(_Word):
    """The neighbour's router id, or the address of the designated router."""

    __slots__ = ()
    TYPE: ClassVar = 2


class TeMetric(_Word):
    """The metric of traffic engineering."""

    __slots__ = ()
    TYPE: ClassVar = 5


class AdministrativeGroup(_Word):
    """Colours as bits."""

    __slots__ = ()
    TYPE: ClassVar = 9


class _Bandwidth(_Word):
    """A bandwidth: `value` are the bits of a float, so that they stay what they are."""

    __slots__ = ()

    @property
    def bytes_per_s(self) -> float:
        """The bandwidth in bytes per second."""
        return float_of(self.value)


class MaximumBandwidth(_Bandwidth):
    """What the link carries."""

    __slots__ = ()
    TYPE: ClassVar = 6


class ReservableBandwidth(_Bandwidth):
    """What may be reserved; more than the link carries is allowed."""

    __slots__ = ()
    TYPE: ClassVar = 7


@dataclass(frozen=True, slots=True)
class _Words:
    """Numbers of 32 bits."""

    values: tuple[int, ...]

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the value."""
        return cls(read_words(reader, "values"))

    def pack(self) -> bytes:
        """Give the value."""
        return pack(f"!{len(self.values)}I", *self.values)


class LocalAddresses(_Words):
    """The addresses of the interface."""

    __slots__ = ()
    TYPE: ClassVar = 3


class RemoteAddresses(_Words):
    """The addresses of the neighbour's interface."""

    __slots__ = ()
    TYPE: ClassVar = 4


class UnreservedBandwidth(_Words):
    """What is left for each of the eight priorities, as the bits of floats in bytes per second."""

    __slots__ = ()
    TYPE: ClassVar = 8

    @property
    def bytes_per_s(self) -> tuple[float, ...]:
        """The bandwidths in bytes per second, by priority."""
        return tuple(map(float_of, self.values))


class SharedRiskGroups(_Words):
    """The groups of links that fail together to which this one belongs."""

    __slots__ = ()
    TYPE: ClassVar = 16


@dataclass(frozen=True, slots=True)
class LinkIdentifiers:
    """The numbers of an unnumbered link at both ends; 0 where the other one is not known."""

    local: int
    remote: int
    TYPE: ClassVar = 11

    @classmethod
    def read(cls, reader: Reader) -> LinkIdentifiers:
        """Read the value."""
        return cls(*reader.unpack(_PAIR, "link identifiers"))

    def pack(self) -> bytes:
        """Give the value."""
        return _PAIR.pack(self.local, self.remote)


@dataclass(frozen=True, slots=True)
class NeighborId:
    """The neighbour by its interface id and router id; version 3 only."""

    interface_id: int
    router_id: int
    TYPE: ClassVar = 18

    @classmethod
    def read(cls, reader: Reader) -> NeighborId:
        """Read the value."""
        return cls(*reader.unpack(_PAIR, "neighbor id"))

    def pack(self) -> bytes:
        """Give the value."""
        return _PAIR.pack(self.interface_id, self.router_id)


@dataclass(frozen=True, slots=True)
class _Addresses6:
    """IPv6 addresses."""

    addresses: tuple[Address, ...]

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the value."""
        addresses = []
        while reader:
            addresses.append(reader.ip6("address"))
        return cls(tuple(addresses))

    def pack(self) -> bytes:
        """Give the value."""
        return b"".join([packed(one, 6, "address") for one in self.addresses])


class LocalAddresses6(_Addresses6):
    """The IPv6 addresses of the interface."""

    __slots__ = ()
    TYPE: ClassVar = 19


class RemoteAddresses6(_Addresses6):
    """The IPv6 addresses of the neighbour's interface."""

    __slots__ = ()
    TYPE: ClassVar = 20


def float_of(bits: int) -> float:
    """Give the float of 32 bits that has these bits."""
    (number,) = unpack("!f", bits.to_bytes(4, "big"))
    return float(number)
