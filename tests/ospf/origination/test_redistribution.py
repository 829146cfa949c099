from __future__ import annotations

from types import MappingProxyType

import pytest

from fingerpost.addr import Prefix
from fingerpost.forwarding.durations import SECOND
from fingerpost.ospf.config import (
    DefaultOrigination,
    NetworkType,
    OspfConfig,
    OspfLimits,
    Redistribution,
)
from fingerpost.ospf.constants import LS_INFINITY
from fingerpost.ospf.lsa.options import RouterFlags
from fingerpost.ospf.redistribution import Redistributor
from fingerpost.policy import of
from fingerpost.rib.events import Change, RoutesChanged
from fingerpost.rib.route import RibRoute

from ..network import Network
from .places import Places, Version, default, outside, prefix, router_id
from .whole import entries, gone, lsas, route_of, static, table

VERSIONS = pytest.mark.parametrize("version", [2, 3])
KINDS = {2: 5, 3: 0x4005}


def pair(version: Version, network_type: NetworkType, **config: object) -> Network:
    """a, which is configured, and b on one network."""
    places = Places(version)
    places.router("a", **config)
    places.router("b")
    places.link(1, "a", "b", network_type=network_type)
    return places.begin(60)


def telling(version: Version, **said: object) -> Network:
    """a tells static routes."""
    rule = Redistribution(**said)  # type: ignore[arg-type]
    rules = MappingProxyType({"static": rule})
    return pair(version, NetworkType.POINT_TO_POINT, redistributes=rules)


def externals(network: Network) -> list[tuple[int, bool, int, int]]:
    """Metric, whether of type 2, tag, forwarding address of what b has heard."""
    return [
        (body.metric, body.is_type_2, body.tag or 0, int(body.forwarding or 0))
        for _, body in entries(network, "b", KINDS[network.version], None)
    ]


@VERSIONS
def test_told_with_metric_and_type_of_the_rule_and_the_tag_of_the_route(version: Version) -> None:
    """RFC 2328 12.4.4."""
    network = telling(version, metric=33, metric_type=1)
    network.give("a", static(outside(version, 1), tag=77))
    network.run(5)
    assert externals(network) == [(33, False, 77, 0)]
    route = table(network, "b")[Prefix(outside(version, 1))]
    assert (route.metric, route.tag) == (43, 77)


@VERSIONS
def test_customary_metric_and_the_tag_of_the_rule(version: Version) -> None:
    network = telling(version, tag=5)
    network.give("a", static(outside(version, 1), tag=77))
    network.run(5)
    assert externals(network) == [(20, True, 5, 0)]


@VERSIONS
def test_taken_back_with_the_route(version: Version) -> None:
    network = telling(version)
    network.give("a", static(outside(version, 1), outside(version, 2)))
    network.run(10)
    network.give("a", gone(outside(version, 1)))
    network.run(10)
    assert len(externals(network)) == 1
    assert Prefix(outside(version, 1)) not in table(network, "b")
    assert Prefix(outside(version, 2)) in table(network, "b")


@VERSIONS
def test_only_what_a_rule_names_and_never_our_own(version: Version) -> None:
    network = telling(version)
    own = "ospf" if version == 2 else "ospf3"
    network.give("a", static(outside(version, 1), source=own))
    network.give("a", static(outside(version, 2), source="rip"))
    network.give("a", static(default(version)))
    network.run(10)
    assert externals(network) == []


@VERSIONS
def test_a_policy_chooses_and_changes(version: Version) -> None:
    chosen = Prefix(outside(version, 1))

    def choose(route: RibRoute) -> RibRoute | None:
        if route.prefix != chosen:
            return None
        return RibRoute(route.prefix, route.source, 1, LS_INFINITY + 9, route.next_hops, tag=4)

    network = telling(version, policy=of(choose))
    network.give("a", static(outside(version, 1), outside(version, 2)))
    network.run(10)
    assert externals(network) == [(LS_INFINITY - 1, True, 4, 0)]


@VERSIONS
def test_networks_that_ospf_runs_on_are_told_as_such_alone(version: Version) -> None:
    rules = MappingProxyType({"connected": Redistribution()})
    network = pair(version, NetworkType.POINT_TO_POINT, redistributes=rules)
    inside = str(prefix(version, 0, 1))
    network.give("a", static(inside, source="connected:0.1"))
    network.give("a", static(outside(version, 1), source="connected:other"))
    network.run(10)
    held = [body for _, body in entries(network, "b", KINDS[version], None)]
    assert len(held) == 1


