"""Dissection: it agrees with the decoders, gives packets back, and never fails."""

from __future__ import annotations

from dataclasses import fields as attributes
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import DecodeError
from fingerpost.wire import icmp, icmpv6, igmp, mld
from fingerpost.wire.arp import Arp
from fingerpost.wire.dissect import (
    Dissection,
    Field,
    Layer,
    Layout,
    Span,
    dissect,
    guess_link,
    standard,
)
from fingerpost.wire.dissect.words import plain
from fingerpost.wire.ethernet import Ethernet, VlanTag
from fingerpost.wire.icmp_extension import (
    InterfaceByName,
    MplsLabel,
    MplsLabelStack,
    UnreadableExtensions,
)
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv4_options import NoOperation, RecordRoute
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.ipv6_extension import (
    AuthenticationHeader,
    DestinationOptions,
    FragmentHeader,
    HopByHop,
    RouterAlert,
    RoutingHeader,
    SegmentList,
)
from fingerpost.wire.mac import Mac
from fingerpost.wire.tcp import Tcp, TcpFlag
from fingerpost.wire.tcp_options import MaximumSegmentSize, WindowScale
from fingerpost.wire.udp import Udp
from wire.drawn import ICMP, ICMPV6, IGMP

MAC, OTHER = Mac("02:00:00:00:00:01"), Mac("02:00:00:00:00:02")
A, B = Address("192.0.2.1"), Address("198.51.100.2")
A6, B6 = Address("2001:db8::1"), Address("fe80::2")
RAW = 101


def in_ipv4(protocol: int, payload: bytes) -> bytes:
    return Ipv4(A, B, protocol, payload).encode()


def in_ipv6(next_header: int, payload: bytes) -> bytes:
    return Ipv6(A6, B6, next_header, payload).encode()


def in_frame(packet: bytes) -> bytes:
    kind = 0x0800 if packet[0] >> 4 == 4 else 0x86DD
    return Ethernet(OTHER, MAC, kind, packet).encode(60)


def udp_packet(payload: bytes = b"payload") -> bytes:
    return in_ipv4(17, Udp(1000, 2000, payload).encode(A, B))


def protocols(found: Dissection) -> list[str]:
    return [layer.protocol for layer in found.layers]


def value_of(layer: Layer, name: str) -> Any:  # noqa: ANN401 - what JSON can say
    (field,) = [field for field in layer.fields if field.name == name]
    return field.value


def flat(fields: tuple[Field, ...]) -> list[Field]:
    return [one for field in fields for one in (field, *flat(field.fields))]


def assert_sound(found: Dissection) -> None:
    """Layers stand inside each other, and each field inside the packet and after its layer."""
    for outer, inner in zip(found.layers, found.layers[1:], strict=False):
        assert outer.offset <= inner.offset <= inner.end <= outer.end
    for layer in found.layers:
        for field in flat(layer.fields):
            assert layer.offset <= field.offset
            assert field.offset + field.size <= len(found.packet)


def assert_agrees(layer: Layer, message: object) -> None:
    """Fields that are named as an attribute of the message say the same as it."""
    said = {field.name: field.value for field in layer.fields}
    for attribute in attributes(message):  # type: ignore[arg-type]  # all messages are dataclasses
        if attribute.name in said and not isinstance(getattr(message, attribute.name), tuple):
            assert said[attribute.name] == plain(getattr(message, attribute.name)), attribute.name


@settings(max_examples=300)
@given(st.one_of(*ICMP.values()))
def test_icmp_messages_are_told_as_decoded(message: icmp.IcmpMessage) -> None:
    frame = in_frame(in_ipv4(1, message.encode()))
    found = dissect(frame)
    layer = found.layers[2]
    assert (layer.protocol, layer.value) == ("icmp", message)
    assert found.fault is None
    assert found.reencode() == frame
    assert_agrees(layer, message)
    assert_sound(found)


