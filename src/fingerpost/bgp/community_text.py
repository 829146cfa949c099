"""Standard and large communities as text (RFC 1997, RFC 8092 4.1), with those that have names."""

from __future__ import annotations

from typing import Final

from fingerpost.bgp.asn_text import plain_number
from fingerpost.errors import UsageError

# IANA, BGP Well-known Communities
WELL_KNOWN: Final = {
    0xFFFF_0000: "graceful-shutdown",  # RFC 8326
    0xFFFF_0001: "accept-own",  # RFC 7611
    0xFFFF_0002: "route-filter-translated-v4",
    0xFFFF_0003: "route-filter-v4",
    0xFFFF_0004: "route-filter-translated-v6",
    0xFFFF_0005: "route-filter-v6",
    0xFFFF_0006: "llgr-stale",  # RFC 9494
    0xFFFF_0007: "no-llgr",
    0xFFFF_0008: "accept-own-nexthop",
    0xFFFF_0009: "standby-pe",  # RFC 9026
    0xFFFF_029A: "blackhole",  # RFC 7999
    0xFFFF_FF01: "no-export",  # RFC 1997
    0xFFFF_FF02: "no-advertise",
    0xFFFF_FF03: "no-export-subconfed",
    0xFFFF_FF04: "no-peer",  # RFC 3765
}
_NUMBERS: Final = {name: number for number, name in WELL_KNOWN.items()} | {
    "local-as": 0xFFFF_FF03,
    "nopeer": 0xFFFF_FF04,
}


def community_text(community: int) -> str:
    """Give a community as operators write it: "65000:100", or its name."""
    return WELL_KNOWN.get(community) or f"{community >> 16}:{community & 0xFFFF}"


def parse_community(text: str) -> int:
    """Read "65000:100", a name such as "no-export", or one number. Raises `UsageError`."""
    known = _NUMBERS.get(text.lower())
    if known is not None:
        return known
    parts = text.split(":")
    if len(parts) == 1 and text.isdigit():
        return plain_number(text, 0xFFFF_FFFF, "community", text)
    if len(parts) != 2:
        raise UsageError(
            f"{text!r} is no community, expected two numbers as in 65000:100, "
            f"or one of {', '.join(_NUMBERS)}"
        )
    high, low = (plain_number(one, 0xFFFF, "community", text) for one in parts)
    return high << 16 | low


def large_community_text(community: tuple[int, int, int]) -> str:
    """Give a large community as the RFC writes it: "65000:1:2"."""
    return ":".join(map(str, community))


def parse_large_community(text: str) -> tuple[int, int, int]:
    """Read "65000:1:2". Raises `UsageError`."""
    parts = text.split(":")
    if len(parts) != 3:
        raise UsageError(f"{text!r} is no large community, expected three numbers as in 65000:1:2")
    one, two, three = (plain_number(part, 0xFFFF_FFFF, "large community", text) for part in parts)
    return one, two, three
