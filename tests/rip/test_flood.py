"""A flood of valid updates delays nothing but itself (at the level of the machine)."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Literal

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.protocol import events as ev
from fingerpost.rip import Key, KeyChain, Rip, RipConfig, RipInterface, RipTimers
from fingerpost.rip.authentication import seal
from fingerpost.rip.packet import RipPacket, Rte
from fingerpost.rip.packet_ng import RteNg
from rip.single import LINKS, S, heard, heard_ng, rte, sent, withdrawn

RATE = 25_000
A_DATAGRAM = 24
SECONDS = 4
TIMERS = RipTimers(S, 0, 3 * S, 2 * S, S, S, 0)
CHAIN = KeyChain((Key(1, b"secret"),))
MASK = Address("255.255.255.0")


def flood(version: Literal[2, "ng"], chain: KeyChain | None, number: int) -> ev.DatagramReceived:
    """One of 200 datagrams with 4800 routes in all, whose metrics come and go."""
    part = number % 200
    metrics = [1 + (part + at + number // 200 % 2) % 14 for at in range(A_DATAGRAM)]
    firsts = [part * A_DATAGRAM + at for at in range(A_DATAGRAM)]
    if version == 2:
        entries = [
            Rte(Address((20 << 24) + (first << 8)), MASK, metric=metric)
            for first, metric in zip(firsts, metrics, strict=True)
        ]
        return heard(seal(RipPacket(2, 2, tuple(entries)), chain, number, 0))
    told = [
        RteNg(Address((0x20010DB8 << 96) + (first << 64)), 64, metric)
        for first, metric in zip(firsts, metrics, strict=True)
    ]
    return heard_ng(*told)


@pytest.mark.parametrize(("version", "chain"), [(2, CHAIN), ("ng", None)])
def test_updates_and_timeouts_come_in_their_time_under_25000_routes_a_second(
    version: Literal[2, "ng"], chain: KeyChain | None
) -> None:
    interfaces = (RipInterface("eth0", authenticator=chain), RipInterface("eth1"))
    rip = Rip(RipConfig(interfaces, timers=TIMERS), random.Random(1), version=version)
    for name in LINKS:
        rip.receive(ev.InterfaceWentUp(name, LINKS[name]), 0)
    lone = Prefix("10.9.0.0/16") if version == 2 else Prefix("2001:db8:9::/48")
    if version == 2:  # one route of a router that falls silent
        rip.receive(heard([rte(str(lone))], interface="eth1", source="10.0.1.2"), 0)
    else:
        rip.receive(heard_ng(RteNg(lone.network, 48), interface="eth1", source="fe80::9"), 0)
    lost, regular = [], []
    updates = rip.links["eth1"].counters.updates_out
    for number in range(SECONDS * RATE // A_DATAGRAM):
        now = 1 + number * A_DATAGRAM * S // RATE
        out = rip.receive(flood(version, chain, number), now)  # and nobody says TimePassed
        if rip.links["eth1"].counters.updates_out > updates:
            updates = rip.links["eth1"].counters.updates_out
            regular.append(now)
            assert len(sent(out, "eth1")) > 60
        lost += [now for one in withdrawn(out) if one == str(lone)]
        deadline = rip.next_deadline()
        assert deadline is not None
        assert now < deadline <= now + S
    spacing = A_DATAGRAM * S // RATE + 1
    assert [round(one / S) for one in regular] == [1, 2, 3]
    assert all(0 <= b - a - S <= spacing for a, b in pairwise([0, *regular]))
    assert [3 * S <= one <= 3 * S + spacing for one in lost] == [True]
    assert rip.links["eth1"].counters.triggered_out <= 5  # one a second
    assert rip.links["eth0"].counters.responses_in == SECONDS * RATE // A_DATAGRAM


def test_a_flood_of_questions_is_answered_a_few_times_a_second_and_delays_no_update() -> None:
    rip = Rip(RipConfig((RipInterface("eth0"),), timers=TIMERS), random.Random(1))
    rip.receive(ev.InterfaceWentUp("eth0", LINKS["eth0"]), 0)
    asked = heard(bytes.fromhex("01020000" + "00" * 19 + "10"), port=4000)
    rip.receive(heard([rte("10.9.0.0/16")]), 1)
    for number in range(20_000):
        rip.receive(asked, 1 + number * 5 * S // 20_000)
    assert rip.links["eth0"].counters.answers_out <= 60
    assert rip.links["eth0"].counters.updates_out == 5
