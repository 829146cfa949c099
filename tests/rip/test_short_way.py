"""The short way for what is known already does what the long way does."""

from __future__ import annotations

import random
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.addr import Address, Prefix
from fingerpost.protocol import events as ev
from fingerpost.rip import Rip, RipConfig, RipInterface
from fingerpost.rip.learned import LearnedRoutes
from fingerpost.rip.packet import RipPacket, Rte
from fingerpost.rip.packet_ng import NEXT_HOP_METRIC, RteNg
from rip.single import EXACT, LINKS, S, heard, heard_ng, sent

BOTH = (RipInterface("eth0"), RipInterface("eth1"))
NETWORKS = [Prefix(f"10.{n}.0.0/16") for n in range(5, 9)]
NETWORKS_NG = [Prefix(f"2001:db8:{n}::/48") for n in range(5, 9)]
HOSTS = ["10.0.0.2", "10.0.0.3", "10.0.0.4"]
HOSTS_NG = ["fe80::2", "fe80::3", "fe80::4"]
TOLD = st.tuples(st.integers(0, 3), st.integers(1, 16), st.integers(0, 1), st.integers(0, 2))
SAID = st.tuples(st.integers(0, 2), st.sampled_from(["eth0", "eth1"]), st.lists(TOLD, max_size=5))
STEPS = st.lists(st.tuples(SAID, st.sampled_from([0, S, 30 * S, 100 * S, 190 * S])), max_size=20)

Said = tuple[int, str, list[tuple[int, int, int, int]]]


def message(version: Literal[2, "ng"], said: Said) -> ev.DatagramReceived:
    host, interface, told = said
    if version == 2:
        net = "10.0.0" if interface == "eth0" else "10.0.1"
        vias = [Address("0.0.0.0"), Address(f"{net}.2"), Address(f"{net}.9")]
        entries = [
            Rte(NETWORKS[n].network, NETWORKS[n].netmask, vias[via], metric, tag)
            for n, metric, tag, via in told
        ]
        return heard(entries, interface=interface, source=f"{net}.{host + 2}")
    vias = [Address("::"), Address("fe80::2"), Address("fe80::9")]
    pairs = [
        (
            RteNg(vias[via], 0, NEXT_HOP_METRIC),
            RteNg(NETWORKS_NG[n].network, 48, metric, tag),
        )
        for n, metric, tag, via in told
    ]
    flat = [entry for pair in pairs for entry in pair]
    return heard_ng(*flat, source=HOSTS_NG[host], interface=interface)


@pytest.mark.parametrize("version", [2, "ng"])
@pytest.mark.parametrize("paths", [1, 2, 8])
@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_the_short_way_is_the_long_way(
    version: Literal[2, "ng"], paths: int, steps: list[tuple[Said, int]]
) -> None:
    config = RipConfig(BOTH, timers=EXACT, maximum_paths=paths)
    short, long = (Rip(config, random.Random(1), version=version) for _ in range(2))
    long.table.learned = LongWay(long.table._store)
    now = 0
    for rip in (short, long):
        for name in LINKS:
            rip.receive(ev.InterfaceWentUp(name, LINKS[name]), now)
    for said, wait in steps:
        now += wait
        event = message(version, said)
        assert short.receive(event, now) == long.receive(event, now)
        assert short.snapshot() == long.snapshot()
        for prefix in NETWORKS if version == 2 else NETWORKS_NG:
            assert short.explain(prefix) == long.explain(prefix)


class LongWay(LearnedRoutes):
    def is_known(self, *_: object) -> bool:
        return False


def test_the_same_bytes_are_said_again_until_something_changes() -> None:
    rip = Rip(RipConfig(BOTH, timers=EXACT), random.Random(1))
    for name in LINKS:
        rip.receive(ev.InterfaceWentUp(name, LINKS[name]), 0)
    rip.receive(ev.TimePassed(), 0)
    route = message(2, (0, "eth0", [(0, 3, 0, 0)]))
    rip.receive(route, S)

    def update(second: int) -> list[bytes]:
        rip.receive(ev.TimePassed(), second * S - 1)
        return [one.payload for one in sent(rip.receive(ev.TimePassed(), second * S), "eth1")]

    first, second = update(30), update(60)
    assert first[0] is not second[0]
    assert first == second
    rip.receive(message(2, (0, "eth0", [(0, 5, 0, 0)])), 61 * S)
    changed = update(90)
    assert changed != second
    assert RipPacket.decode(changed[0]).entries[-1].metric == 6
    # another router shares the route on the other link: it is told poison from now on
    rip.receive(message(2, (0, "eth0", [(0, 5, 0, 0)])), 91 * S)
    rip.receive(message(2, (0, "eth1", [(0, 5, 0, 0)])), 91 * S)
    assert RipPacket.decode(update(120)[0]).entries[-1].metric == 16
