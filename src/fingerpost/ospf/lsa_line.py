"""An LSA in one line: what it is, whose, how old."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.ospf.lsa.header import LsaKey, read_header
from fingerpost.ospf.lsa.types import LsaTypeV2, LsaTypeV3
from fingerpost.ospf.text import dotted
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from fingerpost._core import _OspfLsa
    from fingerpost.ospf.machine import Ospf


def type_name(kind: int, version: int) -> str:
    """The name of a type: "router", "inter-area-prefix"; its number where it has none."""
    try:
        held = LsaTypeV2(kind) if version == 2 else LsaTypeV3(kind)
    except ValueError:
        return f"type-{kind}" if version == 2 else f"type-0x{kind:04x}"
    return held.name.lower().replace("_", "-")


TYPE_NAMES = tuple(
    dict.fromkeys(
        [type_name(kind, 2) for kind in LsaTypeV2] + [type_name(kind, 3) for kind in LsaTypeV3]
    )
)


@dataclass(frozen=True, slots=True)
class LsaLine:
    """Header of an LSA as it stands in the database; `type` is its name."""

    version: int
    type: str
    id: int
    router: int
    sequence: int
    age_s: int
    checksum: int
    length: int

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {
            "type": self.type,
            "id": dotted(self.id),
            "router": dotted(self.router),
            "sequence": f"0x{self.sequence & 0xFFFFFFFF:08x}",
            "age_s": self.age_s,
            "checksum": f"0x{self.checksum:04x}",
            "length": self.length,
            "text": str(self),
        }

    def __str__(self) -> str:
        """In words."""
        sequence = f"sequence 0x{self.sequence & 0xFFFFFFFF:08x}"
        who = f"{self.type}-LSA {dotted(self.id)} of {dotted(self.router)}"
        return f"{who}, {sequence}, age {self.age_s} s"


def line_of(lsa: bytes, version: int) -> LsaLine:
    """The line of an LSA of the database."""
    header = read_header(Reader(lsa, "LSA"), version)
    return LsaLine(
        version,
        type_name(header.type, version),
        header.id,
        header.router,
        header.sequence,
        header.age,
        header.checksum,
        header.length,
    )


def lsa_line(ospf: Ospf, place: _OspfLsa) -> LsaLine | None:
    """The line of an LSA by its place; None where the database has it no more."""
    scope, kind, number, router = place
    found = ospf.database.find(scope, LsaKey(kind, number, router), ospf.now)
    return None if found is None else line_of(found, ospf.version)
