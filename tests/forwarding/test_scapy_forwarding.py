"""What the router sends, read by scapy; what scapy makes, read by the router."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from fingerpost.addr import Address
from fingerpost.forwarding import NextHop, PacketOriginated, Reason, Route
from forwarding.bench import FAR, FAR6, HERE, HERE6, Bench, bench, interface, udp4, udp6

with warnings.catch_warnings():
    # scapy imports ciphers that the cryptography package has deprecated: not our warning
    warnings.simplefilter("ignore")
    inet: Any = pytest.importorskip("scapy.layers.inet", reason="scapy is not installed")
    inet6: Any = pytest.importorskip("scapy.layers.inet6")
    raw: Any = pytest.importorskip("scapy.packet").Raw

DATA = bytes(n & 0xFF for n in range(3000))


def rebuilt(packet: bytes) -> bytes:
    """A packet as scapy builds it anew, with its own lengths and checksums."""
    again = inet.IP(packet) if packet[0] >> 4 == 4 else inet6.IPv6(packet)
    for layer in again.layers():
        if "error" in layer.__name__:
            break  # what is quoted stays as it came
        part = again.getlayer(layer)
        for name in ("chksum", "cksum", "len", "plen", "ihl"):
            if name in part.fields:
                del part.fields[name]
    return bytes(again)


ERRORS = [
    (inet.IP(src="10.0.0.9", dst="10.9.0.1", ttl=1) / inet.UDP(dport=33434) / DATA, 11, 0),
    (inet.IP(src="10.0.0.9", dst="172.31.0.1") / inet.TCP(dport=80), 3, 0),
    (inet.IP(src="10.0.0.9", dst="10.68.0.1") / inet.ICMP(), 3, 13),
    (inet.IP(src="10.0.0.9", dst="10.0.2.9", flags="DF") / inet.UDP() / DATA[:1300], 3, 4),
    (inet.IP(src="10.0.0.9", dst="10.9.0.1", options=[inet.IPOption(b"\x07\x03\x09")]), 12, 0),
]
ERRORS6 = [
    (inet6.IPv6(src="fd00::9", dst="fd09::1", hlim=1) / inet.UDP(dport=33434) / DATA, 3, 0),
    (inet6.IPv6(src="fd00::9", dst="fdff::1") / inet.TCP(dport=80), 1, 0),
    (inet6.IPv6(src="fd00::9", dst="fd68::1") / inet6.ICMPv6EchoRequest(), 1, 1),
    (inet6.IPv6(src="fd00::9", dst="fd00:2::9") / inet.UDP() / DATA[:1300], 2, 0),
    (
        inet6.IPv6(src="fd00::9", dst="fd09::1")
        / inet6.IPv6ExtHdrHopByHop(options=[inet6.HBHOptUnknown(otype=0xBE, optdata=b"xx")])
        / inet.UDP(),
        4,
        2,
    ),
    (
        inet6.IPv6(src="fd00::9", dst="fd00::1")
        / inet6.IPv6ExtHdrRouting(type=0, addresses=["fd09::1"])
        / inet.UDP(),
        4,
        0,
    ),
]


def sent(b: Bench) -> bytes:
    (packet,) = b.sent
    return packet


@pytest.mark.parametrize(("cause", "kind", "code"), [(bytes(p), *said) for p, *said in ERRORS])
def test_an_icmp_error_is_what_scapy_would_build(cause: bytes, kind: int, code: int) -> None:
    b = bench()
    b.take(cause)
    answer = inet.IP(sent(b))
    assert (answer[inet.ICMP].type, answer[inet.ICMP].code) == (kind, code)
    assert rebuilt(sent(b)) == sent(b)
    assert cause.startswith(bytes(answer[inet.ICMP].payload)[:20])


@pytest.mark.parametrize(("cause", "kind", "code"), [(bytes(p), *said) for p, *said in ERRORS6])
def test_an_icmpv6_error_is_what_scapy_would_build(cause: bytes, kind: int, code: int) -> None:
    b = bench()
    b.take(cause)
    answer = inet6.IPv6(sent(b))
    message = answer.payload
    assert (message.type, message.code) == (kind, code)
    assert rebuilt(sent(b)) == sent(b)
    assert cause.startswith(bytes(message.payload)[:40])


def test_an_echo_is_answered_as_scapy_expects() -> None:
    b = bench()
    question = inet.IP(src="10.0.0.9", dst="10.0.0.1") / inet.ICMP(id=7, seq=9) / DATA[:500]
    b.take(bytes(question))
    answer = inet.IP(sent(b))
    assert answer.answers(inet.IP(bytes(question)))
    assert rebuilt(sent(b)) == sent(b)
    question = inet6.IPv6(src="fd00::9", dst="fd00::1") / inet6.ICMPv6EchoRequest(data=DATA[:500])
    b.take(bytes(question))
    answer = inet6.IPv6(sent(b))
    assert answer.answers(inet6.IPv6(bytes(question)))
    assert rebuilt(sent(b)) == sent(b)


@pytest.mark.parametrize("size", [24, 64, 576, 1480])
def test_fragments_of_scapy_come_together_here(size: int) -> None:
    b = bench()
    whole = inet.IP(src="10.0.0.9", dst="10.0.0.1", id=7, proto=17) / raw(DATA)
    for piece in inet.fragment(whole, fragsize=size):
        b.take(bytes(piece))
    assert b.end() is Reason.DELIVERED
    assert b.delivered == [bytes(whole)]


@pytest.mark.parametrize("size", [80, 576, 1480])
def test_ipv6_fragments_of_scapy_come_together_here(size: int) -> None:
    b = bench()
    whole = (
        inet6.IPv6(src="fd00::9", dst="fd00::1")
        / inet6.IPv6ExtHdrFragment(id=7)
        / inet.UDP(sport=9, dport=9)
        / DATA
    )
    for piece in inet6.fragment6(whole, size):
        b.take(bytes(piece))
    assert b.end() is Reason.DELIVERED
    assert b.delivered[0][40:] == bytes(whole[inet.UDP])


@pytest.mark.parametrize("mtu", [68, 296, 576, 1280])
def test_fragments_from_here_come_together_in_scapy(mtu: int) -> None:
    b = bench(interfaces=(interface(0, mtu=9000), interface(1, mtu=mtu)))
    b.take(udp4(payload=DATA, identification=7, tos=0x28))
    (whole,) = inet.defrag([inet.IP(packet) for packet in b.sent])[1]
    assert bytes(whole.payload) == DATA
    assert (whole.ttl, whole.tos, whole.id) == (63, 0x28, 7)


def test_ipv6_fragments_from_here_come_together_in_scapy() -> None:
    b = bench(interfaces=(interface(0), interface(1, mtu=1280)))
    b.receive(PacketOriginated(udp6(HERE6, FAR6, payload=DATA, next_header=253)))
    whole = inet6.defragment6([inet6.IPv6(packet) for packet in b.sent])
    assert bytes(whole.payload) == DATA
    assert whole.nh == 253


def test_our_own_packet_gets_the_checksum_that_scapy_gives_it() -> None:
    b = bench()
    packet = udp4(HERE, FAR, identification=3)
    b.receive(PacketOriginated(packet[:10] + b"\0\0" + packet[12:]))
    assert rebuilt(sent(b)) == sent(b)


@pytest.mark.parametrize("prefix", ["fd09::1", "fd50::1"])
def test_redirects_are_what_scapy_would_build(prefix: str) -> None:

    b = bench(routes={"fd50::/16": Route((NextHop("eth0", Address("fe80::77")),))})
    b.take(udp6(destination=prefix))
    told = [inet6.IPv6(packet) for packet in b.sent if packet[6] == 58 and packet[40] == 137]
    assert bool(told) is (prefix == "fd50::1")
    for packet in told:
        assert packet.hlim == 255
        assert packet[inet6.ICMPv6ND_Redirect].tgt == "fe80::77"
        assert rebuilt(bytes(packet)) in b.sent
