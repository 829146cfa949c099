"""A virtual host by hand: who gets what arrives, and who is told when nobody does."""

from __future__ import annotations

from random import Random

import pytest

from fingerpost.addr import Address
from fingerpost.addr import Interface as Own
from fingerpost.errors import UsageError
from fingerpost.forwarding.events import FrameReceived, PacketOriginated, SendFrame
from fingerpost.forwarding.interface import Interface
from fingerpost.forwarding.policy import LAB
from fingerpost.host.application import ApplicationEvent, PacketArrived
from fingerpost.host.arrival import Arrival, arrival_of
from fingerpost.host.ip_packet import ip_packet
from fingerpost.host.notice import NoticeKind, notice_of
from fingerpost.host.services import serve_echo
from fingerpost.host.udp import INBOX
from fingerpost.host.virtual import VirtualHost
from fingerpost.router import Router
from fingerpost.router.router import Output
from fingerpost.wire import icmp, icmpv6
from fingerpost.wire.ethernet import Ethernet, EtherType
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.mac import Mac
from fingerpost.wire.tcp import Tcp, TcpFlag
from fingerpost.wire.udp import Udp

OURS, PEER = Address("10.0.0.1"), Address("10.0.0.2")
OURS6, PEER6 = Address("fd00::1"), Address("fd00::2")
MAC, PEER_MAC = Mac("02:00:00:00:00:01"), Mac("02:00:00:00:00:02")


class Bench:
    """A host with one interface, and a peer that is known there."""

    def __init__(self) -> None:
        addresses = (Own("10.0.0.1/24"), Own("fd00::1/64"))
        eth0 = Interface("eth0", 1, MAC, addresses=addresses)
        router = Router("h", [eth0], rng=Random(1), policy=LAB, forwards=False)
        for peer in (PEER, PEER6):
            router.plane.neighbors.add_static("eth0", peer, PEER_MAC, 0, [])
        self.host = VirtualHost(router, rng=Random(2))

    def arrive(self, packet: bytes, now: int = 0) -> list[bytes]:
        """Let an IP packet come in; gives the IP packets that go out."""
        kind = EtherType.IPV4 if packet[0] >> 4 == 4 else EtherType.IPV6
        frame = Ethernet(MAC, PEER_MAC, kind, packet).encode()
        return packets(self.host.receive(FrameReceived("eth0", frame), now))

    def datagram(self, port: int, data: bytes = b"x", *, source_port: int = 2000) -> list[bytes]:
        payload = Udp(source_port, port, data).encode(PEER, OURS)
        return self.arrive(ip_packet(PEER, OURS, 17, payload))


def packets(outputs: list[Output]) -> list[bytes]:
    return [one.frame[14:] for one in outputs if isinstance(one, SendFrame)]


# -- UDP -------------------------------------------------------------------------------------------


def test_a_datagram_reaches_the_socket_of_its_port() -> None:
    bench = Bench()
    socket = bench.host.udp.open(5000)
    assert bench.datagram(5000, b"hello") == []
    found = socket.inbox.popleft()
    assert (found.data, found.source, found.source_port) == (b"hello", PEER, 2000)
    assert (found.interface, found.hop_limit, found.destination) == ("eth0", 64, OURS)


@pytest.mark.parametrize("family", [4, 6])
def test_nobody_on_a_port_is_told_to_the_sender(family: int) -> None:  # RFC 1122 4.1.3.1
    bench = Bench()
    if family == 4:
        out = bench.datagram(5000)
        message = icmp.decode(Ipv4.decode(out[0]).payload)
        assert isinstance(message, icmp.DestinationUnreachable)
        assert message.code == icmp.UnreachableCode.PORT
    else:
        payload = Udp(2000, 5000, b"x").encode(PEER6, OURS6)
        out = bench.arrive(ip_packet(PEER6, OURS6, 17, payload))
        answer = Ipv6.decode(out[0])
        unreachable = icmpv6.decode(answer.payload, OURS6, PEER6)
        assert isinstance(unreachable, icmpv6.DestinationUnreachable)
        assert unreachable.code == icmpv6.UnreachableCode.PORT


