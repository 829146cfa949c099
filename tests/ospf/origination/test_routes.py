from __future__ import annotations

from types import MappingProxyType

import pytest

from fingerpost.addr import Prefix
from fingerpost.ospf.config import NetworkType, Redistribution, SpfThrottle
from fingerpost.protocol.events import ShutdownRequested

from ..network import Network
from .places import P2P, Places, Version, outside, prefix, router_id
from .whole import lsas, routes, static, table

REDISTRIBUTES = MappingProxyType({"static": Redistribution()})
VERSIONS = pytest.mark.parametrize("version", [2, 3])


def triangle(version: Version, network_type: NetworkType = P2P, **config: object) -> Places:
    """a, b and c, all beside each other, each with a network of its own."""
    places = Places(version)
    for name in "abc":
        places.router(name, **config)
    for number, ends in enumerate(("ab", "bc", "ca"), 1):
        places.link(number, *ends, network_type=network_type)
    for number, name in enumerate("abc", 11):
        places.stub(number, name)
    return places


def prefixes(network: Network, router: str) -> set[str]:
    return set(map(str, table(network, router)))


@VERSIONS
@pytest.mark.parametrize("kind", [P2P, NetworkType.BROADCAST, NetworkType.POINT_TO_MULTIPOINT])
def test_three_routers_reach_everything(version: Version, kind: NetworkType) -> None:
    network = triangle(version, kind).begin(100)
    for name, others in (("a", (12, 13)), ("b", (11, 13)), ("c", (11, 12))):
        held = table(network, name)
        for number in others:
            assert held[prefix(version, 0, number)].metric == 20
        own = {one.prefix for i in network.routers[name].interfaces.values() for one in i.addresses}
        assert not own & held.keys()


@VERSIONS
def test_equal_ways_are_one_route(version: Version) -> None:
    """RFC 2328 16.1: both next hops of the network between the other two."""
    network = triangle(version).begin(60)
    route = table(network, "a")[prefix(version, 0, 2)]
    assert route.metric == 20
    assert [hop.interface for hop in route.next_hops] == ["0.1", "0.3"]


@VERSIONS
def test_a_lost_link_moves_routes(version: Version) -> None:
    network = triangle(version).begin(60)
    network.down("a", "0.1")
    network.run(30)
    route = table(network, "a")[prefix(version, 0, 12)]
    assert (route.metric, [hop.interface for hop in route.next_hops]) == (30, ["0.3"])


@VERSIONS
def test_at_most_so_many_ways(version: Version) -> None:
    network = triangle(version, maximum_paths=1).begin(60)
    assert len(table(network, "a")[prefix(version, 0, 2)].next_hops) == 1


@VERSIONS
def test_attributes_say_what_ospf_knows(version: Version) -> None:
    network = triangle(version).begin(60)
    held = table(network, "a")
    one, other = held[prefix(version, 0, 12)], held[prefix(version, 0, 13)]
    assert one.attributes == {"path_type": "intra-area", "area": "0.0.0.0"}
    assert one.attributes is other.attributes
    assert (one.source, one.distance) == ("ospf" if version == 2 else "ospf3", 110)


@VERSIONS
def test_distances_by_type(version: Version) -> None:
    distances = MappingProxyType({"intra": 90, "external": 150})
    places = triangle(version, distances=distances, redistributes=REDISTRIBUTES)
    network = places.begin(60)
    network.give("b", static(outside(version, 2)))
    network.run(30)
    held = table(network, "a")
    assert held[prefix(version, 0, 12)].distance == 90
    assert held[Prefix(outside(version, 2))].distance == 150
    network.reconfigure("a", distances=MappingProxyType({}))
    assert held.keys() == table(network, "a").keys()
    assert {one.distance for one in table(network, "a").values()} == {110}


@VERSIONS
def test_own_routes_are_withdrawn_at_the_end(version: Version) -> None:
    network = triangle(version).begin(60)
    network.give("a", ShutdownRequested())
    assert table(network, "a") == {}


@VERSIONS
def test_who_leaves_takes_its_lsas_along(version: Version) -> None:
    """RFC 2328 14.1: others need not wait for its silence."""
    network = triangle(version).begin(60)
    before = network.now
    network.give("a", ShutdownRequested())
    assert network.run_until(lambda: str(prefix(version, 0, 11)) not in prefixes(network, "b"), 6)
    assert network.now - before < 6_000_000_000
    kind = 1 if version == 2 else 0x2001
    assert all(key[1] != router_id(1) for key in lsas(network, "b", kind))


@VERSIONS
def test_who_comes_back_goes_on_where_it_was(version: Version) -> None:
    """RFC 2328 13.4: LSAs of the life before are outdone, and what is no more is taken back."""
    places = triangle(version)
    network = places.begin(60)
    old = network.routers["a"]
    network.router("a", "1.1.1.1", *old.config.interfaces[:3])
    network.up("a", "0.1")
    network.up("a", "0.3")
    network.run(60)
    held = prefixes(network, "b")
    assert str(prefix(version, 0, 11)) not in held
    kind = 1 if version == 2 else 0x2001
    number = router_id(1) if version == 2 else 0
    assert (number, router_id(1)) in lsas(network, "c", kind)
    assert routes(network, "c")[str(prefix(version, 0, 1))][0] == 20


@VERSIONS
def test_the_log_says_what_was_calculated_and_why(version: Version) -> None:
    places = triangle(version, throttle=SpfThrottle(initial_ns=7))
    network = places.begin(60)
    log = network.routers["a"].routing.log
    first = log.all()[0]
    began = 0 if version == 3 else 200_000_000  # link-LSAs are told at once
    assert (first.instant, first.waited_ns, first.kind) == (began + 7, 7, "whole")
    assert "database" in first.reasons
    assert first.as_dict()["reasons"] == list(first.reasons)
    before = len(log.all())
    network.run(1900)
    assert len(log.all()) == before, "a refresh is nothing new"
