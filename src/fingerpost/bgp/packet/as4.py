"""AS numbers of two octets, and what stands for those that do not fit (RFC 6793 4.2.3)."""

from __future__ import annotations

from fingerpost.bgp.attributes.as_path import (
    AsPath,
    Segment,
    SegmentKind,
    read_segments,
    segment_octets,
    widened,
)
from fingerpost.bgp.attributes.attribute import LAYER, Type
from fingerpost.bgp.constants import AS_TRANS
from fingerpost.wire.reader import Reader


def widen(code: int, value: bytes, *, as4: bool) -> bytes:
    """Give a value with AS numbers of four octets, and AS4_PATH without what it must not have."""
    if code == Type.AS4_PATH:
        segments = read_segments(Reader(value, LAYER))
        return segment_octets(one for one in segments if not one.is_confederation)
    if as4:
        return value
    if code == Type.AS_PATH:
        return widened(value).value()
    return b"\0\0" + value if code == Type.AGGREGATOR else value


def merge_aggregator(old: bytes, new: bytes) -> bytes | None:
    """Give the AGGREGATOR that both mean; None: a speaker of two octets has put its own there."""
    return new if old[:4] == AS_TRANS.to_bytes(4, "big") else None


def merge_path(path: bytes, newer: bytes) -> bytes:
    """Give the path that both mean: of the AS_PATH what the AS4_PATH lacks, and then that.

    An AS4_PATH that is longer is not of this path and means nothing.
    """
    old, new = (AsPath(read_segments(Reader(one, LAYER))) for one in (path, newer))
    lacking = old.length - new.length
    if lacking < 0:
        return path
    kept: list[Segment] = []
    for one in old.segments:
        if one.is_confederation:  # it does not count, and is kept while what counts is
            kept.append(one)
            continue
        if not lacking:
            break
        is_sequence = one.kind is SegmentKind.SEQUENCE
        numbers = one.numbers[:lacking] if is_sequence else one.numbers
        kept.append(Segment(one.kind, numbers))
        lacking -= len(numbers) if is_sequence else 1
    return segment_octets(_bridged(kept, list(new.segments)))


def _bridged(kept: list[Segment], new: list[Segment]) -> list[Segment]:
    """As one sequence where two meet and there is room."""
    if not kept or not new:
        return kept + new
    last, first = kept[-1], new[0]
    both = last.numbers + first.numbers
    if last.kind is first.kind is SegmentKind.SEQUENCE and len(both) <= 0xFF:
        return [*kept[:-1], Segment(last.kind, both), *new[1:]]
    return kept + new
