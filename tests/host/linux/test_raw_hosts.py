"""Instances that speak IP itself on the kernel's sockets, in namespaces with a cable."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fingerpost.addr import Address
from fingerpost.host.linux.sockets.raw import RawSocket
from fingerpost.protocol.events import PacketReceived, SendPacket
from fingerpost.router import RouterConfig
from linux.cable import End, cable, wait
from linux.stand import Stand, standing
from netns import require_root
from raw_speaker import ALL_ROUTERS, Greeting, Speaker, speakers, speaking

__all__ = ["speakers"]

pytestmark = pytest.mark.usefixtures("speakers")
TENTH = 100_000_000
MANY = 25  # interfaces, more than the groups that the kernel lets one socket join


@pytest.fixture
def ends() -> Iterator[tuple[End, End]]:
    require_root()
    with cable(("10.0.0.1/24", "10.0.0.2/24")) as both:
        yield both


@pytest.fixture
def unnumbered() -> Iterator[tuple[End, End]]:
    """A cable without networks of IPv4; addresses stand on the loopbacks."""
    require_root()
    with cable() as both:
        for number, end in enumerate(both, start=1):
            end.ip(f"addr add 192.0.2.{number}/32 dev lo")
            end.ip(f"addr add 2001:db8::{number}/128 dev lo")
        yield both


def config(**greetings: Greeting) -> RouterConfig:
    return RouterConfig(protocols={name: speaking(said) for name, said in greetings.items()})


def both() -> RouterConfig:
    return config(v2=Greeting(4, interval_ns=TENTH), v3=Greeting(6, interval_ns=TENTH))


def wait_for(stand: Stand, name: str, payload: bytes) -> PacketReceived:
    """The packet with this payload, once it has come."""
    heard = speaker(stand, name).heard
    wait(lambda: any(one.payload == payload for one in heard))
    return next(one for one in heard if one.payload == payload)


def speaker(stand: Stand, name: str) -> Speaker:
    machine = stand.host.routing.protocols[name].machine
    assert isinstance(machine, Speaker)
    return machine


def link_local(end: End) -> Address:
    found = end.interface.interface.link_local()
    assert found is not None
    return found.address


def test_both_families_are_heard_on_a_lan(ends: tuple[End, End]) -> None:
    with standing(ends[0].space, both()) as a, standing(ends[1].space, both()) as b:
        wait(lambda: speaker(b, "v2").heard and speaker(b, "v3").heard and speaker(a, "v2").heard)
        first = speaker(b, "v2").heard[0]
        assert first == PacketReceived("vb", Address("10.0.0.1"), ALL_ROUTERS[4], 1, b"hello")
        first = speaker(b, "v3").heard[0]
        assert first == PacketReceived("vb", link_local(ends[0]), ALL_ROUTERS[6], 1, b"hello")
        assert {one.source for one in speaker(a, "v2").heard} == {Address("10.0.0.2")}
        came = speaker(a, "v2").up["va"]
        assert (came.index, came.speed) == (ends[0].interface.index, 10_000_000_000)
        assert not came.is_point_to_point
        assert a.wrong == b.wrong == []


def test_an_unnumbered_neighbour_is_reached_on_the_link(unnumbered: tuple[End, End]) -> None:
    one, other = Address("192.0.2.1"), Address("192.0.2.2")
    left = config(v2=Greeting(4, interval_ns=TENTH, destination=other, source=one))
    right = config(v2=Greeting(4, interval_ns=TENTH, source=other))
    with standing(unnumbered[0].space, left) as a, standing(unnumbered[1].space, right) as b:
        wait(lambda: speaker(a, "v2").heard and speaker(b, "v2").heard)
        assert speaker(b, "v2").heard[0] == PacketReceived("vb", one, other, 1, b"hello")
        assert speaker(a, "v2").heard[0].source == other


def test_without_an_interface_the_kernels_table_shows_the_way(
    unnumbered: tuple[End, End],
) -> None:
    there = {4: Address("192.0.2.2"), 6: Address("2001:db8::2")}
    unnumbered[0].ip("route add 192.0.2.2/32 dev va src 192.0.2.1")
    via = link_local(unnumbered[1])
    unnumbered[0].ip(f"route add 2001:db8::2/128 via {via} dev va src 2001:db8::1")
    with standing(unnumbered[0].space, both()) as a, standing(unnumbered[1].space, both()) as b:
        for name, destination in (("v2", there[4]), ("v3", there[6])):
            speaker(a, name).says = [SendPacket(None, None, destination, 64, b"far")]
            source = Address("192.0.2.1" if name == "v2" else "2001:db8::1")
            heard = PacketReceived("vb", source, destination, 64, b"far")
            assert wait_for(b, name, b"far") == heard
        assert a.host.counters()["sockets"]["out"] > 2


def test_a_packet_larger_than_the_link_comes_in_one_piece(ends: tuple[End, End]) -> None:
    payload = bytes(range(256)) * 20
    with standing(ends[0].space, both()) as a, standing(ends[1].space, both()) as b:
        for name, family in (("v2", 4), ("v3", 6)):
            wait_for(b, name, b"hello")
            speaker(a, name).says = [SendPacket("va", None, ALL_ROUTERS[family], 1, payload)]
            wait_for(b, name, payload)
        assert a.wrong == []


def test_more_interfaces_than_one_socket_may_join_groups_on(ends: tuple[End, End]) -> None:
    for number in range(MANY):
        ends[0].ip(f"link add m{number} type veth peer name n{number} netns {ends[1].space.name}")
        ends[0].ip(f"addr add 10.1.{number}.1/24 dev m{number}")
        ends[1].ip(f"addr add 10.1.{number}.2/24 dev n{number}")
        ends[0].ip(f"link set m{number} up")
        ends[1].ip(f"link set n{number} up")
    only = config(v2=Greeting(4, interval_ns=TENTH))
    with standing(ends[0].space, only) as a, standing(ends[1].space, only) as b:
        wait(lambda: len({one.interface for one in speaker(b, "v2").heard}) == MANY + 1, 10)
        assert a.wrong == b.wrong == []


def test_a_flood_of_one_link_does_not_keep_time_waiting(ends: tuple[End, End]) -> None:
    only = config(v2=Greeting(4, interval_ns=TENTH))
    with standing(ends[1].space, only) as b:
        wait(lambda: b.ask(lambda host: host.endpoints.sockets))
        flood = ends[0].open(lambda interface: RawSocket(interface, 4, 89))
        for _ in range(5_000):
            flood.send_from(None, ALL_ROUTERS[4], 1, b"flood")
        before = b.ask(lambda host: host.endpoints.socket_counters()["out"])
        wait(lambda: b.ask(lambda host: host.endpoints.socket_counters()["out"]) > before + 2)
        assert b.ask(lambda host: host.pump.counters["datagrams"]) > 100
        flood.close()


def test_what_the_kernel_refuses_is_told_of(ends: tuple[End, End]) -> None:
    only = config(v2=Greeting(4, interval_ns=TENTH))
    with standing(ends[0].space, only) as a:
        speaker(a, "v2").says = [
            SendPacket(None, None, Address("203.0.113.1"), 64, b"nowhere"),
            SendPacket("lost", None, ALL_ROUTERS[4], 1, b""),
            SendPacket("va", None, ALL_ROUTERS[6], 1, b""),
        ]
        wait(lambda: len(a.wrong) >= 3)
        kinds = [(one.kind, one.interface, one.detail) for one in a.wrong]
        assert kinds[0] == ("send failed", None, "to 203.0.113.1: Network is unreachable (1)")
        assert kinds[1][:2] == ("open failed", "lost")
        assert "v2 listens to nothing of IPv6" in kinds[2][2]
