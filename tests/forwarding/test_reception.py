"""What a router accepts, keeps and passes on (RFC 1812 5.2, 5.3; RFC 2644; RFC 4291 2.7)."""

from __future__ import annotations

import pytest

from fingerpost.addr import Address
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding import LINUX, FrameReceived, NextHop, Reason, Route
from fingerpost.wire.checksum import ones_sum
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.mac import Mac
from forwarding.bench import (
    BROADCAST,
    FAR,
    HERE,
    HERE6,
    HOST,
    bench,
    interface,
    station,
    udp4,
    udp6,
)


def test_rfc_1812_5_2_2_the_padding_of_the_link_is_trimmed() -> None:
    b = bench()
    for packet in (udp4(), udp6()):
        b.take(packet, padding=10)
        assert len(b.sent[0]) == len(packet)


@pytest.mark.parametrize(
    ("tag", "end"),
    [
        (0x0000, Reason.FORWARDED),
        (0xE000, Reason.FORWARDED),  # a priority, and no VLAN: as good as untagged
        (0x0005, Reason.VLAN_UNKNOWN),
    ],
)
def test_ieee_802_1q_a_tag_without_a_vlan_is_no_vlan(tag: int, end: Reason) -> None:
    b = bench()
    packet = b"\x81\x00" + tag.to_bytes(2, "big") + b"\x08\x00" + udp4()
    b.receive(FrameReceived("eth0", b.plane.interfaces["eth0"].mac + station(0) + packet))
    assert b.end() is end
    assert len(b.sent) == (end is Reason.FORWARDED)


@pytest.mark.parametrize("hop_limit", [0, 1, 2, 255])
def test_rfc_1812_5_3_1_the_ttl_of_what_is_for_us_does_not_matter(hop_limit: int) -> None:
    b = bench()
    b.take(udp4(destination=HERE, ttl=hop_limit))
    assert b.end() is Reason.DELIVERED
    b.take(udp6(destination=HERE6, hop_limit=hop_limit))
    assert b.end() is Reason.DELIVERED


def test_rfc_1624_the_checksum_of_what_passes_is_right_for_every_checksum() -> None:
    b = bench()
    for number in range(0, 0x10000, 97):
        b.take(udp4(identification=number, tos=number & 0xFF))
        assert ones_sum(b.sent[0][:20]) == 0xFFFF
    seen = set()
    for number in range(0x10000):  # the edges: a field of 0x0000, 0xfeff and 0xffff
        packet = udp4(identification=number)
        field = packet[10] << 8 | packet[11]
        if field in (0x0000, 0xFEFF, 0xFF00, 0x0100):
            seen.add(field)
            b.take(packet)
            whole = Ipv4.decode(packet)
            assert b.sent[0] == Ipv4.encode(
                Ipv4(HOST, FAR, 17, whole.payload, ttl=63, identification=number)
            )
    assert {0x0000, 0xFEFF} <= seen


def test_rfc_2474_and_6437_service_and_flow_label_pass_unchanged() -> None:
    b = bench()
    b.take(udp4(tos=0xB9, reserved=True))
    whole = Ipv4.decode(b.sent[0])
    assert (whole.tos, whole.reserved) == (0xB9, True)  # RFC 1812 5.2.5
    packet = udp6(traffic_class=0xB9, flow_label=0xABCDE)
    b.take(packet)
    assert b.sent[0] == packet[:7] + b"\x3f" + packet[8:]


def test_frames_for_others_and_of_other_protocols_are_ignored() -> None:
    b = bench()
    b.take(udp4(), to=Mac("02:00:00:00:00:ff"))
    assert (b.end(), b.out) == (Reason.OTHER_HOST, [])
    b.receive(FrameReceived("eth0", bytes(13)))
    assert b.end() is Reason.SHORT_FRAME
    header = b.plane.interfaces["eth0"].mac + station(0)
    b.receive(FrameReceived("eth0", header + b"\x88\xcc" + bytes(50)))
    assert b.end() is Reason.UNKNOWN_PROTOCOL
    b.receive(FrameReceived("eth0", header + b"\x81\x00\x00\x07\x08\x00" + udp4()))
    assert b.end() is Reason.VLAN_UNKNOWN


