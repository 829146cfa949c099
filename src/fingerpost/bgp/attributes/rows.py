"""Values that are rows of numbers of one size; a value without any is no value (RFC 7606 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.wire.fields import unsigned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.wire.reader import Reader


def read_numbers(reader: Reader, field: str, width: int) -> tuple[int, ...]:
    """Read numbers of `width` octets to the end; raises `DecodeError` for none and for a part."""
    length = reader.remaining
    if not length or length % width:
        what = f"{length} octets long"
        reader.refuse(field, what, f"a multiple of {width} octets", "RFC 7606 7", at=reader.at)
    octets = reader.rest()
    rows = range(0, length, width)
    return tuple(int.from_bytes(octets[at : at + width], "big") for at in rows)


def number_octets(numbers: Iterable[int], field: str, width: int) -> bytes:
    """As bytes of the wire."""
    return b"".join(unsigned(one, 8 * width, field).to_bytes(width, "big") for one in numbers)
