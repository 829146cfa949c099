"""Patterns of communities and communities themselves as the core compares them: numbers in ranges.

A pattern of the core is a sort (0 standard, 1 extended, 2 large) and parts: how many bits, the
least and the greatest value. `rt:*:1` may be any of three forms on the wire, so one pattern may be
several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bgp.community_text import parse_community, parse_large_community
from fingerpost.bgp.extended_text import parse_extended_community
from fingerpost.policy.communities import ADMINISTERED, Kind, Pattern, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost.policy.communities import Part

    Range = tuple[int, int, int]
    Binary = tuple[int, tuple[Range, ...]]

_SORTS: Final = {Kind.STANDARD: 0, Kind.EXTENDED: 1, Kind.LARGE: 2}
_SIZES: Final = (4, 8, 12)
_SUBTYPES: Final = {"rt": 0x02, "soo": 0x03}
_TWO_OCTETS, _ADDRESS, _FOUR_OCTETS = 0, 1, 2


def octets(communities: Iterable[str]) -> list[tuple[int, bytes]]:
    """Communities, as numbers with colons between, by their sort, in order."""
    made = [bytearray(), bytearray(), bytearray()]
    for one in communities:
        sort = _SORTS[kind_of(one)]
        made[sort] += _number(one, sort).to_bytes(_SIZES[sort], "big")
    return [(sort, bytes(found)) for sort, found in enumerate(made) if found]


def _number(text: str, sort: int) -> int:
    if sort == 0:
        return parse_community(text)
    if sort == 1:
        return parse_extended_community(text)
    one, two, three = parse_large_community(text)
    return one << 64 | two << 32 | three


def binary(pattern: Pattern) -> Iterator[Binary]:
    """Every form that a pattern means; raises `UsageError` for what no community can be."""
    sort = _SORTS[pattern.kind]
    if pattern.kind is not Kind.EXTENDED:
        bits = 16 if pattern.kind is Kind.STANDARD else 32
        yield sort, tuple((bits, one.least, one.most) for one in pattern.parts)
    elif pattern.word in ADMINISTERED:
        for head, parts in _administered(pattern):
            yield sort, ((16, head, head), *parts)
    else:
        number = parse_extended_community(pattern.text)
        yield sort, ((64, number, number),)


def _administered(pattern: Pattern) -> Iterator[tuple[int, tuple[Range, ...]]]:
    """RFC 4360 4 and 5, RFC 5668: the AS of two octets, or of four, or an address."""
    who, number = pattern.parts
    subtype = _SUBTYPES[pattern.word]
    for form, bits in ((_TWO_OCTETS, 16), (_ADDRESS, 32), (_FOUR_OCTETS, 32)):
        least, most = _administrator(who, form)
        most = min(most, (1 << bits) - 1)
        rest = 48 - bits
        last = min(number.most, (1 << rest) - 1)
        if least <= most and number.least <= last:
            yield form << 8 | subtype, ((bits, least, most), (rest, number.least, last))


def _administrator(who: Part, form: int) -> tuple[int, int]:
    """The values that it may have in a form; none where the first is above the second."""
    if who.is_any:
        return 0, who.most
    if who.least < 0:  # written as one of a form: "65000L", "192.0.2.1"
        number = parse_extended_community(f"rt:{who.text}:0")
        value = number >> 16 & 0xFFFF_FFFF
        return (value, value) if number >> 56 == form else (1, 0)
    if form == _FOUR_OCTETS:  # RFC 5668: of two octets it would be written with an L
        return max(who.least, 0x1_0000), who.most
    return (who.least, who.most) if form == _TWO_OCTETS else (1, 0)
