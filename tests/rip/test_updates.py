"""What links are told: split horizon, sizes, policies, versions, redistribution, the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import pytest

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.errors import UsageError
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.protocol import events as ev
from fingerpost.rib.events import AnnounceRoutes, Change, RoutesChanged
from fingerpost.rib.route import RibRoute
from fingerpost.rip import (
    Algorithm,
    Key,
    KeyChain,
    Redistribution,
    RipConfig,
    RipInterface,
    RipTimers,
    Sending,
    SimplePassword,
    SplitHorizon,
    filters,
)
from fingerpost.rip.packet import RipPacket, Rte
from fingerpost.rip.packet_ng import RipngPacket
from rip.single import (
    EXACT,
    GROUP,
    LINKS,
    S,
    announced,
    heard,
    heard_ng,
    installed,
    machine,
    ng,
    rte,
    said,
    sent,
    withdrawn,
)

ROUTE = [rte("10.9.0.0/16", 3)]
NO_SOURCE = (LINKS["eth0"], LINKS["eth0"][:2])  # what RIPng has before its link-local address
BOTH = (RipInterface("eth0"), RipInterface("eth1"))


def static(prefix: str, metric: int = 0, **fields: object) -> RibRoute:
    hops = (NextHop("eth1", Address("10.0.1.9")),)
    return RibRoute(Prefix(prefix), "static", 1, metric, hops, **fields)  # type: ignore[arg-type]


def exported(*routes: RibRoute) -> RoutesChanged:
    return RoutesChanged(tuple(Change(route.prefix, None, route) for route in routes))


def gone(*prefixes: str) -> RoutesChanged:
    return RoutesChanged(tuple(Change(Prefix(one), None, None) for one in prefixes))


def next_hops(outputs: list[ev.Output], interface: str) -> dict[str, str]:
    packets = [RipPacket.decode(one.payload) for one in sent(outputs, interface)]
    return {str(e.address): str(e.next_hop) for packet in packets for e in packet.entries}


# ---- beginning


def test_an_interface_that_comes_up_joins_asks_and_tells() -> None:
    rip = machine(up=False)
    out = rip.receive(ev.InterfaceWentUp("eth0", LINKS["eth0"]), 0)
    assert out[0] == ev.JoinGroup("eth0", GROUP)
    (asked, *told) = sent(out)
    assert RipPacket.decode(asked.payload) == RipPacket(
        1, 2, (Rte(Address("0.0.0.0"), metric=16, family=0),)
    )
    assert (asked.destination, asked.destination_port, asked.source_port) == (GROUP, 520, 520)
    assert told == []  # all that it knows is the network of the link itself


def test_an_interface_without_a_place_in_the_configuration_is_not_ours() -> None:
    rip = machine(up=False)
    assert rip.receive(ev.InterfaceWentUp("eth9", LINKS["eth0"]), 0) == []
    assert rip.next_deadline() is None


@pytest.mark.parametrize(("version", "own", "first"), [(2, LINKS["eth0"], ()), ("ng", *NO_SOURCE)])
def test_nothing_is_said_before_there_is_an_address_to_say_it_from(
    version: Literal[2, "ng"], own: tuple[Interface, ...], first: tuple[Interface, ...]
) -> None:
    rip = machine(up=False, version=version)
    out = rip.receive(ev.InterfaceWentUp("eth0", first), 0)
    assert [type(one) for one in out if not isinstance(one, AnnounceRoutes)] == [ev.JoinGroup]
    assert sent(rip.receive(ev.TimePassed(), 40 * S)) == []
    asked = sent(rip.receive(ev.AddressesChanged("eth0", own), 41 * S))
    assert len(asked) == 1
    rip.receive(heard_ng(ng("2001:db8:9::/48")) if version == "ng" else heard(ROUTE), 42 * S)
    assert rip.next_deadline() is not None
    assert sent(rip.receive(ev.TimePassed(), 80 * S)) != []
    assert sent(rip.receive(ev.AddressesChanged("eth0", own), 81 * S)) == []


# ---- split horizon (RFC 2453 3.4.3)


@pytest.mark.parametrize(
    ("horizon", "told"),
    [
        (SplitHorizon.NONE, {"10.0.0.0/24": 1, "10.0.1.0/24": 1, "10.9.0.0/16": 4}),
        (SplitHorizon.SIMPLE, {"10.0.1.0/24": 1}),
        (SplitHorizon.POISONED, {"10.0.1.0/24": 1, "10.9.0.0/16": 16}),
    ],
)
def test_what_the_link_hears_that_said_it(horizon: SplitHorizon, told: dict[str, int]) -> None:
    rip = machine(RipInterface("eth0", split_horizon=horizon), RipInterface("eth1"))
    rip.receive(heard(ROUTE), S)
    rip.receive(ev.TimePassed(), 10 * S)
    assert said(rip.receive(ev.TimePassed(), 30 * S), "eth0") == told


def test_without_split_horizon_the_router_on_the_link_is_named() -> None:
    rip = machine(RipInterface("eth0", split_horizon=SplitHorizon.NONE), RipInterface("eth1"))
    rip.receive(heard(ROUTE), S)
    rip.receive(ev.TimePassed(), 10 * S)
    out = rip.receive(ev.TimePassed(), 30 * S)
    assert next_hops(out, "eth0")["10.9.0.0"] == "10.0.0.2"
    assert next_hops(out, "eth1")["10.9.0.0"] == "0.0.0.0"


def test_all_links_that_share_a_prefix_have_said_it() -> None:
    rip = machine()
    rip.receive(heard(ROUTE), S)
    out = rip.receive(heard(ROUTE, interface="eth1", source="10.0.1.2"), 2 * S)
    (route,) = installed(out)
    assert [hop.interface for hop in route.next_hops] == ["eth0", "eth1"]
    rip.receive(ev.TimePassed(), 10 * S)
    out = rip.receive(ev.TimePassed(), 30 * S)
    assert said(out, "eth0")["10.9.0.0/16"] == said(out, "eth1")["10.9.0.0/16"] == 16


# ---- sizes


@pytest.mark.parametrize(
    ("authenticator", "most"),
    [
        (None, 25),
        (SimplePassword(b"x"), 24),
        (KeyChain((Key(1, b"x"),)), 24),
        (KeyChain((Key(1, b"x", Algorithm.HMAC_SHA_512),)), 24),
    ],
)
@pytest.mark.parametrize("mtu", [1500, 576, 300])
def test_updates_are_cut_into_datagrams_that_fit(
    authenticator: SimplePassword | KeyChain | None, most: int, mtu: int
) -> None:
    rip = machine(RipInterface("eth0", authenticator=authenticator), RipInterface("eth1"), up=False)
    rip.receive(ev.InterfaceWentUp("eth0", LINKS["eth0"], mtu), 0)
    rip.receive(ev.InterfaceWentUp("eth1", LINKS["eth1"], mtu), 0)
    rip.receive(ev.TimePassed(), 0)
    routes = [rte(f"10.{n}.0.0/16") for n in range(1, 101)]
    out = rip.receive(heard(routes, interface="eth1", source="10.0.1.2"), 5 * S)
    datagrams = sent(out, "eth0")
    counts = [len(RipPacket.decode(one.payload).entries) for one in datagrams]
    assert sum(counts) == 100
    assert max(counts) <= most
    assert max(len(one.payload) for one in datagrams) + 28 <= mtu
    assert mtu < 1500 or max(counts) == most
    assert len(said(out, "eth0")) == 100


def test_ripng_updates_are_as_long_as_the_mtu() -> None:
    rip = machine(version="ng", up=False)
    for name in LINKS:
        rip.receive(ev.InterfaceWentUp(name, LINKS[name], 1280), 0)
    rip.receive(ev.TimePassed(), 0)
    routes = [ng(f"2001:db8:{n:x}::/48") for n in range(0x100, 0x200)]
    datagrams = sent(rip.receive(heard_ng(*routes), 5 * S), "eth1")
    counts = [len(RipngPacket.decode(one.payload).entries) for one in datagrams]
    assert counts == [61, 61, 61, 61, 12]  # RFC 2080 2.1: (1280 - 40 - 8 - 4) / 20
    assert max(len(one.payload) for one in datagrams) + 48 <= 1280


def test_ripng_names_a_next_hop_again_in_each_datagram() -> None:
    free = RipInterface("eth0", split_horizon=SplitHorizon.NONE)
    rip = machine(free, RipInterface("eth1"), version="ng", up=False)
    for name in LINKS:
        rip.receive(ev.InterfaceWentUp(name, LINKS[name], 148), 0)
    rip.receive(ev.TimePassed(), 0)
    routes = [ng(f"2001:db8:{n:x}::/48") for n in range(0x100, 0x106)]
    out = rip.receive(heard_ng(*routes), 5 * S)
    packets = [RipngPacket.decode(one.payload) for one in sent(out, "eth0")]
    assert [len(packet.entries) for packet in packets] == [4, 4]
    firsts = [packet.entries[0] for packet in packets]
    assert all(one.is_next_hop and one.address == Address("fe80::2") for one in firsts)


# ---- to whom


@pytest.mark.parametrize(
    ("sending", "version", "to"),
    [
        (Sending.RIP_2, 2, "224.0.0.9"),
        (Sending.RIP_1_COMPATIBLE, 2, "10.0.0.255"),
        (Sending.RIP_1, 1, "10.0.0.255"),
    ],
)
def test_versions_that_are_sent(sending: Sending, version: int, to: str) -> None:
    rip = machine(RipInterface("eth0", sending=sending), RipInterface("eth1"))
    (update,) = sent(rip.receive(ev.TimePassed(), 30 * S), "eth0")
    assert update.destination == Address(to)
    assert update.hop_limit == 1
    assert RipPacket.decode(update.payload).version == version


def test_a_passive_interface_hears_and_says_nothing_but_to_its_neighbors() -> None:
    silent = RipInterface("eth0", is_passive=True)
    rip = machine(silent, RipInterface("eth1"))
    assert announced(rip.receive(heard(ROUTE), S))
    assert not sent(rip.receive(ev.TimePassed(), 30 * S), "eth0")
    two = (Address("10.0.0.8"), Address("10.0.0.9"))
    rip = machine(replace(silent, neighbors=two), RipInterface("eth1"))
    out = sent(rip.receive(ev.TimePassed(), 30 * S), "eth0")
    assert [one.destination for one in out] == list(two)


# ---- policies


def test_offsets_and_lists_on_the_way_out() -> None:
    policies = (
        filters.offset(5, lambda prefix: prefix == Prefix("10.9.0.0/16")),
        filters.distribute(lambda prefix: prefix != Prefix("10.8.0.0/16")),
    )
    rip = machine(RipInterface("eth0"), RipInterface("eth1", policy_out=policies))
    out = rip.receive(heard([*ROUTE, rte("10.8.0.0/16"), rte("10.7.0.0/16")]), 5 * S)
    assert said(out, "eth1") == {"10.9.0.0/16": 9, "10.7.0.0/16": 2}


def test_a_policy_that_changes_takes_back_what_it_told() -> None:
    rip = machine()
    rip.receive(heard(ROUTE), S)
    rip.receive(ev.TimePassed(), 10 * S)
    refuses = filters.distribute(lambda prefix: prefix.length != 16)
    config = RipConfig(
        (RipInterface("eth0"), RipInterface("eth1", policy_out=(refuses,))), timers=EXACT
    )
    out = rip.receive(ev.ConfigurationChanged(config), 11 * S)
    assert said(out, "eth1") == {"10.9.0.0/16": 16, "10.0.0.0/24": 1}
    assert said(rip.receive(ev.TimePassed(), 41 * S), "eth1") == {"10.0.0.0/24": 1}
    assert not withdrawn(out)


# ---- our own routes


def test_static_routes_are_told_with_metric_tag_and_next_hop() -> None:
    rules = {"static": Redistribution(metric=5, tag=42)}
    rip = machine(config=RipConfig(BOTH, timers=EXACT, redistributes=rules))
    out = rip.receive(exported(static("10.50.0.0/16", tag=7)), 5 * S)
    (update,) = sent(out, "eth1")
    (entry,) = RipPacket.decode(update.payload).entries
    assert (entry.metric, entry.tag, str(entry.next_hop)) == (5, 42, "10.0.1.9")
    assert next_hops(out, "eth0") == {"10.50.0.0": "0.0.0.0"}
    assert announced(out) == {}  # the routing table has it already
    back = rip.receive(gone("10.50.0.0/16"), 10 * S)
    assert said(back, "eth0") == {"10.50.0.0/16": 16}
    rip.receive(ev.TimePassed(), 130 * S)
    assert "10.50.0.0/16" not in said(rip.receive(ev.TimePassed(), 160 * S), "eth0")
    assert Prefix("10.50.0.0/16") not in rip.table.entries


@pytest.mark.parametrize(("theirs", "told"), [(0, 1), (1, 1), (7, 7), (15, 15), (16, 1), (999, 1)])
def test_a_metric_that_fits_is_kept(theirs: int, told: int) -> None:
    rules = {"static": Redistribution()}
    rip = machine(config=RipConfig(BOTH, timers=EXACT, redistributes=rules))
    out = rip.receive(exported(static("10.50.0.0/16", theirs, tag=1 << 20)), 5 * S)
    assert said(out, "eth0") == {"10.50.0.0/16": told}


def test_sources_that_nobody_names_other_families_and_ourselves_are_not_told() -> None:
    rules = {"static": Redistribution(policy=(filters.distribute(lambda p: p.length < 20),)),
             "rip": Redistribution()}  # fmt: skip
    rip = machine(config=RipConfig(BOTH, timers=EXACT, redistributes=rules))
    out = rip.receive(
        exported(
            static("10.51.1.0/24"),
            static("2001:db8::/48"),
            replace(static("10.52.0.0/16"), source="ospf"),
            replace(static("10.53.0.0/16"), source="rip"),
            static("10.54.0.0/16", kind=RouteKind.BLACKHOLE),
        ),
        5 * S,
    )
    assert said(out, "eth0") == {"10.54.0.0/16": 1}


def test_our_own_say_wins_until_a_neighbour_is_better() -> None:
    rules = {"static": Redistribution(metric=3)}
    rip = machine(config=RipConfig(BOTH, timers=EXACT, redistributes=rules))
    rip.receive(exported(static("10.9.0.0/16")), 5 * S)
    assert announced(rip.receive(heard([rte("10.9.0.0/16", 2)]), 10 * S)) == {}
    assert "not less than our own 3" in str(rip.explain("10.9.0.0/16"))
    out = rip.receive(heard([rte("10.9.0.0/16", 1)]), 15 * S)
    assert announced(out) == {"10.9.0.0/16": 2}
    assert "our own metric 3 is more than 2" in str(rip.explain("10.9.0.0/16"))
    out = rip.receive(heard([rte("10.9.0.0/16", 16)]), 20 * S)
    assert withdrawn(out) == ["10.9.0.0/16"]
    assert said(out, "eth1")["10.9.0.0/16"] == 3


def test_a_default_route_of_our_own() -> None:
    config = RipConfig(BOTH, timers=EXACT, default_metric=2)
    rip = machine(config=config)
    assert said(rip.receive(ev.TimePassed(), 30 * S), "eth0")["0.0.0.0/0"] == 2
    off = replace(config, default_metric=None)
    assert said(rip.receive(ev.ConfigurationChanged(off), 40 * S), "eth0")["0.0.0.0/0"] == 16
    rip = machine(config=config, version="ng")
    (update,) = sent(rip.receive(ev.TimePassed(), 30 * S), "eth0")
    assert "::/0" in [f"{e.address}/{e.length}" for e in RipngPacket.decode(update.payload).entries]


# ---- links that go, and the end


def test_a_link_that_goes_takes_its_routes_along() -> None:
    rip = machine()
    rip.receive(heard([*ROUTE, rte("10.8.0.0/16")]), S)
    rip.receive(heard([rte("10.8.0.0/16")], interface="eth1", source="10.0.1.2"), S)
    rip.receive(ev.TimePassed(), 10 * S)
    out = rip.receive(ev.InterfaceWentDown("eth0"), 11 * S)
    assert withdrawn(out) == ["10.9.0.0/16"]
    assert announced(out) == {"10.8.0.0/16": 2}  # by the other link alone
    assert said(out, "eth1") == {"10.0.0.0/24": 16, "10.9.0.0/16": 16}
    assert not sent(out, "eth0")
    up = rip.receive(ev.InterfaceWentUp("eth0", LINKS["eth0"]), 20 * S)
    assert said(up, "eth1")["10.0.0.0/24"] == 1


def test_networks_follow_the_addresses() -> None:
    rip = machine()
    more = (*LINKS["eth0"], Interface("10.77.0.1/16"))
    out = rip.receive(ev.AddressesChanged("eth0", more), 5 * S)
    assert said(out, "eth1") == {"10.77.0.0/16": 1}
    out = rip.receive(ev.AddressesChanged("eth0", LINKS["eth0"]), 10 * S)
    assert said(out, "eth1") == {"10.77.0.0/16": 16}
    assert rip.receive(ev.AddressesChanged("eth9", more), 11 * S) == []


def test_an_interface_that_leaves_the_configuration_and_comes_back() -> None:
    rip = machine()
    rip.receive(heard(ROUTE), S)
    one = RipConfig((RipInterface("eth1"),), timers=EXACT)
    out = rip.receive(ev.ConfigurationChanged(one), 10 * S)
    assert withdrawn(out) == ["10.9.0.0/16"]
    assert said(out, "eth1") == {"10.0.0.0/24": 16, "10.9.0.0/16": 16}
    back = rip.receive(ev.ConfigurationChanged(RipConfig(BOTH, timers=EXACT)), 20 * S)
    assert ev.JoinGroup("eth0", GROUP) in back
    assert sent(back, "eth0")


def test_a_polite_end_tells_that_nothing_can_be_reached() -> None:
    rip = machine()
    rip.receive(heard(ROUTE), S)
    rip.receive(ev.TimePassed(), 10 * S)
    out = rip.receive(ev.ShutdownRequested(), 11 * S)
    assert said(out, "eth1") == {"10.0.0.0/24": 16, "10.9.0.0/16": 16}
    assert said(out, "eth0") == {"10.0.1.0/24": 16}
    assert withdrawn(out) == ["10.9.0.0/16"]
    assert rip.next_deadline() is None
    assert rip.receive(heard(ROUTE), 12 * S) == []
    assert rip.snapshot()["stopped"]


def test_an_end_that_leaves_the_routes_says_nothing() -> None:
    rip = machine()
    rip.receive(heard(ROUTE), S)
    rip.receive(ev.TimePassed(), 10 * S)
    assert rip.receive(ev.ShutdownRequested(is_polite=False), 11 * S) == []


# ---- reasons


def test_reasons_name_winners_losers_and_rules() -> None:
    rip = machine()
    rip.receive(heard(ROUTE), S)
    rip.receive(heard([rte("10.9.0.0/16", 7)], source="10.0.0.3"), 2 * S)
    reasons = rip.explain("10.9.0.0/16")
    assert [str(one.neighbor) for one in reasons.winners] == ["10.0.0.2"]
    assert [str(one.candidate.neighbor) for one in reasons.losers] == ["10.0.0.3"]
    assert "8 against 4" in reasons.losers[0].rule
    rip.receive(heard(ROUTE, source="10.0.0.4"), 3 * S)
    assert "2 routers share the lowest metric 4" in str(rip.explain("10.9.0.0/16"))
    assert "no router has offered it" in str(rip.explain("10.99.0.0/16"))


def test_reasons_and_snapshots_are_plain_and_bounded() -> None:
    import json

    rip = machine()
    rip.receive(heard(ROUTE), S)
    for host in range(3, 60):
        rip.receive(heard([rte("10.9.0.0/16", 9)], source=f"10.0.0.{host}"), 2 * S)
    assert len(rip.explain("10.9.0.0/16").losers) == 4
    model = json.loads(json.dumps(rip.snapshot()))
    assert [one["prefix"] for one in model["routes"]] == [
        "10.0.0.0/24",
        "10.0.1.0/24",
        "10.9.0.0/16",
    ]
    assert len(model["neighbors"]) == 58


@pytest.mark.parametrize(
    "make",
    [
        lambda: RipInterface("eth0", cost=0),
        lambda: RipInterface("eth0", cost=16),
        lambda: RipConfig((RipInterface("eth0"), RipInterface("eth0"))),
        lambda: RipConfig(default_metric=16),
        lambda: RipConfig(maximum_paths=0),
        lambda: RipConfig(redistributes={"static": Redistribution(metric=0)}),
        lambda: RipTimers(jitter_ns=30 * S),
        lambda: RipTimers(timeout_ns=0),
        lambda: RipTimers(triggered_least_ns=6 * S),
    ],
)
def test_configurations_that_cannot_be_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(UsageError):
        make()
