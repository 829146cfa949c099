"""Flow specifications (RFC 8955 4.2, RFC 8956 3): which packets a rule is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fingerpost.addr import Address
from fingerpost.bgp.constants import Afi
from fingerpost.bgp.nlri.framing import LAYER
from fingerpost.bgp.nlri.labeled import rd_text
from fingerpost.bgp.nlri.unicast import read_prefix
from fingerpost.wire.reader import Reader

_NAMES: Final = {
    1: "destination",
    2: "source",
    3: "protocol",
    4: "port",
    5: "destination-port",
    6: "source-port",
    7: "icmp-type",
    8: "icmp-code",
    9: "tcp-flags",
    10: "length",
    11: "dscp",
    12: "fragment",
    13: "flow-label",
}
_PREFIXES: Final = (1, 2)
_BITMASKS: Final = (9, 12)
_END, _AND = 0x80, 0x40
# by the bits lt 4, gt 2, eq 1 (RFC 8955 4.2.1.1)
_COMPARED: Final = ("false", "=", ">", ">=", "<", "<=", "!=", "true")
_MATCHED: Final = {0: "", 1: "=", 2: "!", 3: "!="}


@dataclass(frozen=True, slots=True)
class FlowRule:
    """What packets have to have, all of it: name and text of each component."""

    rd: bytes | None
    components: tuple[tuple[str, str], ...]

    @classmethod
    def decode(cls, octets: bytes, afi: int, *, has_rd: bool = False) -> FlowRule:
        """Read a rule with its length; raises `DecodeError`."""
        reader = Reader(octets, LAYER, section="RFC 8955 4")
        first = reader.u8("length")
        length = (first & 0x0F) << 8 | reader.u8("length") if first >= 0xF0 else first
        inner = reader.sub(length, "rule")
        reader.finish("rule")
        rd = inner.take(8, "route distinguisher") if has_rd else None
        components = []
        while inner:
            kind = inner.u8("component")
            if kind not in _NAMES:
                inner.refuse("component", kind, "1 to 13", "RFC 8955 4.2")
            text = _prefix(inner, afi) if kind in _PREFIXES else _operators(inner, kind)
            components.append((_NAMES[kind], text))
        return cls(rd, tuple(components))

    def __str__(self) -> str:
        """For people: "destination 192.0.2.0/24, protocol =6, port >=80&<=90"."""
        lead = [] if self.rd is None else [f"rd {rd_text(self.rd)}"]
        return ", ".join(lead + [f"{name} {text}" for name, text in self.components]) or "any"


def _prefix(reader: Reader, afi: int) -> str:
    length = reader.u8("prefix length")
    if afi != Afi.IPV6:
        return str(read_prefix(reader, afi, length))
    offset = reader.u8("prefix offset")
    if offset > length or length > 128:
        reader.refuse("prefix offset", offset, f"at most {min(length, 128)}", "RFC 8956 3.1")
    # the pattern begins behind the offset
    bits = length - offset
    pattern = int.from_bytes(reader.take((bits + 7) // 8, "prefix"), "big") >> -bits % 8
    address = Address((pattern << (128 - length)).to_bytes(16, "big"))
    return f"{address}/{offset}-{length}" if offset else f"{address}/{length}"


def _operators(reader: Reader, kind: int) -> str:
    text = ""
    while True:
        operator = reader.u8("operator")
        value = int.from_bytes(reader.take(1 << (operator >> 4 & 3), "value"), "big")
        between = ("&" if operator & _AND else "|") if text else ""
        if kind in _BITMASKS:
            said = f"{_MATCHED[operator & 3]}0x{value:x}"
        else:
            compared = _COMPARED[operator & 7]
            said = compared if compared in ("true", "false") else f"{compared}{value}"
        text += between + said
        if operator & _END:
            return text
