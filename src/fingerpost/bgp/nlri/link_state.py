"""What link state routing knows, as NLRI (RFC 9552 5.2): nodes, links, prefixes.

Type (16), length (16), protocol (8), instance (64), then TLVs of type (16) and length (16).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fingerpost.addr import Address
from fingerpost.bgp.nlri.framing import LAYER
from fingerpost.errors import DecodeError
from fingerpost.wire.reader import Reader

_KINDS: Final = {1: "node", 2: "link", 3: "prefix", 4: "prefix6", 6: "srv6-sid"}
_PROTOCOLS: Final = {
    1: "isis-1",
    2: "isis-2",
    3: "ospf",
    4: "direct",
    5: "static",
    6: "ospf3",
    7: "bgp",
}
_NODES: Final = {256: "local", 257: "remote"}
_NUMBERS: Final = {512: "as", 513: "bgp-ls-id", 514: "area", 517: "member-as"}
_ADDRESSES: Final = {259: "interface", 260: "neighbor", 261: "interface", 262: "neighbor"}
_ROUTER_ID: Final = 515
_LINK_IDS: Final = 258
_TOPOLOGY: Final = 263
_OSPF_TYPE: Final = 264
_REACHABLE: Final = 265


@dataclass(frozen=True, slots=True)
class LinkState:
    """A node, link or prefix: what names it, as words, in the order of the wire."""

    kind: int
    protocol: int
    instance: int
    words: tuple[str, ...]

    @classmethod
    def decode(cls, octets: bytes) -> LinkState:
        """Read one; raises `DecodeError`."""
        reader = Reader(octets, LAYER, section="RFC 9552 5.2")
        kind = reader.u16("type")
        inner = reader.sub(reader.u16("length"), "value")
        reader.finish("value")
        if kind not in _KINDS:
            return cls(kind, 0, 0, (inner.rest().hex(),))
        protocol, instance = inner.u8("protocol"), inner.u64("instance")
        return cls(kind, protocol, instance, _tlvs(inner, kind))

    def __str__(self) -> str:
        """For people: "node ospf local as 65000 area 0 router 192.0.2.1"."""
        kind = _KINDS.get(self.kind, f"type {self.kind}")
        protocol = _PROTOCOLS.get(self.protocol, f"protocol {self.protocol}")
        instance = f" instance {self.instance}" if self.instance else ""
        return " ".join((kind, protocol + instance, *self.words))


def _tlvs(reader: Reader, kind: int) -> tuple[str, ...]:
    words: list[str] = []
    while reader:
        code = reader.u16("TLV type")
        inner = reader.sub(reader.u16("TLV length"), "TLV")
        if code in _NODES:
            words += [_NODES[code], *_tlvs(inner, kind)]
        else:
            words.append(_words(code, inner, kind))
    return tuple(words)


def _words(code: int, reader: Reader, kind: int) -> str:
    octets = reader.peek(reader.remaining)
    try:
        if code in _NUMBERS:
            return f"{_NUMBERS[code]} {reader.u32(_NUMBERS[code])}"
        if code in _ADDRESSES and len(octets) in (4, 16):
            return f"{_ADDRESSES[code]} {Address(octets)}"
        if code == _ROUTER_ID:
            return f"router {_router_text(octets)}"
        if code == _LINK_IDS:
            return f"ids {reader.u32('local id')}/{reader.u32('remote id')}"
        if code == _TOPOLOGY:
            return f"topology {reader.u16('topology') & 0xFFF}"
        if code == _OSPF_TYPE:
            return f"route-type {reader.u8('route type')}"
        if code == _REACHABLE and kind in (3, 4):
            size = 4 if kind == 3 else 16
            bits = reader.u8("prefix length")
            return f"{Address(reader.rest()[:size].ljust(size, bytes(1)))}/{bits}"
    except DecodeError:
        pass  # shown as it came
    return f"tlv-{code} 0x{octets.hex()}"


def _router_text(octets: bytes) -> str:
    """A router id of OSPF, with that of its network or without; a system id of IS-IS."""
    match len(octets):
        case 4:
            return str(Address(octets))
        case 8:
            return f"{Address(octets[:4])} on {Address(octets[4:])}"
        case 6 | 7:
            system = ".".join(octets[at : at + 2].hex() for at in (0, 2, 4))
            return system + (f".{octets[6]:02x}" if len(octets) == 7 else "")
    return f"0x{octets.hex()}"