@settings(max_examples=400)
@given(st.one_of(*ICMPV6.values()))
def test_icmpv6_messages_are_told_as_decoded(message: icmpv6.Icmpv6Message) -> None:
    frame = in_frame(in_ipv6(58, message.encode(A6, B6)))
    found = dissect(frame)
    layer = found.layers[2]
    assert (layer.protocol, layer.value) == ("icmpv6", message)
    assert found.fault is None
    assert found.reencode() == frame
    assert_agrees(layer, message)
    assert_sound(found)


@given(st.one_of(*IGMP.values()))
def test_igmp_messages_are_told_as_decoded(message: igmp.IgmpMessage) -> None:
    frame = in_frame(in_ipv4(2, message.encode()))
    found = dissect(frame)
    assert (found.layers[2].protocol, found.layers[2].value) == ("igmp", message)
    assert found.fault is None
    assert found.reencode() == frame
    assert_agrees(found.layers[2], message)
    assert_sound(found)


@given(st.binary(max_size=120), st.sampled_from([*standard().link, 9999]), st.booleans())
def test_any_bytes_are_dissected_on_any_link(octets: bytes, linktype: int, is_cut: bool) -> None:
    found = dissect(octets, linktype, is_cut=is_cut)
    assert_sound(found)
    if is_cut:
        assert found.reencode() == octets


MESSAGES = st.one_of(
    st.one_of(*ICMP.values()).map(lambda one: in_ipv4(1, one.encode())),
    st.one_of(*ICMPV6.values()).map(lambda one: in_ipv6(58, one.encode(A6, B6))),
    st.one_of(*IGMP.values()).map(lambda one: in_ipv4(2, one.encode())),
)


