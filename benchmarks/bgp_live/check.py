"""What a stream of messages says, worked out by itself: what is told, and when it was whole."""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

HEADER = 19
Chunk = tuple[float, int]  # when, how many octets had come by then


@dataclass(slots=True)
class Heard:
    """The state after a stream: what is told of each prefix, keyed by its NLRI octets."""

    told: dict[bytes, bytes] = field(default_factory=dict)
    updates: int = 0
    withdrawn: int = 0


def messages(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Type, start of the body and end of each whole message."""
    at = 0
    while at + HEADER <= len(stream):
        length, kind = struct.unpack_from(">HB", stream, at + 16)
        if at + length > len(stream):
            return
        yield kind, at + HEADER, at + length
        at += length


def take(heard: Heard, stream: bytes, wanted: set[bytes] | None = None) -> int | None:
    """Take a stream in; gives how many octets it took until all `wanted` were told in it."""
    left = None if wanted is None else set(wanted)
    for kind, start, end in messages(stream):
        if kind != 2:
            continue
        heard.updates += 1
        (gone,) = struct.unpack_from(">H", stream, start)
        after = start + 2 + gone
        (length,) = struct.unpack_from(">H", stream, after)
        for one in prefixes(stream, start + 2, after):
            heard.withdrawn += 1
            heard.told.pop(one, None)
            if left is not None:
                left.discard(one)
        attributes = stream[after + 2 : after + 2 + length]
        for one in prefixes(stream, after + 2 + length, end):
            heard.told[one] = attributes
            if left is not None:
                left.discard(one)
        if left is not None and not left:
            return end
    return None


def prefixes(stream: bytes, at: int, end: int) -> Iterator[bytes]:
    """The prefixes of an NLRI field, each as its octets."""
    while at < end:
        after = at + 1 + (stream[at] + 7) // 8
        yield stream[at:after]
        at = after


def when(chunks: Sequence[Chunk], octets: int) -> float:
    """The instant at which so many octets had come."""
    return chunks[bisect_left(chunks, octets, key=lambda one: one[1])][0]


def last_update(stream: bytes, chunks: Sequence[Chunk]) -> float:
    """The instant at which the last UPDATE had come."""
    return when(chunks, max(end for kind, _, end in messages(stream) if kind == 2))


def silence(stream: bytes, chunks: Sequence[Chunk]) -> float:
    """The longest time between two KEEPALIVEs."""
    ends = [end for kind, _, end in messages(stream) if kind == 4]
    instants = [when(chunks, end) for end in ends]
    return max((after - before for before, after in pairwise(instants)), default=0.0)


def values(attributes: bytes) -> dict[int, bytes]:
    """Attributes by type."""
    found, at = {}, 0
    while at < len(attributes):
        flags, code = attributes[at], attributes[at + 1]
        wide = flags & 0x10
        length = int.from_bytes(attributes[at + 2 : at + (4 if wide else 3)], "big")
        at += 4 if wide else 3
        found[code] = attributes[at : at + length]
        at += length
    return found


def path(attributes: dict[int, bytes]) -> tuple[int, ...]:
    """The AS numbers of a path of sequences."""
    value, at, found = attributes.get(2, b""), 0, []
    while at < len(value):
        count = value[at + 1]
        found += struct.unpack_from(f">{count}I", value, at + 2)
        at += 2 + 4 * count
    return tuple(found)


def wrong(heard: Heard, sent: Sequence[Heard], asn: int) -> int:
    """How many prefixes are missing, or are told otherwise than any neighbour told the router.

    What may be chosen differs from router to router; what is told of a path may not: the router's
    AS before the path, ORIGIN and communities as they were.
    """
    cache: dict[tuple[bytes, tuple[bytes | None, ...]], bool] = {}
    everything = set().union(*(one.told for one in sent))
    count = len(everything ^ heard.told.keys())
    for net in everything & heard.told.keys():
        mine = heard.told[net]
        offers = tuple(one.told.get(net) for one in sent)
        key = (mine, offers)
        if key not in cache:
            cache[key] = any(_fits(mine, one, asn) for one in offers if one is not None)
        count += not cache[key]
    return count


def _fits(told: bytes, sent: bytes, asn: int) -> bool:
    mine, theirs = values(told), values(sent)
    return (
        path(mine) == (asn, *path(theirs))
        and mine[1] == theirs[1]
        and all(
            _parts(mine.get(code), size) == _parts(theirs.get(code), size) for code, size in _SETS
        )
    )


_SETS = ((8, 4), (32, 12))  # communities, large communities: their order means nothing


def _parts(value: bytes | None, size: int) -> list[bytes]:
    value = value or b""
    return sorted(value[at : at + size] for at in range(0, len(value), size))
