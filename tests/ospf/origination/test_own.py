from __future__ import annotations

import pytest

from fingerpost.addr import Interface, Prefix
from fingerpost.ospf.config import GracefulRestart, NetworkType, OspfInterface, StubRouter
from fingerpost.ospf.lsa.router_information import Capability
from fingerpost.ospf.text import undotted
from fingerpost.protocol.events import AddressesChanged, EndAnnounced

from ..network import Network
from .places import P2P, Places, Version, prefix, router_id
from .whole import lsas, routes, table, whole

S = 1_000_000_000
VERSIONS = pytest.mark.parametrize("version", [2, 3])
LAN = NetworkType.BROADCAST
ROUTER, NETWORK = {2: 1, 3: 0x2001}, {2: 2, 3: 0x2002}


def line(version: Version, network_type: NetworkType = P2P, **config: object) -> Places:
    """a - b - c, of which b is configured, each with a network of its own."""
    places = Places(version)
    for name in "abc":
        places.router(name, **(config if name == "b" else {}))
    places.link(1, "a", "b", network_type=network_type)
    places.link(2, "b", "c", network_type=network_type)
    for number, name in enumerate("abc", 11):
        places.stub(number, name)
    return places


def links(network: Network, router: int) -> list[tuple[int, int]]:
    """Type and metric of the links of a router, as c has heard of them."""
    number = router_id(router) if network.version == 2 else 0
    body = lsas(network, "c", ROUTER[network.version])[number, router_id(router)]
    return [(int(link.type), link.metric) for link in body.links]


def transit_costs(network: Network, router: int) -> set[int]:
    return {metric for kind, metric in links(network, router) if kind != 3}


@VERSIONS
def test_stub_router_until_so_long_after_the_start(version: Version) -> None:
    """RFC 6987 2.1: others reach what is its own, and go through it only if they must."""
    network = line(version, stub_router=StubRouter(after_start_ns=100 * S)).begin(60)
    assert transit_costs(network, 2) == {0xFFFF}
    assert table(network, "a")[prefix(version, 0, 12)].metric == 20
    assert table(network, "a")[prefix(version, 0, 13)].metric == 10 + 0xFFFF + 10
    network.run(60)
    assert transit_costs(network, 2) == {10}
    assert table(network, "a")[prefix(version, 0, 13)].metric == 30


@VERSIONS
def test_stub_router_by_configuration(version: Version) -> None:
    network = line(version).begin(60)
    network.reconfigure("b", stub_router=StubRouter(always=True))
    network.run(10)
    assert transit_costs(network, 2) == {0xFFFF}


@VERSIONS
def test_stub_router_before_its_end(version: Version) -> None:
    """RFC 6987 2: who is about to go is gone round, as long as it is asked to."""
    network = line(version, stub_router=StubRouter(before_end_ns=5 * S)).begin(60)
    assert network.routers["b"].gives_way_ns == 5 * S
    network.give("b", EndAnnounced())
    network.run(10)
    assert transit_costs(network, 2) == {0xFFFF}
    other = line(version).begin(60)
    assert other.routers["b"].gives_way_ns == 0
    other.give("b", EndAnnounced())
    other.run(10)
    assert transit_costs(other, 2) == {10}


@VERSIONS
@pytest.mark.parametrize("kind", [P2P, LAN])
def test_networks_for_transit_only_are_hidden(version: Version, kind: NetworkType) -> None:
    """RFC 6860: nobody routes to them, and all else is reached through them."""
    places = Places(version)
    for name in "abc":
        places.router(name, hides_networks=True)
    places.link(1, "a", "b", network_type=kind)
    places.link(2, "b", "c", network_type=kind)
    places.stub(13, "c")
    network = places.begin(100)
    held = table(network, "a")
    assert prefix(version, 0, 13) in held
    assert prefix(version, 0, 2) not in held


@VERSIONS
def test_a_lan_is_told_by_its_designated_router(version: Version) -> None:
    """RFC 2328 12.4.2, RFC 5340 4.4.3.3: who is on it changes, and so does who tells."""
    places = Places(version)
    for name in "abcd":
        places.router(name)
    places.link(1, "a", "b", "c", "d", network_type=LAN)
    places.stub(11, "a")
    network = places.begin(60)
    held = lsas(network, "a", NETWORK[version])
    assert [body.routers for body in held.values()] == [tuple(map(router_id, (1, 2, 3, 4)))]
    assert {key[1] for key in held} == {router_id(4)}
    network.down("d", "0.1")
    network.run(60)
    held = lsas(network, "a", NETWORK[version])
    assert [body.routers for key, body in held.items() if key[1] == router_id(3)] == [
        tuple(map(router_id, (1, 2, 3)))
    ]
    assert table(network, "c")[prefix(version, 0, 11)].metric == 20


