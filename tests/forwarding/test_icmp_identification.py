"""Extended errors that name interfaces (RFC 4884, RFC 5837)."""

from __future__ import annotations

from dataclasses import replace

from fingerpost.addr import Address
from fingerpost.forwarding import STRICT
from fingerpost.wire import icmp, icmpv6
from fingerpost.wire.icmp_extension import InterfaceInformation, InterfaceRole
from forwarding.bench import HERE, HERE6, bench, interface, udp4, udp6

NAMING = replace(STRICT, errors_identify_interface=True)
INCOMING = InterfaceInformation(InterfaceRole.INCOMING, 1, HERE, "eth0", 1500)
OUTGOING = InterfaceInformation(InterfaceRole.OUTGOING, 2, Address("10.0.1.1"), "eth1", 1500)
NEXT_HOP = InterfaceInformation(InterfaceRole.NEXT_HOP, address=Address("10.0.1.9"))


def test_rfc_5837_4_an_expired_packet_s_way_is_named_after_128_bytes_of_quote() -> None:
    b = bench(NAMING)
    packet = udp4(ttl=1)
    b.take(packet)
    message = b.error()[1]
    assert isinstance(message, icmp.TimeExceeded)
    assert message.extensions == (INCOMING, OUTGOING, NEXT_HOP)
    assert message.quote == packet.ljust(128, b"\0")  # RFC 4884 4
    assert b.sent[0][20 + 5] == 128 // 4  # the length field, in words of 4


def test_rfc_4884_4_a_long_quote_and_its_extensions_stay_within_576_bytes() -> None:
    b = bench(NAMING)
    packet = udp4(ttl=1, payload=bytes(range(256)) * 4)
    b.take(packet)
    message = b.error()[1]
    assert isinstance(message, icmp.TimeExceeded)
    assert message.extensions == (INCOMING, OUTGOING, NEXT_HOP)
    assert 570 < len(b.sent[0]) <= 576
    assert packet.startswith(message.quote)


def test_rfc_5837_4_what_is_not_known_is_not_named() -> None:
    b = bench(NAMING)
    b.take(udp4(destination="172.31.0.1"))
    message = b.error()[1]
    assert isinstance(message, icmp.DestinationUnreachable)
    assert message.extensions == (INCOMING,)


def test_rfc_5837_4_fragmentation_needed_names_the_narrow_link() -> None:
    small = bench(NAMING, interfaces=(interface(0), interface(1, mtu=576)))
    small.take(udp4(payload=bytes(1000), dont_fragment=True))
    message = small.error()[1]
    assert isinstance(message, icmp.DestinationUnreachable)
    assert message.mtu == 576
    out = InterfaceInformation(InterfaceRole.OUTGOING, 2, Address("10.0.1.1"), "eth1", 576)
    assert message.extensions == (INCOMING, out, NEXT_HOP)


def test_rfc_4884_4_ipv6_errors_count_in_words_of_8_within_1280_bytes() -> None:
    b = bench(NAMING)
    packet = udp6(hop_limit=1, payload=bytes(1300))
    b.take(packet)
    message = b.error6()[1]
    assert isinstance(message, icmpv6.TimeExceeded)
    named = InterfaceInformation(InterfaceRole.INCOMING, 1, HERE6, "eth0", 1500)
    assert message.extensions[0] == named
    assert 1270 < len(b.sent[0]) <= 1280
    assert len(message.quote) % 8 == 0


def test_rfc_4884_4_messages_without_a_length_field_carry_no_extensions() -> None:
    b = bench(NAMING)
    b.take(udp6(destination="fd00:2::9", payload=bytes(1300)))
    message = b.error6()[1]
    assert isinstance(message, icmpv6.PacketTooBig)
    assert len(b.sent[0]) == 1280


def test_a_name_beyond_63_bytes_is_cut() -> None:
    long = replace(interface(0), name="x" * 80)
    b = bench(NAMING, interfaces=(long, interface(1)))
    b.take(udp4(ttl=1), "x" * 80)
    message = b.error()[1]
    assert isinstance(message, icmp.TimeExceeded)
    named = message.extensions[0]
    assert isinstance(named, InterfaceInformation)
    assert named.name == "x" * 63
