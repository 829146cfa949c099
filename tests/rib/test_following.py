"""Gateways that somebody follows: where they are, and when they are told to be elsewhere."""

from __future__ import annotations

from random import Random

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.forwarding.events import InterfaceWentDown, InterfaceWentUp
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.rib import Rib
from rib.made import announce, hop, route, withdraw
from rib.random_routes import GATEWAYS, random_event

Place = tuple[int, tuple[NextHop, ...]] | None
OTHERS = [*map(Address, ("10.1.1.7", "10.9.9.9", "192.0.2.77", "2001:db8:1::5", "8.8.8.8"))]
FAR = Address("192.0.2.1")


def told(rib: Rib, address: Address) -> Place:
    found = rib.where(address)
    return (found.metric, found.next_hops) if found.next_hops else None


def looked_up(rib: Rib, address: Address, *, via_default: bool = False) -> Place:
    """What a reader of the table would say: the longest prefix that is used decides."""
    fitting = [one for one in rib if address in one.prefix and (one.prefix.length or via_default)]
    if not fitting:
        return None
    best = max(fitting, key=lambda one: one.prefix.length)
    if best.kind is not RouteKind.UNICAST:
        return None
    ends = {(end.interface, end.gateway or address) for end in best.next_hops}
    metric = best.metric if best.distance else 0  # on a link of ours
    return metric, tuple(NextHop(*end) for end in sorted(ends, key=str))


def plain(place: Place) -> Place:
    if place is None:
        return None
    ends = {(end.interface, end.gateway) for end in place[1]}
    return place[0], tuple(NextHop(*end) for end in sorted(ends, key=str))


@pytest.mark.parametrize("via_default", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_what_is_told_is_what_the_table_says_and_only_when_it_differs(
    seed: int, via_default: bool
) -> None:
    rng = Random(seed)
    rib, alone = (Rib(via_default=via_default, width=64) for _ in range(2))
    followed: dict[Address, Place] = {}
    for now in range(1, 50):
        if rng.random() < 0.3:
            new = rng.sample([*GATEWAYS, *OTHERS], 3)
            rib.follow(new)
            followed |= {address: told(rib, address) for address in new}
            rib.moved()
        if followed and rng.random() < 0.2:
            gone = rng.choice(list(followed))
            rib.leave((gone, gone))
            del followed[gone]
        events = [random_event(rng) for _ in range(rng.choice((1, 1, 2, 3)))]
        changes = rib.apply_all(events, now)
        assert changes == alone.apply_all(events, now)  # nothing changes by who follows what
        moved = rib.moved()
        places = {address: told(rib, address) for address in followed}
        assert set(moved) == {one for one in followed if places[one] != followed[one]}
        assert len(moved) == len(set(moved))
        assert rib.moved() == []
        for address, place in places.items():
            assert plain(place) == looked_up(rib, address, via_default=via_default)
        followed = places


def test_metric_next_hops_and_reachability_each_make_a_difference_and_nothing_else() -> None:
    rib = Rib()
    rib.follow([FAR])
    assert (told(rib, FAR), rib.moved()) == (None, [])
    for metric, via, expected in (
        (7, "10.0.0.1@eth0", True),
        (8, "10.0.0.1@eth0", True),
        (8, "10.0.0.2@eth0", True),
        (8, "10.0.0.2@eth0", False),
    ):
        rib.apply(announce(route("192.0.2.0/24", "ospf", via, metric=metric)), 1)
        assert rib.moved() == ([FAR] if expected else [])
        assert told(rib, FAR) == (metric, (hop(via),))
    rib.apply(announce(route("192.0.2.0/24", "ospf", "10.0.0.2@eth0", metric=8, tag=5)), 2)
    rib.apply(announce(route("198.51.100.0/24", "ospf", "10.0.0.2@eth0")), 2)
    assert rib.moved() == []
    rib.apply(InterfaceWentDown("eth0"), 3)
    assert (rib.moved(), told(rib, FAR)) == ([FAR], None)
    rib.apply(InterfaceWentUp("eth0"), 4)
    rib.apply(withdraw("ospf", "192.0.2.0/24"), 4)
    assert rib.moved() == [FAR]
    assert told(rib, FAR) is None


def test_a_gateway_on_a_link_of_ours_is_its_own_next_hop_at_no_cost() -> None:
    rib = Rib()
    rib.apply(announce(route("10.0.0.0/24", "connected", "eth0", metric=3)), 1)
    near = Address("10.0.0.9")
    rib.follow([near])
    assert told(rib, near) == (0, (NextHop("eth0", near),))


def test_a_route_by_another_gateway_is_followed_down_to_the_link() -> None:
    rib = Rib()
    rib.apply(announce(route("192.0.2.0/24", "ibgp", "10.9.0.1", metric=3)), 1)
    rib.apply(announce(route("10.9.0.0/16", "ospf", "10.0.0.1@eth0", metric=20)), 1)
    rib.follow([FAR])
    assert told(rib, FAR) == (3, (hop("10.0.0.1@eth0"),))
    rib.apply(announce(route("10.9.0.0/16", "ospf", "10.0.0.2@eth0", metric=20)), 2)
    assert rib.moved() == [FAR]
    assert told(rib, FAR) == (3, (hop("10.0.0.2@eth0"),))


def test_a_route_that_would_lead_to_itself_does_not_make_its_gateway_reachable() -> None:
    rib = Rib()
    rib.follow([FAR])
    rib.apply(announce(route("192.0.2.0/24", "ibgp", str(FAR))), 1)
    assert (told(rib, FAR), rib.moved()) == (None, [])
    rib.apply(announce(route("192.0.0.0/16", "ospf", "10.0.0.1@eth0", metric=4)), 2)
    assert rib.moved() == [FAR]
    assert told(rib, FAR) == (4, (hop("10.0.0.1@eth0"),))


def test_who_left_is_forgotten_unless_a_route_names_it() -> None:
    rib = Rib()
    rib.follow([FAR, Address("192.0.2.2")])
    rib.apply(announce(route("198.51.100.0/24", "static", str(FAR))), 1)
    rib.leave([FAR, Address("192.0.2.2")])
    rib.apply(announce(route("192.0.2.0/24", "ospf", "eth0")), 2)
    assert rib.moved() == []
    assert rib.best("198.51.100.0/24") is not None
    assert [str(one) for one, _, _ in rib.resolver.gateways()] == [str(FAR)]


def test_a_null_route_is_no_way_to_a_gateway() -> None:
    rib = Rib()
    rib.apply(announce(route("192.0.0.0/16", "ospf", "eth0")), 1)
    rib.follow([FAR])
    rib.apply(announce(route("192.0.2.0/24", "static")), 2)
    assert rib.moved() == [FAR]
    assert told(rib, FAR) is None
    assert rib.best(Prefix("192.0.2.0/24")) is not None