# -- broadcasts and groups ---------------------------------------------------------------------


def test_rfc_1812_5_3_5_1_the_limited_broadcast_is_for_us_and_goes_no_further() -> None:
    b = bench(routes={"255.255.255.255/32": Route((NextHop("eth1", Address("10.0.1.9")),))})
    b.take(udp4(destination="255.255.255.255"), to=BROADCAST)
    assert (b.end(), b.sent) == (Reason.DELIVERED, [])
    b.take(udp4(destination="255.255.255.255"))  # in a unicast frame
    assert (b.end(), b.sent) == (Reason.DELIVERED, [])


@pytest.mark.parametrize("allowed", [False, True])
def test_rfc_2644_3_a_directed_broadcast_passes_only_where_it_is_allowed(allowed: bool) -> None:
    b = bench(interfaces=(interface(0), interface(1, directed_broadcast=allowed)))
    b.take(udp4(destination="10.0.1.255"))
    assert b.end() is (Reason.FORWARDED if allowed else Reason.DIRECTED_BROADCAST)
    if allowed:
        assert [(f.interface, f.frame[:6]) for f in b.frames] == [("eth1", BROADCAST)]
    else:
        assert b.out == []
    b.take(udp4(destination="10.0.1.255"), to=BROADCAST)  # RFC 1812 5.3.4
    assert (b.end(), b.sent) == (Reason.DIRECTED_BROADCAST, [])
    b.take(udp4(destination="10.0.0.255"), to=BROADCAST)  # of its own link
    assert b.end() is Reason.DELIVERED


def test_rfc_1812_5_2_3_a_directed_broadcast_of_ours_that_passes_is_for_us_too() -> None:
    b = bench(interfaces=(interface(0), interface(1, directed_broadcast=True)))
    packet = udp4(destination="10.0.1.255")
    b.take(packet)
    assert b.delivered == [packet]
    assert b.end() is Reason.FORWARDED
    b.take(packet, "eth1")  # to its own link in a unicast frame: passed to who listens there
    assert b.delivered == [packet]
    assert [(f.interface, f.frame[:6]) for f in b.frames] == [("eth1", BROADCAST)]
    b.take(packet, "eth1", to=BROADCAST)
    assert (b.end(), b.delivered, b.frames) == (Reason.DELIVERED, [packet], [])


def test_a_host_passes_no_broadcast_on() -> None:
    links = (interface(0), interface(1, directed_broadcast=True))
    b = bench(forwards=False, interfaces=links)
    b.take(udp4(destination="10.0.1.255"))
    assert (b.end(), b.out) == (Reason.NOT_FORWARDING, [])


def test_rfc_3021_2_1_a_31_has_no_broadcast() -> None:
    addresses = (InterfaceAddress("10.0.1.1/31"), InterfaceAddress("fe80::2/64"))
    b = bench(interfaces=(interface(0), interface(1, addresses=addresses)))
    b.take(udp4(destination="10.0.1.0"))
    assert b.end() is Reason.QUEUED  # the other end is asked for


def test_rfc_1812_4_2_3_1_host_number_zero_is_nobody_and_a_host_for_linux() -> None:
    b = bench()
    b.take(udp4(destination="10.0.1.0"))
    assert (b.end(), b.out) == (Reason.ZERO_HOST, [])
    b = bench(LINUX)
    b.take(udp4(destination="10.0.1.0"))
    assert b.end() is Reason.QUEUED


def test_rfc_1812_5_2_1_3_groups_are_not_routed_here_and_a_host_is_no_member() -> None:
    b = bench()
    b.take(udp4(destination="239.1.2.3"))
    assert (b.end(), b.out) == (Reason.MULTICAST, [])
    b.take(udp6(destination="ff0e::77"))
    assert (b.end(), b.out) == (Reason.MULTICAST, [])
    b = bench(forwards=False)
    b.take(udp4(destination="239.1.2.3"))
    assert b.end() is Reason.NOT_MEMBER


def test_groups_that_are_joined_are_delivered() -> None:
    b = bench()
    group = Address("239.1.2.3")
    b.plane.join(group, "eth0", b.now)
    b.take(udp4(destination=group))
    assert b.end() is Reason.DELIVERED
    b.take(udp4("10.0.1.9", group), "eth1")
    assert b.end() is Reason.MULTICAST


