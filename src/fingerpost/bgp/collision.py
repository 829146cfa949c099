"""Two connections with one neighbour: which of them stays (RFC 4271 6.8, RFC 6286 2.3)."""

from __future__ import annotations

from fingerpost.forwarding.durations import SECOND

CROSSING = 5 * SECOND
"""Within this time of a session's beginning, another connection is one that crossed it."""


def keeps_own(ours: tuple[int, int], theirs: tuple[int, int]) -> bool:
    """Whether the connection stays that we opened, and not the one that they opened.

    Both are (BGP identifier, AS number). The one with the higher identifier wins; where they are
    the same, which only neighbours of other AS have, that with the higher AS number.
    """
    return ours > theirs
