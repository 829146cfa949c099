"""The routing header of IPv6: types 0 (RFC 2460 4.4), 2 (RFC 6275 6.4), 4 (RFC 8754 2), others.

    +-------------+----------------+--------------+---------------+
    | next header | length / 8 - 1 | routing type | segments left |
    +-------------+----------------+--------------+---------------+
    | data of the type                                            |
    +-------------------------------------------------------------+

Type 0 is deprecated (RFC 5095): it is read so that it can be refused by name. A header that is used
up is to be ignored by who does not speak its type (RFC 8200 4.4), so malformed data refuse only one
with segments left; in another they are an `UnknownRoute`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from fingerpost.errors import DecodeError
from fingerpost.wire.fields import at_most, packed, unfit, unsigned
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.addr import Address

TYPE_0, TYPE_2, TYPE_4 = 0, 2, 4
ADDRESS = 16


@dataclass(frozen=True, slots=True)
class AddressList:
    """Type 0: the addresses to visit; `reserved` is the word before them, 0 when we make it."""

    addresses: tuple[Address, ...]
    reserved: int = 0
    routing_type: ClassVar[int] = TYPE_0

    @classmethod
    def decode_data(cls, reader: Reader) -> AddressList:
        """Read the data; an odd length faults at the length field (RFC 2460 4.4)."""
        reserved = reader.u32("reserved")
        if reader.remaining % ADDRESS:
            length = (reader.remaining + 8) // 8 - 1
            reader.refuse("header length", length, "an even number", "RFC 2460 4.4", at=-3)
        return cls(_addresses(reader), reserved)

    def encode_data(self) -> bytes:
        """Give the data; raises `UsageError` for a field out of range."""
        reserved = unsigned(self.reserved, 32, "routing header reserved").to_bytes(4, "big")
        return reserved + _packed(self.addresses)


@dataclass(frozen=True, slots=True)
class HomeRoute:
    """Type 2: the home address of the mobile node that this packet goes to."""

    address: Address
    reserved: int = 0
    routing_type: ClassVar[int] = TYPE_2

    @classmethod
    def decode_data(cls, reader: Reader) -> HomeRoute:
        """Read the data; a length other than one address faults at the length field."""
        reserved = reader.u32("reserved")
        if reader.remaining != ADDRESS:
            length = (reader.remaining + 8) // 8 - 1
            reader.refuse("header length", length, "2", "RFC 6275 6.4.1", at=-3)
        return cls(reader.ip6("home address"), reserved)

    def encode_data(self) -> bytes:
        """Give the data; raises `UsageError` for a field out of range."""
        reserved = unsigned(self.reserved, 32, "routing header reserved").to_bytes(4, "big")
        return reserved + packed(self.address, 6, "routing header home address")


@dataclass(frozen=True, slots=True)
class SegmentList:
    """Type 4, the segment routing header: segments from last to first, and TLVs as bytes."""

    segments: tuple[Address, ...]
    flags: int = 0
    tag: int = 0
    tlvs: bytes = b""
    routing_type: ClassVar[int] = TYPE_4

    @classmethod
    def decode_data(cls, reader: Reader) -> SegmentList:
        """Read the data; a last entry beyond the header faults at that field."""
        last = reader.u8("last entry")
        room = (reader.remaining - 3) // ADDRESS
        if last >= room:
            reader.refuse("last entry", last, f"less than {room}", "RFC 8754 2")
        flags, tag = reader.u8("flags"), reader.u16("tag")
        segments = _addresses(reader.sub((last + 1) * ADDRESS, "segment list"))
        return cls(segments, flags, tag, reader.rest())

    def encode_data(self) -> bytes:
        """Give the data; raises `UsageError` for a field out of range or for no segment."""
        if not self.segments:
            unfit("segment routing header segments", self.segments, "one or more")
        last = unsigned(len(self.segments) - 1, 8, "segment routing header last entry")
        flags = unsigned(self.flags, 8, "segment routing header flags")
        tag = unsigned(self.tag, 16, "segment routing header tag")
        head = bytes((last, flags)) + tag.to_bytes(2, "big")
        return head + _packed(self.segments) + self.tlvs


@dataclass(frozen=True, slots=True)
class UnknownRoute:
    """Another type, its data as it stands."""

    routing_type: int
    data: bytes

    def encode_data(self) -> bytes:
        """Give the data; raises `UsageError` where they are what another class is for."""
        kind = unsigned(self.routing_type, 8, "routing type")
        if not isinstance(_route(kind, 0, Reader(self.data, "routing data")), UnknownRoute):
            unfit("unknown routing type", kind, "a type or data without a class of their own")
        return self.data


Route: TypeAlias = AddressList | HomeRoute | SegmentList | UnknownRoute

_KNOWN: dict[int, Callable[[Reader], Route]] = {
    TYPE_0: AddressList.decode_data,
    TYPE_2: HomeRoute.decode_data,
    TYPE_4: SegmentList.decode_data,
}
LONGEST_DATA = 256 * 8 - 4


@dataclass(frozen=True, slots=True)
class RoutingHeader:
    """A routing header: how many segments are still to visit, and the route of its type."""

    next_header: int
    segments_left: int
    route: Route

    @property
    def routing_type(self) -> int:
        """The number of the type."""
        return self.route.routing_type

    @classmethod
    def decode_body(cls, next_header: int, reader: Reader) -> RoutingHeader:
        """Read what follows next header and length."""
        kind, left = reader.u8("routing type"), reader.u8("segments left")
        route = _route(kind, left, reader.sub(reader.remaining, "routing data"))
        if isinstance(route, AddressList) and left > len(route.addresses):
            expected = f"at most {len(route.addresses)}"
            reader.refuse("segments left", left, expected, "RFC 2460 4.4", at=1)
        return cls(next_header, left, route)

    def encode(self) -> bytes:
        """Give the header; raises `UsageError` for a field out of range or an odd length."""
        next_header = unsigned(self.next_header, 8, "routing header next_header")
        left = unsigned(self.segments_left, 8, "routing header segments_left")
        if isinstance(self.route, AddressList) and left > len(self.route.addresses):
            unfit("routing header segments_left", left, f"at most {len(self.route.addresses)}")
        if isinstance(self.route, UnknownRoute) and left and self.routing_type in _KNOWN:
            unfit("unknown routing type", self.routing_type, "one without a class of its own")
        data = at_most(self.route.encode_data(), LONGEST_DATA, "routing header data")
        if len(data) % 8 != 4:
            unfit("routing header data length", len(data), "4 more than a multiple of 8")
        return bytes((next_header, len(data) // 8, self.routing_type, left)) + data


def _route(kind: int, left: int, reader: Reader) -> Route:
    """Read the data of a type; what is malformed is refused while segments are left."""
    data, known = reader.peek(reader.remaining), _KNOWN.get(kind)
    if known is not None:
        try:
            return known(reader)
        except DecodeError:
            if left:
                raise
    return UnknownRoute(kind, data)


def _addresses(reader: Reader) -> tuple[Address, ...]:
    addresses = []
    while reader:
        addresses.append(reader.ip6("address"))
    return tuple(addresses)


def _packed(addresses: tuple[Address, ...]) -> bytes:
    return b"".join([packed(address, 6, "routing header address") for address in addresses])
