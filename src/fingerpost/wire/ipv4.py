"""The IPv4 header (RFC 791 3.1; type of service as RFC 2474 and 3168 divide it).

     0     4     8          14   16                              31
    +-----+-----+-------------+---+--------------------------------+
    | 4   | IHL | DSCP        |ECN| total length                   |
    +-----+-----+-------------+---+-+-+-+--------------------------+
    | identification              |r|D|M| fragment offset / 8      |
    +-------------+---------------+-+-+-+--------------------------+
    | time to live| protocol      | header checksum                |
    +-------------+---------------+--------------------------------+
    | source, destination, options padded to whole words           |
    +--------------------------------------------------------------+

`decode` checks what RFC 1812 5.2.2 has a router check, and trims the padding of the link behind the
total length; so a frame's padding is the one thing that `encode` does not give back.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, error
from typing import TYPE_CHECKING, NoReturn

from fingerpost.addr import Address
from fingerpost.wire.checksum import ONES, ones_sum
from fingerpost.wire.fields import at_most, packed, unfit, unsigned
from fingerpost.wire.ipv4_options import (
    FIXED_HEADER,
    Ipv4Option,
    UnparsedOptions,
    decode_options,
    encode_options,
)
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

LAYER = "ipv4"
RESERVED, DONT_FRAGMENT, MORE_FRAGMENTS, OFFSET_BITS = 0x8000, 0x4000, 0x2000, 0x1FFF
LONGEST = 0xFFFF

_HEADER = Struct("!BBHHHBBH4s4s")


@dataclass(frozen=True, slots=True)
class Ipv4:
    """A packet. `fragment_offset` is in bytes, `tos` the whole octet of DSCP and ECN."""

    source: Address
    destination: Address
    protocol: int
    payload: bytes = b""
    ttl: int = 64
    identification: int = 0
    tos: int = 0
    reserved: bool = False
    dont_fragment: bool = False
    more_fragments: bool = False
    fragment_offset: int = 0
    options: tuple[Ipv4Option, ...] = ()

    @property
    def dscp(self) -> int:
        """The differentiated services code point, 0 to 63 (RFC 2474 3)."""
        return self.tos >> 2

    @property
    def ecn(self) -> int:
        """Congestion notification, 0 to 3: Not-ECT, ECT(1), ECT(0), CE (RFC 3168 5)."""
        return self.tos & 3

    @property
    def is_fragment(self) -> bool:
        """Tell whether this is a part of a packet, the first one too."""
        return self.more_fragments or self.fragment_offset > 0

    @classmethod
    def decode(cls, data: Buffer) -> Ipv4:
        """Take a packet apart; raises `DecodeError`, nothing else.

        A fault of an option has the layer "ipv4 options" and the offset that an ICMP parameter
        problem points at; `decode_bare` then gives the packet to answer to.
        """
        packet = data if type(data) is bytes else bytes(data)
        header, total = _checked(packet)
        options = decode_options(packet[FIXED_HEADER:header]) if header > FIXED_HEADER else ()
        return cls._of(packet, packet[header:total], options)

    @classmethod
    def decode_bare(cls, data: Buffer) -> Ipv4:
        """Decode all but the options, which are kept as `UnparsedOptions`."""
        packet = data if type(data) is bytes else bytes(data)
        header, total = _checked(packet)
        area = packet[FIXED_HEADER:header]
        return cls._of(packet, packet[header:total], (UnparsedOptions(area),) if area else ())

    @classmethod
    def decode_quoted(cls, data: Buffer) -> Ipv4:
        """Decode what an ICMP error quotes: a header, and of its payload what is there.

        Neither checksum nor total length is checked: the quote is cut, and a router may have
        changed it on the way. So `encode` gives another total length than the quoted one.
        """
        packet = data if type(data) is bytes else bytes(data)
        header = _header_length(packet)
        total = max(header, int.from_bytes(packet[2:4], "big"))
        area = packet[FIXED_HEADER:header]
        return cls._of(packet, packet[header:total], (UnparsedOptions(area),) if area else ())

    @classmethod
    def _of(cls, packet: bytes, payload: bytes, options: tuple[Ipv4Option, ...]) -> Ipv4:
        _, tos, _, identification, flags, ttl, protocol, _, source, destination = (
            _HEADER.unpack_from(packet)
        )
        source, destination = Address(source), Address(destination)
        if flags == 0 or flags == DONT_FRAGMENT:  # nearly every packet
            dont = flags != 0
            return cls(
                source, destination, protocol, payload, ttl, identification, tos,
                False, dont, False, 0, options,
            )  # fmt: skip
        return cls(
            source,
            destination,
            protocol,
            payload,
            ttl,
            identification,
            tos,
            bool(flags & RESERVED),
            bool(flags & DONT_FRAGMENT),
            bool(flags & MORE_FRAGMENTS),
            (flags & OFFSET_BITS) << 3,
            options,
        )

    def encode(self) -> bytes:
        """Give the packet with lengths and checksum; raises `UsageError` for a field out of range.

        A fragment offset is a multiple of 8. Options are padded with zeros to whole words.
        """
        options = encode_options(self.options) if self.options else b""
        header = FIXED_HEADER + len(options)
        first = 0x40 | header >> 2
        total = header + len(self.payload)
        flags = (
            self.reserved << 15 | self.dont_fragment << 14 | self.more_fragments << 13
            | self.fragment_offset >> 3
        )  # fmt: skip
        source, destination = self.source, self.destination
        number = (
            (first << 8) + self.tos + total + self.identification + flags
            + (self.ttl << 8) + self.protocol + int(source) + int(destination)
        )  # fmt: skip
        if options:
            number += ones_sum(options)
        if source.version != 4 or destination.version != 4 or self.fragment_offset & ~0xFFF8:
            self._refuse()
        try:
            fixed = _HEADER.pack(
                first, self.tos, total, self.identification, flags, self.ttl, self.protocol,
                ONES - (number % ONES or ONES), source.packed, destination.packed,
            )  # fmt: skip
        except error:
            self._refuse()
        return fixed + options + self.payload

    def _refuse(self) -> NoReturn:
        """Say which field is out of range; one is."""
        packed(self.source, 4, "ipv4 source")
        packed(self.destination, 4, "ipv4 destination")
        for field in ("protocol", "ttl", "tos"):
            unsigned(getattr(self, field), 8, f"ipv4 {field}")
        unsigned(self.identification, 16, "ipv4 identification")
        room = LONGEST - FIXED_HEADER - len(encode_options(self.options))
        at_most(self.payload, room, "ipv4 payload")
        unfit("ipv4 fragment_offset", self.fragment_offset, "a multiple of 8 up to 65528")


def _header_length(packet: bytes) -> int:
    """Give the header's length; refuse another version and a header that is cut."""
    first = packet[0] if packet else 0
    if 0x45 <= first <= 0x4F and len(packet) >= (header := (first & 0xF) << 2):
        return header
    reader = Reader(packet, LAYER, section="RFC 1812 5.2.2")
    reader.take(FIXED_HEADER, "header")
    if first >> 4 != 4:
        reader.refuse("version", first >> 4, "4", at=0)
    if first & 0xF < 5:
        reader.refuse("header length", first & 0xF, "5 or more words", at=0)
    return reader.refuse("header length", first & 0xF, f"at most {len(packet) // 4} words", at=0)


def _checked(packet: bytes) -> tuple[int, int]:
    """Give header and total length after the checks of RFC 1812 5.2.2."""
    header = _header_length(packet)
    total = packet[2] << 8 | packet[3]
    if int.from_bytes(packet[:header], "big") % ONES:
        reader = Reader(packet, LAYER, section="RFC 1812 5.2.2")
        right = ones_sum(packet[:10] + packet[12:header]) ^ ONES
        reader.refuse("header checksum", f"0x{packet[10:12].hex()}", f"0x{right:04x}", at=10)
    if not header <= total <= len(packet):
        reader = Reader(packet, LAYER, section="RFC 1812 5.2.2")
        reader.refuse("total length", total, f"{header} to {len(packet)}", at=2)
    return header, total
