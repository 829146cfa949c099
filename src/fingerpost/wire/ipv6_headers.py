"""The extension headers of IPv6 as values (RFC 8200 4.3 to 4.6, RFC 4302); routing: `ipv6_routing`.

    +-------------+----------------+---------------------------------
    | next header | length / 8 - 1 | options or other data
    +-------------+----------------+---------------------------------

Fragment headers have no length, authentication headers count in words of four bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, ClassVar, Self

from fingerpost.wire.fields import at_most, unfit, unsigned
from fingerpost.wire.ipv6_options import (
    PAD_N,
    Ipv6Option,
    decode_options,
    encode_options,
    padding,
)
from fingerpost.wire.protocol import IpProtocol
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

UNIT = 8
LONGEST_OPTIONS = 256 * UNIT - 2

_FRAGMENT = Struct("!BBHI")
_AUTHENTICATION = Struct("!BBHII")
HEAD = Struct("!BB")


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
        return HEAD.pack(next_header, len(body) // UNIT) + body


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
