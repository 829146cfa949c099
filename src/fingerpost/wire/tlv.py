"""The option lists of IPv4 (RFC 791 3.1) and TCP (RFC 9293 3.1), which are framed alike.

An option is one byte of kind, and but for kinds 0 and 1 one byte of length, which counts both, and
its data. Kind 0 ends the list, kind 1 fills a gap. A list is padded with zeros to whole words.

Padding that `pad` would add by itself is no option: a list that ends in it decodes without. Only
an end that is followed by more, or by other bytes than zero, is kept, as `EndOfOptions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fingerpost.wire.fields import at_most

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost.wire.reader import Reader

WORD = 4
END, GAP = 0, 1
LONGEST_LIST = 40
LONGEST_DATA = LONGEST_LIST - 2


@dataclass(frozen=True, slots=True)
class EndOfOptions:
    """The end of the list, and the bytes between it and the end of the header."""

    padding: bytes = b""
    kind: ClassVar[int] = END

    def encode(self) -> bytes:
        """Give the end and what follows it."""
        return b"\0" + self.padding


@dataclass(frozen=True, slots=True)
class NoOperation:
    """One byte that fills a gap between options."""

    kind: ClassVar[int] = GAP

    def encode(self) -> bytes:
        """Give the one byte."""
        return b"\1"


def split(reader: Reader) -> Iterator[tuple[int, Reader | EndOfOptions | NoOperation]]:
    """Give each option's kind and its data, to be read by whoever knows the kind.

    Raises `DecodeError` that points at a length that is too small or passes the end.
    """
    while reader:
        start = reader.at
        kind = reader.u8("option kind")
        if kind == END:
            padding = reader.rest()
            if any(padding) or len(padding) + 1 != -start % WORD:
                yield kind, EndOfOptions(padding)
        elif kind == GAP:
            yield kind, NoOperation()
        else:
            length = reader.u8("option length")
            if not 2 <= length <= reader.remaining + 2:
                reader.refuse("option length", length, f"2 to {reader.remaining + 2}")
            yield kind, reader.sub(length - 2, "option data")


def join(options: Iterable[bytes], field: str) -> bytes:
    """Give the options one after the other and padded; raises `UsageError` beyond 40 bytes."""
    data = b"".join(options)
    return at_most(data + bytes(-len(data) % WORD), LONGEST_LIST, field)


def framed(kind: int, data: bytes, field: str) -> bytes:
    """Give an option of this kind; raises `UsageError` for data that no header has room for."""
    at_most(data, LONGEST_DATA, field)
    return bytes((kind, len(data) + 2)) + data
