"""Serial numbers of 32 bits, which begin anew after the last (RFC 1982)."""

from __future__ import annotations

_HALF = 1 << 31


def is_older(one: int, other: int) -> bool:
    """Whether `one` comes before `other` (RFC 1982 3.2); false where that is not defined."""
    return 0 < (other - one) % (2 * _HALF) < _HALF
