"""What is taken and what is not: the checks of RFC 5880 6.8.6 and RFC 5881 5, and their order."""

from __future__ import annotations

from random import Random

import pytest

from bfd.single import NEIGHBOR, THEIRS, Single
from fingerpost.addr import Address, Interface
from fingerpost.bfd import (
    Authentication,
    AuthenticationType,
    Bfd,
    BfdConfig,
    BfdInterface,
    BfdPeer,
    Fault,
    Key,
    State,
)
from fingerpost.bfd.authentication_section import PasswordSection
from fingerpost.bfd.packet import ControlPacket
from fingerpost.protocol import events as ev

KEY = Authentication(AuthenticationType.SIMPLE_PASSWORD, (Key(1, b"sesame"),))


def changed(single: Single, at: int, *values: int) -> bytes:
    data = bytearray(single.packet(State.UP).encode())
    data[at : at + len(values)] = bytes(values)
    return bytes(data)


def test_each_fault_of_a_packet_by_itself_is_counted_and_changes_nothing() -> None:
    single = Single()
    single.rise()
    before = single.bfd.snapshot(single.now)["sessions"]
    for fault, data in {
        Fault.VERSION: changed(single, 0, 0x40),
        Fault.LENGTH: changed(single, 3, 255),
        Fault.MULTIPLIER: changed(single, 2, 0),
        Fault.MULTIPOINT: changed(single, 1, 0xC1),
        Fault.MY_DISCRIMINATOR: changed(single, 4, 0, 0, 0, 0),
        Fault.UNKNOWN_DISCRIMINATOR: changed(single, 8, 1, 2, 3, 4),
        Fault.ZERO_DISCRIMINATOR: changed(single, 8, 0, 0, 0, 0),
    }.items():
        assert single.hear(data) == []
        assert single.bfd.faults[fault] == 1
    assert single.bfd.snapshot(single.now)["sessions"] == before
    assert sum(single.bfd.faults.values()) == 7


@pytest.mark.parametrize("hop_limit", [254, 1, 0, None])
def test_a_packet_that_was_forwarded_is_not_taken(hop_limit: int | None) -> None:
    single = Single()
    single.rise()
    down = single.packet(State.DOWN)
    assert single.hear(down, hop_limit=hop_limit) == []
    assert single.is_in(State.UP)
    assert single.session.counters.faults == {Fault.HOP_LIMIT: 1}
    single.hear(down)
    assert single.session.counters.downs == 1


def test_all_that_is_sent_has_hop_limit_255_and_one_high_source_port() -> None:
    single = Single()
    single.rise()
    assert {one.hop_limit for one in single.datagrams} == {255}
    assert {one.destination_port for one in single.datagrams} == {3784}
    (port,) = {one.source_port for one in single.datagrams}
    assert 49152 <= port <= 65535


def test_with_authentication_the_hop_limit_does_not_matter() -> None:
    single = Single(BfdInterface("eth0", authentication=KEY))
    signed = PasswordSection(1, b"sesame")
    single.hear(single.packet(your_discriminator=0, authentication=signed), hop_limit=250)
    assert single.is_in(State.INIT)


def test_a_first_packet_finds_its_session_by_address_and_interface() -> None:
    single = Single()
    first = single.packet(State.DOWN, your_discriminator=0)
    single.hear(first, source=Address("10.0.0.3"))
    single.hear(first, interface="eth1")
    assert single.bfd.faults == {Fault.NO_SESSION: 2}
    strangers = single.bfd.snapshot()["strangers"]
    assert [(one["interface"], one["address"]) for one in strangers] == [
        ("eth0", "10.0.0.3"),
        ("eth1", "10.0.0.2"),
    ]
    assert single.is_in(State.DOWN)
    single.hear(first)
    assert single.is_in(State.INIT)


def test_later_packets_find_it_by_discriminator_whoever_sends_them() -> None:
    """RFC 5881 3: a neighbour may change its address; TTL 255 says that it is one."""
    single = Single()
    single.rise()
    moved = Address("10.0.0.77")
    single.hear(single.packet(State.UP), source=moved)
    assert single.session.counters.packets_in == 4
    assert {one.destination for one in single.datagrams} == {NEIGHBOR}
    single.hear(single.packet(State.UP), interface="eth1")
    assert single.bfd.faults == {Fault.WRONG_INTERFACE: 1}


def test_on_a_link_of_two_ends_a_first_packet_may_have_any_address() -> None:
    bfd = Bfd(BfdConfig((), (BfdPeer(NEIGHBOR),)), Random(1))
    own = (Interface("10.0.0.1/24"),)
    bfd.receive(ev.InterfaceWentUp("eth0", own, is_point_to_point=True), 0)
    first = ControlPacket(State.DOWN, 3, THEIRS, 0, 1_000_000, 300_000).encode()
    odd = Address("192.0.2.9")
    bfd.receive(ev.DatagramReceived("eth0", odd, 50_000, Address("10.0.0.1"), 255, first), 1)
    (session,) = bfd.sessions
    assert session.state is State.INIT
    assert session.key.remote == NEIGHBOR


def test_an_end_that_is_admin_down_learns_and_does_no_more() -> None:
    single = Single()
    single.bring_to(State.ADMIN_DOWN)
    answers = single.hear(single.packet(State.DOWN, your_discriminator=0, poll=True))
    assert not any(one.final for one in answers)
    assert single.session.remote.discriminator == THEIRS
    assert single.session.counters.faults == {Fault.ADMIN_DOWN: 1}
    assert single.is_in(State.ADMIN_DOWN)


def test_authentication_that_one_end_alone_has_is_named_by_its_fault() -> None:
    plain, signing = Single(), Single(BfdInterface("eth0", authentication=KEY))
    signed = PasswordSection(1, b"sesame")
    plain.hear(plain.packet(your_discriminator=0, authentication=signed))
    signing.hear(signing.packet(your_discriminator=0))
    assert plain.session.counters.faults == {Fault.UNEXPECTED_AUTHENTICATION: 1}
    assert signing.session.counters.faults == {Fault.NO_AUTHENTICATION: 1}
    reason = signing.bfd.snapshot()["sessions"][0]["reason"]
    assert reason == "the neighbor's packets are refused: authentication missing (1)"


def test_what_comes_by_an_interface_that_is_down_is_not_taken() -> None:
    single = Single()
    single.rise()
    packet = single.packet(State.UP)
    single.give(ev.InterfaceWentDown("eth0"))
    single.hear(packet)
    assert single.session.counters.faults == {Fault.INTERFACE_DOWN: 1}
    assert single.is_in(State.DOWN)


def test_a_neighbour_that_began_anew_is_met_again() -> None:
    single = Single()
    single.rise()
    single.hear(single.packet(State.DOWN, my_discriminator=99, your_discriminator=0))
    assert single.is_in(State.DOWN)
    assert single.sent[-1].your_discriminator == 99
    single.hear(single.packet(State.DOWN, my_discriminator=99))
    assert single.is_in(State.INIT)


def test_strangers_are_bounded() -> None:
    single = Single()
    limit = single.bfd.config.limits.strangers
    first = single.packet(State.DOWN, your_discriminator=0)
    for at in range(limit + 10):
        single.hear(first, source=Address(f"10.0.1.{at}"))
    assert len(single.bfd.strangers) == limit
    assert single.bfd.snapshot()["strangers"][0]["address"] == "10.0.1.10"
