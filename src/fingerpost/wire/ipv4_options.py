"""The options of an IPv4 header: values, their list, and which of them every fragment carries.

A kind is a number whose high bit says that the option is copied into every fragment (RFC 791 3.1).
Options that nobody here knows pass through as `UnknownOption`. A malformed list faults with the
offset of the byte that is wrong, counted from the header's first byte: the pointer that an ICMP
parameter problem must carry (RFC 792).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from fingerpost.wire.fields import unfit, unsigned
from fingerpost.wire.ipv4_routes import (
    LOOSE_ROUTE,
    RECORD_ROUTE,
    STRICT_ROUTE,
    RecordRoute,
    SourceRoute,
)
from fingerpost.wire.ipv4_timestamp import TIMESTAMP, Stamp, Timestamp, TimestampFlag
from fingerpost.wire.reader import Reader
from fingerpost.wire.tlv import EndOfOptions, NoOperation, framed, join, split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from typing_extensions import Buffer

LAYER = "ipv4 options"
FIXED_HEADER = 20
COPIED = 0x80
SECURITY, ROUTER_ALERT = 130, 148


@dataclass(frozen=True, slots=True)
class RouterAlert:
    """Router alert (RFC 2113 2.1): routers look closer; 0 is the only value with a meaning."""

    value: int = 0
    kind: ClassVar[int] = ROUTER_ALERT

    @classmethod
    def decode_body(cls, kind: int, reader: Reader) -> RouterAlert:
        """Read what follows kind and length."""
        del kind  # there is one
        if reader.remaining != 2:
            reader.refuse("option length", reader.remaining + 2, "4", "RFC 2113 2.1", at=-1)
        return cls(reader.u16("router alert value"))

    def encode(self) -> bytes:
        """Give the option; raises `UsageError` for a value out of range."""
        value = unsigned(self.value, 16, "router alert value")
        return framed(ROUTER_ALERT, value.to_bytes(2, "big"), "router alert")


@dataclass(frozen=True, slots=True)
class Security:
    """Basic security (RFC 1108 2): a classification level and the flags of the authorities.

    The longer option of RFC 791 has the same kind; its fields stand in these two as bytes.
    """

    level: int
    authorities: bytes = b""
    kind: ClassVar[int] = SECURITY

    @classmethod
    def decode_body(cls, kind: int, reader: Reader) -> Security:
        """Read what follows kind and length."""
        del kind  # there is one
        if not reader:
            reader.refuse("option length", 2, "3 or more", "RFC 1108 2.2", at=-1)
        return cls(reader.u8("classification level"), reader.rest())

    def encode(self) -> bytes:
        """Give the option; raises `UsageError` for a field out of range."""
        level = unsigned(self.level, 8, "security option level")
        return framed(SECURITY, bytes((level,)) + self.authorities, "security option")


@dataclass(frozen=True, slots=True)
class UnknownOption:
    """An option of another kind, kept as it stands."""

    kind: int
    data: bytes = b""

    def encode(self) -> bytes:
        """Give the option; raises `UsageError` for a kind that is another class's."""
        if unsigned(self.kind, 8, "ipv4 option kind") in _KNOWN or self.kind < 2:
            unfit("unknown ipv4 option kind", self.kind, "a kind without a class of its own")
        return framed(self.kind, self.data, "ipv4 option")


@dataclass(frozen=True, slots=True)
class UnparsedOptions:
    """The whole option area as bytes, from `Ipv4.decode_bare`, which does not look into it."""

    data: bytes
    kind: ClassVar[int] = -1

    def encode(self) -> bytes:
        """Give the bytes."""
        return self.data


Ipv4Option: TypeAlias = (
    EndOfOptions
    | NoOperation
    | RecordRoute
    | RouterAlert
    | Security
    | SourceRoute
    | Timestamp
    | UnknownOption
    | UnparsedOptions
)

_KNOWN: dict[int, Callable[[int, Reader], Ipv4Option]] = {
    RECORD_ROUTE: RecordRoute.decode_body,
    TIMESTAMP: Timestamp.decode_body,
    SECURITY: Security.decode_body,
    LOOSE_ROUTE: SourceRoute.decode_body,
    STRICT_ROUTE: SourceRoute.decode_body,
    ROUTER_ALERT: RouterAlert.decode_body,
}


def decode_options(data: Buffer, base: int = FIXED_HEADER) -> tuple[Ipv4Option, ...]:
    """Read the option area of a header; `base` is the offset of its first byte as faults count.

    Raises `DecodeError` at the first option that is malformed. Zeros that only fill the last word
    are not listed (`fingerpost.wire.tlv`).
    """
    reader = Reader(data, LAYER, base, section="RFC 791 3.1")
    found: list[Ipv4Option] = []
    for kind, body in split(reader):
        if not isinstance(body, Reader):
            found.append(body)
        elif kind in _KNOWN:
            found.append(_KNOWN[kind](kind, body))
        else:
            found.append(UnknownOption(kind, body.rest()))
    return tuple(found)


def encode_options(options: Iterable[Ipv4Option]) -> bytes:
    """Give the option area, padded to whole words; raises `UsageError` beyond 40 bytes."""
    return join([option.encode() for option in options], LAYER)


def copied_options(options: Iterable[Ipv4Option]) -> tuple[Ipv4Option, ...]:
    """Give those that every fragment carries; the first fragment carries all (RFC 791 3.2)."""
    return tuple(option for option in options if option.kind > 0 and option.kind & COPIED)


__all__ = [
    "EndOfOptions",
    "Ipv4Option",
    "NoOperation",
    "RecordRoute",
    "RouterAlert",
    "Security",
    "SourceRoute",
    "Stamp",
    "Timestamp",
    "TimestampFlag",
    "UnknownOption",
    "UnparsedOptions",
    "copied_options",
    "decode_options",
    "encode_options",
]
