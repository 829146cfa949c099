"""The options of the hop-by-hop and destination options headers (RFC 8200 4.2).

    +--------+--------+---------
    | type   | length | data            type: what to do with a stranger 2, may change 1, rest 5
    +--------+--------+---------

Pad1 is the byte 0 alone. Padding is kept, because its place decides where other options are
aligned; `fingerpost.wire.ipv6_extension` adds what is missing at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from fingerpost.errors import DecodeError
from fingerpost.wire.fields import at_most, packed, unfit, unsigned
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from typing_extensions import Buffer

    from fingerpost.addr import Address

LAYER = "ipv6 options"
PAD_1, PAD_N, ROUTER_ALERT, JUMBO_PAYLOAD, HOME_ADDRESS = 0, 1, 5, 0xC2, 0xC9
LONGEST_DATA = 0xFF
SECTION = "RFC 8200 4.2"
CHANGES = 0x20


class UnknownAction(IntEnum):
    """What a node does that does not know an option: the two high bits of its type."""

    SKIP = 0
    DISCARD = 1
    DISCARD_AND_TELL = 2
    DISCARD_AND_TELL_UNLESS_MULTICAST = 3


@dataclass(frozen=True, slots=True)
class Pad1:
    """One byte of padding."""

    kind: ClassVar[int] = PAD_1

    def encode(self) -> bytes:
        """Give the byte."""
        return b"\0"


@dataclass(frozen=True, slots=True)
class PadN:
    """Padding of two bytes and more: two and `data`, which ought to be zeros."""

    data: bytes = b""
    kind: ClassVar[int] = PAD_N

    @classmethod
    def decode_body(cls, reader: Reader) -> PadN:
        """Read what follows type and length."""
        return cls(reader.rest())

    def encode(self) -> bytes:
        """Give the option; raises `UsageError` for data that is too long."""
        return _framed(PAD_N, self.data)


@dataclass(frozen=True, slots=True)
class RouterAlert:
    """Router alert (RFC 2711 2.1): 0 MLD, 1 RSVP, 2 active networks."""

    value: int
    kind: ClassVar[int] = ROUTER_ALERT

    @classmethod
    def decode_body(cls, reader: Reader) -> RouterAlert:
        """Read what follows type and length."""
        _exactly(reader, 2, "RFC 2711 2.1")
        return cls(reader.u16("router alert value"))

    def encode(self) -> bytes:
        """Give the option; raises `UsageError` for a value out of range."""
        value = unsigned(self.value, 16, "router alert value")
        return _framed(ROUTER_ALERT, value.to_bytes(2, "big"))


@dataclass(frozen=True, slots=True)
class JumboPayload:
    """The length of a payload beyond 65,535 bytes, extension headers included (RFC 2675 2)."""

    length: int
    kind: ClassVar[int] = JUMBO_PAYLOAD

    @classmethod
    def decode_body(cls, reader: Reader) -> JumboPayload:
        """Read what follows type and length."""
        _exactly(reader, 4, "RFC 2675 2")
        length = reader.u32("jumbo payload length")
        if length <= 0xFFFF:
            reader.refuse("jumbo payload length", length, "65536 or more", "RFC 2675 3")
        return cls(length)

    def encode(self) -> bytes:
        """Give the option; raises `UsageError` for a length out of range."""
        length = unsigned(self.length, 32, "jumbo payload length")
        if length <= 0xFFFF:
            unfit("jumbo payload length", length, "65536 or more")
        return _framed(JUMBO_PAYLOAD, length.to_bytes(4, "big"))


@dataclass(frozen=True, slots=True)
class HomeAddress:
    """The home address of a mobile node (RFC 6275 6.3)."""

    address: Address
    kind: ClassVar[int] = HOME_ADDRESS

    @classmethod
    def decode_body(cls, reader: Reader) -> HomeAddress:
        """Read what follows type and length."""
        _exactly(reader, 16, "RFC 6275 6.3")
        return cls(reader.ip6("home address"))

    def encode(self) -> bytes:
        """Give the option; raises `UsageError` for another address than IPv6."""
        return _framed(HOME_ADDRESS, packed(self.address, 6, "home address"))


@dataclass(frozen=True, slots=True)
class UnknownOption:
    """An option of another type, kept as it stands."""

    kind: int
    data: bytes = b""

    @property
    def action(self) -> UnknownAction:
        """What to do with the packet."""
        return UnknownAction(self.kind >> 6)

    @property
    def may_change(self) -> bool:
        """Tell whether routers on the way may change the data."""
        return bool(self.kind & CHANGES)

    def encode(self) -> bytes:
        """Give the option; raises `UsageError` for a type that is another class's."""
        if unsigned(self.kind, 8, "ipv6 option type") in _KNOWN or self.kind == PAD_1:
            unfit("unknown ipv6 option type", self.kind, "a type without a class of its own")
        return _framed(self.kind, self.data)


