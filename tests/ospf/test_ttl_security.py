"""Who is too far away (RFC 5082)."""

from __future__ import annotations

import pytest

from fingerpost.ospf.ttl_security import SENT, least, refusal


@pytest.mark.parametrize(("hops", "expected"), [(1, 255), (2, 254), (254, 2)])
def test_each_link_takes_one_from_the_hop_limit(hops: int, expected: int) -> None:
    assert least(hops) == expected
    assert refusal(expected, hops) is None
    assert refusal(SENT, hops) is None
    words = f"hop limit: theirs {expected - 1}, ours at least {expected}"
    assert refusal(expected - 1, hops) == words


def test_nobody_is_refused_where_nobody_asks() -> None:
    assert refusal(1, None) is None
    assert refusal(None, None) is None


def test_a_hop_limit_that_the_host_cannot_tell_is_not_believed() -> None:
    assert refusal(None, 1) == "hop limit: theirs unknown, ours at least 255"
