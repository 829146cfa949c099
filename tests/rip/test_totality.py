"""The machine is total: any bytes and events in any order raise nothing and leave it whole."""

from __future__ import annotations

import json
import random
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.forwarding.route import NextHop
from fingerpost.protocol import events as ev
from fingerpost.rib.events import AnnounceRoutes, Change, RoutesChanged, WithdrawRoutes
from fingerpost.rib.route import RibRoute
from fingerpost.rip import (
    Redistribution,
    Rip,
    RipConfig,
    RipInterface,
    RipLimits,
    SimplePassword,
    SplitHorizon,
)
from fingerpost.rip.constants import INFINITY
from fingerpost.rip.packet import RipPacket, Rte
from fingerpost.rip.packet_ng import RipngPacket, RteNg
from fingerpost.rip.route_state import State
from rip.single import LINKS, S
from rip.test_packet import changed

LIMITS = RipLimits(routes=6, neighbors=3, refused_offers=2, requests_per_s=3)
NAMES = st.sampled_from(["eth0", "eth1", "lo", "none"])
HOSTS = """10.0.0.1 10.0.0.2 10.0.0.3 10.0.1.2 10.0.1.3 9.9.9.9
    fe80::1 fe80::2 fe80::3 2001:db8::2 ::"""
NETWORKS = """0.0.0.0/0 10.0.0.0/24 10.0.1.0/24 10.9.0.0/16 10.8.0.0/16 11.0.0.0/8 10.7.0.0/16
    10.6.0.0/16 10.5.0.0/16 10.4.0.0/16 ::/0 2001:db8::/64 2001:db8:9::/48 2001:db8:8::/48
    2001:db8:7::/48"""
SOURCES = st.sampled_from([Address(text) for text in HOSTS.split()])
PREFIXES = st.sampled_from([Prefix(text) for text in NETWORKS.split()])
METRICS = st.integers(0, 17)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    prefixes = draw(st.lists(PREFIXES, max_size=8))
    command = draw(st.sampled_from([1, 2, 2, 2]))
    if draw(st.booleans()):
        old = draw(st.booleans())
        entries = [
            Rte(p.network, metric=draw(METRICS))
            if old
            else Rte(p.network, p.netmask, draw(SOURCES.filter(lambda a: a.is_ipv4)), draw(METRICS))
            for p in prefixes
            if p.version == 4
        ]
        return RipPacket(command, 1 if old else 2, tuple(entries)).encode()
    next_generation = [
        RteNg(p.network, p.length, draw(METRICS | st.just(255))) for p in prefixes if p.version == 6
    ]
    return RipngPacket(command, tuple(next_generation)).encode()


DATAGRAMS = st.builds(
    ev.DatagramReceived,
    NAMES,
    SOURCES,
    st.sampled_from([520, 521, 520, 521, 4000]),
    st.sampled_from([Address("224.0.0.9"), Address("ff02::9"), Address("10.0.0.1")]),
    st.sampled_from([None, 1, 255]),
    messages() | messages() | changed() | st.binary(max_size=50),
)
ROUTES = st.builds(
    RibRoute,
    PREFIXES,
    st.sampled_from(["static", "rip", "ospf"]),
    st.just(1),
    st.integers(0, 40),
    st.just((NextHop("eth0", Address("10.0.0.9")),)),
    tag=st.integers(0, 1 << 20),
)
CHANGES = st.builds(
    lambda route, is_gone: Change(route.prefix, None, None if is_gone else route),
    ROUTES,
    st.booleans(),
)
ADDRESSES = st.sampled_from([*LINKS.values(), (), (Interface("10.9.0.1/16"),)])
INTERFACES = st.builds(
    RipInterface,
    NAMES,
    cost=st.integers(1, 15),
    is_passive=st.booleans(),
    is_loopback=st.booleans(),
    split_horizon=st.sampled_from(SplitHorizon),
    authenticator=st.sampled_from([None, None, SimplePassword(b"x")]),
)
CONFIGS = st.builds(
    RipConfig,
    st.lists(INTERFACES, max_size=3, unique_by=lambda one: one.name).map(tuple),
    maximum_paths=st.integers(1, 3),
    default_metric=st.none() | st.integers(1, 15),
    redistributes=st.sampled_from([{}, {"static": Redistribution()}]),
    limits=st.just(LIMITS),
)
EVENTS: st.SearchStrategy[ev.Event] = st.one_of(
    DATAGRAMS,
    DATAGRAMS,
    DATAGRAMS,
    st.builds(ev.InterfaceWentUp, NAMES | INTERFACES, ADDRESSES, st.integers(0, 9000)),
    st.builds(ev.InterfaceWentDown, NAMES),
    st.builds(ev.AddressesChanged, NAMES, ADDRESSES),
    st.builds(RoutesChanged, st.lists(CHANGES, max_size=4).map(tuple)),
    st.builds(ev.TimePassed),
    st.builds(ev.ConfigurationChanged, CONFIGS),
)
STEPS = st.lists(st.tuples(EVENTS, st.sampled_from([0, 1, S, 30 * S, 200 * S])), max_size=25)


