"""What both capture formats share: the packet that a reader gives, and the limits it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, NoReturn

from fingerpost.errors import DecodeError
from fingerpost.wire.fields import unfit

ETHERNET = 1
"""The link type of Ethernet (LINKTYPE_ETHERNET)."""
RAW_IP = 101
"""The link type of packets that begin with an IPv4 or IPv6 header (LINKTYPE_RAW)."""
LONGEST_FRAME = 262_144
"""The longest frame that is read: libpcap's own limit. A file that says more is broken."""
PIECE = 65_536
NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Captured:
    """One packet of a capture file.

    `instant_ns` counts from 1970 as the file does; None where the block has no time (simple packet
    blocks). `data` may be cut: `original_length` is what was on the wire. `interface` is the number
    of the interface in its section, `interface_name` its name where the file gives one.
    """

    instant_ns: int | None
    data: bytes
    original_length: int
    linktype: int = ETHERNET
    interface: int = 0
    comment: str | None = None
    interface_name: str | None = None

    @property
    def is_cut(self) -> bool:
        """Tell whether the capture has only the packet's beginning."""
        return len(self.data) < self.original_length


class Stream:
    """Reads a file front to back, and knows where it is when something is wrong."""

    __slots__ = ("at", "file", "layer")

    def __init__(self, file: IO[bytes], layer: str) -> None:
        """Begin where the file stands."""
        self.file = file
        self.layer = layer
        self.at = 0

    def read(self, n: int, field: str, *, may_end: bool = False) -> bytes:
        """Read exactly `n` bytes; with `may_end`, nothing at all at the file's end.

        Raises `DecodeError` for a file that ends in between. The caller has bounded `n`.
        """
        parts = []
        missing = n
        while missing and (part := self.file.read(missing)):
            parts.append(part)
            missing -= len(part)
        data = b"".join(parts)
        if missing and not (may_end and not data):
            self.refuse(field, f"{len(data)} bytes long", f"{n} bytes; the file is cut")
        self.at += len(data)
        return data

    def skip(self, n: int, field: str) -> None:
        """Pass over `n` bytes, holding a few of them at a time."""
        while n:
            n -= len(self.read(min(n, PIECE), field))

    def refuse(
        self, field: str, value: object, expected: str, *, at: int | None = None
    ) -> NoReturn:
        """Raise the `DecodeError` for a value at the current offset of the file, or at `at`."""
        offset = self.at if at is None else at
        raise DecodeError(
            f"{self.layer}, offset {offset}: {field} is {value}, expected {expected}",
            layer=self.layer,
            offset=offset,
            field=field,
            value=value,
        )


def check_frame(frame: bytes, original_length: int | None) -> int:
    """Give a frame's length on the wire; raises `UsageError` for one that no reader takes."""
    if len(frame) > LONGEST_FRAME:
        unfit("frame length", len(frame), f"at most {LONGEST_FRAME}")
    length = len(frame) if original_length is None else original_length
    if not len(frame) <= length < 1 << 32:
        unfit("original_length", length, f"{len(frame)} or more, below 4294967296")
    return length
