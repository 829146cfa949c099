"""Whether a message has room for a prefix beside the attributes of a path (RFC 4271 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bgp.attributes import (
    Aggregator,
    AsPath,
    AttributeSet,
    NextHop,
    Type,
    Weight,
    framed,
)
from fingerpost.bgp.family import IPV4

if TYPE_CHECKING:
    from fingerpost.bgp.family import Family

_FIXED: Final = 19 + 2 + 2  # header, length of withdrawn prefixes, length of attributes
_NEXT_HOP: Final = 3 + 4
_MP_REACH: Final = 4 + 2 + 1 + 1 + 1  # before the next hop and behind it (RFC 4760 3)
_LONGEST: Final = {1: 5, 2: 17}  # a prefix by its AFI


def leaves_room(made: AttributeSet, hop: int, family: Family, *, longest: int, as4: bool) -> bool:
    """Whether attributes with a next hop of `hop` octets leave room for the longest prefix."""
    is_classic = family == IPV4 and hop == 4
    listed = made.without(NextHop, Weight)
    octets = sum(len(framed(one.flags, one.code, one.value())) for one in listed)
    if not as4:
        octets += _narrowed(made)
    fixed = _FIXED + (_NEXT_HOP if is_classic else _MP_REACH + hop)
    return fixed + octets + _LONGEST[family.afi] <= longest


def _narrowed(made: AttributeSet) -> int:
    """How many octets more it is for who knows AS numbers of two octets (RFC 6793 4.2.2)."""
    path, aggregator = made.get(AsPath), made.get(Aggregator)
    more = 0
    if path is not None:
        more -= len(framed(path.flags, path.code, path.value()))
        more += len(framed(path.flags, path.code, path.narrow()))
        outside = AsPath(tuple(one for one in path.segments if not one.is_confederation))
        if any(number > 0xFFFF for number in outside.numbers):
            more += len(framed(path.flags, Type.AS4_PATH, outside.value()))
    if aggregator is not None:
        more -= 2
        if aggregator.asn > 0xFFFF:
            more += 3 + 8
    return more
