"""NLRI of families that are carried only, parted: what names a route, and what only goes with it.

A label names nothing (RFC 8277 2.4, 2.5, RFC 4364 4.3.4), nor do the Ethernet segment, the gateway
and the labels of EVPN where its routes say so (RFC 7432 7, RFC 9136 3.1): who withdraws may have
others there, and who announces with others replaces. The core keeps what goes with a route among
its attributes, as the value of MP_REACH_NLRI (rust/core/src/bgp/route_key.rs).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bgp.constants import Afi, Safi

if TYPE_CHECKING:
    from fingerpost.bgp.family import Family

_NO_LABEL: Final = b"\x80\0\0"  # RFC 8277 2.4
_SEGMENT: Final = (10, 20)
_LABEL: Final = 3
_IPV4, _IPV6 = (Afi.IPV4, Afi.IPV6)


def part(family: Family, octets: bytes) -> tuple[bytes, bytes]:
    """Give the name of a route, and the octets of it that are no part of that."""
    key = _clear_unused_bits(family, octets)
    found = _layout(family, octets)
    if found is None:
        return key, b""
    parts, tail = found
    rest = b"".join(octets[start:end] for start, end in parts) + octets[tail:]
    made = bytearray(key[:tail])
    for start, end in parts:
        made[start:end] = bytes(end - start)
    if _is_labeled(family):
        made[1:4] = _NO_LABEL
    else:
        made[1] = tail - 2
    return bytes(made), rest


def join(family: Family, key: bytes, rest: bytes) -> bytes:
    """Give a route as it stands in messages from what `part` gave."""
    found = _layout(family, key)
    if found is None or not rest:
        return key
    made = bytearray(key)
    for start, end in found[0]:
        made[start:end], rest = rest[: end - start], rest[end - start :]
    if rest:
        made[1] += len(rest)
    return bytes(made) + rest


def _is_labeled(family: Family) -> bool:
    return family.afi in (_IPV4, _IPV6) and family.safi in (Safi.LABELED, Safi.VPN)


def _layout(family: Family, octets: bytes) -> tuple[tuple[tuple[int, int], ...], int] | None:
    """Where octets stand that name nothing, and where the last of those begin."""
    length = len(octets)
    if _is_labeled(family):
        return (((1, 4),), length) if length >= 4 else None
    if family != (Afi.L2VPN, Safi.EVPN):
        return None
    match octets[0]:
        case 1 if length == 27:
            return ((24, 27),), length
        case 2 if length > 31:
            labels = 32 + octets[31] // 8
            if length in (labels + _LABEL, labels + 2 * _LABEL):
                return (_SEGMENT, (labels, labels + _LABEL)), labels + _LABEL
        case 5 if length == 36:
            return (_SEGMENT, (29, 36)), length
        case 5 if length == 60:
            return (_SEGMENT, (41, 60)), length
    return None


def _clear_unused_bits(family: Family, octets: bytes) -> bytes:
    """RFC 4271 4.3: bits behind the length mean nothing."""
    by_bits = (Safi.MULTICAST, Safi.LABELED, Safi.VPN, 129)
    unused = -octets[0] % 8
    if family.afi not in (_IPV4, _IPV6) or family.safi not in by_bits or not unused:
        return octets
    return octets[:-1] + bytes((octets[-1] >> unused << unused,))
