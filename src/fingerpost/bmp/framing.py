"""Where messages of BMP begin and end (RFC 7854 4.1).

Nothing marks their beginning: whoever sees a stream from its middle on looks for what can be one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bmp.constants import COMMON, LONGEST, PER_PEER, VERSION, MessageKind
from fingerpost.bmp.header import LAYER
from fingerpost.errors import DecodeError
from fingerpost.wire.tcp_messages import Framing

if TYPE_CHECKING:
    from collections.abc import Iterator

_BODY: Final = COMMON + PER_PEER
_MARKER: Final = b"\xff" * 16
_MARKED_AT: Final[dict[int, int]] = {
    MessageKind.ROUTE_MONITORING: _BODY,
    MessageKind.PEER_UP: _BODY + 20,
}
_PEER_TYPES: Final = 4
_LEAST: Final[dict[int, int]] = {
    MessageKind.ROUTE_MONITORING: _BODY + 23,
    MessageKind.STATISTICS: _BODY + 4,
    MessageKind.PEER_DOWN: _BODY + 1,
    MessageKind.PEER_UP: _BODY + 20 + 2 * 29,
    MessageKind.INITIATION: COMMON,
    MessageKind.TERMINATION: COMMON,
    MessageKind.ROUTE_MIRRORING: _BODY,
}


def message_length(octets: bytes, at: int = 0, longest: int = LONGEST) -> int:
    """Give the length of the message that begins at `at`, where at least 6 octets are.

    Raises `DecodeError` for another version, and for a length that is none or above `longest`.
    """
    length = int.from_bytes(octets[at + 1 : at + 5], "big")
    if octets[at] != VERSION or not COMMON <= length <= longest:
        raise DecodeError(
            f"BMP: version is {octets[at]} and message length {length}, expected "
            f"{VERSION} and {COMMON} to {longest} (RFC 7854 4.1)",
            layer=LAYER,
            offset=0,
            field="message length",
            value=length,
            section="RFC 7854 4.1",
        )
    return length


def begins(octets: bytes) -> Iterator[int]:
    """Give where each of whole messages begins; such as we have written ourselves."""
    at = 0
    while at < len(octets):
        yield at
        at += int.from_bytes(octets[at + 1 : at + 5], "big")


def can_begin(octets: bytes, at: int, end: int) -> bool:
    """Whether what stands at `at` looks like the beginning of a message of a known type."""
    if end - at < COMMON or octets[at] != VERSION:
        return False
    kind, length = octets[at + 5], int.from_bytes(octets[at + 1 : at + 5], "big")
    least = _LEAST.get(kind)
    if least is None or not least <= length <= LONGEST:
        return False
    if least >= _BODY and end - at > COMMON and octets[at + COMMON] >= _PEER_TYPES:
        return False
    marked = at + _MARKED_AT.get(kind, length)
    seen = octets[marked : min(marked + len(_MARKER), at + length, end)]
    if seen != _MARKER[: len(seen)]:
        return False
    return at + length >= end or octets[at + length] == VERSION


def next_begin(octets: bytes, at: int, end: int) -> int:
    """Give where a message may begin, from `at` on; -1: nowhere."""
    while (at := octets.find(VERSION, at, end)) >= 0:
        if can_begin(octets, at, end):
            return at
        at += 1
    return -1


def _length(octets: bytes) -> int | None:
    try:
        return message_length(octets)
    except DecodeError:
        return None


FRAMING: Final = Framing(COMMON, _length, lambda octets: next_begin(octets, 1, len(octets)))
"""For streams that are put together from a capture, which may begin in its middle."""
