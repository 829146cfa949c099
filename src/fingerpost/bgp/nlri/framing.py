"""Where one prefix ends and the next begins, in every family, with path identifiers or without.

IPv4 and IPv6, plain, labeled or of VPNs: a length in bits (8). EVPN (RFC 7432 7): type (8), length
(8). Flowspec (RFC 8955 4.1): length (8, or 16 from 240 on). Link state (RFC 9552 5.2): type (16),
length (16). Before each, if that was agreed on, a path identifier (32, RFC 7911 3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from fingerpost.bgp.constants import Afi, Safi
from fingerpost.bgp.family import Family
from fingerpost.errors import DecodeError
from fingerpost.wire.fields import unsigned
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LAYER: Final = "bgp nlri"
LONGEST_BITS: Final = {Afi.IPV4: 32, Afi.IPV6: 128}
_PLAIN: Final = (Safi.UNICAST, Safi.MULTICAST)
_BY_BITS: Final = (*_PLAIN, Safi.LABELED, Safi.VPN, 129)  # 129: multicast in VPNs (RFC 6514)
_LEAST_BITS: Final[dict[int, int]] = {Safi.LABELED: 24, Safi.VPN: 24 + 64}  # a label goes first
_FLOWS: Final = (Safi.FLOWSPEC, Safi.FLOWSPEC_VPN)


class Nlri(NamedTuple):
    """One prefix as it stands there, length and all; `path_id` 0 where there is none."""

    path_id: int
    octets: bytes
    at: int = 0


def split_nlri(
    family: Family, data: bytes, *, has_path_ids: bool = False, base: int = 0
) -> Iterator[Nlri]:
    """Give each prefix in order; raises `DecodeError` at the first that is wrong (RFC 7606 5.3).

    The `offset` of the fault is where that prefix begins, its path identifier included.
    """
    reader = Reader(data, LAYER, base, section="RFC 7606 5.3")
    while reader:
        at = reader.at
        try:
            path_id = reader.u32("path identifier") if has_path_ids else 0
            start = reader.at
            length = _length(reader, family)
            reader.at = start
            octets = reader.take(length, "prefix")
        except DecodeError as fault:
            raise DecodeError(
                str(fault),
                layer=LAYER,
                offset=base + at,
                field=fault.field,
                value=fault.value,
                section=fault.section,
            ) from None
        yield Nlri(path_id, octets, base + at)


def _length(reader: Reader, family: Family) -> int:
    """Octets of the prefix that comes next, those that say so included."""
    afi, safi = family
    if family == (Afi.L2VPN, Safi.EVPN):
        reader.u8("route type")
        return 2 + reader.u8("route length")
    if afi == Afi.LINK_STATE:
        reader.u16("type")
        return 4 + reader.u16("length")
    first = reader.u8("prefix length")
    if safi in _FLOWS:
        return 2 + ((first & 0x0F) << 8 | reader.u8("length")) if first >= 0xF0 else 1 + first
    if safi in _PLAIN and afi in LONGEST_BITS and first > LONGEST_BITS[Afi(afi)]:
        reader.refuse("prefix length", first, f"0 to {LONGEST_BITS[Afi(afi)]}")
    least = _LEAST_BITS.get(safi, 0) if afi in LONGEST_BITS else 0
    if first < least:
        reader.refuse("prefix length", first, f"{least} or more")
    if afi not in LONGEST_BITS or safi not in _BY_BITS:
        reader.refuse("address family", family, "one whose prefixes can be told apart")
    return 1 + (first + 7) // 8


def join_nlri(prefixes: Iterable[tuple[int, bytes]], *, has_path_ids: bool = False) -> bytes:
    """Give prefixes as they stand in a message, from path identifiers and octets."""
    made = bytearray()
    for path_id, octets in prefixes:
        if has_path_ids:
            made += unsigned(path_id, 32, "path identifier").to_bytes(4, "big")
        made += octets
    return bytes(made)
