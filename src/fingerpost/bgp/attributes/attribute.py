"""What every path attribute is (RFC 4271 4.3): flags (8), type (8), length (8 or 16), value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from fingerpost.wire.fields import at_most, unsigned
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

LAYER: Final = "bgp attribute"


class Flags(IntFlag):
    """RFC 4271 4.3; the lower four bits mean nothing."""

    OPTIONAL = 0x80
    TRANSITIVE = 0x40
    PARTIAL = 0x20
    EXTENDED = 0x10


WELL_KNOWN: Final = Flags.TRANSITIVE
PASSED_ON: Final = Flags.OPTIONAL | Flags.TRANSITIVE
NOT_PASSED_ON: Final = Flags.OPTIONAL
_EXTENDED: Final = int(Flags.EXTENDED)
KEPT: Final = PASSED_ON | Flags.PARTIAL  # of the octet of flags, the bits that mean something


class Type(IntEnum):
    """Type codes (IANA, BGP Parameters). `WEIGHT` is ours and never sent."""

    WEIGHT = 0
    ORIGIN = 1
    AS_PATH = 2
    NEXT_HOP = 3
    MULTI_EXIT_DISC = 4
    LOCAL_PREF = 5
    ATOMIC_AGGREGATE = 6
    AGGREGATOR = 7
    COMMUNITIES = 8  # RFC 1997
    ORIGINATOR_ID = 9  # RFC 4456
    CLUSTER_LIST = 10
    MP_REACH_NLRI = 14  # RFC 4760
    MP_UNREACH_NLRI = 15
    EXTENDED_COMMUNITIES = 16  # RFC 4360
    AS4_PATH = 17  # RFC 6793
    AS4_AGGREGATOR = 18
    PMSI_TUNNEL = 22  # RFC 6514
    TUNNEL_ENCAPSULATION = 23  # RFC 9012
    IPV6_EXTENDED_COMMUNITIES = 25  # RFC 5701
    AIGP = 26  # RFC 7311
    LINK_STATE = 29  # RFC 9552
    LARGE_COMMUNITIES = 32  # RFC 8092
    ONLY_TO_CUSTOMER = 35  # RFC 9234
    PREFIX_SID = 40  # RFC 8669
    ATTR_SET = 128  # RFC 6368


class RawAttribute(NamedTuple):
    """One attribute as it stands there; `at` is where its flags stand, `end` where it ends."""

    flags: int
    code: int
    value: bytes
    at: int = 0
    end: int = 0


class Attribute(Protocol):
    """One property of a path."""

    @property
    def code(self) -> int:
        """Its type."""

    @property
    def flags(self) -> int:
        """Of `Flags`, without EXTENDED."""

    def value(self) -> bytes:
        """What follows the length; raises `UsageError` for what does not fit."""


class DecodesAttribute(Attribute, Protocol):
    """One that can be read."""

    @classmethod
    def read(cls, reader: Reader, flags: int) -> Self:
        """Read the value; raises `DecodeError` for what it cannot be."""


@dataclass(frozen=True, slots=True)
class UnknownAttribute:
    """One that is only carried, as it came."""

    flags: int
    code: int
    octets: bytes

    def value(self) -> bytes:
        """As it came."""
        return self.octets


def passed_on(is_partial: bool) -> int:
    """Flags of an optional one that all pass on."""
    return PASSED_ON | is_partial * Flags.PARTIAL


def framed(flags: int, code: int, value: bytes) -> bytes:
    """Give an attribute in wire form: the long form of length where it needs it, only there."""
    at_most(value, 0xFFFF, f"attribute {code}")
    kept = unsigned(flags, 8, "attribute flags") & KEPT
    code = unsigned(code, 8, "attribute type")
    if len(value) > 0xFF:
        return bytes((kept | Flags.EXTENDED, code)) + len(value).to_bytes(2, "big") + value
    return bytes((kept, code, len(value))) + value


def split(data: bytes, base: int = 0) -> Iterator[RawAttribute]:
    """Give each attribute of a list; raises `DecodeError` where one goes beyond it (RFC 7606 4)."""
    reader = Reader(data, LAYER, base, section="RFC 4271 4.3")
    while reader:
        at = reader.at
        flags = reader.u8("attribute flags")
        code = reader.u8("attribute type")
        length = (reader.u16 if flags & Flags.EXTENDED else reader.u8)("attribute length")
        value = reader.take(length, "attribute value")
        yield RawAttribute(flags, code, value, base + at, base + reader.at)


def split_canonical(octets: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Give flags, type and value of each attribute of octets that were checked: `split`, faster."""
    at, end = 0, len(octets)
    while at + 3 <= end:
        flags, code, length = octets[at : at + 3]
        at += 3
        if flags & _EXTENDED:
            length = length << 8 | octets[at]
            at += 1
        yield flags, code, octets[at : at + length]
        at += length
