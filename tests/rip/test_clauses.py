"""Clauses of RFC 2453 and RFC 2080 that no other file is about."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.protocol import events as ev
from fingerpost.protocol.instance import UdpPort
from fingerpost.rip import Fault, Rip, RipConfig, RipInterface, SplitHorizon
from fingerpost.rip.packet import RipPacket, Rte
from fingerpost.rip.packet_ng import RipngPacket, RteNg
from rip.single import (
    EXACT,
    LINKS,
    PEER,
    S,
    announced,
    faults,
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

ROUTE = rte("10.9.0.0/16", 3)


def test_rfc_2453_3_5_a_network_is_told_with_the_cost_of_its_link() -> None:
    rip = machine(RipInterface("eth0", cost=4), RipInterface("eth1"))
    assert said(rip.receive(ev.TimePassed(), 30 * S), "eth1") == {"10.0.0.0/24": 4}
    changed = RipConfig((RipInterface("eth0", cost=7), RipInterface("eth1")), timers=EXACT)
    out = rip.receive(ev.ConfigurationChanged(changed), 31 * S)
    assert said(out, "eth1") == {"10.0.0.0/24": 7}


def test_nobody_knows_the_network_of_our_link_better() -> None:
    rip = machine(RipInterface("eth0", cost=4), RipInterface("eth1"))
    better = heard([rte("10.0.0.0/24", 1)], interface="eth1", source="10.0.1.2")
    assert announced(rip.receive(better, S)) == {}
    assert "not learned from others" in str(rip.explain("10.0.0.0/24"))
    # it is of use once the link is gone
    out = rip.receive(ev.InterfaceWentDown("eth0"), 2 * S)
    assert announced(out) == {"10.0.0.0/24": 2}


def test_rfc_2453_3_6_every_datagram_has_the_port_and_the_version() -> None:
    rip = machine()
    assert rip.listens == (UdpPort(4, 520),)
    assert machine(version="ng").listens == (UdpPort(6, 521),)
    out = [*rip.receive(heard([ROUTE]), S), *rip.receive(ev.TimePassed(), 30 * S)]
    assert {(one.source_port, one.destination_port) for one in sent(out)} == {(520, 520)}
    assert {one.payload[:4] for one in sent(out)} == {bytes.fromhex("02020000")}


def test_rfc_2453_3_7_the_default_route_is_a_route_like_others() -> None:
    rip = machine()
    out = rip.receive(heard([rte("0.0.0.0/0", 3)]), S)
    assert announced(out) == said(out, "eth1") == {"0.0.0.0/0": 4}


def test_rfc_2453_3_7_host_routes_are_taken() -> None:
    assert announced(machine().receive(heard([rte("10.9.9.9/32")]), S)) == {"10.9.9.9/32": 2}


@pytest.mark.parametrize("late", [0, 10])
def test_rfc_2453_3_8_what_is_no_more_ours_is_told_for_the_whole_garbage_time(late: int) -> None:
    rip = machine(RipInterface("eth0"), RipInterface("eth1"))
    network = heard([rte("10.0.1.0/24", 1)])
    rip.receive(ev.InterfaceWentDown("eth1"), S)
    rip.receive(network, 2 * S)
    rip.receive(heard([rte("10.0.1.0/24", 16)]), 3 * S)
    rip.receive(ev.InterfaceWentUp("eth1", LINKS["eth1"]), 4 * S)
    rip.receive(ev.InterfaceWentDown("eth1"), 100 * S)
    told = rip.receive(ev.TimePassed(), 210 * S + late)
    assert said(told, "eth0")["10.0.1.0/24"] == 16  # 123 s after its router lost it


def test_rfc_2453_3_9_2_bad_entries_are_brought_to_attention() -> None:
    rip = machine()
    bad = heard([replace(ROUTE, metric=17), replace(ROUTE, metric=0), rte("127.0.0.0/8")])
    told = [one.detail for one in rip.receive(bad, S) if isinstance(one, ev.Happened)][1:]
    assert told == [f"from {PEER}: {Fault.METRIC} (2)", f"from {PEER}: {Fault.DESTINATION} (1)"]
    times = [
        one.detail
        for second in range(2, 60)
        for one in rip.receive(bad, second * S)
        if isinstance(one, ev.Happened)
    ]
    assert times == [f"from {PEER}: {Fault.METRIC} (10)", f"from {PEER}: {Fault.DESTINATION} (10)",
                     f"from {PEER}: {Fault.METRIC} (100)"]  # fmt: skip


def test_rfc_2453_3_9_2_a_route_moves_to_another_gateway_of_its_router() -> None:
    rip = machine()
    rip.receive(heard([ROUTE]), S)
    rip.receive(ev.TimePassed(), 10 * S)
    out = rip.receive(heard([rte("10.9.0.0/16", 3, via="10.0.0.7")]), 11 * S)
    assert installed(out)[0].next_hops[0].gateway == Address("10.0.0.7")
    assert not sent(out)  # the metric is the same


def test_rfc_2453_3_10_1_a_change_that_a_link_may_not_hear_sends_nothing() -> None:
    rip = machine(RipInterface("eth0"), up=False)
    rip.receive(ev.InterfaceWentUp("eth0", LINKS["eth0"]), 0)
    rip.receive(ev.TimePassed(), 0)
    simple = RipConfig(
        (replace(rip.config.interfaces[0], split_horizon=SplitHorizon.SIMPLE),), timers=EXACT
    )
    rip.receive(ev.ConfigurationChanged(simple), S)
    assert not sent(rip.receive(heard([ROUTE]), 2 * S))


def test_rfc_2453_4_1_a_later_entry_that_looks_like_authentication_is_left_out() -> None:
    rip = machine()
    packet = RipPacket(2, 2, (ROUTE, replace(ROUTE, family=0xFFFF)))
    assert announced(rip.receive(heard(packet), S)) == {"10.9.0.0/16": 4}
    assert faults(rip) == {Fault.FAMILY: 1}


def test_rfc_2453_4_2_a_tag_is_told_on() -> None:
    rip = machine()
    out = rip.receive(heard([rte("10.9.0.0/16", 3, tag=77)]), S)
    (update,) = sent(out, "eth1")
    assert RipPacket.decode(update.payload).entries[0].tag == 77
    out = rip.receive(heard([rte("10.9.0.0/16", 3, tag=78)]), 10 * S)
    assert installed(out)[0].tag == 78
    (update,) = sent(out, "eth1")
    assert RipPacket.decode(update.payload).entries[0].tag == 78


@pytest.mark.parametrize("data", ["0200 0000", "0203 0000", "0001 0000", "0302 0000", "0501 0000"])
def test_rfc_2453_5_versions_and_commands_that_nobody_speaks_are_discarded(data: str) -> None:
    rip = machine()
    assert not sent(rip.receive(heard(bytes.fromhex(data)), S))
    assert faults(rip) == {Fault.MALFORMED: 1}


def test_rfc_2453_5_what_must_be_zero_is_looked_at_in_version_1_only() -> None:
    rip = machine()
    first = RipPacket(2, 1, (Rte(Address("11.0.0.0")),)).encode()
    second = RipPacket(2, 2, (ROUTE,)).encode()
    assert not announced(rip.receive(heard(first[:3] + b"\1" + first[4:]), S))
    assert announced(rip.receive(heard(second[:3] + b"\1" + second[4:]), S))
    assert faults(rip) == {Fault.MALFORMED: 1}


# ---- RIPng


def test_rfc_2080_2_1_1_what_stands_beside_a_next_hop_is_ignored() -> None:
    rip = machine(version="ng")
    odd = RteNg(Address("fe80::7"), 77, 0xFF, tag=9)
    out = rip.receive(heard_ng(odd, ng("2001:db8:9::/48")), S)
    assert installed(out)[0].next_hops[0].gateway == Address("fe80::7")


def test_rfc_2080_2_2_the_address_of_a_default_route_is_of_no_account() -> None:
    rip = machine(version="ng")
    out = rip.receive(heard_ng(RteNg(Address("fe80::77"), 0, 3)), S)
    assert announced(out) == {"::/0": 4}
    (update,) = sent(out, "eth1")
    assert RipngPacket.decode(update.payload).entries == (RteNg(Address("::"), 0, 4),)


def test_rfc_2080_2_4_1_a_whole_table_is_asked_for_whatever_the_tag() -> None:
    rip = machine(version="ng")
    asks = RteNg(Address("::"), 0, 16, tag=5)
    (answer,) = sent(rip.receive(heard_ng(asks, command=1, source_port=4000), S))
    assert [one.length for one in RipngPacket.decode(answer.payload).entries] == [64]
    assert not sent(rip.receive(heard_ng(command=1), 2 * S))


def test_rfc_2080_2_5_2_a_link_local_network_is_never_told() -> None:
    rip = machine(version="ng")
    (update,) = sent(rip.receive(ev.TimePassed(), 30 * S), "eth0")
    told = RipngPacket.decode(update.payload)
    assert [Prefix(one.address, one.length) for one in told.entries] == [Prefix("2001:db8:1::/64")]
    assert (update.hop_limit, update.destination) == (255, Address("ff02::9"))


def test_a_link_local_address_is_ours_on_its_own_link_only() -> None:
    rip = machine(version="ng")
    ours_elsewhere = heard_ng(ng("2001:db8:9::/48"), source="fe80::1", interface="eth1")
    assert announced(rip.receive(ours_elsewhere, S)) == {"2001:db8:9::/48": 2}
    assert not announced(rip.receive(heard_ng(ng("2001:db8:8::/48"), source="fe80::1"), S))
    assert faults(rip) == {Fault.OWN_SOURCE: 1}


# ---- interfaces


def test_an_interface_without_a_link_tells_its_network_and_says_nothing() -> None:
    rip = Rip(RipConfig((RipInterface("lo"), RipInterface("eth0")), timers=EXACT), random.Random(1))
    own = (Interface("10.5.5.5/32"), Interface("127.0.0.1/8"))
    assert rip.receive(ev.InterfaceWentUp("lo", own[:1], is_loopback=True), 0) == []
    out = rip.receive(ev.InterfaceWentUp("eth0", LINKS["eth0"]), S)
    out += rip.receive(ev.TimePassed(), S)
    assert {one.interface for one in sent(out)} == {"eth0"}
    assert said(out) == {"10.5.5.5/32": 1}


def test_who_leaves_the_configuration_leaves_the_group() -> None:
    rip = machine()
    one = RipConfig((RipInterface("eth1"),), timers=EXACT)
    out = rip.receive(ev.ConfigurationChanged(one), S)
    assert ev.LeaveGroup("eth0", Address("224.0.0.9")) in out
    rip.receive(ev.InterfaceWentDown("eth1"), 2 * S)
    none = rip.receive(ev.ConfigurationChanged(RipConfig(timers=EXACT)), 3 * S)
    assert not [one for one in none if isinstance(one, ev.LeaveGroup)]


def test_a_router_that_says_unreachable_is_no_loser_any_more() -> None:
    rip = machine()
    rip.receive(heard([ROUTE]), S)
    rip.receive(heard([rte("10.9.0.0/16", 9)], source="10.0.0.3"), S)
    assert len(rip.explain("10.9.0.0/16").losers) == 1
    rip.receive(heard([rte("10.9.0.0/16", 16)], source="10.0.0.3"), 2 * S)
    assert rip.explain("10.9.0.0/16").losers == ()
    assert withdrawn(rip.receive(heard([rte("10.9.0.0/16", 16)]), 3 * S)) == ["10.9.0.0/16"]


def test_why_an_interface_is_told_nothing() -> None:
    rip = machine(version="ng", up=False)
    rip.receive(ev.InterfaceWentUp("eth0", LINKS["eth0"]), 0)
    rip.receive(ev.InterfaceWentUp("eth1", LINKS["eth1"][1:2]), 0)  # no link-local address yet
    rip.receive(heard_ng(ng("2001:db8:9::/48")), S)
    told = rip.explain_told(Prefix("2001:db8:9::/48"), None)
    assert told.as_dict()["protocol"] == "ripng"
    assert [one.reason for one in told.links] == [
        "split horizon (poisoned): it is learned from this link",
        "the interface has no address to speak from",
    ]
