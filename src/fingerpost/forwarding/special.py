"""Addresses that the fast path leaves to the pipeline, whoever is right about them.

The stages in `filters.py` and `local.py` know what becomes of such packets; here stands only which
addresses they might have something to say about. Longest match, so that an address of ours inside a
private block is ours.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fingerpost.addr import Prefix, PrefixSet
from fingerpost.addr.registry import Kind, entries

if TYPE_CHECKING:
    from fingerpost.forwarding.own import OwnAddresses

_BORDER_KINDS = (Kind.PRIVATE, Kind.UNIQUE_LOCAL, Kind.SHARED)
_ALWAYS = (
    ("0.0.0.0/8", "special"),
    ("127.0.0.0/8", "special"),
    ("169.254.0.0/16", "link-local"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "special"),
    ("::/127", "special"),
    ("fe80::/10", "link-local"),
    ("ff00::/8", "multicast"),
)


def special_ranges(
    own: OwnAddresses, *, obeys_registries: bool, has_border: bool
) -> list[tuple[Prefix, str]]:
    """Ranges with the reason why packets from or to them are handed up."""
    ranges = {Prefix(text): reason for text, reason in _ALWAYS}
    if obeys_registries:
        for prefix in not_forwardable():
            ranges.setdefault(prefix, "special")
    if has_border:
        ranges |= dict.fromkeys(private_blocks(), "border")
    for address in (*own.broadcasts, *own.zero_hosts):
        ranges[Prefix(address)] = "broadcast"
    for address in (*own.unicast, *own.anycasts):
        ranges[Prefix(address)] = "own"
    return list(ranges.items())


@cache
def not_forwardable() -> tuple[Prefix, ...]:
    """What the registries do not call forwardable (RFC 6890 2.2.1), by the innermost live row."""
    found = PrefixSet()
    for version in (4, 6):
        rows = [row for row in entries(version) if row.terminated is None]
        for row in sorted(rows, key=lambda row: row.prefix.length):
            whole = PrefixSet([row.prefix])
            found = found - whole if row.forwardable else found | whole
    return tuple(found)


@cache
def private_blocks() -> tuple[Prefix, ...]:
    """What does not cross a border interface (RFC 1918 3, RFC 4193 4.3, RFC 6598 4)."""
    rows = (*entries(4), *entries(6))
    return tuple(row.prefix for row in rows if row.kind in _BORDER_KINDS)
