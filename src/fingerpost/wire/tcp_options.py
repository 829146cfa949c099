"""The options of a TCP header (RFC 9293 3.2; window scale and timestamps 7323, SACK 2018).

A malformed list faults with the offset of the byte that is wrong, counted from the header's first.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from fingerpost.wire.fields import unfit, unsigned
from fingerpost.wire.reader import Reader
from fingerpost.wire.tlv import EndOfOptions, NoOperation, framed, join, split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from typing_extensions import Buffer

LAYER = "tcp options"
FIXED_HEADER = 20
MAXIMUM_SEGMENT_SIZE, WINDOW_SCALE, SACK_PERMITTED, SACK, TIMESTAMPS = 2, 3, 4, 5, 8

_PAIR = Struct("!II")


@dataclass(frozen=True, slots=True)
class MaximumSegmentSize:
    """The largest segment that the sender takes, in bytes of data (RFC 9293 3.7.1)."""

    size: int
    kind: ClassVar[int] = MAXIMUM_SEGMENT_SIZE

    @classmethod
    def decode_body(cls, reader: Reader) -> MaximumSegmentSize:
        """Read what follows kind and length."""
        _exactly(reader, 4, "RFC 9293 3.2")
        return cls(reader.u16("maximum segment size"))

    def encode(self) -> bytes:
        """Give the option; raises `UsageError` for a size out of range."""
        size = unsigned(self.size, 16, "tcp maximum segment size")
        return framed(self.kind, size.to_bytes(2, "big"), LAYER)


@dataclass(frozen=True, slots=True)
class WindowScale:
    """By how many bits windows are shifted (RFC 7323 2.2); above 14 a receiver takes 14 (2.3)."""

    shift: int
    kind: ClassVar[int] = WINDOW_SCALE

    @classmethod
    def decode_body(cls, reader: Reader) -> WindowScale:
        """Read what follows kind and length."""
        _exactly(reader, 3, "RFC 7323 2.2")
        return cls(reader.u8("window shift"))

    def encode(self) -> bytes:
        """Give the option; raises `UsageError` for a shift out of range."""
        return framed(self.kind, bytes((unsigned(self.shift, 8, "tcp window shift"),)), LAYER)


@dataclass(frozen=True, slots=True)
class SackPermitted:
    """The sender takes selective acknowledgments (RFC 2018 2)."""

    kind: ClassVar[int] = SACK_PERMITTED

    @classmethod
    def decode_body(cls, reader: Reader) -> SackPermitted:
        """Read what follows kind and length, which is nothing."""
        _exactly(reader, 2, "RFC 2018 2")
        return cls()

    def encode(self) -> bytes:
        """Give the option."""
        return framed(self.kind, b"", LAYER)


@dataclass(frozen=True, slots=True)
class Sack:
    """Blocks that have arrived: the first sequence number of each, and the one after its last."""

    blocks: tuple[tuple[int, int], ...]
    kind: ClassVar[int] = SACK

    @classmethod
    def decode_body(cls, reader: Reader) -> Sack:
        """Read what follows kind and length."""
        if reader.remaining % _PAIR.size:
            expected = "2 and 8 for each block"
            reader.refuse("option length", reader.remaining + 2, expected, "RFC 2018 3", at=-1)
        blocks = []
        while reader:
            left, right = reader.unpack(_PAIR, "block")
            blocks.append((left, right))
        return cls(tuple(blocks))

    def encode(self) -> bytes:
        """Give the option; raises `UsageError` for an edge out of range."""
        edges = [
            (unsigned(left, 32, "tcp sack edge"), unsigned(right, 32, "tcp sack edge"))
            for left, right in self.blocks
        ]
        return framed(self.kind, b"".join(_PAIR.pack(*edge) for edge in edges), LAYER)


@dataclass(frozen=True, slots=True)
class Timestamps:
    """The sender's clock and the last one it saw from the other side (RFC 7323 3.2)."""

    value: int
    echo: int
    kind: ClassVar[int] = TIMESTAMPS

    @classmethod
    def decode_body(cls, reader: Reader) -> Timestamps:
        """Read what follows kind and length."""
        _exactly(reader, 10, "RFC 7323 3.2")
        return cls(reader.u32("timestamp value"), reader.u32("timestamp echo"))

    def encode(self) -> bytes:
        """Give the option; raises `UsageError` for a time out of range."""
        value = unsigned(self.value, 32, "tcp timestamp value")
        echo = unsigned(self.echo, 32, "tcp timestamp echo")
        return framed(self.kind, _PAIR.pack(value, echo), LAYER)


@dataclass(frozen=True, slots=True)
class UnknownOption:
    """An option of another kind, kept as it stands."""

    kind: int
    data: bytes = b""

    def encode(self) -> bytes:
        """Give the option; raises `UsageError` for a kind that is another class's."""
        if unsigned(self.kind, 8, "tcp option kind") in _KNOWN or self.kind < 2:
            unfit("unknown tcp option kind", self.kind, "a kind without a class of its own")
        return framed(self.kind, self.data, LAYER)


TcpOption: TypeAlias = (
    EndOfOptions
    | NoOperation
    | MaximumSegmentSize
    | WindowScale
    | SackPermitted
    | Sack
    | Timestamps
    | UnknownOption
)

_KNOWN: dict[int, Callable[[Reader], TcpOption]] = {
    MAXIMUM_SEGMENT_SIZE: MaximumSegmentSize.decode_body,
    WINDOW_SCALE: WindowScale.decode_body,
    SACK_PERMITTED: SackPermitted.decode_body,
    SACK: Sack.decode_body,
    TIMESTAMPS: Timestamps.decode_body,
}


def decode_options(data: Buffer, base: int = FIXED_HEADER) -> tuple[TcpOption, ...]:
    """Read the option area; `base` is the offset of its first byte as faults count.

    Raises `DecodeError` at the first option that is malformed. Zeros that only fill the last word
    are not listed (`fingerpost.wire.tlv`).
    """
    reader = Reader(data, LAYER, base, section="RFC 9293 3.1")
    found: list[TcpOption] = []
    for kind, body in split(reader):
        if not isinstance(body, Reader):
            found.append(body)
        elif kind in _KNOWN:
            found.append(_KNOWN[kind](body))
        else:
            found.append(UnknownOption(kind, body.rest()))
    return tuple(found)


def encode_options(options: Iterable[TcpOption]) -> bytes:
    """Give the option area, padded to whole words; raises `UsageError` beyond 40 bytes."""
    return join([option.encode() for option in options], LAYER)


def _exactly(reader: Reader, length: int, section: str) -> None:
    """Refuse an option of another length than its kind asks for."""
    if reader.remaining + 2 != length:
        reader.refuse("option length", reader.remaining + 2, str(length), section, at=-1)
