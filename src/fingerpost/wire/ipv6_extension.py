"""The extension headers of IPv6 and the walk along their chain (RFC 8200 4).

    +-------------+----------------+---------------------------------
    | next header | length / 8 - 1 | options, route or other data
    +-------------+----------------+---------------------------------

Fragment headers have no length, authentication headers count in words of four bytes. Offsets of
faults count from the IPv6 header's first byte: they are the pointers of ICMPv6 parameter problems.
Encryption (ESP) ends a chain: nobody can see what is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from struct import Struct
from typing import TYPE_CHECKING, ClassVar, Self, TypeAlias

from fingerpost.wire.fields import at_most, unfit, unsigned
from fingerpost.wire.ipv6_options import (
    PAD_N,
    HomeAddress,
    Ipv6Option,
    JumboPayload,
    Pad1,
    PadN,
    RouterAlert,
    UnknownAction,
    UnknownOption,
    decode_options,
    encode_options,
    located_options,
    padding,
)
from fingerpost.wire.ipv6_routing import (
    AddressList,
    HomeRoute,
    RoutingHeader,
    SegmentList,
    UnknownRoute,
)
from fingerpost.wire.protocol import IpProtocol
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Buffer

LAYER = "ipv6 extension"
FIXED_HEADER = 40
NEXT_HEADER_AT = 6
UNIT = 8
LONGEST_OPTIONS = 256 * UNIT - 2
MOST_HEADERS = 16
"""A longer chain is refused (RFC 8883, "too many extension headers"); real ones have up to four."""

_FRAGMENT = Struct("!BBHI")
_AUTHENTICATION = Struct("!BBHII")
_HEAD = Struct("!BB")


@dataclass(frozen=True, slots=True)
class _OptionsHeader:
    """What hop-by-hop and destination options share.

    Padding that `encode` adds by itself to fill the last eight bytes is no option: a header that
    ends in it decodes without. Any other padding is kept.
    """

    next_header: int
    options: tuple[Ipv6Option, ...] = ()

    @classmethod
    def decode_body(cls, next_header: int, reader: Reader) -> Self:
        """Read what follows next header and length."""
        base = reader.base
        area = reader.rest()
        options = decode_options(area, base)
        if options and options[-1].kind <= PAD_N:
            last = options[-1].encode()
            if last == padding(-(2 + len(area) - len(last)) % UNIT):
                options = options[:-1]
        return cls(next_header, options)

    def encode(self) -> bytes:
        """Give the header, filled to eight bytes; raises `UsageError` for a field out of range.

        The caller orders and pads options that want an alignment of their own.
        """
        next_header = unsigned(self.next_header, 8, "ipv6 extension next_header")
        options = encode_options(self.options)
        body = options + padding(-(2 + len(options)) % UNIT)
        at_most(body, LONGEST_OPTIONS, "ipv6 options")
        return _HEAD.pack(next_header, len(body) // UNIT) + body


@dataclass(frozen=True, slots=True)
class HopByHop(_OptionsHeader):
    """Options for each node on the way (RFC 8200 4.3); only the IPv6 header may come before."""

    protocol: ClassVar[int] = IpProtocol.HOPOPTS


@dataclass(frozen=True, slots=True)
class DestinationOptions(_OptionsHeader):
    """Options for the destination, or before a routing header for each stop (RFC 8200 4.6)."""

    protocol: ClassVar[int] = IpProtocol.DSTOPTS


@dataclass(frozen=True, slots=True)
class FragmentHeader:
    """The fragment header (RFC 8200 4.5): `offset` in bytes, `reserved` the ten bits of no use."""

    next_header: int
    offset: int
    more: bool
    identification: int
    reserved: int = 0
    protocol: ClassVar[int] = IpProtocol.FRAGMENT

    @property
    def is_atomic(self) -> bool:
        """Tell whether the packet is whole in spite of the header (RFC 6946)."""
        return self.offset == 0 and not self.more

    @classmethod
    def decode(cls, data: Buffer) -> FragmentHeader:
        """Read the eight bytes; raises `DecodeError`, nothing else."""
        return cls.read(Reader(data, "ipv6 fragment", section="RFC 8200 4.5"))

    @classmethod
    def read(cls, reader: Reader) -> FragmentHeader:
        """Read the header from where the reader is."""
        next_header, octet, word, identification = reader.unpack(_FRAGMENT, "fragment header")
        reserved = octet << 2 | word >> 1 & 3
        return cls(next_header, word & 0xFFF8, bool(word & 1), identification, reserved)

    def encode(self) -> bytes:
        """Give the header; raises `UsageError` for a field out of range."""
        if unsigned(self.offset, 16, "ipv6 fragment offset") % UNIT:
            unfit("ipv6 fragment offset", self.offset, "a multiple of 8")
        reserved = unsigned(self.reserved, 10, "ipv6 fragment reserved")
        return _FRAGMENT.pack(
            unsigned(self.next_header, 8, "ipv6 fragment next_header"),
            reserved >> 2,
            self.offset | (reserved & 3) << 1 | bool(self.more),
            unsigned(self.identification, 32, "ipv6 fragment identification"),
        )


@dataclass(frozen=True, slots=True)
class AuthenticationHeader:
    """The authentication header (RFC 4302 2); `icv` is the check value, not verified here."""

    next_header: int
    spi: int
    sequence: int
    icv: bytes
    reserved: int = 0
    protocol: ClassVar[int] = IpProtocol.AH

    @classmethod
    def decode(cls, data: Buffer) -> AuthenticationHeader:
        """Read a header; raises `DecodeError`, nothing else. It stands in IPv4 packets too."""
        return cls.read(Reader(data, "authentication header", section="RFC 4302 2"))

    @classmethod
    def read(cls, reader: Reader) -> AuthenticationHeader:
        """Read the header from where the reader is."""
        start = reader.at
        next_header, words, reserved, spi, sequence = reader.unpack(
            _AUTHENTICATION, "authentication header"
        )
        if words < 1:
            reader.refuse("payload length", words, "1 or more", "RFC 4302 2.2", at=start + 1)
        return cls(next_header, spi, sequence, reader.take((words - 1) * 4, "icv"), reserved)

    def encode(self) -> bytes:
        """Give the header; raises `UsageError` for a field out of range."""
        at_most(self.icv, 254 * 4, "authentication header icv")
        if len(self.icv) % 4:
            unfit("authentication header icv length", len(self.icv), "a multiple of 4")
        fixed = _AUTHENTICATION.pack(
            unsigned(self.next_header, 8, "authentication header next_header"),
            len(self.icv) // 4 + 1,
            unsigned(self.reserved, 16, "authentication header reserved"),
            unsigned(self.spi, 32, "authentication header spi"),
            unsigned(self.sequence, 32, "authentication header sequence"),
        )
        return fixed + self.icv


ExtensionHeader: TypeAlias = (
    HopByHop | DestinationOptions | RoutingHeader | FragmentHeader | AuthenticationHeader
)

_BODIES: dict[int, Callable[[int, Reader], ExtensionHeader]] = {
    IpProtocol.HOPOPTS: HopByHop.decode_body,
    IpProtocol.ROUTING: RoutingHeader.decode_body,
    IpProtocol.DSTOPTS: DestinationOptions.decode_body,
}
EXTENSIONS = frozenset({*map(int, _BODIES), 44, 51})
"""The next header values that `walk` passes over."""

# the order of RFC 8200 4.1; destination options stand before a routing header, or last
_ORDER = (HopByHop, DestinationOptions, RoutingHeader, FragmentHeader, AuthenticationHeader)


@dataclass(frozen=True, slots=True)
class Chain:
    """The headers of a packet in their order, and the payload behind them.

    `upper` is the protocol of `payload`; of a later fragment it is what the fragment header says,
    and the payload is that piece. `named_at` is the offset, from the IPv6 header's first byte, of
    the next header field that says `upper`: what code 1 of a parameter problem points at.
    """

    headers: tuple[ExtensionHeader, ...]
    upper: int
    payload: bytes
    named_at: int = NEXT_HEADER_AT

    @property
    def fragment(self) -> FragmentHeader | None:
        """The fragment header, if there is one."""
        return next((h for h in self.headers if isinstance(h, FragmentHeader)), None)

    @property
    def is_ordered(self) -> bool:
        """Tell whether the headers stand in the order that RFC 8200 4.1 recommends."""
        ranks = [_ORDER.index(type(header)) for header in self.headers]
        if ranks and ranks[-1] == 1:  # destination options for the last destination
            ranks.pop()
        return all(low < high for low, high in pairwise(ranks))

    def encode(self) -> bytes:
        """Give the payload of the IPv6 packet again."""
        return b"".join([header.encode() for header in self.headers]) + self.payload


def walk(
    next_header: int, payload: Buffer, *, base: int = FIXED_HEADER, limit: int = MOST_HEADERS
) -> Chain:
    """Take the extension headers of a packet apart, up to its upper layer or its fragment's data.

    Headers may stand in any order and number up to `limit`, but hop-by-hop options only first
    (RFC 8200 4.1). `base` is the offset of the payload as faults count. Raises `DecodeError`.
    """
    reader = Reader(payload, LAYER, base, section="RFC 8200 4")
    headers: list[ExtensionHeader] = []
    named_at = NEXT_HEADER_AT - FIXED_HEADER  # as `reader.at` counts
    while next_header in EXTENSIONS:
        if len(headers) == limit:
            expected = f"the upper layer after {limit} headers"
            reader.refuse("next header", next_header, expected, "RFC 8883", at=named_at)
        if next_header == IpProtocol.HOPOPTS and headers:
            expected = "no hop-by-hop options but after the IPv6 header"
            reader.refuse("next header", next_header, expected, "RFC 8200 4.1", at=named_at)
        named_at = reader.at
        headers.append(_read(next_header, reader))
        next_header = headers[-1].next_header
        if isinstance(headers[-1], FragmentHeader) and headers[-1].offset:
            break
    return Chain(tuple(headers), next_header, reader.rest(), base + named_at)


def upper_layer(next_header: int, payload: bytes) -> tuple[int, int, bool] | None:
    """Give protocol, offset in `payload`, and whether the packet is a fragment; build no header.

    For flow keys, on the hot path. None where the chain is cut, too long, or hides its end. Of a
    later fragment the offset is that of its data.
    """
    at = 0
    is_fragment = False
    for _ in range(MOST_HEADERS + 1):
        if next_header not in EXTENSIONS:
            return next_header, at, is_fragment
        if at + UNIT > len(payload):
            return None
        kind, next_header, octet = next_header, payload[at], payload[at + 1]
        if kind == IpProtocol.FRAGMENT:
            word = payload[at + 2] << 8 | payload[at + 3]
            at += UNIT
            is_fragment = is_fragment or bool(word & 0xFFF9)
            if word & 0xFFF8:
                return next_header, at, True
        else:
            at += (octet + 2) * 4 if kind == IpProtocol.AH else (octet + 1) * UNIT
        if at > len(payload):
            return None
    return None


def _read(kind: int, reader: Reader) -> ExtensionHeader:
    """Read the one header of this kind that the reader is at."""
    if kind == IpProtocol.FRAGMENT:
        return FragmentHeader.read(reader)
    if kind == IpProtocol.AH:
        return AuthenticationHeader.read(reader)
    next_header, units = reader.unpack(_HEAD, "extension header")
    left = reader.remaining
    length = (units + 1) * UNIT - 2
    if length > left:
        reader.refuse("header length", units, f"at most {(left + 2) // UNIT - 1}", at=reader.at - 1)
    return _BODIES[kind](next_header, reader.sub(length, "header"))


__all__ = [
    "EXTENSIONS",
    "AddressList",
    "AuthenticationHeader",
    "Chain",
    "DestinationOptions",
    "ExtensionHeader",
    "FragmentHeader",
    "HomeAddress",
    "HomeRoute",
    "HopByHop",
    "Ipv6Option",
    "JumboPayload",
    "Pad1",
    "PadN",
    "RouterAlert",
    "RoutingHeader",
    "SegmentList",
    "UnknownAction",
    "UnknownOption",
    "UnknownRoute",
    "decode_options",
    "encode_options",
    "located_options",
    "upper_layer",
    "walk",
]
