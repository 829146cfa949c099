"""Routes of EVPN (RFC 7432 7, RFC 9136 3): type (8), length (8), and what the type says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fingerpost.addr import Address
from fingerpost.bgp.nlri.framing import LAYER
from fingerpost.bgp.nlri.labeled import rd_text
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

_NAMES: Final = {
    1: "ethernet auto-discovery",
    2: "mac-ip",
    3: "inclusive multicast",
    4: "ethernet segment",
    5: "ip prefix",
}


@dataclass(frozen=True, slots=True)
class EvpnRoute:
    """A route, as `fields` of name and text in the order of the wire; `kind` as it came."""

    kind: int
    fields: tuple[tuple[str, str], ...]

    @classmethod
    def decode(cls, octets: bytes) -> EvpnRoute:
        """Read a route; one of a type that nobody knows is bytes. Raises `DecodeError`."""
        reader = Reader(octets, LAYER, section="RFC 7432 7")
        kind = reader.u8("route type")
        inner = reader.sub(reader.u8("route length"), "route")
        reader.finish("route")
        read = _READERS.get(kind)
        if read is None:
            return cls(kind, (("bytes", inner.rest().hex()),))
        fields = (("rd", rd_text(inner.take(8, "route distinguisher"))), *read(inner))
        inner.finish("route")
        return cls(kind, tuple(one for one in fields if one[1]))

    def __str__(self) -> str:
        """For people: "mac-ip rd 65000:1 mac 02:00:00:00:00:01 label 100"."""
        name = _NAMES.get(self.kind, f"type {self.kind}")
        return " ".join((name, *(f"{what} {text}" for what, text in self.fields)))


_Fields = tuple[tuple[str, str], ...]


def _esi(reader: Reader) -> tuple[str, str]:
    octets = reader.take(10, "ethernet segment")
    return "esi", octets.hex(":") if any(octets) else ""


def _tag(reader: Reader) -> tuple[str, str]:
    tag = reader.u32("ethernet tag")
    return "tag", str(tag) if tag else ""


def _label(reader: Reader) -> tuple[str, str]:
    return "label", str(int.from_bytes(reader.take(3, "label"), "big") >> 4)


def _address(reader: Reader, what: str, lengths: tuple[int, ...]) -> tuple[str, str]:
    bits = reader.u8(f"{what} length")
    if bits not in lengths:
        reader.refuse(f"{what} length", bits, " or ".join(map(str, lengths)))
    return what, str(Address(reader.take(bits // 8, what))) if bits else ""


def _discovery(reader: Reader) -> _Fields:
    return _esi(reader), _tag(reader), _label(reader)


def _mac_ip(reader: Reader) -> _Fields:
    fields = [_esi(reader), _tag(reader)]
    bits = reader.u8("mac length")
    if bits != 48:
        reader.refuse("mac length", bits, "48")
    fields += [("mac", str(reader.mac("mac"))), _address(reader, "address", (0, 32, 128))]
    fields.append(_label(reader))
    if reader:
        fields.append(_label(reader))
    return tuple(fields)


def _multicast(reader: Reader) -> _Fields:
    return _tag(reader), _address(reader, "originator", (32, 128))


def _segment(reader: Reader) -> _Fields:
    return _esi(reader), _address(reader, "originator", (32, 128))


def _prefix(reader: Reader) -> _Fields:
    fields = [_esi(reader), _tag(reader)]
    bits = reader.u8("prefix length")
    size = 4 if reader.remaining == 4 + 4 + 3 else 16
    prefix = f"{Address(reader.take(size, 'prefix'))}/{bits}"
    gateway = reader.take(size, "gateway")
    shown = str(Address(gateway)) if any(gateway) else ""
    return (*fields, ("prefix", prefix), ("gateway", shown), _label(reader))


_READERS: Final[dict[int, Callable[[Reader], _Fields]]] = {
    1: _discovery,
    2: _mac_ip,
    3: _multicast,
    4: _segment,
    5: _prefix,
}
