"""Attributes of rtnetlink that say where a route leads: written and read.

```text
attribute    u16 length, head included   u16 kind   payload, padded to four bytes
rtnexthop    u16 length   u8 flags   u8 weight - 1   i32 interface   attributes
```

rtnetlink(7); numbers are in the byte order of the machine, addresses in network order. These run
once for each way, not for each route: the routes are Rust's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fingerpost.addr import Address
from fingerpost.errors import DecodeError

RTA_OIF = 4
RTA_GATEWAY = 5
RTA_MULTIPATH = 9
RTA_VIA = 18
RTA_NH_ID = 30
FAMILIES = {4: 2, 6: 10}  # AF_INET, AF_INET6
ON_LINK = 4  # RTNH_F_ONLINK: in the flags of a route, of a next hop or of a nexthop object
MAX_WEIGHT = 256
NO_INTERFACE = 0x7FFFFFFF  # no interface has it: the kernel refuses with ENODEV

_HEAD = struct.Struct("=HH")
_HOP = struct.Struct("=HBBi")
_NUMBER = struct.Struct("=I")
_TAIL = struct.Struct("=BBBBI")


@dataclass(frozen=True, slots=True)
class Hop:
    """One next hop as the kernel knows it; `interface` is its index, 0: for the kernel to find."""

    interface: int
    gateway: Address | None = None
    weight: int = 1
    is_onlink: bool = False


@dataclass(frozen=True, slots=True)
class Tail:
    """What tells routes apart beside their prefix; see the core's `dump`."""

    version: int
    kind: int
    tos: int
    metric: int
    nexthop: int = 0
    hops: tuple[Hop, ...] = ()


def attribute(kind: int, payload: bytes) -> bytes:
    """One attribute, padded."""
    return _HEAD.pack(4 + len(payload), kind) + payload + bytes(-len(payload) % 4)


def u32(kind: int, value: int) -> bytes:
    """An attribute that is a u32."""
    return attribute(kind, _NUMBER.pack(value))


def read(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and payload of each attribute; `DecodeError` where one does not fit."""
    at = 0
    while at < len(octets):
        length, kind = _HEAD.unpack_from(octets, at) if at + 4 <= len(octets) else (0, 0)
        if length < 4 or at + length > len(octets):
            raise _malformed("attribute", at, length, f"4 to {len(octets) - at}")
        yield kind & 0x3FFF, octets[at + 4 : at + length]
        at += -(-length // 4) * 4


def read_u32(payload: bytes) -> int:
    """The u32 that an attribute holds; `DecodeError` where it has another size."""
    if len(payload) != 4:
        raise _malformed("number", 0, len(payload), "4")
    value: int = _NUMBER.unpack(payload)[0]
    return value


def of_hop(version: int, hop: Hop) -> bytes:
    """Interface and gateway of one next hop of an IPv4 or IPv6 route (RFC 8950: RTA_VIA)."""
    octets = u32(RTA_OIF, hop.interface) if hop.interface else b""
    if hop.gateway is None:
        return octets
    if hop.gateway.version == version:
        return octets + attribute(RTA_GATEWAY, hop.gateway.packed)
    family = struct.pack("=H", FAMILIES[hop.gateway.version])
    return octets + attribute(RTA_VIA, family + hop.gateway.packed)


def flags_of(hop: Hop) -> int:
    """The flags of one next hop, wherever it stands."""
    return ON_LINK if hop.is_onlink else 0


def of_hops(version: int, hops: Iterable[Hop]) -> bytes:
    """The attributes of a route with these next hops, without nexthop object.

    The flags of a single one belong into the head of the route.
    """
    several = tuple(hops)
    if len(several) == 1:
        return of_hop(version, several[0])
    parts = []
    for hop in several:
        inner = of_hop(version, Hop(0, hop.gateway))
        length = _HOP.size + len(inner)
        parts.append(_HOP.pack(length, flags_of(hop), hop.weight - 1, hop.interface) + inner)
    return attribute(RTA_MULTIPATH, b"".join(parts))


def read_tail(octets: bytes) -> Tail:
    """A tail from its bytes; `DecodeError` where they are none."""
    if len(octets) < _TAIL.size:
        raise _malformed("tail", 0, len(octets), f"{_TAIL.size} or more")
    family, kind, tos, flags, metric = _TAIL.unpack_from(octets)
    version = 6 if family == FAMILIES[6] else 4
    nexthop, interface, gateway = 0, 0, None
    several: tuple[Hop, ...] = ()
    for kind_of, payload in read(octets[_TAIL.size :]):
        if kind_of == RTA_NH_ID:
            nexthop = read_u32(payload)
        elif kind_of == RTA_OIF:
            interface = read_u32(payload)
        elif kind_of == RTA_MULTIPATH:
            several = tuple(_read_hops(payload))
        else:
            gateway = _read_gateway(kind_of, payload) or gateway
    has_way = interface or gateway is not None
    single = (Hop(interface, gateway, 1, bool(flags & ON_LINK)),) if has_way else ()
    return Tail(version, kind, tos, metric, nexthop, several or single)


def _read_hops(octets: bytes) -> Iterator[Hop]:
    at = 0
    while at < len(octets):
        rest = len(octets) - at
        length, flags, weight, interface = (
            _HOP.unpack_from(octets, at) if rest >= _HOP.size else (0, 0, 0, 0)
        )
        if not _HOP.size <= length <= rest:
            raise _malformed("next hop", at, length, f"{_HOP.size} to {rest}")
        gateway = None
        for kind, payload in read(octets[at + _HOP.size : at + length]):
            gateway = _read_gateway(kind, payload) or gateway
        yield Hop(interface, gateway, weight + 1, bool(flags & ON_LINK))
        at += -(-length // 4) * 4


def _read_gateway(kind: int, payload: bytes) -> Address | None:
    octets = payload[2:] if kind == RTA_VIA else payload
    if kind not in (RTA_GATEWAY, RTA_VIA):
        return None
    if len(octets) not in (4, 16):
        raise _malformed("gateway", 0, len(octets), "4 or 16")
    return Address(octets)


def _malformed(what: str, offset: int, length: int, right: str) -> DecodeError:
    return DecodeError(
        f"{what} at offset {offset} has {length} bytes; {right} would be right",
        layer="rtnetlink",
        offset=offset,
        field=what,
        value=length,
        section="RFC 3549 2.2",
    )
