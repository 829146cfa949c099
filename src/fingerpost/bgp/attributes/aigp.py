"""AIGP (RFC 7311 3): TLVs of type (8), length of all (16), value; type 1 is the metric (64)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from fingerpost.bgp.attributes.attribute import NOT_PASSED_ON, Type
from fingerpost.wire.fields import unsigned

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

METRIC: Final = 1
_MOST: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Aigp:
    """The metric of all IGPs along the path, added up; `tlvs` of type and value, in order."""

    tlvs: tuple[tuple[int, bytes], ...]
    code: ClassVar[int] = Type.AIGP
    flags: ClassVar[int] = NOT_PASSED_ON

    @classmethod
    def of(cls, metric: int) -> Aigp:
        """Just a metric."""
        return cls(((METRIC, unsigned(metric, 64, "AIGP").to_bytes(8, "big")),))

    @property
    def metric(self) -> int | None:
        """That of the first TLV of its type (RFC 7311 3)."""
        octets = next((value for kind, value in self.tlvs if kind == METRIC), None)
        return None if octets is None else int.from_bytes(octets, "big")

    def raised(self, by: int) -> Aigp:
        """With so much added to the metric, which stays the highest beyond that (RFC 7311 3)."""
        made, is_raised = [], False
        for kind, value in self.tlvs:
            if kind == METRIC and not is_raised:
                is_raised = True
                raised = min(int.from_bytes(value, "big") + by, _MOST)
                made.append((kind, raised.to_bytes(8, "big")))
            else:
                made.append((kind, value))
        return Aigp(tuple(made))

    @classmethod
    def read(cls, reader: Reader, flags: int) -> Aigp:
        """Read the value."""
        del flags
        if not reader:
            reader.refuse("AIGP", "0 octets long", "3 octets or more", "RFC 7311 3")
        tlvs = []
        while reader:
            kind = reader.u8("AIGP type")
            length = reader.u16("AIGP length")
            if length < 3 or (kind == METRIC and length != 11):
                reader.refuse("AIGP length", length, "11, or 3 and more", "RFC 7311 3")
            tlvs.append((kind, reader.take(length - 3, "AIGP value")))
        return cls(tuple(tlvs))

    def value(self) -> bytes:
        """As bytes of the wire."""
        return b"".join(
            bytes((kind,)) + (len(value) + 3).to_bytes(2, "big") + value
            for kind, value in self.tlvs
        )

    def __str__(self) -> str:
        """The metric."""
        return str(self.metric) if self.metric is not None else "no metric"
