"""Every question that `Fib` answers, against a scan of all routes, on random nested tables."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fib.golden_fib import FORMS, both, plain, tables
from golden.networks import any_host, any_network, edges
from golden.scan import Host, Network

each_form = pytest.mark.parametrize("form", FORMS)
unhurried = settings(deadline=None)  # a loaded machine is slow, not wrong


@each_form
@unhurried
@given(routes=tables(), more=st.lists(any_host(), max_size=10))
def test_lookup_finds_the_longest_match(
    form: str, routes: dict[Network, int], more: list[Host]
) -> None:
    fib, scan = both(routes, form)
    for host in edges(list(routes)) + more:
        expected = scan.longest_match(host)
        found = fib.match(host)
        assert (plain([found])[0] if found else None) == expected, host
        assert fib.lookup(host, 0) == (expected[1] if expected else 0), host


@each_form
@unhurried
@given(routes=tables(), host=any_host())
def test_an_address_as_key_is_a_longest_match(
    form: str, routes: dict[Network, int], host: Host
) -> None:
    fib, scan = both(routes, form)
    expected = scan.longest_match(host)
    if expected is None:
        with pytest.raises(KeyError):
            fib[str(host)]
    else:
        assert fib[str(host)] == expected[1]


@each_form
@unhurried
@given(routes=tables(), more=st.lists(any_network(), max_size=10))
def test_a_prefix_as_key_is_exactly_that_prefix(
    form: str, routes: dict[Network, int], more: list[Network]
) -> None:
    fib, _ = both(routes, form)
    assert len(fib) == len(routes)
    for network in [*routes, *more]:
        assert fib.get(network) == routes.get(network)
        assert (network in fib) == (network in routes)


@unhurried
@given(routes=tables(), data=st.data())
def test_explain_names_the_winner_and_all_losers_in_order(
    routes: dict[Network, int], data: st.DataObject
) -> None:
    fib, scan = both(routes, "compact")
    host = data.draw(st.sampled_from(edges(list(routes))) if routes else any_host())
    lookup = fib.explain(host)
    found = [*([lookup.winner] if lookup.winner else []), *lookup.losers]
    assert plain((one.prefix, one.value) for one in found) == scan.all_matches(host)


@unhurried
@given(routes=tables(), more=st.lists(any_network(), max_size=5))
def test_covering_lists_all_that_hold_a_prefix(
    routes: dict[Network, int], more: list[Network]
) -> None:
    fib, scan = both(routes, "compact")
    for network in [*routes, *more]:
        assert plain(fib.covering(network)) == scan.covering(network)


@unhurried
@given(routes=tables(), more=st.lists(any_network(), max_size=5))
def test_covered_by_lists_all_inside_a_prefix(
    routes: dict[Network, int], more: list[Network]
) -> None:
    fib, scan = both(routes, "compact")
    for network in [*routes, *more]:
        assert plain(fib.covered_by(network)) == scan.covered_by(network)
        direct = fib.covered_by(network, direct=True)
        assert plain(direct) == scan.directly_covered_by(network)


@unhurried
@given(routes=tables())
def test_iteration_is_in_order_whatever_the_order_of_arrival(routes: dict[Network, int]) -> None:
    fib, scan = both(routes, "compact")
    assert plain(fib.items()) == list(scan.ordered())


@unhurried
@given(routes=tables(), others=tables())
def test_diff_is_the_difference_of_the_mappings(
    routes: dict[Network, int], others: dict[Network, int]
) -> None:
    old, before = both(routes, "compact")
    new, after = both(others, "fast")
    found = old.diff(new)
    assert plain(found.added) == [one for one in after.ordered() if one[0] not in routes]
    assert plain(found.removed) == [one for one in before.ordered() if one[0] not in others]
    changed = [(*plain([(prefix, was)])[0], now) for prefix, was, now in found.changed]
    assert changed == [
        (network, value, others[network])
        for network, value in before.ordered()
        if network in others and others[network] != value
    ]
    assert bool(found) == (routes != others)


@each_form
@unhurried
@given(routes=tables())
def test_a_copy_holds_the_same_and_goes_its_own_way(form: str, routes: dict[Network, int]) -> None:
    fib, scan = both(routes, form)
    copied = fib.copy()
    fib.clear()
    assert copied.form == form
    assert plain(copied.items()) == list(scan.ordered())
    for host in edges(list(routes)):
        expected = scan.longest_match(host)
        assert copied.lookup(host) == (expected[1] if expected else None)
    assert not fib
    assert all(fib.lookup(host) is None for host in edges(list(routes)))
