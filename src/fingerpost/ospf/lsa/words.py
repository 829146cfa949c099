"""Lists of ids, and numbers of 24 bits, which many bodies hold."""

from __future__ import annotations

from struct import unpack
from typing import TYPE_CHECKING

from fingerpost.wire.fields import unsigned

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

LOW = 0xFFFFFF


def read_words(reader: Reader, field: str) -> tuple[int, ...]:
    """Read numbers of 32 bits to the end."""
    left = reader.remaining
    if left % 4:
        reader.refuse(field, f"{left} bytes long", "a multiple of 4", at=reader.at)
    return unpack(f"!{left >> 2}I", reader.rest())


def under(high: int, low: int, field: str) -> int:
    """Give a word of 8 and 24 bits; raises `UsageError` where the 24 do not fit."""
    return high << 24 | unsigned(low, 24, field)
