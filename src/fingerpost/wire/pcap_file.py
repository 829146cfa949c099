"""The classic capture format: one link type, packets with times in micro- or nanoseconds.

    file    magic 4 | version 2.4 | zeros 8 | longest 4 | link type 4
    packet  seconds 4 | fraction 4 | length here 4 | length on the wire 4 | bytes

The magic number gives byte order and unit of the fraction (draft-ietf-opsawg-pcap).
"""

from __future__ import annotations

from struct import Struct
from typing import IO, TYPE_CHECKING, Literal

from fingerpost.wire.captured import (
    ETHERNET,
    LONGEST_FRAME,
    NS_PER_S,
    Captured,
    Stream,
    check_frame,
)
from fingerpost.wire.fields import unfit, unsigned

if TYPE_CHECKING:
    from collections.abc import Iterator

MICROSECONDS, NANOSECONDS = 0xA1B2C3D4, 0xA1B23C4D
# magic as it stands in the file: byte order for struct, nanoseconds in a unit of the fraction
MAGICS = {
    Struct(sign + "I").pack(magic): (sign, unit)
    for magic, unit in ((MICROSECONDS, 1000), (NANOSECONDS, 1))
    for sign in "<>"
}
_FILE_REST = "HHIIII"
_PACKET = "IIII"
LINK_TYPE_BITS = 0xFFFF  # above them stands the length of the frame check sequence


class PcapWriter:
    """Writes a capture of one link type to a binary file that is handed in, and stays open."""

    def __init__(
        self,
        file: IO[bytes],
        linktype: int = ETHERNET,
        *,
        nanoseconds: bool = True,
        byteorder: Literal["little", "big"] = "little",
    ) -> None:
        """Write the file's header. Without `nanoseconds`, times are cut to microseconds."""
        sign = "<" if byteorder == "little" else ">"
        magic = NANOSECONDS if nanoseconds else MICROSECONDS
        unsigned(linktype, 16, "linktype")
        self._file = file
        self._unit = 1 if nanoseconds else 1000
        self._packet = Struct(sign + _PACKET)
        file.write(Struct(f"{sign}I{_FILE_REST}").pack(magic, 2, 4, 0, 0, LONGEST_FRAME, linktype))

    def write(
        self,
        instant_ns: int,
        frame: bytes,
        interface: int | str = 0,
        comment: str | None = None,
        *,
        original_length: int | None = None,
    ) -> None:
        """Write one packet. The format has no place for interface and comment: they are left out.

        Raises `UsageError` for an instant before 1970 or after 2106, and for an endless frame.
        """
        del interface, comment
        length = check_frame(frame, original_length)
        seconds, rest = divmod(instant_ns, NS_PER_S)
        if not 0 <= seconds < 1 << 32:
            unfit("instant_ns", instant_ns, "an instant from 1970 to 2106")
        self._file.write(self._packet.pack(seconds, rest // self._unit, len(frame), length) + frame)


def read_classic(stream: Stream, magic: bytes) -> Iterator[Captured]:
    """Give the packets behind a magic number that is read already.

    Raises `DecodeError` at the first record that is cut or longer than `LONGEST_FRAME`.
    """
    sign, unit = MAGICS[magic]
    rest = Struct(sign + _FILE_REST)
    major, minor, _, _, _, link = rest.unpack(stream.read(rest.size, "file header"))
    if (major, minor) != (2, 4):
        stream.refuse("version", f"{major}.{minor}", "2.4", at=4)
    packet = Struct(sign + _PACKET)
    linktype = link & LINK_TYPE_BITS
    while header := stream.read(packet.size, "packet header", may_end=True):
        seconds, fraction, here, original = packet.unpack(header)
        if here > LONGEST_FRAME:
            stream.refuse("packet length", here, f"at most {LONGEST_FRAME}", at=stream.at - 8)
        data = stream.read(here, "packet")
        yield Captured(seconds * NS_PER_S + fraction * unit, data, original, linktype)
