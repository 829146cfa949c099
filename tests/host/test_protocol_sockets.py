"""What protocol instances ask of a virtual host: ports, groups, and from where they speak."""

from __future__ import annotations

import random

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.errors import UsageError
from fingerpost.forwarding.events import FrameReceived, Happened, SendFrame, TimePassed
from fingerpost.forwarding.interface import Interface
from fingerpost.forwarding.policy import LAB
from fingerpost.host.virtual import VirtualHost
from fingerpost.protocol.events import SendDatagram
from fingerpost.rip import RipConfig, RipInterface
from fingerpost.router import (
    ConfigurationChanged,
    FromProtocol,
    ProtocolConfig,
    Router,
    RouterConfig,
    Routing,
)
from fingerpost.router.router import Output
from fingerpost.wire.ethernet import Ethernet
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.mac import Mac
from fingerpost.wire.udp import Udp

S = 1_000_000_000
RIP = RouterConfig(
    protocols={
        "rip": ProtocolConfig("rip", RipConfig((RipInterface("eth0"), RipInterface("eth1"))))
    }
)


def host(number: int, *addresses: str, config: RouterConfig = RIP) -> VirtualHost:
    name = f"r{number}"
    mac = Mac(bytes((2, 0, 0, 0, 0, number)))
    eth0 = Interface("eth0", 1, mac, addresses=tuple(map(InterfaceAddress, addresses)))
    inner = Mac(bytes((2, 0, 0, 0, 1, number)))
    own = (InterfaceAddress(f"10.{number}.0.1/16"),)
    eth1 = Interface("eth1", 2, inner, addresses=own)
    routing = Routing(name, random.Random(name))
    router = Router(name, [eth0, eth1], rng=random.Random(number), policy=LAB, routing=routing)
    made = VirtualHost(router, rng=random.Random(number))
    made.receive(ConfigurationChanged(config), 0)
    return made


def heard_sources(out: list[Output]) -> list[str]:
    """The sources of the datagrams to RIP's port that leave by eth0."""
    found = []
    for one in out:
        if isinstance(one, SendFrame) and one.interface == "eth0":
            packet = Ipv4.decode(Ethernet.decode(one.frame).payload)
            if packet.protocol == 17 and Udp.decode(packet.payload).destination_port == 520:
                found.append(str(packet.source))
    return found


def run(hosts: list[VirtualHost], until: int) -> None:
    """Carry frames of eth0 between all of them, without delay."""
    now = 0
    while True:
        due = [deadline for one in hosts if (deadline := one.next_deadline()) is not None]
        if not due or min(due) > until:
            return
        now = max(now, min(due))
        for one in hosts:
            deadline = one.next_deadline()
            if deadline is not None and deadline <= now:
                carry(hosts, one, one.receive(TimePassed(), now), now)


def carry(hosts: list[VirtualHost], sender: VirtualHost, out: list[Output], now: int) -> None:
    for output in out:
        if isinstance(output, SendFrame) and output.interface == "eth0":
            for other in hosts:
                if other is not sender:
                    answer = other.receive(FrameReceived("eth0", output.frame), now)
                    carry(hosts, other, answer, now)


def test_two_routers_learn_from_each_other_by_packets() -> None:
    left, right = host(1, "10.0.0.1/24"), host(2, "10.0.0.2/24")
    run([left, right], 40 * S)
    assert str(left.router.fib[Prefix("10.2.0.0/16")]) == "via 10.0.0.2 dev eth0"
    assert str(right.router.fib[Prefix("10.1.0.0/16")]) == "via 10.0.0.1 dev eth0"


def test_a_link_of_several_networks_hears_from_each_of_them() -> None:
    one = host(1, "10.0.0.1/24", "10.0.0.7/24", "10.0.9.1/24")
    out = []
    while (due := one.next_deadline()) is not None and due < 5 * S:
        out += one.receive(TimePassed(), due)
    assert heard_sources(out)[:2] == ["10.0.0.1", "10.0.9.1"]


def test_a_port_is_closed_when_its_instance_ends() -> None:
    one = host(1, "10.0.0.1/24")
    one.receive(ConfigurationChanged(RouterConfig()), S)
    one.udp.open(520).close()  # it is free
    one.receive(ConfigurationChanged(RIP), 2 * S)
    with pytest.raises(UsageError, match="520 is taken"):
        one.udp.open(520)


def test_an_interface_without_an_address_to_speak_from_is_told_of() -> None:
    one = host(1, "10.0.0.1/24")
    asked = SendDatagram("eth0", Address("ff02::9"), 521, 521, 255, b"")
    (told,) = one.protocols.obey(FromProtocol("ripng", asked), 0)
    assert isinstance(told, Happened)
    assert told.kind == "ripng cannot send"
    assert "eth0 has no address" in told.detail
