"""What the value of an attribute may be, where its length is right (RFC 7606 7, RFC 4760 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bgp.attributes.aigp import Aigp
from fingerpost.bgp.attributes.as_path import SegmentKind, read_segments
from fingerpost.bgp.attributes.attribute import LAYER, Type
from fingerpost.bgp.constants import Afi, Safi, UpdateError
from fingerpost.bgp.packet.update_rules import Relation
from fingerpost.errors import DecodeError
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from fingerpost.bgp.family import Family

LONGEST_NARROW: Final = 0xFFFF // 2
"""The longest path of two-octet numbers that has room for four-octet ones in canonical form."""
_PLAIN: Final = (Safi.UNICAST, Safi.MULTICAST)


def check_value(
    code: int, value: bytes, relation: Relation, *, as4: bool
) -> tuple[int, str] | None:
    """Give the subcode and the reason of what is wrong; None: nothing is."""
    match code:
        case Type.ORIGIN if value > b"\2":
            return UpdateError.INVALID_ORIGIN, "unknown origin"
        case Type.NEXT_HOP if is_no_host(value):
            return UpdateError.INVALID_NEXT_HOP, "no address of a host"
        case Type.AIGP if not _is_aigp(value):
            return UpdateError.OPTIONAL, "TLV is cut short"
        case Type.AGGREGATOR | Type.AS4_AGGREGATOR if not any(value[:-4]):
            return UpdateError.OPTIONAL, "AS 0"
        case Type.AS_PATH | Type.AS4_PATH:
            width = 4 if as4 or code == Type.AS4_PATH else 2
            reason = _path_fault(value, width, relation, is_newer=code == Type.AS4_PATH)
            return None if reason is None else (UpdateError.MALFORMED_AS_PATH, reason)
    return None


def _path_fault(value: bytes, width: int, relation: Relation, *, is_newer: bool) -> str | None:
    try:
        segments = read_segments(Reader(value, LAYER), width)
    except DecodeError as fault:
        return str(fault)
    if is_newer:
        return None
    if width == 2 and len(value) > LONGEST_NARROW:
        return "too long in four octets"
    first = segments[0] if segments else None
    if relation is Relation.EXTERNAL and any(one.is_confederation for one in segments):
        return "segment of a confederation from outside"  # RFC 5065 5
    if relation is Relation.CONFEDERATION and (
        first is None or first.kind is not SegmentKind.CONFED_SEQUENCE
    ):
        return "no segment of the confederation first"  # RFC 5065 5
    return None


def _is_aigp(value: bytes) -> bool:
    try:
        Aigp.read(Reader(value, LAYER), 0)
    except DecodeError:
        return False
    return True


def is_plain(family: Family) -> bool:
    """Whether its prefixes are plain ones, whose next hop is an address."""
    return family.safi in _PLAIN


def is_no_host(value: bytes) -> bool:
    """Whether no host that could forward has the address (RFC 4271 6.3)."""
    if len(value) == 4:
        return value[0] in (0, 127) or value[0] >= 224
    if len(value) < 16:
        return False
    return value[0] == 0xFF or int.from_bytes(value[:16], "big") <= 1


def fits_next_hop(family: Family, length: int, *, extended: bool) -> bool:
    """Whether a next hop may have this length (RFC 4760 3, RFC 2545 3, RFC 8950 3)."""
    if not is_plain(family) or family.afi not in (Afi.IPV4, Afi.IPV6):
        return True  # of a family that is carried only
    if family.afi == Afi.IPV4 and length == 4:
        return True
    return length in (16, 32) and (family.afi == Afi.IPV6 or extended)


def canonical_next_hop(family: Family, octets: bytes, scope: int) -> bytes:
    """Give NEXT_HOP as the core holds it: a link-local address with its interface.

    Of two (RFC 2545 3) some send the link-local one twice, or something else in place of it.
    """
    if not is_plain(family) or len(octets) < 16:
        return octets
    place = scope.to_bytes(4, "big")
    first, second = octets[:16], octets[16:]
    if _is_link_local(first):
        return (second if _is_link_local(second) else first) + place
    return first + second + place if _is_link_local(second) else first


def _is_link_local(octets: bytes) -> bool:
    return len(octets) == 16 and octets[0] == 0xFE and octets[1] & 0xC0 == 0x80
