"""`PrefixSet` against models that share nothing with it.

In a universe of 64 addresses a family the model is Python's own `set` of numbers. At full width
it is a linear scan of the ranges that went in, asked at every place where an answer can change.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address, PrefixSet

Network = IPv4Network | IPv6Network
Member = tuple[int, int]  # version, number

# The low and high end of each family, and somewhere between.
UNIVERSES: list[Network] = [
    ip_network(text)
    for text in (
        "0.0.0.0/26",
        "192.0.2.64/26",
        "255.255.255.192/26",
        "::/122",
        "2001:db8::40/122",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffc0/122",
    )
]
EVERYTHING = PrefixSet(UNIVERSES)

BINARY: list[Callable[[Any, Any], Any]] = [
    operator.or_,
    operator.and_,
    operator.sub,
    operator.xor,
    operator.le,
    operator.lt,
    operator.ge,
    operator.gt,
    operator.eq,
    operator.ne,
]


@st.composite
def small_networks(draw: st.DrawFn) -> Network:
    universe = draw(st.sampled_from(UNIVERSES))
    host_bits = draw(st.integers(0, 6))
    start = int(universe[0]) + (draw(st.integers(0, 63)) >> host_bits << host_bits)
    length = universe.max_prefixlen - host_bits
    return IPv4Network((start, length)) if universe.version == 4 else IPv6Network((start, length))


@st.composite
def wide_networks(draw: st.DrawFn) -> Network:
    if draw(st.booleans()):
        length = draw(st.integers(0, 32))
        return IPv4Network((draw(st.integers(0, 2**32 - 1)), length), strict=False)
    length = draw(st.integers(0, 128))
    return IPv6Network((draw(st.integers(0, 2**128 - 1)), length), strict=False)


small_lists = st.lists(small_networks(), max_size=20)
wide_lists = st.lists(wide_networks(), max_size=20)


def members(networks: list[Network]) -> set[Member]:
    return {(n.version, number) for n in networks for number in range(int(n[0]), int(n[-1]) + 1)}


def collapsed(networks: list[Network]) -> list[str]:
    v4 = collapse_addresses(n for n in networks if isinstance(n, IPv4Network))
    v6 = collapse_addresses(n for n in networks if isinstance(n, IPv6Network))
    return [str(network) for network in chain(v4, v6)]


def enumerated(given: PrefixSet) -> set[Member]:
    return {
        (first.version, number)
        for first, last in given.ranges()
        for number in range(int(first), int(last) + 1)
    }


@pytest.mark.parametrize("operation", BINARY, ids=lambda f: f.__name__)
@given(a=small_lists, b=small_lists)
def test_each_operator_agrees_with_pythons_set(
    operation: Callable[[Any, Any], Any], a: list[Network], b: list[Network]
) -> None:
    ours = operation(PrefixSet(a), PrefixSet(b))
    model = operation(members(a), members(b))
    assert (enumerated(ours) if isinstance(ours, PrefixSet) else ours) == model


@given(a=small_lists, b=small_lists)
def test_each_method_agrees_with_pythons_set(a: list[Network], b: list[Network]) -> None:
    ours, model, other = PrefixSet(a), members(a), members(b)
    assert enumerated(ours.union(b)) == model | other
    assert enumerated(ours.intersection(b)) == model & other
    assert enumerated(ours.difference(b)) == model - other
    assert enumerated(ours.symmetric_difference(b)) == model ^ other
    assert ours.issubset(b) == model.issubset(other)
    assert ours.issuperset(b) == model.issuperset(other)
    assert ours.isdisjoint(b) == model.isdisjoint(other)
    assert ours.overlaps(b) != model.isdisjoint(other)
    assert ours.size() == len(model)
    assert bool(ours) == bool(model)


@given(a=small_lists)
def test_complement_holds_what_the_set_does_not(a: list[Network]) -> None:
    everything = members(UNIVERSES)
    assert enumerated(~PrefixSet(a) & EVERYTHING) == everything - members(a)
    assert (~PrefixSet(a)).size() == 2**32 + 2**128 - len(members(a))


@given(a=small_lists)
def test_membership_agrees_one_by_one_and_in_columns(a: list[Network]) -> None:
    ours, model = PrefixSet(a), members(a)
    for universe in UNIVERSES:
        addresses = [Address(address) for address in universe]
        expected = [(address.version, int(address)) in model for address in addresses]
        assert [address in ours for address in addresses] == expected
        assert ours.contains_many(addresses).tolist() == expected


@given(a=small_lists, query=small_networks())
def test_a_prefix_is_contained_when_all_its_addresses_are(a: list[Network], query: Network) -> None:
    assert (query in PrefixSet(a)) == (members([query]) <= members(a))


@given(a=st.one_of(small_lists, wide_lists))
def test_the_cover_is_the_one_that_collapsing_gives(a: list[Network]) -> None:
    ours = PrefixSet(a)
    assert [str(prefix) for prefix in ours] == collapsed(a)
    assert len(ours) == len(collapsed(a))
    column = ours.prefixes()
    assert [str(column[i]) for i in range(len(column))] == collapsed(a)


@given(a=small_lists, b=small_lists)
def test_equal_members_give_equal_sets_and_hashes(a: list[Network], b: list[Network]) -> None:
    ours, other = PrefixSet(a), PrefixSet(b)
    assert (ours == other) == (members(a) == members(b))
    assert hash(PrefixSet(reversed(a))) == hash(ours)
    assert hash(PrefixSet(list(ours))) == hash(ours)


@given(a=small_lists, length=st.integers(24, 32), within=small_networks())
def test_first_free_is_the_lowest_of_all_candidates(
    a: list[Network], length: int, within: Network
) -> None:
    length += within.max_prefixlen - 32
    found = PrefixSet(a).first_free(length, within)
    taken = members(a)
    candidates = (
        []
        if length < within.prefixlen
        else [c for c in within.subnets(new_prefix=length) if taken.isdisjoint(members([c]))]
    )
    assert (None if found is None else str(found)) == (str(candidates[0]) if candidates else None)


def inside(networks: list[Network], address: Address) -> bool:
    return any(
        n.version == address.version and int(n[0]) <= int(address) <= int(n[-1]) for n in networks
    )


def probes(networks: list[Network]) -> list[Address]:
    """The addresses on both sides of every place where membership can change."""
    ends = {(n.version, int(n[end])) for n in networks for end in (0, -1)}
    near = {(version, end + step) for version, end in ends for step in (-1, 0, 1)}
    near |= {(4, 0), (4, 2**32 - 1), (6, 0), (6, 2**128 - 1)}
    return [
        Address(number.to_bytes(4 if version == 4 else 16, "big"))
        for version, number in near
        if 0 <= number < 2 ** (32 if version == 4 else 128)
    ]


@pytest.mark.parametrize("operation", BINARY[:4], ids=lambda f: f.__name__)
@given(a=wide_lists, b=wide_lists)
def test_each_operator_agrees_with_a_scan_at_full_width(
    operation: Callable[[Any, Any], Any], a: list[Network], b: list[Network]
) -> None:
    result = operation(PrefixSet(a), PrefixSet(b))
    places = probes(a + b)
    for address in places:
        expected = operation(
            {address} if inside(a, address) else set(), {address} if inside(b, address) else set()
        )
        assert (address in result) == bool(expected)
    # Between two probes nothing changes: every end of a result is a probe.
    assert {end for pair in result.ranges() for end in pair} <= set(places)


@given(a=wide_lists)
def test_size_agrees_with_the_sum_of_collapsed_networks(a: list[Network]) -> None:
    for version in (4, 6):
        names = [n for n in collapsed(a) if ip_network(n).version == version]
        assert PrefixSet(a).size(version) == sum(ip_network(n).num_addresses for n in names)


@given(a=wide_lists, b=wide_lists, c=wide_lists)
def test_the_laws_of_the_algebra_hold(a: list[Network], b: list[Network], c: list[Network]) -> None:
    x, y, z = PrefixSet(a), PrefixSet(b), PrefixSet(c)
    assert ~(x | y) == ~x & ~y
    assert ~(x & y) == ~x | ~y
    assert x - y == x & ~y
    assert x ^ y == (x | y) - (x & y)
    assert x & (y | z) == (x & y) | (x & z)
    assert x | (y & z) == (x | y) & (x | z)
    assert (x | y) | z == x | (y | z) == x.union(y, z)
    assert x | x == x & x == x == ~~x
    assert not x ^ x
    assert not x & ~x
    assert x | ~x == ~PrefixSet()
    assert ((x <= y) and (y <= x)) == (x == y)
    assert (x <= y) == (x | y == y) == (not x - y)
    assert x.complement() == x.complement(4) | x.complement(6)