def test_a_protocol_that_nobody_speaks_is_told_to_the_sender() -> None:  # RFC 1122 3.2.2.1
    out = Bench().arrive(ip_packet(PEER, OURS, 200, b"what?"))
    message = icmp.decode(Ipv4.decode(out[0]).payload)
    assert isinstance(message, icmp.DestinationUnreachable)
    assert message.code == icmp.UnreachableCode.PROTOCOL


@pytest.mark.parametrize("protocol", [58, 59])
def test_protocols_of_ipv6_are_unknown_in_ipv4(protocol: int) -> None:
    (out,) = Bench().arrive(ip_packet(PEER, OURS, protocol, bytes(16)))
    message = icmp.decode(Ipv4.decode(out).payload)
    assert isinstance(message, icmp.DestinationUnreachable)
    assert message.code == icmp.UnreachableCode.PROTOCOL


@pytest.mark.parametrize("protocol", [1, 2])
def test_protocols_of_ipv4_are_unknown_in_ipv6(protocol: int) -> None:  # RFC 8200 4
    (out,) = Bench().arrive(ip_packet(PEER6, OURS6, protocol, bytes(16)))
    packet = Ipv6.decode(out)
    message = icmpv6.decode(packet.payload, packet.source, packet.destination)
    assert isinstance(message, icmpv6.ParameterProblem)
    assert (message.code, message.pointer) == (1, 6)


def test_a_damaged_datagram_is_dropped_in_silence() -> None:  # RFC 1122 4.1.3.4
    bench = Bench()
    payload = bytearray(Udp(2000, 5000, b"hello").encode(PEER, OURS))
    payload[-1] ^= 1
    assert bench.arrive(ip_packet(PEER, OURS, 17, bytes(payload))) == []
    assert bench.host.udp.malformed == 1


def test_the_most_exact_socket_wins() -> None:
    bench = Bench()
    anybody = bench.host.udp.open(5000)
    own = bench.host.udp.open(5000, OURS)
    friend = bench.host.udp.open(5000, OURS6)
    connected = bench.host.udp.open(6000, OURS)
    connected.connect(PEER, 2000)
    second = bench.host.udp.open(6000, OURS)
    bench.datagram(5000)
    assert [len(one.inbox) for one in (anybody, own, friend)] == [0, 1, 0]
    bench.datagram(6000)
    bench.datagram(6000, source_port=9)
    assert [len(one.inbox) for one in (connected, second)] == [1, 1]


def test_ports_are_bound_once_and_given_back() -> None:
    udp = Bench().host.udp
    socket = udp.open(5000)
    with pytest.raises(UsageError, match="port 5000 is taken"):
        udp.open(5000)
    socket.close()
    socket.close()
    assert udp.open(5000).port == 5000
    assert len({udp.open().port for _ in range(100)}) == 100
    for wrong in (-1, 65536):
        with pytest.raises(UsageError, match="no UDP port"):
            udp.open(wrong)


def test_a_full_inbox_drops_and_counts() -> None:
    bench = Bench()
    socket = bench.host.udp.open(5000)
    for _ in range(INBOX + 5):
        bench.datagram(5000)
    assert (len(socket.inbox), socket.dropped) == (INBOX, 5)


def test_an_error_reaches_the_socket_that_caused_it() -> None:  # RFC 1122 4.1.3.3
    bench = Bench()
    socket, other = bench.host.udp.open(5000), bench.host.udp.open(5001)
    sent = packets(socket.send_to(b"x", PEER, 9, 0))
    refusal = icmp.DestinationUnreachable(icmp.UnreachableCode.PORT, sent[0]).encode()
    bench.arrive(ip_packet(PEER, OURS, 1, refusal))
    assert [notice.kind for notice in socket.errors] == [NoticeKind.PORT]
    assert not other.errors


