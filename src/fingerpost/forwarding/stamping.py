"""The time of day that ICMP and IPv4 options carry (RFC 791 3.1, RFC 792, RFC 1812 4.3.3.8).

Milliseconds since midnight UT where the policy knows an instant that is one; else milliseconds
since the first instant, with the high bit set, which says that they are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.durations import MILLISECOND

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.wire.ipv4_options import Timestamp

_DAY_MS = 24 * 60 * 60 * 1000
_NOT_UT = 0x80000000
_MOST_OVERFLOW = 15


def stamped(plane: Forwarder, option: Timestamp, own: Address, now: int) -> Timestamp | None:
    """A timestamp option with our stamp; None where its overflow has overflown (RFC 791 3.1).

    A prespecified address may be any of ours (RFC 1812 5.3.13.6).
    """
    if option.is_full and option.overflow == _MOST_OVERFLOW:
        return None
    awaited = option.awaited
    if awaited is not None and plane.own.owner(awaited, None):
        own = awaited
    return option.stamping(own, time_of_day(now, plane.policy.midnight))


def time_of_day(now: int, midnight: int | None) -> int:
    """Milliseconds since midnight UT, or with the high bit set since the first instant."""
    if midnight is None:
        return now // MILLISECOND % _DAY_MS | _NOT_UT
    return (now - midnight) // MILLISECOND % _DAY_MS
