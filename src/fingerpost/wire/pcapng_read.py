"""Reading pcapng (draft-ietf-opsawg-pcapng): blocks of sections, their interfaces and packets.

    +------+--------------+---------------------+--------------+
    | type | total length | body, whole words   | total length |
    +------+--------------+---------------------+--------------+

A section header opens a section and says its byte order; interface descriptions come before the
packets that name them by number. Blocks without packets (names, statistics, whatever is unknown)
are passed over piece by piece. Memory stays bounded whatever a file says: one block at a time, none
of those that are read longer than `LONGEST_BLOCK`, and at most `MOST_INTERFACES` in a section.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, Literal, TypeAlias

from fingerpost.wire.captured import LONGEST_FRAME, NS_PER_S, Captured, Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

SECTION, INTERFACE, OLD_PACKET, SIMPLE_PACKET, PACKET = 0x0A0D0D0A, 1, 2, 3, 6
SECTION_TYPE = SECTION.to_bytes(4, "big")  # reads the same in both orders
BYTE_ORDER = 0x1A2B3C4D
LONGEST_BLOCK = 1 << 20  # a frame of LONGEST_FRAME, and comments
MOST_INTERFACES = 16_384
LONGEST_NAME = 1024
MICRO = 6

END_OF_OPTIONS, COMMENT = 0, 1
NAME, RESOLUTION, OFFSET = 2, 9, 14


Order: TypeAlias = Literal["little", "big"]
_ORDERS: tuple[tuple[Order, str], ...] = (("little", "<"), ("big", ">"))


@dataclass(frozen=True, slots=True)
class Described:
    """What an interface description says that packets need."""

    linktype: int
    snap_length: int
    name: str | None
    units_per_s: int
    offset_s: int

    def instant_ns(self, high: int, low: int) -> int:
        """Turn a timestamp of this interface into nanoseconds from 1970."""
        return (high << 32 | low) * NS_PER_S // self.units_per_s + self.offset_s * NS_PER_S


class Section:
    """The section being read: its byte order, and the interfaces described so far."""

    __slots__ = ("interfaces", "order", "sign", "stream")

    def __init__(self, stream: Stream) -> None:
        """Begin before the first section header."""
        self.stream = stream
        self.sign = "<"
        self.order: Order = "little"
        self.interfaces: list[Described] = []

    def number(self, octets: bytes, *, signed: bool = False) -> int:
        """Read a number in the section's byte order."""
        return int.from_bytes(octets, self.order, signed=signed)

    def open(self, head: bytes) -> None:
        """Read a section header block, of which the type and the length are read."""
        magic = self.stream.read(4, "byte-order magic")
        for order, sign in _ORDERS:
            if int.from_bytes(magic, order) == BYTE_ORDER:
                self.order, self.sign = order, sign
                break
        else:
            self.stream.refuse("byte-order magic", magic.hex(), "1a2b3c4d", at=self.stream.at - 4)
        self.interfaces = []
        body = self.body(head[4:], magic)
        if len(body) < 16:
            self.stream.refuse("section header", f"{len(body)} bytes long", "16 bytes or more")
        if (major := self.number(body[4:6])) != 1:
            self.stream.refuse("major version", major, "1")

    def body(self, length_field: bytes, begun: bytes = b"", *, keep: bool = True) -> bytes:
        """Read a block's body up to and with the length behind it; `begun` is read already.

        Without `keep` the body is passed over, and may have any length.
        """
        longest = LONGEST_BLOCK if keep else 0xFFFFFFFC
        stream = self.stream
        start = stream.at - 8 - len(begun)
        length = self.number(length_field)
        least = 12 + len(begun)
        if length % 4 or not least <= length <= longest:
            expected = f"a multiple of 4 from {least} to {longest}"
            stream.refuse("block length", length, expected, at=start + 4)
        body = begun
        if keep:
            body += stream.read(length - least, "block")
        else:
            stream.skip(length - least, "block")
        if (again := self.number(stream.read(4, "block length behind"))) != length:
            stream.refuse("block length behind", again, str(length), at=stream.at - 4)
        return body


def read_blocks(stream: Stream) -> Iterator[Captured]:
    """Give the packets of a file whose first four bytes, a section header's type, are read.

    Raises `DecodeError` at the first block that is malformed.
    """
    section = Section(stream)
    section.open(SECTION_TYPE + stream.read(4, "block length"))
    while head := stream.read(8, "block header", may_end=True):
        if head[:4] == SECTION_TYPE:
            section.open(head)
            continue
        kind, start = section.number(head[:4]), stream.at - 8
        body = section.body(head[4:], keep=kind == INTERFACE or kind in _PACKETS)
        if kind == INTERFACE:
            _describe(section, body, start)
        elif kind in _PACKETS:
            yield _PACKETS[kind](section, body, start)


