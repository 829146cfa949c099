"""The header of a message (RFC 4271 4.1), and messages out of a stream of octets.

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
|                                                               |
|                    Marker (16 octets of ones)                 |
|          Length               |      Type     |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from fingerpost.bgp.constants import (
    HEADER,
    LONGEST,
    LONGEST_EXTENDED,
    MARKER,
    ErrorCode,
    HeaderError,
    MessageType,
)
from fingerpost.bgp.packet.fault import LAYER, refuse
from fingerpost.errors import UsageError
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

# RFC 4271 6.1; a ROUTE-REFRESH judges its own length (RFC 7313 5)
LEAST: Final = {
    MessageType.OPEN: 29,
    MessageType.UPDATE: 23,
    MessageType.NOTIFICATION: 21,
    MessageType.KEEPALIVE: HEADER,
    MessageType.ROUTE_REFRESH: HEADER,
}


class Header(NamedTuple):
    """What a header says; `length` counts the header too."""

    length: int
    kind: MessageType


def decode_header(data: Buffer, longest: int = LONGEST) -> Header:
    """Read the header of the message that `data` begins with; it may end before the message does.

    `longest` is what was agreed on for messages that may be extended (RFC 8654 4). Raises
    `MessageError` (RFC 4271 6.1), and nothing else.
    """
    reader = Reader(data, LAYER, section="RFC 4271 4.1")
    marker = reader.peek(HEADER)[:16]
    if marker != MARKER[: len(marker)]:
        numbers = (ErrorCode.MESSAGE_HEADER, HeaderError.NOT_SYNCHRONIZED)
        refuse(reader, "marker", marker, "16 octets of ff", "RFC 4271 6.1", numbers=numbers, at=0)
    if reader.remaining < HEADER:
        numbers = (ErrorCode.MESSAGE_HEADER, HeaderError.BAD_LENGTH)
        what = f"{reader.remaining} octets long"
        refuse(reader, "header", what, f"{HEADER} octets", "RFC 4271 4.1", numbers=numbers, at=0)
    reader.take(16, "marker")
    length = reader.u16("length")
    kind = reader.u8("type")
    bounds = _bounds(kind, longest)
    if bounds is None:
        _check_length(reader, length, (HEADER, longest))
        numbers = (ErrorCode.MESSAGE_HEADER, HeaderError.BAD_TYPE)
        expected = ", ".join(str(int(one)) for one in MessageType)
        octet = bytes((kind,))
        refuse(reader, "type", kind, expected, "RFC 4271 6.1", numbers=numbers, data=octet, at=18)
    _check_length(reader, length, bounds)
    return Header(length, MessageType(kind))


def _bounds(kind: int, longest: int) -> tuple[int, int] | None:
    if kind not in LEAST:
        return None
    known = MessageType(kind)
    if known is MessageType.KEEPALIVE:
        return HEADER, HEADER
    # RFC 8654 4: an OPEN is never extended
    return LEAST[known], min(longest, LONGEST) if known is MessageType.OPEN else longest


def _check_length(reader: Reader, length: int, bounds: tuple[int, int]) -> None:
    least, most = bounds
    if least <= length <= most:
        return
    numbers = (ErrorCode.MESSAGE_HEADER, HeaderError.BAD_LENGTH)
    expected = str(least) if least == most else f"{least} to {most}"
    data = length.to_bytes(2, "big")
    refuse(reader, "length", length, expected, "RFC 4271 6.1", numbers=numbers, data=data, at=16)


def encode_header(kind: MessageType, body: bytes) -> bytes:
    """Give a whole message. Raises `UsageError` for a body that no message has room for."""
    length = HEADER + len(body)
    most = LONGEST if kind is MessageType.OPEN else LONGEST_EXTENDED
    if length > most:
        raise UsageError(f"{kind.name} of {length} octets, expected at most {most}")
    return MARKER + length.to_bytes(2, "big") + bytes((kind,)) + body


def first_message(data: bytes, longest: int = LONGEST) -> bytes | None:
    """Give the first message of what came of a stream; None while it has not come in full.

    What follows it is `data[len(message):]`. Raises `MessageError` as soon as the header shows that
    no message can come of it, so that nobody has us wait for 65,535 octets of nothing.
    """
    if len(data) < HEADER:
        if data[:16] != MARKER[: len(data)]:
            decode_header(data, longest)
        return None
    length = decode_header(data, longest).length
    return data[:length] if len(data) >= length else None
