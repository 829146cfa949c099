"""Labels, route distinguishers, and prefixes behind them (RFC 8277 2, RFC 4364 4.1-4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fingerpost.addr import Address, Prefix
from fingerpost.bgp.nlri.framing import LAYER
from fingerpost.bgp.nlri.unicast import read_prefix
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Sequence

_LAST: Final = 0x000001  # bottom of the stack
_WITHDRAWN: Final = (0x800000, 0x000000)  # RFC 8277 2.4
_LABEL_BITS: Final = 24


def rd_text(rd: bytes) -> str:
    """Give a route distinguisher: "65000:1", "192.0.2.1:1", "70000:1", or its digits."""
    kind, high, low = int.from_bytes(rd[:2], "big"), rd[2:6], rd[6:]
    match kind:
        case 0:
            return f"{int.from_bytes(rd[2:4], 'big')}:{int.from_bytes(rd[4:], 'big')}"
        case 1:
            return f"{Address(high)}:{int.from_bytes(low, 'big')}"
        case 2:
            number = int.from_bytes(high, "big")
            return f"{number}{'L' if number <= 0xFFFF else ''}:{int.from_bytes(low, 'big')}"
    return f"0x{rd.hex()}"


def read_labels(reader: Reader) -> tuple[int, ...]:
    """Read labels up to the bottom of the stack, or one that only withdraws."""
    labels = []
    while True:
        three = int.from_bytes(reader.take(3, "label"), "big")
        labels.append(three >> 4)
        if three & _LAST or three in _WITHDRAWN:
            return tuple(labels)


@dataclass(frozen=True, slots=True)
class LabeledPrefix:
    """A prefix with labels; `rd` None: it is of no VPN."""

    labels: tuple[int, ...]
    rd: bytes | None
    prefix: Prefix

    @classmethod
    def decode(cls, octets: bytes, afi: int, *, has_rd: bool) -> LabeledPrefix:
        """Read a prefix of SAFI 4 or 128; raises `DecodeError`."""
        section = "RFC 4364 4.3.4" if has_rd else "RFC 8277 2"
        reader = Reader(octets, LAYER, section=section)
        bits = reader.u8("prefix length")
        labels = read_labels(reader)
        rd = reader.take(8, "route distinguisher") if has_rd else None
        left = bits - _LABEL_BITS * len(labels) - (64 if has_rd else 0)
        if left < 0:
            reader.refuse("prefix length", bits, "more than labels and distinguisher take", at=0)
        prefix = read_prefix(reader, afi, left)
        reader.finish("prefix")
        return cls(labels, rd, prefix)

    def __str__(self) -> str:
        """For people: "10.0.0.0/8 rd 65000:1 label 100"."""
        rd = "" if self.rd is None else f" rd {rd_text(self.rd)}"
        return f"{self.prefix}{rd} {labels_text(self.labels)}"


def labels_text(labels: Sequence[int]) -> str:
    """For people: "label 100", "labels 100/200"."""
    return f"label{'s' if len(labels) > 1 else ''} {'/'.join(map(str, labels))}"
