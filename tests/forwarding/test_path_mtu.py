"""Path MTU discovery, as a sender (RFC 1191 3 to 7, RFC 8201 4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fingerpost.addr import Address
from fingerpost.forwarding import STRICT, Happened, PacketOriginated, Reason
from fingerpost.forwarding.path_mtu import PathMtus
from fingerpost.wire import icmp, icmpv6
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.ipv6_extension import FragmentHeader
from forwarding.bench import FAR, FAR6, HERE, HERE6, NEAR, NEAR6, SECOND, Bench, bench, udp4, udp6


def needs4(b: Bench, mtu: int, quote: bytes) -> None:
    """Let a router on the way say that a packet was too large."""
    message = icmp.DestinationUnreachable(4, quote[:548], mtu)
    b.take(Ipv4(NEAR, Address("10.0.1.1"), 1, message.encode()).encode(), "eth1")


def needs6(b: Bench, mtu: int, quote: bytes) -> None:
    to = Address("fd00:1::1")
    message = icmpv6.PacketTooBig(mtu, quote[:1232]).encode(NEAR6, to)
    b.take(Ipv6(NEAR6, to, 58, message).encode(), "eth1")


OURS = udp4(HERE, FAR, payload=bytes(1400), dont_fragment=True)
OURS6 = udp6(HERE6, FAR6, payload=bytes(1400))


def test_rfc_1191_3_what_the_path_says_is_believed_and_delivered_up() -> None:
    b = bench()
    needs4(b, 1006, OURS)
    assert b.plane.path_mtus.of(FAR, 0) == 1006
    assert len(b.delivered) == 1
    (said,) = (output for output in b.out if isinstance(output, Happened))
    assert (said.kind, said.address) == ("path MTU", FAR)


def test_rfc_1191_3_our_own_packets_heed_it() -> None:
    b = bench()
    needs4(b, 1006, OURS)
    b.receive(PacketOriginated(OURS))
    assert b.traces[-1].end is Reason.TOO_BIG
    (told,) = b.delivered  # the sender is ourselves
    message = icmp.decode(told[20:])
    assert isinstance(message, icmp.DestinationUnreachable)
    assert (message.code, message.mtu) == (4, 1006)
    assert b.sent == []
    b.receive(PacketOriginated(udp4(HERE, FAR, payload=bytes(1400))))
    assert [len(packet) for packet in b.sent] == [1004, 436]
    b.take(udp4(payload=bytes(1400), dont_fragment=True))  # what we forward does not care
    assert b.end() is Reason.FORWARDED


def test_rfc_8201_4_our_own_packets_are_cut_at_the_source() -> None:
    b = bench()
    b.receive(PacketOriginated(OURS6))
    assert len(b.sent) == 1
    needs6(b, 1280, OURS6)
    b.receive(PacketOriginated(OURS6))
    assert [len(packet) for packet in b.sent] == [1280, 40 + 8 + 168]
    assert all(packet[6] == 44 for packet in b.sent)
    assert FragmentHeader.decode(b.sent[0][40:48]).more


def test_rfc_1191_6_3_an_estimate_is_forgotten_after_ten_minutes() -> None:
    b = bench()
    needs4(b, 1006, OURS)
    assert b.plane.path_mtus.of(FAR, 600 * SECOND - 1) == 1006
    assert b.plane.path_mtus.of(FAR, 600 * SECOND) is None


@pytest.mark.parametrize("mtu", [1, 67, 1420, 1500, 65535])
def test_rfc_1191_5_a_limit_that_could_not_have_stopped_the_packet_is_not_believed(
    mtu: int,
) -> None:
    b = bench()
    needs4(b, mtu, udp4(HERE, FAR, payload=bytes(1400 - 20), dont_fragment=True))
    assert b.plane.path_mtus.of(FAR, 0) is None
    assert len(b.delivered) == 1  # the upper layers may think otherwise


@pytest.mark.parametrize("mtu", [0, 68, 1279, 1440, 1500])
def test_rfc_8201_4_less_than_the_least_mtu_or_no_limit_is_not_believed(mtu: int) -> None:
    b = bench()
    needs6(b, mtu, OURS6)
    assert b.plane.path_mtus.of(FAR6, 0) is None


def test_an_estimate_never_rises_before_it_ends() -> None:
    b = bench()
    needs4(b, 1006, OURS)
    needs4(b, 1300, OURS)
    assert b.plane.path_mtus.of(FAR, 0) == 1006
    needs4(b, 576, OURS)
    assert b.plane.path_mtus.of(FAR, 0) == 576


@pytest.mark.parametrize(
    ("length", "guess"), [(1500, 1492), (1492, 1006), (9000, 8166), (65535, 32000), (296, 68)]
)
def test_rfc_1191_7_an_old_router_s_zero_means_the_next_lower_plateau(
    length: int, guess: int
) -> None:
    b = bench()
    quote = bytearray(udp4(HERE, FAR, dont_fragment=True))
    quote[2:4] = length.to_bytes(2, "big")
    needs4(b, 0, bytes(quote))
    assert b.plane.path_mtus.of(FAR, 0) == guess


def test_who_quotes_a_packet_that_is_not_ours_is_not_believed() -> None:
    b = bench()
    needs4(b, 1006, udp4("10.0.0.200", FAR, payload=bytes(1400)))
    needs4(b, 1006, OURS[:19])
    needs4(b, 1006, b"\x60" + OURS[1:])
    needs6(b, 1280, udp6("fd00::77", FAR6, payload=bytes(1400)))
    needs6(b, 1280, udp6(HERE6, "ff0e::1", payload=bytes(1400)))
    needs6(b, 1280, OURS6[:39])
    assert len(b.plane.path_mtus) == 0


def test_the_estimates_are_bounded_and_the_oldest_goes() -> None:
    known = PathMtus(2, SECOND)
    one, two, three = (Address(f"10.0.0.{n}") for n in (1, 2, 3))
    for address in (one, two):
        known.lower(address, 1000, 0)
    known.lower(one, 900, 0)
    known.lower(three, 1000, 0)
    assert [known.of(address, 0) for address in (one, two, three)] == [900, None, 1000]
    assert known.snapshot(0) == {"10.0.0.1": 900, "10.0.0.3": 1000}
    b = bench(replace(STRICT, path_mtus_remembered=0))
    needs4(b, 1006, OURS)
    assert len(b.plane.path_mtus) == 1
