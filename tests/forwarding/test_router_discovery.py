"""Routers that advertise and hosts that heed them (RFC 4861 6, RFC 4862 5.5, RFC 4191)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.errors import UsageError
from fingerpost.forwarding import (
    FrameReceived,
    Happened,
    InterfaceWentUp,
    NextHop,
    PacketOriginated,
    Route,
    SendFrame,
    TimePassed,
)
from fingerpost.forwarding.neighbor import State
from fingerpost.forwarding.neighbor.advertising import Advertising
from fingerpost.forwarding.neighbor.nd_frame import nd_frame
from fingerpost.host.virtual import VirtualHost
from fingerpost.wire import icmpv6
from fingerpost.wire.icmpv6 import Icmpv6Message
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.nd import (
    Mtu,
    NeighborAdvertisement,
    Preference,
    PrefixInformation,
    RecursiveDnsServers,
    RouteInformation,
    RouterAdvertisement,
    RouterSolicitation,
    SourceLinkLayerAddress,
)
from forwarding.link import SECOND, Segment, eth0, mac, node, packet, station

if TYPE_CHECKING:
    from fingerpost.router import Router
    from fingerpost.wire.nd import NdOption

ALL_NODES, ALL_ROUTERS = Address("ff02::1"), Address("ff02::2")
R9, R8 = Address("fe80::9"), Address("fe80::8")
SLAAC_1 = Address("2a00:1::ff:fe00:1")  # of the station 02:00:00:00:00:01
EVERYWHERE = Prefix("::/0")


def router(number: int = 9, advertising: Advertising | None = None) -> Router:
    own = (f"2a00:1::{number}/64", f"fe80::{number}/64")
    return node(eth0(number, *own, advertising=advertising or Advertising()))


def host(number: int = 1, dad_transmits: int = 1) -> Router:
    own = eth0(number, autoconfigures=True, dad_transmits=dad_transmits)
    return node(own, forwards=False)


def messages(segment: Segment, sender: Router) -> list[tuple[int, Ipv6, Icmpv6Message]]:
    found = []
    for at, frame in segment.frames(sender, 0x86DD):
        header = Ipv6.decode(frame[14:])
        if header.next_header == 58:
            message = icmpv6.decode(header.payload, header.source, header.destination)
            found.append((at, header, message))
    return found


def advertised(segment: Segment, sender: Router) -> list[tuple[int, Ipv6, RouterAdvertisement]]:
    return [(at, h, m) for at, h, m in messages(segment, sender) if type(m) is RouterAdvertisement]


def advertise(
    to: Router,
    now: int,
    *options: NdOption,
    source: Address = R9,
    lifetime_s: int = 1800,
    **fields: int | Preference,
) -> None:
    """Let a router without any other life say something to a host."""
    number = source.packed[-1]
    own = SourceLinkLayerAddress(mac(number))
    message = RouterAdvertisement(lifetime_s=lifetime_s, options=(own, *options), **fields)  # type: ignore[arg-type]
    frame = nd_frame(eth0(number), source, ALL_NODES, message).frame
    to.receive(FrameReceived("eth0", frame), now)


def pass_time(to: Router, until: int) -> None:
    while (at := to.next_deadline()) is not None and at <= until:
        to.receive(TimePassed(), at)


def hops(of: Router, prefix: str | Prefix) -> tuple[NextHop, ...]:
    route = of.fib.get(Prefix(prefix))
    return route.next_hops if route is not None else ()


def slaac(of: Router) -> list[str]:
    return [str(own) for own in of.interfaces["eth0"].addresses if not own.address.is_link_local]


# -- routers -----------------------------------------------------------------------------------


def test_rfc_4861_6_2_4_three_advertisements_soon_and_then_at_random_times() -> None:
    segment = Segment([router(advertising=Advertising(max_interval_ns=100 * SECOND))])
    segment.bring_up()
    segment.run(2000 * SECOND)
    instants = [at for at, _, _ in advertised(segment, segment.members[0])]
    gaps = [b - a for a, b in pairwise(instants)]
    assert instants[0] < 3 * SECOND  # when the link-local address has been checked
    assert gaps[:2] == [16 * SECOND, 16 * SECOND]
    assert all(33 * SECOND <= gap <= 100 * SECOND for gap in gaps[2:])
    assert len(set(gaps[2:])) > 5


def test_rfc_4861_6_2_3_an_advertisement_says_what_was_configured() -> None:
    advertising = Advertising(
        max_interval_ns=60 * SECOND,
        hop_limit=32,
        other=True,
        preference=Preference.HIGH,
        reachable_time_ms=10_000,
        link_mtu=1400,
        dns_servers=(Address("2a00:1::53"),),
        routes=(RouteInformation(Prefix("2a00:2::/32"), Preference.LOW, 600),),
    )
    segment = Segment([router(advertising=advertising)])
    segment.bring_up()
    segment.run(5 * SECOND)
    _, header, message = advertised(segment, segment.members[0])[0]
    assert (header.source, header.destination, header.hop_limit) == (R9, ALL_NODES, 255)
    assert (message.hop_limit, message.other, message.managed) == (32, True, False)
    assert (message.lifetime_s, message.preference) == (180, Preference.HIGH)
    assert message.options == (
        SourceLinkLayerAddress(mac(9)),
        Mtu(1400),
        PrefixInformation(Address("2a00:1::"), 64),
        *advertising.routes,
        RecursiveDnsServers(advertising.dns_servers, 180),
    )


def test_rfc_4861_6_2_6_a_solicitation_is_answered_within_half_a_second_but_3_s_apart() -> None:
    asker = station(1, "fe80::1/64", forwards=False)
    segment = Segment([router(), asker])
    segment.bring_up()
    segment.run(100 * SECOND)
    ask = RouterSolicitation((SourceLinkLayerAddress(mac(1)),))
    frame = nd_frame(asker.interfaces["eth0"], Address("fe80::1"), ALL_ROUTERS, ask).frame
    for _ in range(20):
        before = len(advertised(segment, segment.members[0]))
        segment.tell(segment.members[0], FrameReceived("eth0", frame))
        asked = segment.now
        segment.run(segment.now + SECOND // 2 + 1)
        answers = advertised(segment, segment.members[0])[before:]
        previous = advertised(segment, segment.members[0])[before - 1][0]
        if asked - previous > 3 * SECOND:
            assert len(answers) == 1
        segment.run(segment.now + SECOND)
    instants = [at for at, _, _ in advertised(segment, segment.members[0])]
    gaps = [b - a for a, b in pairwise(instants)]
    assert min(gaps) >= 3 * SECOND
    neighbor = segment.members[0].plane.neighbors.snapshot()[0]
    assert (str(neighbor.address), neighbor.mac, neighbor.is_router) == ("fe80::1", mac(1), False)


def test_rfc_4861_6_2_5_who_ceases_to_advertise_says_so_with_a_lifetime_of_zero() -> None:
    segment = Segment([router(), router(8)])
    segment.bring_up()
    segment.run(10 * SECOND)
    one, other = segment.members
    segment.said += [
        (one.name, o)
        for o in one.set_interface(replace(one.interfaces["eth0"], advertises=False), 0)
    ]
    last = [o.frame for name, o in segment.said if isinstance(o, SendFrame)][-1]
    header = Ipv6.decode(last[14:])
    final = icmpv6.decode(header.payload, header.source, header.destination)
    assert isinstance(final, RouterAdvertisement)
    assert final.lifetime_s == 0
    parting = [o for o in other.plane.shut_down(segment.now) if hasattr(o, "frame")]
    kinds = [Ipv6.decode(o.frame[14:]).destination for o in parting]
    assert ALL_NODES in kinds


def test_rfc_4861_6_2_4_a_host_never_advertises_and_6_2_6_never_answers() -> None:
    own = eth0(9, "2a00:1::9/64", "fe80::9/64", advertising=Advertising())
    quiet = node(own, forwards=False)
    segment = Segment([quiet, host()])
    segment.bring_up()
    segment.run(100 * SECOND)
    assert not advertised(segment, quiet)


def test_rfc_4861_6_2_7_routers_that_contradict_each_other_are_told_of_once() -> None:
    segment = Segment(
        [
            router(9, Advertising(hop_limit=64, link_mtu=1400)),
            router(8, Advertising(hop_limit=30, link_mtu=1300, valid_s=700_000)),
        ]
    )
    segment.bring_up()
    segment.run(60 * SECOND)
    told = [
        o.detail
        for name, o in segment.said
        if name == "r9" and isinstance(o, Happened) and o.kind.startswith("inconsistent")
    ]
    assert told == [
        "fe80::8 advertises hop_limit 30, ours 64; MTU 1300, ours 1400; "
        "2a00:1::/64 valid_s 700000, ours 2592000"
    ]


def test_rfc_4861_6_2_3_options_that_do_not_fit_go_in_several_advertisements() -> None:
    prefixes = tuple(
        PrefixInformation(Address(int(Address("2a00::")) + (n << 64)), 64) for n in range(100)
    )
    messages = Advertising(prefixes=prefixes).messages(eth0(1, mtu=1280), is_final=False)
    assert len(messages) == 3
    assert sum((m.options for m in messages), ()) == (SourceLinkLayerAddress(mac(1)), *prefixes)
    sizes = [len(m.encode(R9, ALL_NODES)) for m in messages]
    assert max(sizes) <= 1240


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_interval_ns": 3 * SECOND},
        {"max_interval_ns": 1801 * SECOND},
        {"min_interval_ns": 2 * SECOND},
        {"min_interval_ns": 500 * SECOND},
        {"lifetime_s": 9001},
        {"lifetime_s": 5},
        {"hop_limit": 256},
        {"reachable_time_ms": 3_600_001},
        {"valid_s": 10, "preferred_s": 11},
        {"preference": Preference.RESERVED},
    ],
    ids=str,
)
def test_rfc_4861_6_2_1_what_the_rfc_rules_out_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Advertising(**wrong)  # type: ignore[arg-type]


# -- hosts -------------------------------------------------------------------------------------


def test_a_host_configures_itself_and_reaches_what_is_behind_its_router() -> None:
    gateway, end = router(), host()
    segment = Segment([gateway, end])
    segment.bring_up()
    segment.run(10 * SECOND)
    assert slaac(end) == [f"{SLAAC_1}/128"]
    assert hops(end, EVERYWHERE) == (NextHop("eth0", R9),)
    assert hops(end, "2a00:1::/64") == (NextHop("eth0"),)
    sent = packet(str(SLAAC_1), "2a00:1::9")
    segment.send(end, sent)
    assert segment.delivered(gateway)[-1] == sent


def test_rfc_4861_6_3_7_a_host_asks_three_times_four_seconds_apart() -> None:
    end = host()
    segment = Segment([end])
    segment.bring_up()
    segment.run(100 * SECOND)
    asked = [(at, h) for at, h, m in messages(segment, end) if type(m) is RouterSolicitation]
    first = asked[0][0]
    assert [at - first for at, _ in asked] == [0, 4 * SECOND, 8 * SECOND]
    assert SECOND <= first <= 2 * SECOND + 1  # when its link-local address is its own
    assert {(h.source, h.destination) for _, h in asked} == {
        (Address("fe80::ff:fe00:1"), ALL_ROUTERS)
    }


def test_rfc_4861_6_3_7_a_host_that_does_not_check_addresses_waits_up_to_a_second() -> None:
    end = host(dad_transmits=0)
    segment = Segment([end])
    segment.bring_up()
    segment.run(20 * SECOND)
    asked = [at for at, _, m in messages(segment, end) if type(m) is RouterSolicitation]
    assert 0 < asked[0] <= SECOND


def test_rfc_4861_6_3_4_a_host_asks_no_more_when_a_router_has_answered() -> None:
    gateway, end = router(), host()
    segment = Segment([gateway, end])
    segment.bring_up()
    segment.run(100 * SECOND)
    asked = [m for _, _, m in messages(segment, end) if type(m) is RouterSolicitation]
    assert len(asked) == 1


def listening() -> Router:
    end = host(dad_transmits=0)
    end.receive(InterfaceWentUp("eth0"), 0)
    return end


def test_rfc_4861_6_3_5_a_default_router_lasts_as_long_as_it_says() -> None:
    end = listening()
    advertise(end, 0, lifetime_s=100)
    advertise(end, 50 * SECOND, lifetime_s=100)
    pass_time(end, 150 * SECOND - 1)
    assert hops(end, EVERYWHERE) == (NextHop("eth0", R9),)
    pass_time(end, 150 * SECOND)
    assert hops(end, EVERYWHERE) == ()
    advertise(end, 150 * SECOND, lifetime_s=100)
    advertise(end, 151 * SECOND, lifetime_s=0)
    assert hops(end, EVERYWHERE) == ()


def test_rfc_4191_3_2_the_preferred_router_is_used_and_equal_ones_share() -> None:
    end = listening()
    advertise(end, 0, source=R9, preference=Preference.LOW)
    advertise(end, 0, source=R8, preference=Preference.HIGH)
    assert hops(end, EVERYWHERE) == (NextHop("eth0", R8),)
    advertise(end, 0, source=R9, preference=Preference.HIGH)
    assert set(hops(end, EVERYWHERE)) == {NextHop("eth0", R8), NextHop("eth0", R9)}
    advertise(end, 0, source=R8, preference=Preference.RESERVED)  # 2.2: as medium
    assert hops(end, EVERYWHERE) == (NextHop("eth0", R9),)


def test_rfc_4861_6_3_6_a_router_that_does_not_answer_is_left_for_another() -> None:
    end = listening()
    advertise(end, 0, prefix(9999), source=R9, preference=Preference.HIGH)
    advertise(end, 0, source=R8)
    data = packet(str(SLAAC_1), "2a00:9::1")
    end.receive(PacketOriginated(data), SECOND)
    pass_time(end, 8 * SECOND)
    assert hops(end, EVERYWHERE) == (NextHop("eth0", R9),)
    pass_time(end, 9 * SECOND)  # five seconds of delay, three probes
    assert hops(end, EVERYWHERE) == (NextHop("eth0", R8),)
    advertise(end, 10 * SECOND, source=R9, preference=Preference.HIGH)
    assert hops(end, EVERYWHERE) == (NextHop("eth0", R9),)


def test_rfc_4191_3_1_more_specific_routes_are_learned_and_end() -> None:
    end = listening()
    specific = Prefix("2a00:2::/32")
    advertise(end, 0, RouteInformation(specific, Preference.MEDIUM, 60), source=R8, lifetime_s=0)
    assert hops(end, specific) == (NextHop("eth0", R8),)
    assert hops(end, EVERYWHERE) == ()
    advertise(end, 0, RouteInformation(specific, Preference.HIGH, 30), source=R9)
    assert hops(end, specific) == (NextHop("eth0", R9),)
    pass_time(end, 30 * SECOND)
    assert hops(end, specific) == (NextHop("eth0", R8),)
    advertise(end, 31 * SECOND, RouteInformation(specific, Preference.RESERVED, 60), source=R9)
    assert hops(end, specific) == (NextHop("eth0", R8),)
    pass_time(end, 60 * SECOND)
    assert hops(end, specific) == ()


def test_rfc_4861_6_3_4_values_of_a_router_hold_for_its_link() -> None:
    end = listening()
    advertise(end, 0, Mtu(1400), hop_limit=9, reachable_time_ms=1000, retransmit_timer_ms=200)
    advertise(end, 0, Mtu(1279))  # below the least
    advertise(end, 0, Mtu(1501))  # beyond the link's
    discovery = end.plane.neighbors.discovery
    assert (discovery.mtus, discovery.hop_limits) == ({"eth0": 1400}, {"eth0": 9})
    link = end.plane.neighbors.cache.links.of(end.interfaces["eth0"])
    assert link.retrans_ns == 200_000_000
    assert 500_000_000 <= (link.duration(State.REACHABLE, 0) or 0) <= 1_500_000_000


def test_a_router_cannot_make_hosts_flood_the_link() -> None:
    end = listening()
    advertise(end, 0, retransmit_timer_ms=1, reachable_time_ms=0xFFFF_FFFF)
    link = end.plane.neighbors.cache.links.of(end.interfaces["eth0"])
    assert link.retrans_ns == 10_000_000


def prefix(valid_s: int, preferred_s: int | None = None, **more: bool) -> PrefixInformation:
    preferred = valid_s if preferred_s is None else preferred_s
    return PrefixInformation(
        Address("2a00:1::"), 64, valid_s=valid_s, preferred_s=preferred, **more
    )


def test_rfc_4862_5_5_4_an_address_is_deprecated_and_then_gone() -> None:
    end = listening()
    advertise(end, 0, prefix(10_000, 100))
    autoconf = end.plane.neighbors.discovery.autoconf
    pass_time(end, 100 * SECOND - 1)
    assert not autoconf.is_deprecated("eth0", SLAAC_1)
    pass_time(end, 100 * SECOND)
    assert autoconf.is_deprecated("eth0", SLAAC_1)
    assert slaac(end) == [f"{SLAAC_1}/128"]
    pass_time(end, 10_000 * SECOND)
    assert slaac(end) == []
    assert hops(end, "2a00:1::/64") == ()


@pytest.mark.parametrize(
    ("first_s", "after_s", "second_s", "ends_s"),
    [
        (20_000, 0, 8_000, 8_000),  # more than two hours is believed
        (20_000, 0, 60, 7_200),  # less ends it in two hours
        (20_000, 0, 0, 7_200),
        (7_200, 1_000, 60, 7_200),  # less than two hours are left: nothing changes
        (100, 50, 90, 140),  # longer than what is left is believed
        (100, 50, 20, 100),
        (0xFFFF_FFFF, 0, 60, 7_200),
    ],
)
def test_rfc_4862_5_5_3_e_the_two_hour_rule(
    first_s: int, after_s: int, second_s: int, ends_s: int
) -> None:
    end = listening()
    advertise(end, 0, prefix(first_s), lifetime_s=0)
    pass_time(end, after_s * SECOND)
    advertise(end, after_s * SECOND, prefix(second_s, 0), lifetime_s=0)
    pass_time(end, ends_s * SECOND - 1)
    assert slaac(end) == [f"{SLAAC_1}/128"]
    pass_time(end, ends_s * SECOND)
    assert slaac(end) == []


def test_rfc_4861_6_3_4_the_prefix_list_knows_no_two_hours() -> None:
    end = listening()
    advertise(end, 0, prefix(20_000))
    advertise(end, 0, prefix(0))
    assert hops(end, "2a00:1::/64") == ()
    assert slaac(end) == [f"{SLAAC_1}/128"]


@pytest.mark.parametrize(
    "option",
    [
        prefix(100, autonomous=False, on_link=False),
        PrefixInformation(Address("fe80::"), 64),  # b
        prefix(100, 101, on_link=False),  # c
        PrefixInformation(Address("2a00:1::"), 63, on_link=False),  # d
        prefix(0, on_link=False),
    ],
    ids=["no flags", "link-local", "preferred longer than valid", "no 64 bits", "zero"],
)
def test_rfc_4862_5_5_3_what_makes_no_address(option: PrefixInformation) -> None:
    end = listening()
    before = len(list(end.fib.items()))
    advertise(end, 0, option, lifetime_s=0)
    assert slaac(end) == []
    assert len(list(end.fib.items())) == before


def test_rfc_5942_4_an_address_made_of_an_off_link_prefix_puts_nothing_on_link() -> None:
    end = listening()
    advertise(end, 0, prefix(100, on_link=False))
    assert slaac(end) == [f"{SLAAC_1}/128"]
    assert hops(end, "2a00:1::/64") == ()
    found = end.fib.match(Address("2a00:1::77"))
    assert found is not None
    assert found[0] == EVERYWHERE


def test_a_host_that_was_not_told_to_heeds_no_router() -> None:
    end = station(1, "fe80::1/64", forwards=False, dad_transmits=0)
    end.receive(InterfaceWentUp("eth0"), 0)
    advertise(end, 0, prefix(100))
    assert slaac(end) == []
    assert hops(end, EVERYWHERE) == ()


def test_rfc_4861_7_2_5_a_router_that_says_it_is_none_is_one_no_more() -> None:
    end = listening()
    advertise(end, 0, RouteInformation(Prefix("2a00:2::/32"), Preference.LOW, 60))
    message = NeighborAdvertisement(R9)
    frame = nd_frame(eth0(9), R9, ALL_NODES, message).frame
    end.receive(FrameReceived("eth0", frame), 0)
    assert hops(end, EVERYWHERE) == hops(end, "2a00:2::/32") == ()


def test_hostile_routers_fill_no_table_beyond_its_limit() -> None:
    end = listening()
    rng = Random(1)
    for n in range(600):
        made = PrefixInformation(Address(rng.getrandbits(124), 6), 64)
        route = Prefix(Address(rng.getrandbits(124), 6), 48)
        options = (made, RouteInformation(route, Preference.LOW, 99))
        advertise(end, n, *options, source=Address(f"fe80::{n + 0x1000:x}"))
    assert len(slaac(end)) <= 16
    assert len(list(end.fib.items())) <= 256 + 16 + 1


def test_rfc_4861_6_3_4_the_mtu_of_a_router_counts_for_ipv6_and_its_hop_limit_for_hosts() -> None:
    end = listening()
    advertise(end, 0, Mtu(1300), prefix(9999), hop_limit=9)
    neighbors = end.plane.neighbors
    own = end.interfaces["eth0"]
    assert (neighbors.mtu(own, 6), neighbors.mtu(own, 4)) == (1300, 1500)
    assert (neighbors.hop_limit("eth0"), neighbors.hop_limit(None)) == (9, 64)
    big = packet(str(SLAAC_1), "2a00:9::1", bytes(1400))
    out = end.receive(PacketOriginated(big), 0)
    assert [len(o.frame) <= 14 + 1300 for o in out if isinstance(o, SendFrame)] == [True, True]
    machine = VirtualHost(end, rng=Random(1))
    sent = machine.send(SLAAC_1, Address("2a00:9::1"), 17, b"", 0)
    assert [o.frame[21] for o in sent if isinstance(o, SendFrame)] == [9]


def test_rfc_6724_5_a_deprecated_address_is_no_source_where_there_is_another() -> None:
    end = listening()
    advertise(end, 0, prefix(9999, 10))
    other = PrefixInformation(Address("2a00:5::"), 64, valid_s=9999, preferred_s=9999)
    advertise(end, 0, other)
    machine = VirtualHost(end, rng=Random(1))
    near = Address("2a00:1::7")
    assert machine.source_for(near) == SLAAC_1  # rule 8
    pass_time(end, 10 * SECOND)
    choice = machine.choose_source(near)
    assert choice is not None
    assert (str(choice.address), choice.rule) == (
        "2a00:5::ff:fe00:1",
        "rule 3: not deprecated",
    )


def test_an_address_that_is_being_checked_is_no_source() -> None:
    end = host()
    end.receive(InterfaceWentUp("eth0"), 0)
    advertise(end, 0, prefix(9999))
    machine = VirtualHost(end, rng=Random(1))
    assert slaac(end) == [f"{SLAAC_1}/128"]
    assert machine.source_for(Address("2a00:9::1")) is None
    pass_time(end, 3 * SECOND)
    assert machine.source_for(Address("2a00:9::1")) == SLAAC_1


def test_a_configured_route_counts_more_than_what_routers_say() -> None:
    end = listening()
    own = Route((NextHop("eth0", R8),))
    end.install(EVERYWHERE, own)
    advertise(end, 0, lifetime_s=100)
    assert end.fib[EVERYWHERE] is own
    pass_time(end, 100 * SECOND)
    assert end.fib[EVERYWHERE] is own
    end.withdraw(EVERYWHERE)
    advertise(end, 101 * SECOND)
    assert hops(end, EVERYWHERE) == (NextHop("eth0", R9),)


def test_rfc_4191_4_who_ceases_to_advertise_takes_its_routes_back() -> None:
    route = RouteInformation(Prefix("2a00:99::/32"), Preference.HIGH, 600)
    settings = Advertising(routes=(route,))
    own = eth0(9, "2a00:1::9/64", "fe80::9/64", advertising=settings)
    (last,) = settings.messages(own, is_final=True)
    assert [o.lifetime_s for o in last.options if isinstance(o, RouteInformation)] == [0]
    (before,) = settings.messages(own, is_final=False)
    assert [o for o in before.options if isinstance(o, RouteInformation)] == [route]