def _describe(section: Section, body: bytes, start: int) -> None:
    """Add the interface of a description block."""
    stream = section.stream
    if len(body) < 8:
        stream.refuse("interface description", f"{len(body)} bytes long", "8 or more", at=start + 8)
    if len(section.interfaces) == MOST_INTERFACES:
        stream.refuse("interfaces", MOST_INTERFACES + 1, f"at most {MOST_INTERFACES}", at=start)
    linktype, _, snap_length = Struct(section.sign + "HHI").unpack_from(body)
    found = _options(section, body, 8, start)
    for code, least, most in ((RESOLUTION, 1, 1), (OFFSET, 8, 8), (NAME, 0, LONGEST_NAME)):
        if code in found and not least <= len(found[code]) <= most:
            expected = f"{least} to {most} bytes"
            stream.refuse(f"option {code}", f"{len(found[code])} bytes long", expected, at=start)
    resolution = found.get(RESOLUTION, bytes((MICRO,)))[0]
    exponent = resolution & 0x7F
    units = 1 << exponent if resolution & 0x80 else 10**exponent
    offset = section.number(found.get(OFFSET, b""), signed=True)
    name = found[NAME].decode(errors="replace") if NAME in found else None
    section.interfaces.append(Described(linktype, snap_length, name, units, offset))


def _options(section: Section, body: bytes, at: int, start: int) -> dict[int, bytes]:
    """Read the options from `at`; a repeated comment is joined by a new line."""
    found: dict[int, bytes] = {}
    comments = []
    layout = Struct(section.sign + "HH")
    while at < len(body):
        if at + 4 > len(body):
            section.stream.refuse("option", body[at:].hex(), "4 bytes or more", at=start + 8 + at)
        code, length = layout.unpack_from(body, at)
        at += 4
        if code == END_OF_OPTIONS:
            break
        if length > len(body) - at:
            expected = f"at most {len(body) - at}"
            section.stream.refuse("option length", length, expected, at=start + 6 + at)
        value = body[at : at + length]
        if code == COMMENT:
            comments.append(value)
        else:
            found[code] = value
        at += length + -length % 4
    if comments:
        found[COMMENT] = b"\n".join(comments)
    return found


def _interface(section: Section, number: int, at: int) -> Described:
    if number >= len(section.interfaces):
        expected = f"less than {len(section.interfaces)}, the interfaces described so far"
        section.stream.refuse("interface", number, expected, at=at)
    return section.interfaces[number]


def _packet(section: Section, body: bytes, start: int, numbers: str) -> Captured:
    """Read an enhanced packet block, or the obsolete packet block with its shorter number."""
    layout = Struct(section.sign + numbers)
    if len(body) < layout.size:
        section.stream.refuse("packet block", f"{len(body)} bytes long", f"{layout.size} or more")
    number, high, low, here, original = layout.unpack_from(body)
    interface = _interface(section, number, start + 8)
    most = min(LONGEST_FRAME, len(body) - layout.size)
    if here > most:
        section.stream.refuse("packet length", here, f"at most {most}", at=start + 20)
    data = body[layout.size : layout.size + here]
    found = _options(section, body, layout.size + here + -here % 4, start)
    comment = found[COMMENT].decode(errors="replace") if COMMENT in found else None
    instant = interface.instant_ns(high, low)
    return Captured(instant, data, original, interface.linktype, number, comment, interface.name)


def _enhanced_packet(section: Section, body: bytes, start: int) -> Captured:
    return _packet(section, body, start, "IIIII")


def _old_packet(section: Section, body: bytes, start: int) -> Captured:
    return _packet(section, body, start, "H2xIIII")


def _simple_packet(section: Section, body: bytes, start: int) -> Captured:
    """Read a packet of the first interface, without a time."""
    if len(body) < 4:
        section.stream.refuse("packet block", f"{len(body)} bytes long", "4 or more", at=start + 8)
    original = section.number(body[:4])
    interface = _interface(section, 0, start)
    here = min(original, interface.snap_length or original)
    if here > min(LONGEST_FRAME, len(body) - 4):
        section.stream.refuse("packet length", here, f"at most {len(body) - 4}", at=start + 8)
    return Captured(None, body[4 : 4 + here], original, interface.linktype, 0, None, interface.name)


_PACKETS = {
    PACKET: _enhanced_packet,
    OLD_PACKET: _old_packet,
    SIMPLE_PACKET: _simple_packet,
}