@settings(max_examples=400)
@given(MESSAGES, st.data())
def test_mutated_packets_are_dissected(packet: bytes, data: st.DataObject) -> None:
    octets = bytearray(in_frame(packet))
    for _ in range(data.draw(st.integers(1, 5))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    del octets[data.draw(st.integers(0, 2 * len(octets))) :]
    assert_sound(dissect(octets))


@given(MESSAGES, st.data())
def test_a_cut_packet_has_no_fault_and_comes_back_as_it_is(
    packet: bytes, data: st.DataObject
) -> None:
    octets = in_frame(packet)[: data.draw(st.integers(0, len(packet)))]
    found = dissect(octets, is_cut=True)
    assert found.fault is None
    assert found.reencode() == octets
    assert_sound(found)


def test_a_frame_is_told_with_tags_payload_and_trailer() -> None:
    tags = (VlanTag(0x88A8, 0, False, 7), VlanTag(0x8100, 5, True, 42))
    frame = Ethernet(OTHER, MAC, 0x0800, udp_packet(b""), tags).encode(60)
    found = dissect(frame)
    assert protocols(found) == ["ethernet", "ipv4", "udp"]
    outer = found.layers[0]
    assert outer.summary.endswith("VLAN 7, VLAN 42, 0x0800 (IPV4)")
    assert [field.text for field in outer.fields if field.name == "tag"] == ["VLAN 7", "VLAN 42"]
    assert value_of(outer, "trailer") == "00" * (60 - 22 - 28)
    assert found.reencode() == frame


def test_arp_is_told() -> None:
    probe = Arp(1, MAC, Address("0.0.0.0"), Mac(bytes(6)), A)
    frame = Ethernet(OTHER, MAC, 0x0806, probe.encode()).encode(60)
    found = dissect(frame)
    assert found.layers[1].summary == "probe: is 192.0.2.1 free? asks 02:00:00:00:00:01"
    assert found.reencode() == frame
    texts = [
        dissect(Ethernet(OTHER, MAC, 0x0806, arp.encode()).encode()).layers[1].summary
        for arp in (Arp(2, MAC, A, OTHER, B), Arp(1, MAC, A, OTHER, A), Arp(1, MAC, A, OTHER, B))
    ]
    assert texts == [
        "192.0.2.1 is at 02:00:00:00:00:01",
        "announcement: 192.0.2.1 is at 02:00:00:00:00:01",
        "who has 198.51.100.2? tell 192.0.2.1",
    ]


def test_options_have_their_places() -> None:
    options = (NoOperation(), RecordRoute.empty(2))
    syn = Tcp(1, 2, 3, 4, TcpFlag.SYN, options=(MaximumSegmentSize(1460), WindowScale(7)))
    packet = Ipv4(A, B, 6, syn.encode(A, B), options=options).encode()
    found = dissect(packet, RAW)
    assert found.reencode() == packet
    (area,) = [field for field in found.layers[0].fields if field.name == "options"]
    places = [(one.name, one.offset, one.size) for one in area.fields]
    assert places == [("no operation", 20, 1), ("record route", 21, 11)]
    (area,) = [field for field in found.layers[1].fields if field.name == "options"]
    assert [(one.name, one.offset) for one in area.fields] == [
        ("maximum segment size", 52),
        ("window scale", 56),
        ("end of options", 59),
    ]
    assert value_of(found.layers[1], "syn") is True
    assert value_of(found.layers[1], "ack") is False


def test_extension_headers_are_layers_of_their_own() -> None:
    udp = Udp(1000, 2000, b"payload").encode(A6, B6)
    headers = (
        HopByHop(60, (RouterAlert(0),)),
        DestinationOptions(43),
        RoutingHeader(51, 0, SegmentList((B6,))),
        AuthenticationHeader(17, 1, 2, bytes(12)),
    )
    packet = in_ipv6(0, b"".join(header.encode() for header in headers) + udp)
    found = dissect(packet, RAW)
    assert protocols(found) == [
        "ipv6",
        "ipv6 hop-by-hop",
        "ipv6 destination",
        "ipv6 routing",
        "authentication header",
        "udp",
        "data",
    ]
    assert tuple(layer.value for layer in found.layers[1:5]) == headers
    assert found.fault is None
    assert found.reencode() == packet


@pytest.mark.parametrize(("offset", "more"), [(0, True), (8, True), (8, False), (0, False)])
def test_only_a_first_fragment_has_an_upper_layer(offset: int, more: bool) -> None:
    udp = Udp(1000, 2000, bytes(100)).encode(A6, B6)[: 32 if offset or more else None]
    packet6 = in_ipv6(44, FragmentHeader(17, offset, more, 9).encode() + udp)
    packet4 = Ipv4(A, B, 17, udp, more_fragments=more, fragment_offset=offset).encode()
    for packet, at in ((packet6, 2), (packet4, 1)):
        found = dissect(packet, RAW)
        assert found.layers[at].protocol == ("data" if offset else "udp")
        assert found.fault is None or (packet is packet4 and not offset and not more)
        assert found.reencode() == packet or (packet is packet4 and not offset and not more)


@pytest.mark.parametrize("size", range(0, 60))
def test_a_quote_is_dissected_however_short_it_is(size: int) -> None:
    quote = Ipv4(A, B, 17, Udp(1000, 33435, bytes(24)).encode(A, B), ttl=1).encode()[:size]
    packet = in_ipv4(1, icmp.TimeExceeded(0, quote).encode())
    found = dissect(packet, RAW)
    assert found.fault is None
    assert found.reencode() == packet
    assert_sound(found)
    if size >= 28:
        assert protocols(found)[:4] == ["ipv4", "icmp", "ipv4", "udp"]
        assert found.layers[3].summary.startswith("port 1000 > 33435")


def test_a_quoted_error_message_and_its_extensions_have_their_places() -> None:
    stack = MplsLabelStack((MplsLabel(16001),))
    message = icmp.TimeExceeded(0, udp_packet(), (stack,))
    found = dissect(in_ipv4(1, message.encode()), RAW)
    (extensions,) = [field for field in found.layers[1].fields if field.name == "extensions"]
    (one,) = extensions.fields
    assert (extensions.offset, one.offset, one.size) == (20 + 8 + 128, 20 + 8 + 128 + 4, 8)
    assert one.text.startswith("labels label 16001")


def test_broken_extensions_are_a_fault_that_hides_nothing() -> None:
    message = icmp.TimeExceeded(0, udp_packet(), (UnreadableExtensions(b"\x20\0\0\1rest"),))
    packet = in_ipv4(1, message.encode())
    found = dissect(packet, RAW)
    assert protocols(found) == ["ipv4", "icmp", "ipv4", "udp", "data"]
    assert found.fault is not None
    assert found.fault.layer == "icmp extension"
    assert found.reencode() == packet


FAULTS = [
    (bytes(10), 1, ["ethernet"], "header"),
    (in_frame(udp_packet())[:16], 1, ["ethernet", "ipv4"], "header"),
    (b"\x45" + bytes(30), RAW, ["ipv4"], "header checksum"),
    (udp_packet()[:30], RAW, ["ipv4", "udp", "data"], "total length"),
    (udp_packet()[:-1] + b"?", RAW, ["ipv4", "udp", "data"], "checksum"),
    (in_ipv4(17, bytes([1, 2, 3, 4, 0, 5, 0, 0])), RAW, ["ipv4", "udp"], "length"),
    (in_ipv4(6, bytes(12)), RAW, ["ipv4", "tcp"], "header"),
    (in_ipv4(6, bytes(20)), RAW, ["ipv4", "tcp"], "data offset"),
    (in_ipv4(1, bytes([8, 0, 1, 2, 3, 4, 5, 6])), RAW, ["ipv4", "icmp"], "checksum"),
    (in_ipv4(1, b"\x08"), RAW, ["ipv4", "icmp"], "header"),
    (in_ipv4(2, b"\x16" + bytes(7)), RAW, ["ipv4", "igmp"], "checksum"),
    (in_ipv4(2, b""), RAW, ["ipv4"], None),
    (in_ipv6(58, bytes([128, 0, 1, 2, 3, 4, 5, 6])), RAW, ["ipv6", "icmpv6"], "checksum"),
    (in_ipv6(58, b"\x80")[:40], RAW, ["ipv6"], "payload length"),
    (in_ipv6(60, bytes([0, 0, 1, 4, 0, 0, 0, 0])), RAW, ["ipv6", "ipv6 destination"], None),
    (in_ipv6(60, bytes([59, 9, 1, 4, 0, 0, 0, 0])), RAW, ["ipv6", "ipv6 destination"], "header"),
    (in_ipv6(44, bytes(7)), RAW, ["ipv6", "ipv6 fragment"], "fragment header"),
    (bytes([0x50]), RAW, ["ip"], "version"),
    (b"", 113, ["linux cooked"], "header"),
]


@pytest.mark.parametrize(("packet", "linktype", "expected", "field"), FAULTS)
def test_a_fault_keeps_the_layers_outside_and_is_named(
    packet: bytes, linktype: int, expected: list[str], field: str | None
) -> None:
    found = dissect(packet, linktype)
    assert protocols(found)[: len(expected)] == expected
    assert_sound(found)
    if field is not None:
        assert found.fault is not None
        assert field in (found.fault.field or "")


def test_hop_by_hop_options_elsewhere_are_a_fault_rfc_8200_4_1() -> None:
    options = DestinationOptions(0).encode() + HopByHop(59).encode()
    found = dissect(in_ipv6(60, options), RAW)
    assert protocols(found) == ["ipv6", "ipv6 destination", "ipv6 hop-by-hop"]
    assert found.fault is not None
    assert "right after the IPv6 header" in str(found.fault)


def test_a_wrong_checksum_is_made_right_by_re_encoding() -> None:
    right = udp_packet()
    wrong = right[:10] + b"\x12\x34" + right[12:26] + b"\x56\x78" + right[28:]
    found = dissect(wrong, RAW)
    assert [layer.fault is not None for layer in found.layers] == [True, True, False]
    assert found.reencode() == right


def test_udp_without_checksum_stays_without_in_ipv4() -> None:
    packet = in_ipv4(17, Udp(1, 2, b"x", has_checksum=False).encode(A, B))
    found = dissect(packet, RAW)
    assert (found.fault, found.reencode()) == (None, packet)


def test_tunnels_in_tunnels_end_somewhere() -> None:
    packet = udp_packet()
    for _ in range(2000):
        packet = in_ipv4(4, packet) if len(packet) < 60_000 else packet
    found = dissect(packet, RAW)
    assert protocols(found)[-1] == "data"
    assert len(found.layers) < 40
    assert found.reencode() == packet


def test_a_protocol_plugs_in_by_its_port_and_its_fault_stays_in_its_layer() -> None:
    layout = Layout("command:8 version:8 _:16", command=lambda number: f"command {number}")

    def toy(span: Span) -> Layer:
        if span.data[:1] == b"\0":
            raise DecodeError("toy, offset 0: command is 0", layer="toy", offset=0)
        return Layer("toy", "a toy", span.start, span.end, tuple(span.fields(layout)))

    tables = standard()
    tables.udp_port[2000] = toy
    found = dissect(udp_packet(b"\1\2\3\4"), RAW, dissectors=tables)
    assert protocols(found) == ["ipv4", "udp", "toy"]
    assert [field.text for field in found.layers[2].fields] == ["command 1", "2"]
    found = dissect(udp_packet(b"\0\2\3\4"), RAW, dissectors=tables)
    assert (protocols(found), str(found.fault)) == (
        ["ipv4", "udp", "toy"],
        "toy, offset 0: command is 0",
    )
    assert protocols(dissect(udp_packet(b"\1\2\3\4"), RAW))[2] == "data"  # and only there


def test_other_links_are_read_to_their_packet() -> None:
    packet, packet6 = udp_packet(), in_ipv6(59, b"")
    cooked = bytes([0, 0, 0, 1, 0, 6]) + MAC + bytes(2) + b"\x08\x00"
    cooked_2 = b"\x86\xdd" + bytes(18)
    links = [
        (0, (2).to_bytes(4, "little"), packet),
        (0, (30).to_bytes(4, "big"), packet6),
        (108, (24).to_bytes(4, "big"), packet6),
        (113, cooked, packet),
        (276, cooked_2, packet6),
        (228, b"", packet),
        (229, b"", packet6),
        (101, b"", packet6),
    ]
    for linktype, header, inner in links:
        found = dissect(header + inner, linktype)
        assert found.fault is None, linktype
        assert found.layers[1 if header else 0].protocol == f"ipv{inner[0] >> 4}", linktype
        assert found.reencode() == header + inner


def test_the_link_of_bare_bytes_is_guessed() -> None:
    packet = udp_packet()
    assert guess_link(packet) == guess_link(in_ipv6(59, b"xyz")) == RAW
    assert guess_link(packet[:10] + bytes(2) + packet[12:]) == RAW  # its length is right
    assert guess_link(packet + bytes(18)) == RAW  # its checksum is right
    assert guess_link(in_frame(packet)) == guess_link(b"") == 1
    assert guess_link(Ethernet(Mac("45:00:00:00:00:01"), MAC, 0x0800, packet).encode()) == 1


def test_multicast_listeners_are_told_with_sources_and_records() -> None:
    record = mld.GroupRecord(4, Address("ff02::fb"), (A6,))
    report = mld.ListenerReportV2((record, record))
    found = dissect(in_ipv6(58, report.encode(A6, B6)), RAW)
    records = [field for field in found.layers[1].fields if field.name == "record"]
    assert [(one.offset, one.size) for one in records] == [(48, 36), (84, 36)]
    assert records[0].text == "change to exclude ff02::fb, sources 2001:db8::1"
    query = mld.ListenerQueryV2(sources=(A6, B6))
    found = dissect(in_ipv6(58, query.encode(A6, B6)), RAW)
    sources = [field for field in found.layers[1].fields if field.name == "source"]
    assert [(one.offset, one.text) for one in sources] == [(68, str(A6)), (84, str(B6))]


def test_a_quote_that_breaks_its_format_is_no_fault_of_the_message() -> None:
    """Hop-by-hop options in IPv4 are nonsense, and somebody else's."""
    quote = in_ipv4(0, bytes(8))
    found = dissect(in_frame(in_ipv4(1, icmp.DestinationUnreachable(0, quote).encode())))
    assert found.fault is None
    assert found.layers[-1].protocol == "ipv6 hop-by-hop"


def test_extensions_that_the_capture_cut_are_no_fault() -> None:
    message = icmpv6.ExtendedEchoRequest(0, 0, (InterfaceByName("eth0"),), False)
    frame = in_frame(in_ipv6(58, message.encode(A6, B6)))
    for end in range(len(frame)):
        assert dissect(frame[:end], is_cut=True).fault is None
