"""Instances that speak IP itself above a virtual host: what they hear, and how they speak."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from fingerpost.addr import Address
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding.events import (
    FrameReceived,
    Happened,
    InterfaceWentDown,
    SendFrame,
    TimePassed,
)
from fingerpost.forwarding.interface import Interface
from fingerpost.forwarding.policy import LAB
from fingerpost.forwarding.route import NextHop, Route
from fingerpost.host.virtual import VirtualHost
from fingerpost.protocol import events as told
from fingerpost.protocol.events import PacketReceived, SendPacket
from fingerpost.router import ConfigurationChanged, Router, RouterConfig, Routing
from fingerpost.router.router import Output
from fingerpost.wire.ethernet import Ethernet
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.mac import Mac
from raw_speaker import ALL_ROUTERS, OSPF, Greeting, S, Speaker, speakers, speaking

__all__ = ["speakers"]

pytestmark = pytest.mark.usefixtures("speakers")
LINK_LOCAL = {1: Address("fe80::1"), 2: Address("fe80::2")}


def router(
    number: int,
    *links: str,
    greetings: dict[str, Greeting] | None = None,
    loopback: str | None = None,
) -> VirtualHost:
    """Router `number` with addresses on eth0, ... and a speaker for each family."""
    interfaces = [
        Interface(
            f"eth{at}",
            at + 2,
            Mac(bytes((2, 0, 0, 0, at, number))),
            addresses=tuple(map(InterfaceAddress, text.split())),
            dad_transmits=0,
        )
        for at, text in enumerate(links)
    ]
    if loopback is not None:
        own = (InterfaceAddress(loopback),)
        interfaces.append(Interface("lo", 1, Mac(bytes(6)), addresses=own, is_loopback=True))
    name = f"r{number}"
    routing = Routing(name, random.Random(name))
    made = VirtualHost(
        Router(name, interfaces, rng=random.Random(number), policy=LAB, routing=routing),
        rng=random.Random(number),
    )
    greetings = greetings or {"v2": Greeting(4), "v3": Greeting(6)}
    config = RouterConfig(protocols={one: speaking(said) for one, said in greetings.items()})
    made.receive(ConfigurationChanged(config), 0)
    return made


def speaker(host: VirtualHost, name: str) -> Speaker:
    assert host.router.routing is not None
    machine = host.router.routing.protocols[name].machine
    assert isinstance(machine, Speaker)
    return machine


def exchange(hosts: list[VirtualHost], now: int, interface: str = "eth0") -> list[Output]:
    """Let time pass for each, carry what they send on one link; gives what else came of it."""
    waiting = [(one, one.receive(TimePassed(), now)) for one in hosts]
    rest: list[Output] = []
    for _ in range(100):
        if not waiting:
            return rest
        sender, outputs = waiting.pop(0)
        for output in outputs:
            if isinstance(output, SendFrame) and output.interface == interface:
                event = FrameReceived(interface, output.frame)
                waiting += [(one, one.receive(event, now)) for one in hosts if one is not sender]
            else:
                rest.append(output)
    raise AssertionError("they never stop")


def pair(
    *, left: str = "10.0.0.1/24 fe80::1/64", right: str = "10.0.0.2/24 fe80::2/64"
) -> tuple[VirtualHost, VirtualHost]:
    return router(1, left), router(2, right)


def frames(outputs: list[Output], ethertype: int) -> list[bytes]:
    """The packets with protocol 89 among what is sent."""
    sent = [Ethernet.decode(one.frame) for one in outputs if isinstance(one, SendFrame)]
    return [one.payload for one in sent if one.ethertype == ethertype]


def test_a_group_is_heard_by_both_families_with_where_from_and_how_far() -> None:
    one, other = pair()
    exchange([one, other], S)
    (heard,) = speaker(other, "v2").heard
    assert heard == PacketReceived("eth0", Address("10.0.0.1"), ALL_ROUTERS[4], 1, b"hello")
    (heard,) = speaker(other, "v3").heard
    assert heard == PacketReceived("eth0", LINK_LOCAL[1], ALL_ROUTERS[6], 1, b"hello")


def test_nobody_hears_what_he_said_himself() -> None:
    one, _ = pair()
    exchange([one], S)
    assert speaker(one, "v2").heard == speaker(one, "v3").heard == []


def test_packets_go_before_other_traffic_and_need_no_number_rfc_6864_4_1() -> None:
    one, _ = pair()
    sent = one.receive(TimePassed(), S)
    (packet,) = [Ipv4.decode(data) for data in frames(sent, 0x800) if data[9] == OSPF]
    assert (packet.tos, packet.ttl, packet.protocol) == (0xC0, 1, OSPF)
    assert (packet.dont_fragment, packet.identification) == (True, 0)
    (packet6,) = [Ipv6.decode(data) for data in frames(sent, 0x86DD) if data[6] == OSPF]
    assert (packet6.traffic_class, packet6.hop_limit) == (0xC0, 1)


@pytest.mark.parametrize("family", ["v2", "v3"])
def test_a_packet_larger_than_the_link_comes_in_one_piece(family: str) -> None:
    one, other = pair()
    payload = bytes(range(256)) * 16
    group = ALL_ROUTERS[4 if family == "v2" else 6]
    speaker(one, family).says = [SendPacket("eth0", None, group, 1, payload)]
    exchange([one, other], S)
    assert speaker(other, family).heard[0].payload == payload


def test_an_unnumbered_neighbour_is_reached_on_the_link_by_its_loopback() -> None:
    greetings = {
        1: Greeting(4, destination=Address("192.0.2.2"), source=Address("192.0.2.1")),
        2: Greeting(4, destination=Address("192.0.2.1"), source=Address("192.0.2.2")),
    }
    one, other = (
        router(number, "", greetings={"v2": said}, loopback=f"192.0.2.{number}/32")
        for number, said in greetings.items()
    )
    exchange([one, other], S)
    heard = PacketReceived("eth0", Address("192.0.2.1"), Address("192.0.2.2"), 1, b"hello")
    assert heard in speaker(other, "v2").heard


def test_a_link_local_neighbour_of_ipv6_is_reached() -> None:
    one, other = pair()
    said = SendPacket("eth0", None, LINK_LOCAL[2], 64, b"to you")
    speaker(one, "v3").says = [said]
    exchange([one, other], S)
    heard = PacketReceived("eth0", LINK_LOCAL[1], LINK_LOCAL[2], 64, b"to you")
    assert heard in speaker(other, "v3").heard


def test_without_an_interface_the_table_shows_the_way() -> None:
    one, other = pair()
    one.router.install("192.0.2.0/24", Route((NextHop("eth0", Address("10.0.0.2")),), origin="x"))
    far = Address("192.0.2.9")
    speaker(one, "v2").says = [SendPacket(None, None, far, 64, b"far")]
    sent = exchange([one, other], S)
    assert not [output for output in sent if isinstance(output, Happened)]
    assert one.router.plane.counters["eth0"].packets_out == 4  # two greetings, a question, this


def test_a_group_that_nobody_joined_is_not_heard() -> None:
    one, other = pair()
    speaker(one, "v2").says = [SendPacket("eth0", None, Address("224.0.0.6"), 1, b"to the DR")]
    exchange([one, other], S)
    assert [heard.payload for heard in speaker(other, "v2").heard] == [b"hello"]


def test_several_instances_hear_the_same_rfc_6549() -> None:
    greetings = {"first": Greeting(4), "second": Greeting(4, payload=b"again")}
    one = router(1, "10.0.0.1/24", greetings=greetings)
    other = router(2, "10.0.0.2/24", greetings=greetings)
    exchange([one, other], S)
    assert speaker(other, "first").heard == speaker(other, "second").heard
    assert [heard.payload for heard in speaker(other, "first").heard] == [b"hello", b"again"]


def test_what_nobody_speaks_any_more_is_refused() -> None:
    one, other = pair()
    exchange([one, other], S)
    heard = speaker(other, "v2").heard
    other.receive(ConfigurationChanged(RouterConfig()), 2 * S)
    exchange([one, other], 12 * S)
    assert len(heard) == 1


def test_what_cannot_leave_is_told_of() -> None:
    one = router(1, "10.0.0.1/24", greetings={"v2": Greeting(4)})
    speaker(one, "v2").says = [
        SendPacket("eth9", None, ALL_ROUTERS[4], 1, b""),
        SendPacket("eth0", None, ALL_ROUTERS[6], 1, b""),
    ]
    happened = [one for one in one.receive(TimePassed(), S) if isinstance(one, Happened)]
    assert [(said.kind, said.detail) for said in happened] == [
        ("v2 cannot send", "eth9: no address to send to 224.0.0.5 from"),
        ("v2 cannot send", "eth0: it listens to no IPv6 packets"),
    ]


def test_what_an_interface_is_comes_with_it() -> None:
    one = router(1, "10.0.0.1/24")
    machine = speaker(one, "v2")
    assert machine.up["eth0"].index == 2
    held = replace(one.router.interfaces["eth0"], speed=10**9, is_point_to_point=True)
    one.router.set_interface(held, S)
    came = machine.up["eth0"]
    assert (came.speed, came.is_point_to_point, came.mtu) == (10**9, True, 1500)
    one.receive(InterfaceWentDown("eth0"), 2 * S)
    assert machine.told[-1] == told.InterfaceWentDown("eth0")
