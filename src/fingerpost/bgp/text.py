"""What operators write and read: AS numbers, AS paths, router ids, communities, families.

Each kind is printed by one function and read by another, which raises `UsageError`; what is printed
reads back to the same value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.bgp.asn_text import asn_text, parse_asn
from fingerpost.bgp.attributes.as_path import AsPath, Segment, SegmentKind, joined
from fingerpost.bgp.community_text import (
    community_text,
    large_community_text,
    parse_community,
    parse_large_community,
)
from fingerpost.bgp.extended_text import extended_community_text, parse_extended_community
from fingerpost.bgp.family import family_named
from fingerpost.errors import AddressError, UsageError

if TYPE_CHECKING:
    from fingerpost.bgp.family import Family

__all__ = [
    "as_path_text",
    "asn_text",
    "community_text",
    "extended_community_text",
    "family_named",
    "family_text",
    "large_community_text",
    "parse_as_path",
    "parse_asn",
    "parse_community",
    "parse_extended_community",
    "parse_large_community",
    "parse_router_id",
    "router_id_text",
]

_TOKEN = re.compile(r"\{[^{}()\[\]]*\}|\([^{}()\[\]]*\)|\[[^{}()\[\]]*\]|[^\s{}()\[\]]+|\S")
_KINDS = {"{": SegmentKind.SET, "(": SegmentKind.CONFED_SEQUENCE, "[": SegmentKind.CONFED_SET}


def as_path_text(path: AsPath) -> str:
    """Give a path: "65001 65002 {1,2} (64512 64513) [64514,64515]"; nothing for an empty one."""
    return str(path)


def parse_as_path(text: str) -> AsPath:
    """Read a path: numbers, sets in braces, segments of a confederation in ( ) and [ ].

    Raises `UsageError`. Numbers that follow each other are one sequence, 255 at most.
    """
    segments = []
    for token in _TOKEN.findall(text):
        kind = _KINDS.get(token[0], SegmentKind.SEQUENCE)
        inside = token[1:-1] if token[0] in _KINDS and len(token) > 1 else token
        numbers = tuple(parse_asn(one) for one in inside.replace(",", " ").split())
        if not 1 <= len(numbers) <= 0xFF:
            raise UsageError(f"{text!r} is no AS path: {token!r} has no AS number, or too many")
        segments.append(Segment(kind, numbers))
    return AsPath(joined(segments))


def router_id_text(router_id: int) -> str:
    """Give a router id, cluster id or originator as an address."""
    return str(Address(router_id.to_bytes(4, "big")))


def parse_router_id(text: str) -> int:
    """Read a router id: an IPv4 address, or a number. Raises `UsageError`; 0 is none (RFC 6286)."""
    try:
        number = int(text) if text.isascii() and text.isdigit() else int(_version_4(text))
    except AddressError as error:
        raise UsageError(f"{text!r} is no router id: {error}") from None
    if not 1 <= number <= 0xFFFF_FFFF:
        raise UsageError(f"{text!r} is no router id, expected 0.0.0.1 to 255.255.255.255")
    return number


def _version_4(text: str) -> Address:
    found = Address(text)
    if found.version != 4:
        raise UsageError(f"{text!r} is no router id, expected one as in 192.0.2.1")
    return found


def family_text(family: Family) -> str:
    """Give a family as operators write it: "ipv4", "l2vpn-evpn"."""
    return family.name
