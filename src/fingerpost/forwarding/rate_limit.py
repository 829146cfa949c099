"""How many ICMP errors leave: a token bucket for each kind and one for each kind and peer.

The same bucket stands before the control plane (`control_plane.py`).

RFC 1812 4.3.2.8 and RFC 4443 2.4 f ask for a limit; the latter recommends the token bucket. What is
kept of a bucket is one number, the instant until which its tokens are spent: a token costs its
share of a second, and a bucket is empty when that instant lies a whole burst ahead of now.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from fingerpost.forwarding.durations import SECOND

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.fault import Fault
    from fingerpost.forwarding.policy import ForwardingPolicy


class TokenBucket:
    """`rate` tokens a second, of which `burst` can be saved up; a rate of 0 never gives one."""

    __slots__ = ("_burst", "_cost", "_spent_until")

    def __init__(self, rate: int, burst: int) -> None:
        """Begin full."""
        self._cost = SECOND // rate if rate > 0 else 0
        self._burst = self._cost * max(burst, 1)
        self._spent_until: int | None = None

    def has_token(self, now: int) -> bool:
        """Whether `take` would succeed."""
        if self._cost == 0:
            return False
        spent = self._spent_until
        return spent is None or max(spent, now) + self._cost - now <= self._burst

    def take(self, now: int) -> bool:
        """Take a token if there is one."""
        cost, spent = self._cost, self._spent_until
        if spent is None or spent < now:
            spent = now
        spent += cost
        if cost == 0 or spent - now > self._burst:
            return False
        self._spent_until = spent
        return True


class ErrorLimits:
    """The buckets of one router; peers beyond the bound push out the ones not heard of longest."""

    def __init__(self, policy: ForwardingPolicy) -> None:
        """Take the rates from `policy`."""
        self._policy = policy
        self._kinds: dict[Fault, TokenBucket] = {}
        self._peers: OrderedDict[tuple[Fault, Address], TokenBucket] = OrderedDict()

    def allows(self, fault: Fault, peer: Address, now: int) -> bool:
        """Take a token of the kind and of the peer, or of neither."""
        policy = self._policy
        kind = self._kinds.get(fault)
        if kind is None:
            rate = policy.errors_per_second
            kind = self._kinds[fault] = TokenBucket(rate, max(rate, policy.errors_burst))
        key = (fault, peer)
        bucket = self._peers.get(key)
        if bucket is None:
            if len(self._peers) >= max(policy.peers_remembered, 1):
                self._peers.popitem(last=False)
            rate = policy.errors_per_peer_per_second
            bucket = self._peers[key] = TokenBucket(rate, policy.errors_burst)
        else:
            self._peers.move_to_end(key)
        return kind.has_token(now) and bucket.take(now) and kind.take(now)

    @property
    def peers(self) -> int:
        """How many pairs of kind and peer are remembered."""
        return len(self._peers)
