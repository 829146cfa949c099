from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address, Prefix
from fingerpost.ospf.config import AreaKind, AreaRange, OspfArea
from fingerpost.ospf.constants import LS_INFINITY
from fingerpost.ospf.origination.boundary_routers import FoundRouter, boundary_routers, metric
from fingerpost.ospf.origination.summaries import INTER, INTRA, Summaries, Way

DEFAULT = Prefix("0.0.0.0/0")
NET = Prefix("10.1.2.0/24")
BACKBONE, ONE, TWO = OspfArea(0), OspfArea(1), OspfArea(2)
STUB = OspfArea(3, kind=AreaKind.STUB, default_cost=7)
TOTALLY = OspfArea(4, kind=AreaKind.STUB, has_summaries=False, default_cost=9)
NSSA = OspfArea(5, kind=AreaKind.NSSA, default_cost=3)
TOTAL_NSSA = OspfArea(6, kind=AreaKind.NSSA, has_summaries=False, default_cost=4)
ALL = (BACKBONE, ONE, TWO, STUB, TOTALLY, NSSA, TOTAL_NSSA)


def way(path: int, area: int, cost: int = 5, *through: int) -> Way:
    return Way(path, area, cost, frozenset(through or (area,)))


def summaries(*areas: OspfArea, **routes: Way) -> Summaries:
    found = Summaries(DEFAULT)
    found.configure(areas or ALL)
    for prefix, held in routes.items():
        found.change(Prefix(prefix), held)
    return found


def told(found: Summaries, prefix: Prefix = NET) -> dict[int, int]:
    metrics = {area.id: found.metric(area, prefix) for area in ALL}
    return {area: one for area, one in metrics.items() if one is not None}


def test_a_network_of_an_area_is_told_to_all_others() -> None:
    """RFC 2328 12.4.3: intra-area routes."""
    found = summaries()
    found.change(NET, way(INTRA, 1))
    assert told(found) == {0: 5, 2: 5, 3: 5, 5: 5}


def test_a_network_of_another_area_comes_by_the_backbone_and_never_goes_there() -> None:
    """RFC 2328 12.4.3: inter-area routes; RFC 3509 2.2."""
    found = summaries()
    found.change(NET, way(INTER, 0))
    assert told(found) == {1: 5, 2: 5, 3: 5, 5: 5}
    found.change(NET, way(INTER, 1))
    assert told(found) == {}


def test_nobody_is_told_of_what_lies_behind_it() -> None:
    """RFC 2328 12.4.3: next hops in the area, as in a transit area."""
    found = summaries()
    found.change(NET, way(INTER, 0, 5, 1))
    assert told(found) == {2: 5, 3: 5, 5: 5}


def test_what_cannot_be_reached_is_not_told() -> None:
    """RFC 2328 12.4.3: LSInfinity."""
    found = summaries()
    found.change(NET, way(INTRA, 1, LS_INFINITY))
    assert told(found) == {}


def test_what_is_outside_is_not_told_by_summaries() -> None:
    """RFC 2328 12.4.3: only intra-area and inter-area routes."""
    found = summaries()
    found.change(NET, way(INTRA, 1))
    assert found.change(NET, way(3, 0)) == [NET]
    assert told(found) == {}
    assert found.change(NET, None) == []


def test_stub_areas_hear_of_a_default_route() -> None:
    """RFC 2328 12.4.3.1; RFC 3101 2.7: of an NSSA only where it has no summaries."""
    assert told(summaries(), DEFAULT) == {3: 7, 4: 9, 6: 4}


@pytest.mark.parametrize("is_advertised", [True, False])
def test_a_range_stands_for_what_lies_in_it(is_advertised: bool) -> None:
    """RFC 2328 12.4.3, 3.5: at the greatest cost; DoNotAdvertise hides all of it."""
    around = AreaRange(Prefix("10.1.0.0/16"), is_advertised=is_advertised)
    found = summaries(BACKBONE, OspfArea(1, ranges=(around,)))
    assert told(found, around.prefix) == {}
    found.change(NET, way(INTRA, 1, 5))
    found.change(Prefix("10.1.3.0/24"), way(INTRA, 1, 8))
    assert told(found) == {}
    expected = {0: 8, 2: 8, 3: 8, 5: 8} if is_advertised else {}
    assert told(found, around.prefix) == expected
    assert found.change(Prefix("10.1.3.0/24"), None) == [Prefix("10.1.3.0/24"), around.prefix]
    assert told(found, around.prefix) == ({0: 5, 2: 5, 3: 5, 5: 5} if is_advertised else {})
    assert list(found.active_ranges()) == [(1, around.prefix, 5)]