@pytest.mark.parametrize("group", ["ff00::1", "ff01::1", "ff11::1"])
def test_rfc_4291_2_7_a_group_of_no_link_never_comes_from_one(group: str) -> None:
    b = bench()
    b.take(udp6(destination=group))
    assert (b.end(), b.out) == (Reason.MARTIAN_DESTINATION, [])


# -- martians ----------------------------------------------------------------------------------

MARTIAN_SOURCES = {  # and whether Linux drops it too
    "0.0.0.0": True,
    "0.1.2.3": False,
    "127.0.0.1": True,
    "224.0.0.1": True,
    "239.255.255.255": True,
    "240.0.0.1": False,
    "255.255.255.255": True,
    "10.0.0.1": True,
    "10.0.1.1": True,
    "10.0.0.255": False,
    "10.0.1.0": False,
    "169.254.1.1": False,
    "192.0.2.1": False,
}


@pytest.mark.parametrize("source", MARTIAN_SOURCES)
def test_rfc_1812_5_3_7_and_6890_sources_that_no_packet_carries_across_a_router(
    source: str,
) -> None:
    b = bench()
    b.take(udp4(source))
    assert b.out == []
    assert b.end() in (Reason.MARTIAN_SOURCE, Reason.BEYOND_SCOPE, Reason.NOT_FORWARDABLE)
    b = bench(LINUX)
    b.take(udp4(source))
    assert (b.end() is Reason.MARTIAN_SOURCE) is MARTIAN_SOURCES[source]
    assert (b.end() is Reason.FORWARDED) is not MARTIAN_SOURCES[source]


@pytest.mark.parametrize(
    ("destination", "linux"), [("0.0.0.0", False), ("127.0.0.1", False), ("240.0.0.1", True)]
)
def test_rfc_1812_5_3_7_destinations_that_no_packet_is_for(destination: str, linux: bool) -> None:
    routes = {"0.0.0.0/0": Route((NextHop("eth1", Address("10.0.1.9")),))}
    b = bench(routes=routes)
    b.take(udp4(destination=destination))
    assert (b.end(), b.out) == (Reason.MARTIAN_DESTINATION, [])
    b = bench(LINUX, routes=routes)
    b.take(udp4(destination=destination))
    assert (b.end() is Reason.FORWARDED) is linux


def test_rfc_3927_7_ipv4_link_local_addresses_stay_on_their_link() -> None:
    b = bench()
    b.take(udp4("169.254.1.1"))
    assert (b.end(), b.out) == (Reason.BEYOND_SCOPE, [])
    b.take(udp4(destination="169.254.1.1"))
    assert (b.end(), b.out) == (Reason.BEYOND_SCOPE, [])


@pytest.mark.parametrize(
    ("source", "destination", "reason"),
    [
        ("::1", "fd09::1", Reason.MARTIAN_SOURCE),
        ("ff02::1", "fd09::1", Reason.MARTIAN_SOURCE),
        ("::", "fd09::1", Reason.MARTIAN_SOURCE),
        ("fd00::1", "fd09::1", Reason.MARTIAN_SOURCE),
        ("fd00::9", "::", Reason.MARTIAN_DESTINATION),
        ("fd00::9", "::1", Reason.MARTIAN_DESTINATION),
        ("::ffff:10.0.0.9", "fd09::1", Reason.NOT_FORWARDABLE),
        ("2001:db8::1", "fd09::1", Reason.NOT_FORWARDABLE),
    ],
)
def test_rfc_4291_2_5_addresses_that_no_router_passes_on(
    source: str, destination: str, reason: Reason
) -> None:
    b = bench()
    b.take(udp6(source, destination))
    assert (b.end(), b.sent) == (reason, [])


def test_rfc_4291_2_5_7_site_local_addresses_are_as_global_as_any() -> None:
    b = bench(routes={"fec0::/10": Route((NextHop("eth1", Address("fe80::9")),))})
    b.take(udp6("fd00::9", "fec0::1"))
    assert b.end() is Reason.FORWARDED