@VERSIONS
@pytest.mark.parametrize(
    ("network_type", "is_shared"),
    [(NetworkType.BROADCAST, True), (NetworkType.POINT_TO_POINT, False)],
)
def test_forwarding_address_on_a_network_that_others_share(
    version: Version, network_type: NetworkType, is_shared: bool
) -> None:
    """RFC 2328 2.3: they send there without us."""
    rules = MappingProxyType({"static": Redistribution()})
    network = pair(version, network_type, redistributes=rules)
    gateway = prefix(version, 0, 1).network + 99
    network.give("a", static(outside(version, 1), gateway=str(gateway)))
    network.run(10)
    ((*_, forwarding),) = externals(network)
    assert forwarding == (int(gateway) if is_shared else 0)
    route = table(network, "b")[Prefix(outside(version, 1))]
    if is_shared:
        assert [str(hop) for hop in route.next_hops] == [f"via {gateway} dev 0.1"]


@VERSIONS
def test_boundary_bit_comes_with_the_rule(version: Version) -> None:
    """RFC 2328 12.4.1, the E bit."""
    network = telling(version)
    kind, number = (1, router_id(1)) if version == 2 else (0x2001, 0)
    assert lsas(network, "b", kind)[number, router_id(1)].flags == RouterFlags.E
    network.reconfigure("a", redistributes=MappingProxyType({}))
    network.run(10)
    assert lsas(network, "b", kind)[number, router_id(1)].flags == 0


@VERSIONS
def test_default_route_that_is_told_always(version: Version) -> None:
    said = DefaultOrigination(always=True, metric_type=1, tag=3)
    network = pair(version, NetworkType.POINT_TO_POINT, default=said)
    assert externals(network) == [(1, False, 3, 0)]
    assert table(network, "b")[Prefix(default(version))].metric == 11


@VERSIONS
def test_default_route_that_follows_the_table(version: Version) -> None:
    """Only while the table has one of another source, and not one that we brought there."""
    network = pair(version, NetworkType.POINT_TO_POINT, default=DefaultOrigination())
    assert externals(network) == []
    network.give("a", static(default(version)))
    network.run(10)
    assert externals(network) == [(10, True, 0, 0)]
    before = route_of(default(version))
    after = route_of(default(version), source="ospf" if version == 2 else "ospf3")
    network.give("a", RoutesChanged((Change(before.prefix, before, after),)))
    network.run(10)
    assert externals(network) == []


@VERSIONS
def test_two_thousand_routes_are_told_and_refreshed_without_a_storm(version: Version) -> None:
    """RFC 2328 12.4: each of them once, until LSRefreshTime; refreshes say nothing new."""
    network = telling(version)
    routes = [
        f"172.{16 + (n >> 8)}.{n & 255}.0/24" if version == 2 else f"2001:db9:{n:x}::/48"
        for n in range(2000)
    ]
    network.give("a", static(*routes))
    network.run(30)
    ledger = network.routers["a"].originator.ledger  # type: ignore[attr-defined]
    assert len(externals(network)) == 2000
    assert 2000 <= ledger.originated <= 2010
    runs = len(network.routers["b"].routing.log.all())
    network.run(1800)
    assert len(externals(network)) == 2000
    assert ledger.refreshed <= 2010
    assert len(network.routers["b"].routing.log.all()) == runs
    assert network.now > 1800 * SECOND


def test_more_routes_than_there_is_room_for_are_refused() -> None:
    rules = MappingProxyType({"static": Redistribution()})
    config = OspfConfig(1, redistributes=rules, limits=OspfLimits(lsas=3))
    redistributor = Redistributor(config, "ospf", 4, {})
    told = redistributor.apply(static(*(outside(2, number) for number in range(5))).changes)
    assert [str(one) for one in told] == [outside(2, number) for number in range(3)]
    assert (len(redistributor.externals), redistributor.refused) == (3, 2)


def test_changes_that_nobody_asks_for_are_not_even_looked_at() -> None:
    redistributor = Redistributor(OspfConfig(1), "ospf", 4, {})
    assert redistributor.apply([None]) == []  # type: ignore[list-item]


@VERSIONS
def test_a_network_that_ospf_begins_to_run_on_is_no_external_any_more(version: Version) -> None:
    rules = MappingProxyType({"connected": Redistribution()})
    network = pair(version, NetworkType.POINT_TO_POINT, redistributes=rules)
    interfaces = network.routers["a"].config.interfaces
    inside = str(prefix(version, 0, 1))
    network.reconfigure("a", interfaces=())
    network.give("a", static(inside, source="connected:0.1"))
    redistributor = network.routers["a"].originator.outside.redistributor  # type: ignore[attr-defined]
    assert list(map(str, redistributor.externals)) == [inside]
    network.reconfigure("a", interfaces=interfaces)
    network.run(30)
    assert redistributor.externals == {}
    assert externals(network) == []
