"""The token buckets of ICMP errors (RFC 1812 4.3.2.8, RFC 4443 2.4 f)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.forwarding import STRICT
from fingerpost.forwarding.fault import Fault
from fingerpost.forwarding.rate_limit import ErrorLimits, TokenBucket
from forwarding.bench import HOST, SECOND


class CountingBucket:
    """The same bucket as a child would write it, in fractions of tokens of 1/SECOND."""

    def __init__(self, rate: int, burst: int) -> None:
        self.cost = SECOND // rate
        self.level = self.most = burst * self.cost
        self.last = 0

    def take(self, now: int) -> bool:
        self.level = min(self.most, self.level + now - self.last)
        self.last = now
        if self.level < self.cost:
            return False
        self.level -= self.cost
        return True


@given(
    st.integers(1, 5000),
    st.integers(1, 50),
    st.lists(st.integers(0, SECOND), max_size=200),
)
def test_a_bucket_gives_what_counting_tokens_gives(rate: int, burst: int, gaps: list[int]) -> None:
    bucket, model = TokenBucket(rate, burst), CountingBucket(rate, burst)
    now = 0
    for gap in gaps:
        now += gap
        assert bucket.has_token(now) is (model.level + now - model.last >= model.cost)
        assert bucket.take(now) is model.take(now)


def test_a_rate_of_zero_gives_nothing() -> None:
    assert not TokenBucket(0, 10).take(0)


@given(st.integers(1, 100), st.integers(1, 20))
def test_no_second_has_more_than_burst_and_rate(rate: int, burst: int) -> None:
    bucket = TokenBucket(rate, burst)
    step = SECOND // 1000
    taken = [bucket.take(number * step) for number in range(2000)]
    for start in range(0, 1000, 50):
        assert sum(taken[start : start + 1000]) <= rate + burst


def test_kinds_and_peers_have_buckets_of_their_own() -> None:
    limits = ErrorLimits(replace(STRICT, errors_per_peer_per_second=1, errors_burst=1))
    assert limits.allows(Fault.HOP_LIMIT, HOST, 0)
    assert not limits.allows(Fault.HOP_LIMIT, HOST, 0)
    assert limits.allows(Fault.NO_ROUTE, HOST, 0)
    assert limits.allows(Fault.HOP_LIMIT, Address("10.0.0.8"), 0)
    assert limits.allows(Fault.HOP_LIMIT, HOST, SECOND)


def test_all_peers_together_stay_below_the_limit_of_the_kind() -> None:
    limits = ErrorLimits(replace(STRICT, errors_per_second=20, errors_burst=1))
    peers = [Address(f"10.1.{n // 250}.{n % 250 + 1}") for n in range(500)]
    assert sum(limits.allows(Fault.HOP_LIMIT, peer, 0) for peer in peers) == 20
    # who was refused for the others' sake has not lost a token of its own
    assert limits.allows(Fault.HOP_LIMIT, peers[-1], SECOND)


def test_the_memory_of_peers_is_bounded_and_drops_the_one_not_heard_of_longest() -> None:
    policy = replace(STRICT, peers_remembered=2, errors_per_peer_per_second=1, errors_burst=1)
    limits = ErrorLimits(policy)
    one, two, three = (Address(f"10.0.0.{n}") for n in (1, 2, 3))
    for peer in (one, two, one, three):
        limits.allows(Fault.HOP_LIMIT, peer, 0)
    assert limits.peers == 2
    assert not limits.allows(Fault.HOP_LIMIT, one, 0)  # remembered: it was heard of again
    assert limits.allows(Fault.HOP_LIMIT, two, 0)  # forgotten
