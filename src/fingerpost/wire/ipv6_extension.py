"""The chain of IPv6 extension headers, and the walk along it (RFC 8200 4).

Each header names the next, down to the upper layer. Offsets of faults count from the IPv6 header's
first byte: they are the pointers of ICMPv6 parameter problems. Encryption (ESP) ends a chain:
nobody can see what is in it.

The headers, their options and routes have modules of their own; all their names are here as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.wire.ipv6_headers import (
    HEAD,
    UNIT,
    AuthenticationHeader,
    DestinationOptions,
    FragmentHeader,
    HopByHop,
)
from fingerpost.wire.ipv6_options import (
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
MOST_HEADERS = 16
"""A longer chain is refused (RFC 8883, "too many extension headers"); real ones have up to four."""

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
    next_header, units = reader.unpack(HEAD, "extension header")
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