Ipv6Option: TypeAlias = Pad1 | PadN | RouterAlert | JumboPayload | HomeAddress | UnknownOption

_KNOWN: dict[int, Callable[[Reader], Ipv6Option]] = {
    PAD_N: PadN.decode_body,
    ROUTER_ALERT: RouterAlert.decode_body,
    JUMBO_PAYLOAD: JumboPayload.decode_body,
    HOME_ADDRESS: HomeAddress.decode_body,
}


def decode_options(data: Buffer, base: int = 0) -> tuple[Ipv6Option, ...]:
    """Read a list of options; `base` is the offset of its first byte as faults count.

    Raises `DecodeError` at the first that is malformed: at its length, or at its data.
    """
    return tuple(option for _, option in located_options(data, base))


def located_options(data: Buffer, base: int = 0) -> list[tuple[int, Ipv6Option]]:
    """Read a list of options as `decode_options`, each with the offset of its type.

    That is what an ICMPv6 parameter problem about an unknown option points at (RFC 8200 4.2).
    """
    reader = Reader(data, LAYER, base, section=SECTION)
    found: list[tuple[int, Ipv6Option]] = []
    while reader:
        at = base + reader.at
        kind = reader.u8("option type")
        if kind == PAD_1:
            found.append((at, Pad1()))
            continue
        length = reader.u8("option length")
        if length > reader.remaining:
            reader.refuse("option length", length, f"at most {reader.remaining}")
        body = reader.sub(length, "option data")
        found.append(
            (at, _KNOWN[kind](body) if kind in _KNOWN else UnknownOption(kind, body.rest()))
        )
    return found


def encode_options(options: Iterable[Ipv6Option]) -> bytes:
    """Give the options one after the other, not padded."""
    return b"".join([option.encode() for option in options])


def padding(length: int) -> bytes:
    """Give Pad1 or PadN of exactly so many bytes, none for 0."""
    if length <= 1:
        return bytes(length)
    return PadN(bytes(length - 2)).encode()


def jumbo_length(payload: bytes) -> int | None:
    """Give what the jumbo option of a leading hop-by-hop header says, None without one.

    Raises `DecodeError` only for a jumbo option that is malformed itself.
    """
    if len(payload) < 8:
        return None
    try:
        options = decode_options(payload[2 : (payload[1] + 1) * 8], base=42)
    except DecodeError as fault:
        if fault.section is not None and fault.section.startswith("RFC 2675"):
            raise
        return None
    return next((option.length for option in options if isinstance(option, JumboPayload)), None)


def _exactly(reader: Reader, length: int, section: str) -> None:
    """Refuse an option whose data has another length than its type asks for."""
    if reader.remaining != length:
        reader.refuse("option length", reader.remaining, str(length), section, at=-1)


def _framed(kind: int, data: bytes) -> bytes:
    at_most(data, LONGEST_DATA, "ipv6 option data")
    return bytes((kind, len(data))) + data