def test_sending_needs_a_peer_or_a_name_and_an_address_to_speak_from() -> None:
    bench = Bench()
    socket = bench.host.udp.open(5000)
    with pytest.raises(UsageError, match="has no peer"):
        socket.send(b"x", 0)
    socket.connect(PEER, 9)
    assert Udp.decode(Ipv4.decode(packets(socket.send(b"x", 0))[0]).payload).destination_port == 9
    lonely = VirtualHost(Router("l", [], rng=Random(1)), rng=Random(2))
    with pytest.raises(UsageError, match="no address to send to"):
        lonely.udp.open().send_to(b"x", PEER, 9, 0)


def test_multicast_goes_one_hop_and_comes_to_every_listener() -> None:  # RFC 1112 6.1
    bench = Bench()
    group = Address("224.0.0.9")
    one, two = bench.host.udp.open(520), bench.host.udp.open(520, group)
    payload = Udp(520, 520, b"routes").encode(PEER, group)
    frame = Ethernet(Mac(group.multicast_mac), PEER_MAC, EtherType.IPV4, b"")
    packet = Ipv4(PEER, group, 17, payload, ttl=1).encode()
    arrived = FrameReceived("eth0", frame.encode() + packet)
    bench.host.receive(arrived, 0)
    assert not one.inbox
    bench.host.join(group, "eth0", 0)
    bench.host.receive(arrived, 0)
    assert [len(socket.inbox) for socket in (one, two)] == [1, 1]
    sent = packets(one.send_to(b"x", group, 520, 0, interface="eth0"))
    assert Ipv4.decode(sent[0]).ttl == 1
    bench.host.leave(group, "eth0", 0)
    bench.host.receive(arrived, 0)
    assert len(two.inbox) == 1 + len([x for x in two.inbox if x.source == OURS])
    with pytest.raises(UsageError, match="no multicast group"):
        bench.host.join(PEER, "eth0", 0)
    with pytest.raises(UsageError, match="no interface 'eth9'"):
        bench.host.join(group, "eth9", 0)


def test_two_echo_services_do_not_keep_each_other_busy() -> None:
    bench = Bench()
    serve_echo(bench.host)
    assert bench.datagram(7, source_port=7) == []
    assert len(bench.datagram(7, source_port=4711)) == 1


def test_packets_to_itself_end_some_time() -> None:
    bench = Bench()
    bench.host.udp.open(5000, on_receive=lambda d, now: socket.send_to(d.data, OURS, 5000, now))
    socket = bench.host.udp.open(5001)
    out = socket.send_to(b"round and round", OURS, 5000, 0)
    assert [one for one in out if getattr(one, "kind", "") == "storm"]


# -- applications ----------------------------------------------------------------------------------


class Ear:
    """An application that listens to one protocol and takes note."""

    is_done = False

    def __init__(self, protocol: int) -> None:
        self.protocols = frozenset((protocol,))
        self.heard: list[Arrival] = []

    def receive(self, event: ApplicationEvent, now: int) -> list[PacketOriginated]:  # noqa: ARG002
        if isinstance(event, PacketArrived):
            self.heard.append(event.arrival)
        return []

    def next_deadline(self) -> int | None:
        return 5


def test_an_application_hears_its_protocol_and_is_let_go_when_done() -> None:
    bench, ear = Bench(), Ear(89)
    assert bench.host.run(ear, 0) == []
    assert bench.host.next_deadline() == 5
    assert bench.arrive(ip_packet(PEER, OURS, 89, b"hello")) == [], "nobody is refused"
    assert [arrival.payload for arrival in ear.heard] == [b"hello"]
    ear.is_done = True
    bench.arrive(ip_packet(PEER, OURS, 89, b"again"))
    assert bench.host.applications == []
    assert bench.arrive(ip_packet(PEER, OURS, 89, b"more")) != [], "now somebody is"