def test_prefixes_that_any_router_of_a_lan_has_are_told() -> None:
    """RFC 5340 4.4.3.9: the Designated Router tells what is in the link-LSAs of the others."""
    places = line(3, LAN)
    network = places.begin(60)
    more = "2001:db8:aa::7/64"
    a = network.routers["a"].interfaces["0.1"]
    network.give("a", AddressesChanged("0.1", (*a.addresses, Interface(more))))
    network.run(30)
    assert routes(network, "c")["2001:db8:aa::/64"][0] == 20
    network.give("a", AddressesChanged("0.1", a.addresses[:2]))
    network.run(30)
    assert "2001:db8:aa::/64" not in routes(network, "c")


@VERSIONS
def test_another_cost_is_told(version: Version) -> None:
    network = line(version).begin(60)
    own = network.routers["b"].config.interfaces
    changed = tuple(
        OspfInterface(one.name, network_type=P2P, cost=77) if one.name == "0.2" else one
        for one in own
    )
    network.reconfigure("b", interfaces=changed)
    network.run(10)
    assert table(network, "a")[prefix(version, 0, 13)].metric == 97


@VERSIONS
def test_another_router_id_leaves_nothing_of_the_old_one(version: Version) -> None:
    """RFC 2328 12.4, event 2: LSAs of the old one are flushed."""
    network = line(version).begin(60)
    network.reconfigure("b", router_id=undotted("9.9.9.9"))
    network.run(60)
    held = lsas(network, "c", ROUTER[version])
    assert {key[1] for key in held} == {router_id(1), router_id(3), undotted("9.9.9.9")}
    assert table(network, "a")[prefix(version, 0, 13)].metric == 30


@VERSIONS
def test_router_information(version: Version) -> None:
    """RFC 7770 2.4: what we can do."""
    restart = GracefulRestart(is_enabled=True, helps=False)
    network = line(version, graceful_restart=restart, tells_router_information=True).begin(60)
    kind, number = (10, 4 << 24) if version == 2 else (0xA00C, 0)
    (tlv,) = lsas(network, "c", kind)[number, router_id(2)].tlvs
    assert tlv.numbers == (Capability.GRACEFUL_RESTART, Capability.STUB_ROUTER)
    network.reconfigure("b", tells_router_information=False)
    network.run(10)
    assert (number, router_id(2)) not in lsas(network, "c", kind)


@pytest.mark.parametrize("kind", [P2P, LAN])
def test_routes_of_ipv4_by_version_3(kind: NetworkType) -> None:
    """RFC 5838: an instance of IPv4 speaks by link-local addresses of IPv6."""
    network = Network(3, make=whole)
    one = OspfInterface("e", network_type=kind)
    stub = OspfInterface("s", is_passive=True)
    network.router("a", "1.1.1.1", one, stub, instance_id=64)
    network.router("b", "2.2.2.2", one, stub, instance_id=64)
    network.link("l", ("a", "e", "192.0.2.1/24"), ("b", "e", "192.0.2.2/24"))
    network.link("m", ("a", "s", "198.51.100.1/24"))
    network.run(60)
    route = table(network, "b")[Prefix("198.51.100.0/24")]
    assert route.metric == 20
    assert [str(hop) for hop in route.next_hops] == ["via 192.0.2.1 dev e"]


@VERSIONS
def test_a_router_that_has_nothing_to_say_says_nothing(version: Version) -> None:
    """However often it is asked: an hour without a change is one refresh or two of each LSA."""
    network = line(version).begin(60)
    before = {name: _originated(network, name) for name in "abc"}
    network.run(3600)
    for name in "abc":
        count = len(network.routers[name].originator.ledger)  # type: ignore[attr-defined]
        assert _originated(network, name) - before[name] <= 2 * count + 1


def _originated(network: Network, name: str) -> int:
    return int(network.routers[name].originator.ledger.originated)  # type: ignore[attr-defined]
