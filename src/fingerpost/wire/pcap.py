"""Capture files: `read` takes pcap and pcapng, `PcapWriter` and `PcapngWriter` write them.

Files are binary and handed in; they are read and written front to back, so a pipe does as well.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from fingerpost.wire.captured import ETHERNET, LONGEST_FRAME, RAW_IP, Captured, Stream
from fingerpost.wire.pcap_file import MAGICS, PcapWriter, read_classic
from fingerpost.wire.pcapng_read import SECTION_TYPE, read_blocks
from fingerpost.wire.pcapng_write import PcapngWriter

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(file: IO[bytes]) -> Iterator[Captured]:
    """Give the packets of a capture file one by one, in the order of the file.

    Takes pcap with micro- and nanoseconds and pcapng with any number of sections and interfaces,
    each in both byte orders. Raises `DecodeError` (with the offset in the file) at the first thing
    that is wrong, after the packets before it. Holds one packet at a time.
    """
    stream = Stream(file, "pcap")
    magic = stream.read(4, "magic number")
    if magic in MAGICS:
        yield from read_classic(stream, magic)
    elif magic == SECTION_TYPE:
        stream.layer = "pcapng"
        yield from read_blocks(stream)
    else:
        expected = "that of pcap (a1b2c3d4, a1b23c4d, or reversed) or pcapng (0a0d0d0a)"
        stream.refuse("magic number", magic.hex(), expected, at=0)


__all__ = [
    "ETHERNET",
    "LONGEST_FRAME",
    "RAW_IP",
    "Captured",
    "PcapWriter",
    "PcapngWriter",
    "read",
]
