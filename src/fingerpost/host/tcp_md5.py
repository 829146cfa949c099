"""The TCP MD5 signature option (RFC 2385), put into segments and checked, packet by packet.

The native stack of a virtual host knows no such option, so it is added to what that sends, and
taken from what it gets: the eighteen octets become as many "no operation". The digest is that of
the pseudo-header, of the TCP header without options and with a checksum of zero, of the data, and
of the key, in this order (RFC 2385 2.0).
"""

from __future__ import annotations

from hashlib import md5
from hmac import compare_digest
from typing import TYPE_CHECKING

from fingerpost.wire.checksum import checksum, ones_sum
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from typing_extensions import Buffer

LENGTH = 18
ROOM = 20
"""How much longer a signed segment is."""

_KIND, _NOP, _END = 19, 1, 0
_HEADER, _MOST_OPTIONS = 20, 40


def signed(packet: bytes, key: bytes) -> bytes:
    """The IP packet of a segment, as our stack made it, with the option.

    Where there is no room beside other options, these are left out: of a segment that opens no
    connection none is needed.
    """
    at = (packet[0] & 15) * 4 if packet[0] >> 4 == 4 else 40
    segment = packet[at:]
    end = (segment[12] >> 4) * 4
    options = segment[_HEADER:end]
    if len(options) > _MOST_OPTIONS - ROOM:
        options = b""
    header = bytearray(segment[:_HEADER])
    offset = (_HEADER + len(options) + ROOM) // 4
    header[12] = offset << 4 | header[12] & 15
    header[16:18] = bytes(2)
    data = segment[end:]
    length = offset * 4 + len(data)
    digest = _digest(packet, header, data, length, key)
    whole = bytearray(b"".join((header, bytes((_KIND, LENGTH)), digest, b"\1\1", options, data)))
    return _with_length(packet[:at], len(whole)) + _checked(packet, whole)


def verified(packet: bytes, at: int, key: bytes) -> bytes | None:
    """The packet without the option; None if its signature is not that of the key, or missing.

    The segment begins `at` the octet of that number.
    """
    segment = packet[at:]
    end = (segment[12] >> 4) * 4 if len(segment) >= _HEADER else 0
    place = _find(segment, end)
    if place is None:
        return None
    header = bytearray(segment[:_HEADER])
    header[16:18] = bytes(2)
    expected = _digest(packet, header, segment[end:], len(segment), key)
    if not compare_digest(segment[place + 2 : place + LENGTH], expected):
        return None
    whole = bytearray(segment)
    whole[place : place + LENGTH] = bytes((_NOP,)) * LENGTH
    if not _is_whole(packet, segment):  # as damaged as it came: the stack drops it
        return packet
    return packet[:at] + _checked(packet, whole)


def _find(segment: bytes, end: int) -> int | None:
    """Where the option begins; None if there is none, or if the options are damaged."""
    at, end = _HEADER, min(end, len(segment))
    while at < end:
        kind = segment[at]
        if kind == _END:
            return None
        if kind == _NOP:
            at += 1
            continue
        if at + 1 >= end or segment[at + 1] < 2:
            return None
        if kind == _KIND:
            return at if segment[at + 1] == LENGTH and at + LENGTH <= end else None
        at += segment[at + 1]
    return None


def _digest(packet: bytes, header: Buffer, data: bytes, length: int, key: bytes) -> bytes:
    found = md5(_pseudo(packet, length), usedforsecurity=False)
    for part in (header, data, key):
        found.update(part)
    return found.digest()


def _pseudo(packet: bytes, length: int) -> bytes:
    if packet[0] >> 4 == 4:
        return packet[12:20] + bytes((0, IpProtocol.TCP)) + length.to_bytes(2, "big")
    return packet[8:40] + length.to_bytes(4, "big") + bytes((0, 0, 0, IpProtocol.TCP))


def _is_whole(packet: bytes, segment: bytes) -> bool:
    return ones_sum(segment, ones_sum(_pseudo(packet, len(segment)))) == 0xFFFF


def _checked(packet: bytes, segment: bytearray) -> bytes:
    """The segment with its checksum."""
    segment[16:18] = bytes(2)
    check = checksum(segment, ones_sum(_pseudo(packet, len(segment))))
    segment[16:18] = check.to_bytes(2, "big")
    return bytes(segment)


def _with_length(header: bytes, length: int) -> bytes:
    """An IP header that says how long its payload is."""
    found = bytearray(header)
    if header[0] >> 4 == 6:
        found[4:6] = length.to_bytes(2, "big")
        return bytes(found)
    found[2:4] = (len(header) + length).to_bytes(2, "big")
    found[10:12] = bytes(2)
    found[10:12] = checksum(found).to_bytes(2, "big")
    return bytes(found)
