"""Where `fingerpost decode` takes packets from: hex on the command line, texts, capture files."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from fingerpost.cli.hex_dumps import plain_hex, read_hex
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from fingerpost.wire.pcap import Captured

MAGICS = {
    *(bytes.fromhex(magic) for magic in ("a1b2c3d4", "d4c3b2a1", "a1b23c4d", "4d3cb2a1")),
    bytes.fromhex("0a0d0d0a"),
}
BMP_BEGINS = b"\3\0\0"
"""Version 3, and the first octets of a length; no text begins so."""
SHOWN = 256
STANDARD_INPUT = "standard input"


@dataclass(frozen=True, slots=True)
class Found:
    """A packet and where it was; or, with `bad`, a line that is none.

    `captured` is there for packets of capture files; texts have a `line`. `link` is what the data
    is known to begin with, one of `BARE`.
    """

    data: bytes
    source: str
    line: int | None = None
    captured: Captured | None = None
    bad: str | None = None
    link: int | None = None


def packets_of(inputs: tuple[str, ...]) -> Iterator[Found]:
    """Give the packets of all inputs in order; without any, those of standard input.

    An input is a file that exists, `-`, or hex. Hex inputs that stand together are one packet.
    """
    words: list[str] = []
    for word in inputs or ("-",):
        if word != "-" and not os.path.exists(word):  # noqa: PTH110 - Path fails for long hex
            words.append(word)
            continue
        yield from _from_words(words)
        words = []
        with _opened(word) as file:
            yield from _from_file(file, STANDARD_INPUT if word == "-" else word)
    yield from _from_words(words)


def _from_words(words: list[str]) -> Iterator[Found]:
    if not words:
        return
    for word in words:
        if plain_hex(f"{word} {word}") is None:  # twice: a word may be half a byte
            raise UsageError(f"{word!r} is neither a file nor hex digits")
    data = plain_hex(" ".join(words))
    if data is None:
        raise UsageError("an odd number of hex digits: a byte has two")
    yield Found(data, "argument")


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        yield file


def _from_file(file: BinaryIO, name: str) -> Iterator[Found]:
    begun = Begun(file)
    if begun.first in MAGICS:
        from fingerpost.wire.pcap import read

        for captured in read(cast("IO[bytes]", begun)):
            yield Found(captured.data, name, captured=captured)
        return
    if begun.first[:3] == BMP_BEGINS:
        yield from _messages(begun, name)
        return
    text = io.TextIOWrapper(io.BufferedReader(begun), "utf-8", "replace")
    for one in read_hex(text):
        yield Found(one.data, name, one.line, bad=one.bad)
    text.detach().detach()


def _messages(file: Begun, name: str) -> Iterator[Found]:
    """What a station kept: messages of BMP one after the other; the last may be cut."""
    from fingerpost.bmp.constants import COMMON
    from fingerpost.bmp.framing import message_length
    from fingerpost.cli.dissectors import BARE
    from fingerpost.errors import DecodeError

    reader = io.BufferedReader(file)
    while head := reader.read(COMMON):
        rest = b""
        if len(head) == COMMON:
            try:
                rest = reader.read(message_length(head) - COMMON)
            except DecodeError:  # nobody knows where the next one begins
                yield Found(head + reader.read(SHOWN), name, link=BARE["bmp"])
                break
        yield Found(head + rest, name, link=BARE["bmp"])
    reader.detach()


class Begun(io.RawIOBase):
    """A file whose first four bytes have been looked at; a pipe cannot be wound back."""

    def __init__(self, file: BinaryIO) -> None:
        """Look at the first bytes."""
        self._file = file
        self.first = b""
        while len(self.first) < 4 and (part := file.read(4 - len(self.first))):
            self.first += part
        self._ahead = self.first

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` bytes, those that were looked at first."""
        if not self._ahead:
            return self._file.read(size)
        cut = len(self._ahead) if size < 0 else size
        taken, self._ahead = self._ahead[:cut], self._ahead[cut:]
        return taken if size >= 0 else taken + self._file.read()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer will do
        """Read into a buffer."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