def test_a_used_up_routing_header_is_passed_whatever_its_data_say_rfc_5095_3() -> None:
    half = bytes.fromhex("1101000000000000") + bytes(8)  # type 0 with half an address
    packet = Ipv6(PEER6, OURS6, 43, half + Udp(1, 7, b"hello").encode(PEER6, OURS6)).encode()
    found = arrival_of(packet, "eth0")
    assert found is not None
    assert (found.protocol, Udp.decode(found.payload, PEER6, OURS6).payload) == (17, b"hello")


# -- TCP -------------------------------------------------------------------------------------------


def test_a_segment_for_nobody_is_reset() -> None:  # RFC 9293 3.10.7.1
    bench = Bench()
    segment = Tcp(2000, 80, 7, 0, TcpFlag.SYN, 1000).encode(PEER, OURS)
    answer = Ipv4.decode(bench.arrive(ip_packet(PEER, OURS, 6, segment))[0])
    assert Tcp.decode(answer.payload, OURS, PEER).flags & TcpFlag.RST


# -- notices ---------------------------------------------------------------------------------------


def arrival(payload: bytes, version: int = 4) -> Arrival:
    ends = (PEER, OURS) if version == 4 else (PEER6, OURS6)
    found = arrival_of(ip_packet(*ends, 1 if version == 4 else 58, payload), "eth0")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (icmp.TimeExceeded(0, b"q" * 28), NoticeKind.HOP_LIMIT),
        (icmp.TimeExceeded(1, b"q" * 28), NoticeKind.REASSEMBLY),
        (icmp.DestinationUnreachable(0, b"q" * 28), NoticeKind.NO_ROUTE),
        (icmp.DestinationUnreachable(1, b"q" * 28), NoticeKind.HOST),
        (icmp.DestinationUnreachable(4, b"q" * 28, mtu=1400), NoticeKind.TOO_BIG),
        (icmp.DestinationUnreachable(13, b"q" * 28), NoticeKind.PROHIBITED),
        (icmp.ParameterProblem(0, 5, b"q" * 28), NoticeKind.PARAMETER),
    ],
)
def test_every_error_of_icmp_has_its_kind(message: icmp.IcmpMessage, kind: NoticeKind) -> None:
    found = notice_of(arrival(message.encode()))
    assert found is not None
    assert found.kind is kind
    assert found.mtu == (1400 if kind is NoticeKind.TOO_BIG else 0)
    assert found.quote is None, "what is quoted here is no packet"


def test_what_is_no_error_or_damaged_is_no_notice() -> None:
    assert notice_of(arrival(icmp.EchoRequest(1, 1, b"").encode())) is None
    damaged = bytearray(icmp.TimeExceeded(0, b"q" * 28).encode())
    damaged[-1] ^= 1
    assert notice_of(arrival(bytes(damaged))) is None
    assert notice_of(arrival(b"\x0b\0")) is None
    assert notice_of(arrival(icmpv6.EchoReply(1, 1).encode(PEER6, OURS6), 6)) is None


@pytest.mark.parametrize("cut", [0, 8, 100])
def test_quotes_are_read_however_short_they_are(cut: int) -> None:
    udp = Udp(33000, 53, b"question" * 12)
    for version, ends in ((4, (OURS, PEER)), (6, (OURS6, PEER6))):
        packet = ip_packet(*ends, 17, udp.encode(*ends), identification=77, hop_limit=3)
        header = 20 if version == 4 else 40
        quote = packet[: header + cut]
        if version == 4:
            payload = icmp.TimeExceeded(0, quote).encode()
        else:
            payload = icmpv6.TimeExceeded(0, quote).encode(PEER6, OURS6)
        found = notice_of(arrival(payload, version))
        assert found is not None
        assert found.quote is not None
        assert (found.quote.source, found.quote.destination) == ends
        assert found.quote.hop_limit == 3
        assert found.quote.head == packet[header : header + cut]
