"""Who is heard, and which entries are taken (RFC 2453 3.9, 4; RFC 2080 2.4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.protocol import events as ev
from fingerpost.rip import (
    Accepting,
    Fault,
    RipConfig,
    RipInterface,
    RipLimits,
    Sending,
    filters,
)
from fingerpost.rip.packet import Command, RipPacket, Rte
from fingerpost.rip.packet_ng import NEXT_HOP_METRIC, RteNg
from rip.single import (
    EXACT,
    PEER,
    PEER_NG,
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
ROUTE_NG = ng("2001:db8:9::/48", 3)
ASK_ALL = RipPacket(1, 2, (Rte(Address("0.0.0.0"), metric=16, family=0),))


def test_the_cost_of_the_interface_is_added_and_the_speaker_is_the_way() -> None:
    rip = machine(RipInterface("eth0", cost=4))
    out = rip.receive(heard([rte("10.9.0.0/16", 3, tag=77)]), S)
    (route,) = installed(out)
    assert (route.metric, route.tag, route.source, route.distance) == (7, 77, "rip", 120)
    assert [(hop.interface, hop.gateway) for hop in route.next_hops] == [("eth0", PEER)]
    assert (route.learned_from, route.since) == (PEER, S)


@pytest.mark.parametrize(
    ("datagram", "fault"),
    [
        (heard([ROUTE], port=521), Fault.SOURCE_PORT),
        (heard([ROUTE], source="10.0.0.1"), Fault.OWN_SOURCE),
        (heard([ROUTE], source="10.0.1.1"), Fault.OWN_SOURCE),  # of another link
        (heard([ROUTE], source="10.0.1.7"), Fault.SOURCE_OFF_LINK),
        (heard([ROUTE], source="10.0.0.0"), Fault.SOURCE_OFF_LINK),
        (heard([ROUTE], source="10.0.0.255"), Fault.SOURCE_OFF_LINK),
        (heard([ROUTE], source="fe80::2"), Fault.SOURCE_OFF_LINK),
        (heard(b"\x02\x02\0\0\0"), Fault.MALFORMED),
        (heard(b""), Fault.MALFORMED),
    ],
)
def test_a_response_that_is_not_a_neighbours_is_ignored(
    datagram: ev.DatagramReceived, fault: Fault
) -> None:
    rip = machine()
    out = rip.receive(datagram, S)
    assert announced(out) == {}
    assert faults(rip) == {fault: 1}
    assert [one.kind for one in out if isinstance(one, ev.Happened)] == ["message ignored"]


@pytest.mark.parametrize(
    ("datagram", "fault"),
    [
        (heard_ng(ROUTE_NG, source_port=520), Fault.SOURCE_PORT),
        (heard_ng(ROUTE_NG, source="fe80::1"), Fault.OWN_SOURCE),
        (heard_ng(ROUTE_NG, source="2001:db8::2"), Fault.SOURCE_NOT_LINK_LOCAL),
        (heard_ng(ROUTE_NG, source="10.0.0.2"), Fault.SOURCE_OFF_LINK),
        (heard_ng(ROUTE_NG, hop_limit=254), Fault.HOP_LIMIT),
    ],
)
def test_a_ripng_response_that_is_not_a_neighbours_is_ignored(
    datagram: ev.DatagramReceived, fault: Fault
) -> None:
    rip = machine(version="ng")
    assert announced(rip.receive(datagram, S)) == {}
    assert faults(rip) == {fault: 1}


def test_the_hop_limit_of_an_answer_to_us_alone_is_free() -> None:
    rip = machine(version="ng")  # RFC 2080 2.4.2 asks only what goes to the group
    to_us = heard_ng(ROUTE_NG, hop_limit=64, destination=Address("fe80::1"))
    assert announced(rip.receive(to_us, S)) == {"2001:db8:9::/48": 4}


def test_a_zone_of_the_source_is_that_of_the_interface() -> None:
    rip = machine(version="ng")
    rip.receive(heard_ng(ROUTE_NG, source="fe80::2%eth0"), S)
    again = rip.receive(heard_ng(ng("2001:db8:9::/48", 16)), 2 * S)
    assert withdrawn(again) == ["2001:db8:9::/48"]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (rte("10.9.0.0/16", 0), Fault.METRIC),
        (rte("10.9.0.0/16", 17), Fault.METRIC),
        (replace(ROUTE, family=1), Fault.FAMILY),
        (replace(ROUTE, family=0xFFFE), Fault.FAMILY),
        (replace(ROUTE, mask=Address("255.0.255.0")), Fault.MASK),
        (replace(ROUTE, address=Address("10.9.0.1")), Fault.HOST_BITS),
        (rte("127.0.0.0/8"), Fault.DESTINATION),
        (rte("224.0.0.0/4"), Fault.DESTINATION),
        (rte("240.0.0.0/8"), Fault.DESTINATION),
        (rte("255.255.255.255/32"), Fault.DESTINATION),
        (rte("0.0.0.0/8"), Fault.DESTINATION),
        (rte("10.9.0.0/16", via="10.0.0.1"), Fault.NEXT_HOP),
    ],
)
def test_a_bad_entry_is_left_out_and_the_others_are_taken(entry: Rte, fault: Fault) -> None:
    rip = machine()
    out = rip.receive(heard([rte("10.8.0.0/16"), entry, rte("10.10.0.0/16")]), S)
    assert announced(out) == {"10.8.0.0/16": 2, "10.10.0.0/16": 2}
    assert faults(rip) == {fault: 1}


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (ng("2001:db8:9::/48", 0), Fault.METRIC),
        (ng("2001:db8:9::/48", 17), Fault.METRIC),
        (RteNg(Address("2001:db8::"), 129), Fault.PREFIX_LENGTH),
        (RteNg(Address("2001:db8::1"), 64), Fault.HOST_BITS),
        (ng("ff00::/8"), Fault.DESTINATION),
        (ng("fe80::/64"), Fault.DESTINATION),
        (ng("::1/128"), Fault.DESTINATION),
        (ng("::/128"), Fault.DESTINATION),
    ],
)
def test_a_bad_ripng_entry_is_left_out(entry: RteNg, fault: Fault) -> None:
    rip = machine(version="ng")
    out = rip.receive(heard_ng(ng("2001:db8:8::/48"), entry, ng("::/0")), S)
    assert announced(out) == {"2001:db8:8::/48": 2, "::/0": 2}
    assert faults(rip) == {fault: 1}


@pytest.mark.parametrize(
    ("via", "gateway"),
    [("0.0.0.0", "10.0.0.2"), ("10.0.0.9", "10.0.0.9"), ("10.7.7.7", "10.0.0.2")],
)
def test_a_next_hop_counts_where_the_link_reaches_it(via: str, gateway: str) -> None:
    out = machine().receive(heard([rte("10.9.0.0/16", via=via)]), S)
    assert installed(out)[0].next_hops[0].gateway == Address(gateway)


def test_ripng_next_hops_hold_until_the_next(  # RFC 2080 2.1.1
) -> None:
    def hop(address: str) -> RteNg:
        return RteNg(Address(address), 0, NEXT_HOP_METRIC)

    rip = machine(version="ng")
    out = rip.receive(
        heard_ng(
            ng("2001:db8:a::/48"),
            hop("fe80::7"),
            ng("2001:db8:b::/48"),
            ng("2001:db8:c::/48"),
            hop("2001:db8::9"),
            ng("2001:db8:d::/48"),
            hop("fe80::1"),  # ourselves
            ng("2001:db8:e::/48"),
            hop("::"),
            ng("2001:db8:f::/48"),
        ),
        S,
    )
    routes = installed(out)
    assert {str(route.prefix): str(route.next_hops[0].gateway) for route in routes} == {
        "2001:db8:a::/48": "fe80::2",
        "2001:db8:b::/48": "fe80::7",
        "2001:db8:c::/48": "fe80::7",
        "2001:db8:d::/48": "fe80::2",
        "2001:db8:f::/48": "fe80::2",
    }
    assert faults(rip) == {Fault.NEXT_HOP: 1}


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("0.0.0.0", "0.0.0.0/0"),
        ("10.0.7.0", "10.0.7.0/24"),  # our network 10 has masks of 24 bits
        ("10.0.7.5", "10.0.7.5/32"),
        ("11.0.0.0", "11.0.0.0/8"),
        ("172.16.0.0", "172.16.0.0/16"),
        ("192.168.3.0", "192.168.3.0/24"),
        ("192.168.3.1", "192.168.3.1/32"),
        ("11.1.0.0", "11.1.0.0/32"),
    ],
)
@pytest.mark.parametrize("version", [1, 2])
def test_a_mask_that_is_missing_is_guessed(address: str, prefix: str, version: int) -> None:
    packet = RipPacket(2, version, (Rte(Address(address)),))  # RFC 1058 3.2
    assert announced(machine().receive(heard(packet), S)) == {prefix: 2}


@pytest.mark.parametrize(
    ("accepting", "version", "is_heard"),
    [
        (Accepting.BOTH, 1, True),
        (Accepting.BOTH, 2, True),
        (Accepting.RIP_1, 1, True),
        (Accepting.RIP_1, 2, False),
        (Accepting.RIP_2, 1, False),
        (Accepting.RIP_2, 2, True),
        (Accepting.NONE, 1, False),  # RFC 2453 5.1
        (Accepting.NONE, 2, False),
    ],
)
def test_versions_that_are_heard(accepting: Accepting, version: int, is_heard: bool) -> None:
    rip = machine(RipInterface("eth0", accepting=accepting))
    out = rip.receive(heard(RipPacket(2, version, (Rte(Address("11.0.0.0")),))), S)
    assert bool(announced(out)) is is_heard
    assert faults(rip) == ({} if is_heard else {Fault.VERSION: 1})


def test_interfaces_that_do_not_speak() -> None:
    rip = machine(RipInterface("eth0", is_loopback=True), RipInterface("eth1"))
    rip.receive(heard([ROUTE]), S)
    rip.receive(heard([ROUTE], interface="eth7"), S)
    rip.receive(ev.InterfaceWentDown("eth1"), S)
    rip.receive(heard([ROUTE], interface="eth1", source="10.0.1.2"), S)
    assert faults(rip) == faults(rip, "eth1") == {Fault.INTERFACE_DOWN: 1}
    assert rip.faults == {Fault.UNKNOWN_INTERFACE: 1}
    assert not rip.table.learned.count


def test_a_flood_of_bad_messages_is_told_in_powers_of_ten() -> None:
    rip = machine()
    told = [rip.receive(heard(b""), S + n) for n in range(1000)]
    assert [n + 1 for n, out in enumerate(told) if out] == [1, 10, 100, 1000]


def test_tables_are_bounded_and_say_so() -> None:
    limits = RipLimits(routes=3, neighbors=2)
    rip = machine(config=RipConfig((RipInterface("eth0"),), timers=EXACT, limits=limits))
    out = rip.receive(heard([rte(f"10.{n}.0.0/16") for n in range(1, 9)]), S)
    assert len(announced(out)) == 3
    assert faults(rip)[Fault.ROUTE_LIMIT] == 5
    rip.receive(heard([ROUTE], source="10.0.0.3"), S)
    rip.receive(heard([rte("10.1.0.0/16")], source="10.0.0.4"), S)
    assert faults(rip)[Fault.NEIGHBOR_LIMIT] == 1
    # who is silent for the timeout makes room
    rip.receive(heard([rte("10.1.0.0/16")], source="10.0.0.4"), 182 * S)
    assert faults(rip)[Fault.NEIGHBOR_LIMIT] == 1


# ---- requests


def test_a_router_that_asks_gets_the_whole_table_at_its_port() -> None:
    rip = machine()
    rip.receive(heard([ROUTE], interface="eth1", source="10.0.1.2"), S)
    rip.receive(ev.TimePassed(), 5 * S)
    out = rip.receive(heard(ASK_ALL, port=4000), 10 * S)
    assert said(out) == {"10.0.1.0/24": 1, "10.9.0.0/16": 4}
    (answer,) = sent(out)
    assert (answer.destination, answer.destination_port, answer.source_port) == (PEER, 4000, 520)


def test_who_asks_for_some_gets_them_all_in_their_order_without_split_horizon() -> None:
    rip = machine()
    rip.receive(heard([ROUTE]), S)
    rip.receive(ev.TimePassed(), 5 * S)
    asked = RipPacket(1, 2, (rte("10.99.0.0/16"), rte("10.9.0.0/16"), rte("10.0.0.0/24")))
    (answer,) = sent(rip.receive(heard(asked, port=4000), 10 * S))
    entries = RipPacket.decode(answer.payload).entries
    assert [(str(one.address), one.metric) for one in entries] == [
        ("10.99.0.0", 16),
        ("10.9.0.0", 4),
        ("10.0.0.0", 1),
    ]


@pytest.mark.parametrize("entries", [(), (Rte(Address("0.0.0.0"), metric=15, family=0),)])
def test_a_request_without_a_question_has_no_answer(entries: tuple[Rte, ...]) -> None:
    assert not sent(machine().receive(heard(RipPacket(1, 2, entries)), 10 * S))


def test_a_silent_router_answers_those_who_look_from_another_port() -> None:
    rip = machine(RipInterface("eth0", is_passive=True), RipInterface("eth1"))
    assert not sent(rip.receive(heard(ASK_ALL), 10 * S), "eth0")
    assert faults(rip) == {Fault.PASSIVE: 1}
    assert sent(rip.receive(heard(ASK_ALL, port=4000), 10 * S), "eth0")


def test_requests_above_the_rate_are_not_answered() -> None:
    rip = machine()
    answers = [bool(sent(rip.receive(heard(ASK_ALL), 10 * S + n))) for n in range(30)]
    assert answers == [True] * 10 + [False] * 20
    assert faults(rip) == {Fault.REQUEST_RATE: 20}
    assert sent(rip.receive(heard(ASK_ALL), 11 * S))


def test_an_old_router_is_answered_as_it_asks() -> None:
    rip = machine(RipInterface("eth0"), RipInterface("eth1", sending=Sending.RIP_1))
    rip.receive(heard([rte("10.9.0.0/16"), rte("12.0.0.0/8"), rte("10.7.8.0/24")]), S)
    rip.receive(ev.TimePassed(), 5 * S)
    asked = RipPacket(1, 1, (Rte(Address("0.0.0.0"), metric=16, family=0),))
    (answer,) = sent(rip.receive(heard(asked, interface="eth1", source="10.0.1.2"), 10 * S))
    packet = RipPacket.decode(answer.payload)
    assert packet.version == 1
    # 10.9.0.0/16 would be taken for a host
    assert [str(one.address) for one in packet.entries] == ["10.0.0.0", "10.7.8.0", "12.0.0.0"]


def test_who_sends_version_2_only_does_not_answer_version_1() -> None:
    rip = machine()  # RFC 2453 4.6
    asked = RipPacket(1, 1, (Rte(Address("0.0.0.0"), metric=16, family=0),))
    assert not sent(rip.receive(heard(asked), 10 * S))
    assert faults(rip) == {Fault.REQUEST_VERSION: 1}


def test_ripng_requests() -> None:
    rip = machine(version="ng")
    rip.receive(heard_ng(ROUTE_NG), S)
    rip.receive(ev.TimePassed(), 5 * S)
    asks = RteNg(Address("::"), 0, 16)
    (answer,) = sent(
        rip.receive(heard_ng(asks, command=1, interface="eth1", source="fe80::9"), 6 * S)
    )
    assert (answer.destination, answer.destination_port, answer.hop_limit) == (
        Address("fe80::9"),
        521,
        255,
    )
    (answer,) = sent(
        rip.receive(heard_ng(ng("2001:db8:9::/48"), ng("::/0"), command=1, source_port=4000), 7 * S)
    )
    assert answer.payload[23] == 4
    assert answer.payload[43] == 16


# ---- policies


def test_policies_on_the_way_in() -> None:
    private = Prefix("10.0.0.0/8")
    policies = (
        filters.distribute(lambda prefix: prefix in private),
        filters.offset(3, lambda prefix: prefix.length == 24),
    )
    rip = machine(RipInterface("eth0", policy_in=policies))
    out = rip.receive(heard([ROUTE, rte("10.8.8.0/24"), rte("11.0.0.0/8")]), S)
    assert announced(out) == {"10.9.0.0/16": 4, "10.8.8.0/24": 5}
    assert faults(rip) == {Fault.FILTERED: 1}
    far = rip.receive(heard([rte("10.8.8.0/24", 14)]), 2 * S)
    assert withdrawn(far) == ["10.8.8.0/24"]  # 14 and 1 and 3 are too many


def test_a_loopback_of_31_bits_has_neighbours_at_both_ends() -> None:
    rip = machine(up=False)
    rip.receive(ev.InterfaceWentUp("eth0", (Interface("10.5.0.0/31"),)), 0)
    assert announced(rip.receive(heard([ROUTE], source="10.5.0.1"), S))


def test_commands_have_their_numbers() -> None:
    assert (int(Command.REQUEST), int(Command.RESPONSE)) == (1, 2)
    assert PEER_NG.is_link_local


def test_routers_of_the_same_metric_share_a_prefix_up_to_as_many_as_are_allowed() -> None:
    both = (RipInterface("eth0"), RipInterface("eth1"))
    rip = machine(config=RipConfig(both, maximum_paths=3, timers=EXACT))

    def ways(source: str, metric: int, interface: str = "eth0") -> list[str]:
        route = [rte("10.9.0.0/16", metric)]
        out = rip.receive(heard(route, interface=interface, source=source), S)
        batches = [one for one in out if isinstance(one, ev.AnnounceRoutes)]
        return [str(hop.gateway) for one in batches for hop in one.routes[0].next_hops]

    assert ways("10.0.0.2", 3) == ["10.0.0.2"]
    assert ways("10.0.1.2", 3, "eth1") == ["10.0.0.2", "10.0.1.2"]
    assert ways("10.0.0.3", 4) == []  # dearer
    assert ways("10.0.0.4", 3) == ["10.0.0.2", "10.0.0.4", "10.0.1.2"]
    assert ways("10.0.0.5", 3) == []  # a fourth one
    assert ways("10.0.0.4", 16) == ["10.0.0.2", "10.0.1.2"]  # it goes alone
    assert ways("10.0.0.3", 2) == ["10.0.0.3"]  # who is nearer has it alone
