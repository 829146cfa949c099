"""Where the fields of a fixed header stand, written as its picture reads: `Layout("type:8 ...")`.

One field a word, in order: `name:bits`, `name:bits:x` for hex digits, or `name:ip4`, `name:ip6`,
`name:mac`, and `name:*` for all the rest as bytes. One bit is yes or no. `_` is reserved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fingerpost.addr import Address
from fingerpost.wire.dissect.tree import Field
from fingerpost.wire.dissect.words import hex_text
from fingerpost.wire.mac import Mac

_SIZES = {"ip4": 32, "ip6": 128, "mac": 48}
_TEXTS: dict[str, Callable[[bytes], str]] = {
    "ip4": lambda octets: str(Address(octets)),
    "ip6": lambda octets: str(Address(octets)),
    "mac": lambda octets: str(Mac.of_octets(octets)),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One field: `bit` and `bits` from the header's first, `form` as in the picture."""

    name: str
    bit: int
    bits: int
    form: str
    text: Callable[[int], str] | None

    def read(self, packet: bytes, start: int) -> Field:
        """Read the field of a header that begins at `start`; the caller knows that it fits."""
        first, last = start + self.bit // 8, start + (self.bit + self.bits + 7) // 8
        octets = packet[first:last]
        if self.form in _TEXTS:
            text = _TEXTS[self.form](octets)
            return Field(self.name, text, text, first, last - first)
        shift = -(self.bit + self.bits) % 8
        number = int.from_bytes(octets, "big") >> shift & (1 << self.bits) - 1
        if self.bits == 1:
            return Field(self.name, bool(number), "yes" if number else "no", first, 1)
        return Field(self.name, number, self._text(number), first, last - first)

    def _text(self, number: int) -> str:
        if self.text is not None:
            return self.text(number)
        return f"0x{number:0{self.bits // 4}x}" if self.form == "x" else str(number)


class Layout:
    """The fields of a fixed header."""

    def __init__(self, picture: str, /, **texts: Callable[[int], str]) -> None:
        """Read the picture; `texts` say how numbers are written, by field."""
        self.rows: list[Row] = []
        self.rest: str | None = None
        bit = 0
        for word in picture.split():
            name, size, form = (*word.split(":"), "")[:3]
            if size == "*":
                self.rest = name
                break
            bits = _SIZES.get(size) or int(size)
            if name != "_":
                kind = size if size in _SIZES else form
                self.rows.append(Row(name, bit, bits, kind, texts.get(name)))
            bit += bits
        self.size = bit // 8

    def read(self, packet: bytes, start: int, end: int) -> list[Field]:
        """Give the fields that are there in full between `start` and `end`."""
        room = 8 * (end - start)
        found = [row.read(packet, start) for row in self.rows if row.bit + row.bits <= room]
        if self.rest is not None and end > start + self.size:
            found.append(octets_field(self.rest, packet, start + self.size, end))
        return found


def octets_field(name: str, packet: bytes, start: int, end: int) -> Field:
    """Give bytes as a field."""
    octets = packet[start:end]
    return Field(name, octets.hex(), hex_text(octets), start, end - start)
