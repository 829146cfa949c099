"""Ranges to prefixes and back, and summaries, against `ipaddress`."""

from __future__ import annotations

import ipaddress
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address, Prefix, from_range, ranges, summarize
from fingerpost.errors import AddressError

small_prefixes = st.lists(
    st.builds(Prefix, st.integers(0xC0000200, 0xC00002FF), st.integers(22, 32)), max_size=12
)


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_ipv4_ranges_are_covered_as_in_ipaddress(one: int, other: int) -> None:
    first, last = (ipaddress.IPv4Address(number) for number in sorted((one, other)))
    expected = [Prefix(net) for net in ipaddress.summarize_address_range(first, last)]
    assert from_range(first, last) == expected
    assert ranges(expected) == [(Address(first), Address(last))]


@given(st.integers(0, 2**128 - 1), st.integers(0, 2**128 - 1))
def test_ipv6_ranges_are_covered_as_in_ipaddress(one: int, other: int) -> None:
    first, last = (ipaddress.IPv6Address(number) for number in sorted((one, other)))
    expected = [Prefix(net) for net in ipaddress.summarize_address_range(first, last)]
    assert from_range(first, last) == expected
    assert ranges(expected) == [(Address(first), Address(last))]


def test_whole_families_are_one_prefix() -> None:
    assert from_range("0.0.0.0", "255.255.255.255") == [Prefix("0.0.0.0/0")]
    assert from_range("::", 2**128 - 1) == [Prefix("::/0")]
    assert summarize(["0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"]) == [
        Prefix("0.0.0.0/0"),
        Prefix("::/0"),
    ]


def test_ranges_that_are_none_are_refused() -> None:
    with pytest.raises(AddressError, match="runs backwards; swap"):
        from_range("10.0.0.2", "10.0.0.1")
    with pytest.raises(AddressError, match="different families"):
        from_range("10.0.0.1", "::1")


@given(small_prefixes)
def test_summaries_are_those_of_ipaddress(prefixes: list[Prefix]) -> None:
    golden = ipaddress.collapse_addresses(ipaddress.IPv4Network(str(p)) for p in prefixes)
    assert summarize(prefixes) == [Prefix(net) for net in golden]


@given(small_prefixes)
def test_ranges_hold_the_same_addresses_and_never_touch(prefixes: list[Prefix]) -> None:
    found = ranges(prefixes)
    held = {address for first, last in found for p in from_range(first, last) for address in p}
    assert held == {address for prefix in prefixes for address in prefix}
    for (_, last), (first, _) in itertools.pairwise(found):
        assert first - last > 1


def test_the_end_of_one_family_does_not_join_the_next() -> None:
    assert ranges(["255.255.255.255", "::"]) == [
        (Address("255.255.255.255"), Address("255.255.255.255")),
        (Address("::"), Address("::")),
    ]


def test_summaries_take_everything_like_a_prefix() -> None:
    likes = ["10.0.0.0/25", ("10.0.0.128", 25), ipaddress.ip_network("10.0.1.0/24"), 0x0A000200]
    assert summarize(likes) == [Prefix("10.0.0.0/23"), Prefix("10.0.2.0/32")]
    assert summarize([]) == []
