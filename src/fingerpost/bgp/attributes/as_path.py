"""AS_PATH and AS4_PATH (RFC 4271 4.3, RFC 5065 3, RFC 6793 3).

A segment: kind (8), count (8), AS numbers, nearest first. They have 32 bits here; on sessions that
did not agree on those `narrow` and `widen` stand between.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

from fingerpost.bgp.attributes.attribute import LAYER, WELL_KNOWN, Flags, Type, passed_on
from fingerpost.bgp.constants import AS_TRANS
from fingerpost.wire.fields import unsigned
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable


class SegmentKind(IntEnum):
    """What the AS numbers of a segment are to each other."""

    SET = 1
    SEQUENCE = 2
    CONFED_SEQUENCE = 3
    CONFED_SET = 4


_BRACKETS = {
    SegmentKind.SET: ("{", "}"),
    SegmentKind.CONFED_SEQUENCE: ("(", ")"),
    SegmentKind.CONFED_SET: ("[", "]"),
}


@dataclass(frozen=True, slots=True)
class Segment:
    """Some AS numbers; never none on the wire (RFC 7606 7.2)."""

    kind: SegmentKind
    numbers: tuple[int, ...]

    @property
    def is_confederation(self) -> bool:
        """Whether it does not count and does not leave the confederation (RFC 5065 5.3)."""
        return self.kind in (SegmentKind.CONFED_SEQUENCE, SegmentKind.CONFED_SET)

    @property
    def is_set(self) -> bool:
        """Whether its numbers have no order (RFC 9774)."""
        return self.kind in (SegmentKind.SET, SegmentKind.CONFED_SET)

    @property
    def length(self) -> int:
        """What it counts in a choice (RFC 4271 9.1.2.2 a)."""
        if self.is_confederation:
            return 0
        return 1 if self.kind is SegmentKind.SET else len(self.numbers)

    def __str__(self) -> str:
        """As operators write it."""
        if self.kind is SegmentKind.SEQUENCE:
            return " ".join(map(str, self.numbers))
        first, last = _BRACKETS[self.kind]
        between = "," if self.is_set else " "
        return first + between.join(map(str, self.numbers)) + last


def read_segments(reader: Reader, width: int = 4) -> tuple[Segment, ...]:
    """Read segments of `width` octets a number; raises `DecodeError` (RFC 7606 7.2, 7607 2)."""
    found = []
    kinds = {int(one): one for one in SegmentKind}
    while reader:
        kind = reader.u8("segment type")
        if kind not in kinds:
            reader.refuse("segment type", kind, "1 to 4", "RFC 7606 7.2")
        count = reader.u8("segment length")
        if not count:
            reader.refuse("segment length", 0, "1 to 255", "RFC 7606 7.2")
        octets = reader.take(count * width, "AS numbers")
        numbers = tuple(
            int.from_bytes(octets[at : at + width], "big") for at in range(0, len(octets), width)
        )
        if 0 in numbers:
            reader.refuse("AS number", 0, "1 to 4294967295", "RFC 7607 2")
        found.append(Segment(kinds[kind], numbers))
    return tuple(found)


def segment_octets(segments: Iterable[Segment], width: int = 4) -> bytes:
    """As bytes of the wire."""
    made = bytearray()
    for one in segments:
        made += bytes((one.kind, unsigned(len(one.numbers), 8, "segment length")))
        for number in one.numbers:
            made += unsigned(number, 8 * width, "AS number").to_bytes(width, "big")
    return bytes(made)


def joined(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """With sequences that follow each other as one, as far as 255 numbers go."""
    made: list[Segment] = []
    for one in segments:
        last = made[-1] if made else None
        is_sequence = one.kind is SegmentKind.SEQUENCE
        if last and is_sequence and last.kind is one.kind:
            numbers = last.numbers + one.numbers
            if len(numbers) <= 0xFF:
                made[-1] = Segment(one.kind, numbers)
                continue
        made.append(one)
    return tuple(made)


@dataclass(frozen=True, slots=True)
class AsPath:
    """AS_PATH: the AS numbers that a path goes through, nearest first."""

    segments: tuple[Segment, ...] = ()
    code: ClassVar[int] = Type.AS_PATH
    flags: ClassVar[int] = WELL_KNOWN

    @classmethod
    def of(cls, *numbers: int) -> AsPath:
        """A plain sequence."""
        return cls((Segment(SegmentKind.SEQUENCE, numbers),) if numbers else ())

    @classmethod
    def read(cls, reader: Reader, flags: int) -> AsPath:
        """Read the value."""
        del flags
        return cls(read_segments(reader))

    def value(self) -> bytes:
        """As bytes of the wire, numbers of four octets."""
        return segment_octets(self.segments)

    def narrow(self) -> bytes:
        """The value for a neighbour that knows two octets only (RFC 6793 4.2.2)."""
        fits = (
            Segment(one.kind, tuple(n if n <= 0xFFFF else AS_TRANS for n in one.numbers))
            for one in self.segments
        )
        return segment_octets(fits, 2)

    @property
    def length(self) -> int:
        """What is compared (RFC 4271 9.1.2.2 a, RFC 5065 5.3)."""
        return sum(one.length for one in self.segments)

    @property
    def numbers(self) -> tuple[int, ...]:
        """All AS numbers as they stand there, those of sets and confederations too."""
        return tuple(number for one in self.segments for number in one.numbers)

    @property
    def neighbor(self) -> int | None:
        """The AS it was last told by, outside of our confederation; None: a set, or nobody."""
        outside = [one for one in self.segments if not one.is_confederation]
        return None if not outside or outside[0].is_set else outside[0].numbers[0]

    @property
    def origin(self) -> int | None:
        """The AS that it came from; None: a set, or nobody (RFC 6811 2)."""
        outside = [one for one in self.segments if not one.is_confederation]
        return None if not outside or outside[-1].is_set else outside[-1].numbers[-1]

    @property
    def has_set(self) -> bool:
        """Whether it has an AS_SET or AS_CONFED_SET (RFC 9774)."""
        return any(one.is_set for one in self.segments)

    def prepended(self, *numbers: int, kind: SegmentKind = SegmentKind.SEQUENCE) -> AsPath:
        """With numbers in front, in the first segment where it is of that kind and has room."""
        made = Segment(kind, numbers)
        if not self.segments or self.segments[0].kind is not kind:
            return AsPath((made, *self.segments) if numbers else self.segments)
        first, *rest = self.segments
        room = 0xFF - len(first.numbers)
        near, own = (numbers[:-room], numbers[-room:]) if room else (numbers, ())
        if len(numbers) <= room:
            near, own = (), numbers
        lead = (Segment(kind, near),) if near else ()
        return AsPath((*lead, Segment(kind, own + first.numbers), *rest))

    def __str__(self) -> str:
        """As operators write it: "65001 65002 {1,2}"; nothing for an empty one."""
        return " ".join(map(str, self.segments))


@dataclass(frozen=True, slots=True)
class As4Path:
    """AS4_PATH: what the AS_PATH would be where all knew four octets (RFC 6793 3)."""

    segments: tuple[Segment, ...] = ()
    is_partial: bool = False
    code: ClassVar[int] = Type.AS4_PATH

    @property
    def flags(self) -> int:
        """Optional, transitive."""
        return passed_on(self.is_partial)

    @classmethod
    def read(cls, reader: Reader, flags: int) -> As4Path:
        """Read the value."""
        return cls(read_segments(reader), bool(flags & Flags.PARTIAL))

    def value(self) -> bytes:
        """As bytes of the wire."""
        return segment_octets(self.segments)

    def __str__(self) -> str:
        """As an AS_PATH."""
        return " ".join(map(str, self.segments))


def widened(value: bytes, base: int = 0) -> AsPath:
    """The AS_PATH of a neighbour that knows two octets only."""
    return AsPath(read_segments(Reader(value, LAYER, base, section="RFC 7606 7.2"), 2))