def test_a_range_costs_what_it_is_configured_to() -> None:
    around = AreaRange(Prefix("10.1.0.0/16"), cost=77)
    found = summaries(BACKBONE, OspfArea(1, ranges=(around,)))
    found.change(NET, way(INTRA, 1, 5))
    assert found.metric(BACKBONE, around.prefix) == 77


def test_networks_of_other_areas_are_not_of_the_range() -> None:
    """RFC 2328 12.4.3: a range stands for networks of its own area."""
    around = AreaRange(Prefix("10.1.0.0/16"))
    found = summaries(BACKBONE, OspfArea(1, ranges=(around,)))
    found.change(NET, way(INTER, 0))
    assert told(found) == {1: 5, 2: 5, 3: 5, 5: 5}
    assert told(found, around.prefix) == {}


def test_the_longest_of_nested_ranges_takes_a_network_in() -> None:
    wide, narrow = AreaRange(Prefix("10.0.0.0/8")), AreaRange(Prefix("10.1.0.0/16"))
    found = summaries(OspfArea(1, ranges=(wide, narrow)))
    found.change(NET, way(INTRA, 1))
    assert found.metric(TWO, narrow.prefix) == 5
    assert found.metric(TWO, wide.prefix) is None


def test_a_transit_area_hears_of_the_backbone_without_ranges() -> None:
    """RFC 2328 12.4.3: the backbone's ranges are not for transit areas."""
    around = AreaRange(Prefix("10.1.0.0/16"))
    found = summaries(OspfArea(0, ranges=(around,)), ONE, TWO)
    found.change(NET, way(INTRA, 0))
    assert found.metric(ONE, NET, is_transit=True) == 5
    assert found.metric(ONE, around.prefix, is_transit=True) is None
    assert found.metric(TWO, NET) is None
    assert found.metric(TWO, around.prefix) == 5


NETS = st.builds(lambda n: Prefix(Address(0x0A010000 | n << 8, 4), 24), st.integers(0, 7))
WAYS = st.none() | st.builds(
    lambda path, area, cost: way(path, area, cost),
    st.sampled_from([INTRA, INTER, 2]),
    st.integers(0, 2),
    st.integers(1, 20),
)


@given(st.lists(st.tuples(NETS, WAYS), max_size=60))
def test_ranges_are_as_if_worked_out_anew(changes: list[tuple[Prefix, Way | None]]) -> None:
    """The counts that follow each change say what a look at everything says."""
    around = AreaRange(Prefix("10.1.0.0/22"))
    areas = (BACKBONE, OspfArea(1, ranges=(around,)), TWO)
    found = summaries(*areas)
    held: dict[Prefix, Way] = {}
    for prefix, one in changes:
        before = {(a.id, p): found.metric(a, p) for a in areas for p in [*held, around.prefix]}
        touched = found.change(prefix, one)
        held.pop(prefix, None)
        if one is not None:
            held[prefix] = one
        inside = Counter(
            w.cost for p, w in held.items() if w[:2] == (INTRA, 1) and p in around.prefix
        )
        assert found.metric(TWO, around.prefix) == max(inside, default=None)
        after = {place: found.metric(areas[place[0]], place[1]) for place in before}
        moved = {place[1] for place in before if before[place] != after[place]}
        assert moved <= set(touched)


def test_boundary_routers_are_told_by_the_way_that_externals_take() -> None:
    """RFC 2328 16.4.1: within an area that is not the backbone first, then by cost."""
    areas = {area.id: area for area in (BACKBONE, ONE, TWO, NSSA)}
    found = [
        FoundRouter(9, 2, way(INTRA, 0, 1)),
        FoundRouter(9, 2, way(INTRA, 1, 50)),
        FoundRouter(8, 1, way(INTRA, 1, 1)),
        FoundRouter(7, 3, way(INTRA, 5, 1)),
        FoundRouter(6, 2, way(INTER, 0, 4)),
        FoundRouter(5, 2, way(INTER, 1, 4)),
    ]
    best = boundary_routers(found, areas)
    assert best == {9: way(INTRA, 1, 50), 6: way(INTER, 0, 4)}
    assert boundary_routers(found, areas, rfc1583=True)[9] == way(INTRA, 0, 1)
    metrics = {area.id: metric(best[9], area) for area in areas.values()}
    assert metrics == {0: 50, 1: None, 2: 50, 5: None}
    assert metric(best[6], BACKBONE) is None
