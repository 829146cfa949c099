"""Packets in text: plain hex, one packet a line, and the dumps of common tools.

    4500 0054 0000 4000 ...                     plain; also 45:00:..., 0x4500, 45-00, no spaces
    0x0000:  4500 0054 0000 4000  E..T..@.      tcpdump -x, -xx, -X, -XX; xxd
    00000000  45 00 00 54  00 00 40 00  |E..|   hexdump -C, od -tx1, text2pcap
    0000  45 00 00 54 00 00 40 00   E..T..@.    tshark -x, Wireshark

A line of a dump continues the packet before it when its offset is where that one ended, and begins
another when its offset is 0. Lines before a dump that are no hex are the tool's own text. What
tshark dumps beside a frame ("Reassembled IPv4 (2008 bytes):") is no packet of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_OFFSET_COLON = re.compile(r"\s*(?:0x)?([0-9a-fA-F]{4,8}):\s+(\S.*)")
_OFFSET_BYTES = re.compile(r"\s*([0-9a-fA-F]{4,8})((?:\s+[0-9a-fA-F]{2})*)\s*(?:[|>].*)?")
# the text form stands behind three spaces at least, whatever it looks like
_OFFSET_TEXT = re.compile(
    r"\s*([0-9a-fA-F]{4,8})\s{2,3}([0-9a-fA-F]{2}(?:\s{1,2}[0-9a-fA-F]{2}){0,15})\s{3,}.*"
)
_BESIDE = re.compile(r"(?!Frame\b).+ \([0-9]+ bytes?\):")
_DIGITS = re.compile(r"[0-9a-fA-F]+")
_BETWEEN = re.compile(r"[\s:-]+|0[xX]")


@dataclass(frozen=True, slots=True)
class Read:
    """A packet, from the line on where it began; or a `bad` line of text, and then no bytes."""

    line: int
    data: bytes = b""
    bad: str | None = None


@dataclass(slots=True)
class _Dump:
    """The packet of a dump as far as it has been read, and the text lines before it."""

    line: int = 0
    data: bytearray = field(default_factory=bytearray)
    text: list[Read] = field(default_factory=list)
    is_beside: bool = False  # not a packet, but what a tool made of several


def plain_hex(text: str) -> bytes | None:
    """Give the bytes of hex digits, with what may stand between them; None if there are others."""
    digits = _BETWEEN.sub("", text)
    if not _DIGITS.fullmatch(digits) or len(digits) % 2:
        return None
    return bytes.fromhex(digits)


def read_hex(lines: Iterable[str]) -> Iterator[Read]:
    """Give the packets of a text, and the lines that are neither hex nor before a dump."""
    dump = _Dump()
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        piece = _piece(line, len(dump.data)) if text else None
        if piece is not None:
            offset, data = piece
            if not offset and data:
                if dump.data:
                    yield from _packet(dump)
                heading = dump.text[-1].bad if dump.text else None
                # text before it is the tool's own
                dump = _Dump(number, is_beside=bool(heading and _BESIDE.fullmatch(heading)))
            dump.data += data
            continue
        if dump.data:
            yield from _packet(dump)
            dump = _Dump()
        if text:
            plain = plain_hex(text)
            if plain is None:
                dump.text.append(Read(number, bad=text))
            else:
                yield from dump.text
                dump.text.clear()
                yield Read(number, plain)
    yield from _packet(dump)


def _packet(dump: _Dump) -> Iterator[Read]:
    if dump.data:
        if not dump.is_beside:
            yield Read(dump.line, bytes(dump.data))
    else:
        yield from dump.text


def _piece(line: str, so_far: int) -> tuple[int, bytes] | None:
    """Give offset and bytes of a line of a dump, None for any other."""
    line = line.rstrip("\r\n")
    if found := _OFFSET_COLON.fullmatch(line):
        digits = re.split(r"\s{2,}", found[2])[0]  # behind two spaces stands the text form
        data = plain_hex(digits)
    elif found := _OFFSET_TEXT.fullmatch(line) or _OFFSET_BYTES.fullmatch(line):
        data = bytes.fromhex(found[2])
    else:
        return None
    offset = int(found[1], 16)
    return (offset, data) if data is not None and offset in (0, so_far) else None
