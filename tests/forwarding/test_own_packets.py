"""Packets of our own (RFC 1122 3.2.1, 3.3.1; RFC 6864; RFC 1112 6.1; RFC 4291 2.5.3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fingerpost.addr import Address
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding import (
    STRICT,
    DeliverPacket,
    InterfaceWentDown,
    InterfaceWentUp,
    PacketOriginated,
    PacketRefused,
    Reason,
)
from fingerpost.wire import icmp, icmpv6
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.nd import NeighborSolicitation
from forwarding.bench import (
    BROADCAST,
    FAR,
    FAR6,
    HERE,
    HERE6,
    Bench,
    bench,
    interface,
    udp4,
    udp6,
)


def send(b: Bench, packet: bytes, interface: str | None = None) -> Reason:
    b.receive(PacketOriginated(packet, interface))
    return b.traces[-1].end


def bare(packet: bytes) -> bytes:
    """The same without its header checksum."""
    return packet[:10] + b"\0\0" + packet[12:]


def test_the_checksum_and_the_identification_are_filled_in_where_they_are_zero() -> None:
    b = bench()
    assert send(b, bare(udp4(HERE))) is Reason.FORWARDED
    first = Ipv4.decode(b.sent[0])
    assert first.identification != 0
    send(b, udp4(HERE))
    assert Ipv4.decode(b.sent[0]).identification != first.identification
    send(b, udp4(HERE, identification=77))
    assert b.sent[0] == udp4(HERE, identification=77)


def test_rfc_6864_4_1_an_atomic_packet_keeps_its_zero_and_a_fragment_its_number() -> None:
    b = bench()
    send(b, udp4(HERE, dont_fragment=True))
    assert Ipv4.decode(b.sent[0]).identification == 0
    send(b, udp4(HERE, more_fragments=True, payload=bytes(16)))
    assert Ipv4.decode(b.sent[0]).identification == 0


def test_rfc_6864_4_3_numbers_do_not_repeat_before_they_must() -> None:
    b = bench()
    drawn = [b.plane.identifiers.ipv4() for _ in range(0xFFFF)]
    assert sorted(drawn) == list(range(1, 0x10000))


def test_a_wrong_checksum_stays_wrong() -> None:
    b = bench()
    packet = udp4(HERE)
    broken = packet[:10] + b"\x12\x34" + packet[12:]
    assert send(b, broken) is Reason.BAD_CHECKSUM
    assert b.out == []


@pytest.mark.parametrize("junk", [b"", b"\x45", bytes(40), b"\x60" + bytes(38), b"\xff" * 60])
def test_what_is_no_packet_is_refused(junk: bytes) -> None:
    b = bench()
    send(b, junk)
    assert b.out == []


@pytest.mark.parametrize("packet", [udp4("10.0.0.77"), udp6("fd00::77"), udp4("0.0.0.0")])
def test_rfc_1122_3_2_1_3_a_source_that_is_not_ours_is_refused(packet: bytes) -> None:
    b = bench()
    assert send(b, packet) is Reason.FOREIGN_SOURCE
    assert b.out == []
    assert send(bench(replace(STRICT, sends_foreign_sources=True)), packet) is Reason.FORWARDED


def test_any_address_of_ours_may_be_the_source() -> None:
    b = bench()
    assert send(b, udp4("10.0.2.1")) is Reason.FORWARDED
    assert send(b, udp6("fd00:2::1")) is Reason.FORWARDED
    assert send(b, udp6("fe80::2", "fe80::9"), "eth1") is Reason.FORWARDED
    assert send(b, udp6("fe80::2", "fe80::9"), "eth0") is Reason.FOREIGN_SOURCE  # eth1's


def test_who_has_no_address_yet_may_ask_its_link() -> None:
    b = bench()
    assert send(b, udp4("0.0.0.0", "255.255.255.255"), "eth1") is Reason.FORWARDED
    assert b.frames[0].frame[:6] == BROADCAST
    assert b.frames[0].interface == "eth1"
    assert send(b, udp6("::", "ff02::2"), "eth1") is Reason.FORWARDED
    assert send(b, udp6("::", FAR6)) is Reason.FOREIGN_SOURCE


def test_rfc_1122_3_2_1_7_nothing_is_sent_with_a_hop_limit_of_zero() -> None:
    b = bench()
    assert send(b, udp4(HERE, ttl=0)) is Reason.HOP_LIMIT
    assert send(b, udp6(HERE6, hop_limit=0)) is Reason.HOP_LIMIT
    assert b.out == []
    assert send(b, udp4(HERE, ttl=1)) is Reason.FORWARDED


@pytest.mark.parametrize("destination", [HERE, "10.0.2.1", "127.0.0.1", "127.9.9.9"])
def test_rfc_1122_3_2_1_3_what_is_for_us_never_reaches_a_link(destination: Address | str) -> None:
    b = bench()
    packet = udp4(HERE, destination, identification=1)
    assert send(b, packet) is Reason.DELIVERED
    assert b.out == [DeliverPacket(None, packet)]


@pytest.mark.parametrize("destination", [HERE6, "fd00:2::1", "::1"])
def test_rfc_4291_2_5_3_what_is_for_us_never_reaches_a_link(destination: Address | str) -> None:
    b = bench()
    packet = udp6(HERE6, destination)
    assert send(b, packet) is Reason.DELIVERED
    assert b.out == [DeliverPacket(None, packet)]


def test_our_own_link_local_address_is_us_on_its_link() -> None:
    b = bench()
    packet = udp6("fe80::2", "fe80::2")
    assert send(b, packet, "eth1") is Reason.DELIVERED
    assert send(b, udp6("fe80::1", "fe80::2"), "eth0") is Reason.QUEUED  # somebody else there


@pytest.mark.parametrize("packet", [udp4("127.0.0.1", FAR), udp6("::1", FAR6)])
def test_rfc_1122_3_2_1_3_a_loopback_source_stays_at_home(packet: bytes) -> None:
    b = bench()
    assert send(b, packet) is Reason.FOREIGN_SOURCE
    assert send(b, udp4("127.0.0.1", HERE)) is Reason.DELIVERED


def test_a_ping_to_ourselves_is_answered_to_ourselves() -> None:
    b = bench()
    here, six = Address("127.0.0.1"), Address("::1")
    question = icmp.EchoRequest(1, 2, b"me").encode()
    assert send(b, Ipv4(here, here, 1, question).encode()) is Reason.ANSWERED
    (answer,) = b.delivered
    assert icmp.decode(answer[20:]) == icmp.EchoReply(1, 2, b"me")
    question = icmpv6.EchoRequest(1, 2, b"me").encode(six, six)
    assert send(b, Ipv6(six, six, 58, question).encode()) is Reason.ANSWERED
    (answer,) = b.delivered
    assert answer[40] == 129


def test_a_closed_port_of_ours_is_told_to_ourselves() -> None:
    b = bench()
    send(b, udp4("127.0.0.1", "127.0.0.1"))
    b.receive(PacketRefused(b.delivered[0], None, is_port=True))
    (told,) = b.delivered
    assert icmp.decode(told[20:]).code == 3  # type: ignore[attr-defined]
    assert b.sent == []


def test_what_cannot_be_sent_is_told_to_whoever_sent_it_here() -> None:
    b = bench()
    assert send(b, udp4(HERE, "172.31.0.1")) is Reason.NO_ROUTE
    (told,) = b.delivered
    header = Ipv4.decode(told)
    assert (header.source, header.destination) == (HERE, HERE)
    message = icmp.decode(header.payload)
    assert (message.TYPE, message.code) == (3, 0)  # type: ignore[attr-defined]
    assert b.plane.error_limits.peers == 0  # it crossed no link and took no token


def test_rfc_1112_6_1_what_goes_to_a_group_of_ours_comes_back_as_a_copy() -> None:
    b = bench()
    packet = udp4(HERE, "224.0.0.1", identification=1)
    assert send(b, packet, "eth0") is Reason.FORWARDED
    assert (b.delivered, len(b.sent)) == ([packet], 1)
    assert b.frames[0].frame[:6] == bytes.fromhex("01005e000001")
    send(b, udp4(HERE, "239.1.2.3"), "eth0")
    assert (b.delivered, len(b.sent)) == ([], 1)
    send(b, udp6("fe80::1", "ff02::1"), "eth0")
    assert (len(b.delivered), len(b.sent)) == (1, 1)
    b = bench(replace(STRICT, loops_multicast=False))
    send(b, packet, "eth0")
    assert (b.delivered, len(b.sent)) == ([], 1)


def test_neighbour_discovery_does_not_come_back_to_its_sender() -> None:
    b = bench()
    source, group = Address("fe80::1"), Address("ff02::1")
    ask = NeighborSolicitation(Address("fe80::77")).encode(source, group)
    send(b, Ipv6(source, group, 58, ask, hop_limit=255).encode(), "eth0")
    assert (b.delivered, len(b.sent)) == ([], 1)


def test_a_broadcast_of_ours_goes_to_everybody_on_its_link() -> None:
    b = bench()
    for destination in ("255.255.255.255", "10.0.1.255"):
        send(b, udp4("10.0.1.1", destination), "eth1")
        assert [(f.interface, f.frame[:6]) for f in b.frames] == [("eth1", BROADCAST)]
    send(b, udp4("10.0.1.1", "10.0.1.255"))  # the table knows the link
    assert [(f.interface, f.frame[:6]) for f in b.frames] == [("eth1", BROADCAST)]


def test_an_interface_that_is_named_must_be_there_and_up() -> None:
    b = bench()
    assert send(b, udp4(HERE), "eth7") is Reason.NOT_RUNNING
    b.receive(InterfaceWentDown("eth1"))
    assert send(b, udp4(HERE), "eth1") is Reason.NOT_RUNNING
    assert b.out == []


def test_an_address_that_is_still_being_checked_is_no_source() -> None:
    """RFC 4862 5.4: a tentative address is not ours yet."""
    b = bench()
    link = b.plane.interfaces["eth0"]
    new = (*link.addresses, InterfaceAddress("fd00::77/64"))
    b.receive(InterfaceWentUp("eth0"))
    b.plane.set_interface(replace(link, addresses=new), b.now)
    assert send(b, udp6("fd00::77")) is Reason.FOREIGN_SOURCE


def test_a_host_may_have_its_router_id_as_source() -> None:
    router_id = Address("10.255.0.1")
    b = bench(interfaces=(interface(0), interface(1)), router_id=router_id)
    assert send(b, udp4(router_id)) is Reason.FORWARDED
    assert send(bench(), udp4(router_id)) is Reason.FOREIGN_SOURCE