def check_whole(rip: Rip, table: dict[Prefix, RibRoute], now: int) -> None:
    """What must always hold."""
    entries = rip.table.entries
    assert rip.table.learned.count == sum(one.state is not State.ABSENT for one in entries.values())
    assert rip.table.learned.count <= LIMITS.routes
    assert len(rip.reception.neighbors) <= LIMITS.neighbors
    for prefix, entry in entries.items():
        assert entry.prefix == prefix
        assert not entry.is_empty
        assert len(entry.refused) <= LIMITS.refused_offers
        assert (entry.state is State.VALID) is (entry.metric < INFINITY)
        assert bool(entry.paths) is (entry.state is not State.ABSENT)
        if entry.state is State.VALID:
            assert {path.metric for path in entry.paths} == {entry.metric}
        assert len({(path.interface, path.neighbor) for path in entry.paths}) == len(entry.paths)
        assert str(rip.explain(prefix))
    announced = {prefix: one.announced for prefix, one in entries.items() if one.announced}
    assert announced == table
    deadline = rip.next_deadline()
    assert deadline is None or deadline > now
    json.dumps(rip.snapshot())


@pytest.mark.parametrize("version", [2, "ng"])
@settings(max_examples=150, deadline=None)
@given(steps=STEPS, config=CONFIGS, goodbye=st.booleans())
def test_any_events_in_any_order(
    version: Literal[2, "ng"], steps: list[tuple[ev.Event, int]], config: RipConfig, goodbye: bool
) -> None:
    rip = Rip(config, random.Random(1), version=version)
    table: dict[Prefix, RibRoute] = {}
    now = 0
    rip.receive(ev.TimePassed(), now)
    ups = [ev.InterfaceWentUp(name, LINKS[name]) for name in LINKS]
    for event, wait in [*((one, 0) for one in ups), *steps]:
        now += wait
        for output in rip.receive(event, now):
            match output:
                case AnnounceRoutes():
                    table.update({route.prefix: route for route in output.routes})
                case WithdrawRoutes():
                    for prefix in output.prefixes:
                        del table[prefix]  # never what was not announced
                case ev.SendDatagram():
                    form = RipPacket if version == 2 else RipngPacket
                    assert form.decode(output.payload)
        check_whole(rip, table, now)
    if goodbye:
        for output in rip.receive(ev.ShutdownRequested(), now):
            if isinstance(output, WithdrawRoutes):
                assert set(output.prefixes) == set(table)
                table.clear()
        assert not table


@pytest.mark.parametrize("version", [2, "ng"])
@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_all_is_forgotten_when_nobody_speaks(
    version: Literal[2, "ng"], steps: list[tuple[ev.Event, int]]
) -> None:
    interfaces = tuple(RipInterface(name) for name in LINKS)
    rip = Rip(RipConfig(interfaces, limits=LIMITS), random.Random(1), version=version)
    now = 0
    for name in LINKS:
        rip.receive(ev.InterfaceWentUp(name, LINKS[name]), now)
    for event, wait in steps:
        if isinstance(event, ev.DatagramReceived):
            now += wait
            rip.receive(event, now)
    for name in LINKS:
        rip.receive(ev.InterfaceWentDown(name), now)
    for _ in range(500):
        deadline = rip.next_deadline()
        if deadline is None:
            break
        rip.receive(ev.TimePassed(), deadline)
    assert rip.next_deadline() is None
    assert not rip.table.entries


def test_a_flood_of_valid_updates_does_not_starve_the_timers() -> None:
    rip = Rip(RipConfig((RipInterface("eth0"), RipInterface("eth1"))), random.Random(1))
    for name in LINKS:
        rip.receive(ev.InterfaceWentUp(name, LINKS[name]), 0)
    mask = Address("255.255.255.0")
    payloads = []
    for n in range(200):
        nets = [Address((10 << 24) + (n << 13) + (m << 8)) for m in range(25)]
        entries = (Rte(net, mask, metric=1 + (n + m) % 15) for m, net in enumerate(nets))
        payloads.append(RipPacket(2, 2, tuple(entries)).encode())
    updates = 0
    for number in range(1400):
        event = ev.DatagramReceived(
            "eth0",
            Address(f"10.0.0.{2 + number % 9}"),
            520,
            Address("224.0.0.9"),
            1,
            payloads[number % 200],
        )
        # 40 datagrams a second, and nobody says TimePassed
        rip.receive(event, number * S // 40)
        updates = rip.links["eth1"].counters.updates_out
    assert updates >= 1  # 30 seconds
    assert rip.links["eth1"].counters.triggered_out <= 36
    assert rip.links["eth0"].counters.responses_in == 1400
