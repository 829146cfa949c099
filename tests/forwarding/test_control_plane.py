"""The policers before the control plane (RFC 6192)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from itertools import permutations
from random import Random

import pytest

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.forwarding import (
    LINUX,
    STRICT,
    UNLIMITED,
    ControlPlanePolicy,
    ForwardingPolicy,
    FrameReceived,
    NextHop,
    PacketOriginated,
    Rate,
    Reason,
    Route,
)
from fingerpost.forwarding.packet import Packet, parse
from fingerpost.forwarding.traffic_class import TrafficClass, class_of
from fingerpost.router import Router
from fingerpost.wire.arp import Arp, ArpOperation
from fingerpost.wire.icmp import EchoRequest
from fingerpost.wire.icmpv6 import EchoRequest as EchoRequest6
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv4_options import NoOperation, SourceRoute, UnknownOption
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.ipv6_extension import FragmentHeader, HopByHop
from fingerpost.wire.ipv6_options import PadN
from fingerpost.wire.mac import Mac
from fingerpost.wire.nd import NeighborSolicitation
from forwarding.bench import (
    BROADCAST,
    FAR,
    FAR6,
    HERE,
    HERE6,
    HOST,
    HOST6,
    SECOND,
    Bench,
    bench,
    interface,
    station,
    udp4,
    udp6,
)

ONE = Rate(1, 1)
ALL_ONE = ControlPlanePolicy(*[ONE for _ in TrafficClass])


def limited(**rates: Rate | None) -> ForwardingPolicy:
    """Strict, with no limits but these."""
    return replace(STRICT, control_plane=replace(UNLIMITED, **rates))


def ports(source: int, destination: int) -> bytes:
    return source.to_bytes(2, "big") + destination.to_bytes(2, "big") + bytes(16)


def ip4(protocol: int, payload: bytes, **more: object) -> bytes:
    return Ipv4(HOST, HERE, protocol, payload, **more).encode()  # type: ignore[arg-type]


def ip6(protocol: int, payload: bytes) -> bytes:
    return Ipv6(HOST6, HERE6, protocol, payload).encode()


def icmp6(message: EchoRequest6 | NeighborSolicitation) -> bytes:
    return Ipv6(HOST6, HERE6, 58, message.encode(HOST6, HERE6), 255).encode()


def arp() -> FrameReceived:
    asked = Arp(ArpOperation.REQUEST, station(0), HOST, Mac(bytes(6)), HERE)
    return FrameReceived("eth0", BROADCAST + station(0) + b"\x08\x06" + asked.encode())


def unknown_host(number: int) -> bytes:
    """A packet in transit to a host of eth1 that nobody has asked for."""
    return udp4(destination=f"10.0.1.{100 + number}")


ECHO = ip4(1, EchoRequest(1, 1, b"?").encode())
ECHO6 = icmp6(EchoRequest6(1, 1, b"?"))
SOLICITATION = icmp6(NeighborSolicitation(HERE6))
OPTIONS = udp4(options=(NoOperation(), UnknownOption(30, b"ab")))
OPTIONS6 = Ipv6(HOST6, FAR6, 0, HopByHop(17, (PadN(bytes(4)),)).encode() + bytes(8)).encode()

# what a class holds, but for ARP and glean, which are no such packet
SAMPLES: dict[TrafficClass, list[bytes]] = {
    TrafficClass.NEIGHBOR_DISCOVERY: [SOLICITATION],
    TrafficClass.ECHO: [ECHO, ECHO6, ip4(1, bytes(8)), ip6(58, bytes((129, *bytes(7))))],
    TrafficClass.ICMP: [ip4(1, bytes((3, 1, *bytes(30)))), ip6(58, bytes((130, *bytes(23))))],
    TrafficClass.OSPF: [ip4(89, bytes(24)), ip6(89, bytes(16))],
    TrafficClass.BGP: [ip4(6, ports(40000, 179)), ip6(6, ports(179, 40000))],
    TrafficClass.RIP: [ip4(17, ports(520, 520)), ip6(17, ports(521, 521))],
    TrafficClass.BFD: [ip4(17, ports(49152, port)) for port in (3784, 3785, 4784)],
    TrafficClass.LOCAL: [ip4(17, ports(520, 9)), ip6(6, ports(1, 22)), ip4(47, b"")],
}


def offered(of: TrafficClass) -> Callable[[Bench, int], None]:
    """What gives a router its n-th packet of a class."""
    match of:
        case TrafficClass.ARP:
            return lambda b, _: void(b.receive(arp()))
        case TrafficClass.GLEAN:
            return lambda b, n: void(b.take(unknown_host(n)))
        case TrafficClass.OPTIONS:
            return lambda b, n: void(b.take((OPTIONS, OPTIONS6)[n % 2]))
    samples = SAMPLES[of]
    return lambda b, n: void(b.take(samples[n % len(samples)]))


def void(_: object) -> None:
    """Nobody looks at the outputs here."""


def met(b: Bench) -> dict[str, tuple[int, int]]:
    """The classes that have met something: passed and dropped."""
    counts = b.plane.control_plane.snapshot()
    return {
        name: (seen["passed"], seen["dropped"])
        for name, seen in counts.items()
        if any(seen.values())
    }


@pytest.mark.parametrize("of", SAMPLES)
def test_rfc_6192_what_is_for_us_has_its_class(of: TrafficClass) -> None:
    for data in SAMPLES[of]:
        packet = parse(data)
        assert isinstance(packet, Packet)
        assert class_of(packet) is of


@pytest.mark.parametrize("of", TrafficClass)
def test_rfc_6192_each_class_of_packets_has_its_rate(of: TrafficClass) -> None:
    b = bench(limited(**{of.value: Rate(1, 2)}))
    offer = offered(of)
    ends = []
    for number in range(4):
        offer(b, number)
        ends.append(b.end())
    assert [end is Reason.POLICED for end in ends] == [False, False, True, True]
    assert b.out == []
    assert met(b)[of.value] == (2, 2)
    assert b.plane.counters["eth0"].ends[Reason.POLICED] == 2
    assert str(b.traces[-1].steps[-1]) == f"{of}: beyond 1 packets a second (RFC 6192)"


@pytest.mark.parametrize(("flooded", "other"), list(permutations(TrafficClass, 2)))
def test_rfc_6192_a_flood_of_one_class_starves_no_other(
    flooded: TrafficClass, other: TrafficClass
) -> None:
    b = bench(replace(STRICT, control_plane=ALL_ONE))
    for number in range(3):
        offered(flooded)(b, number)
    assert b.end() is Reason.POLICED
    offered(other)(b, 50)
    assert b.end() is not Reason.POLICED


def test_rfc_6192_tokens_come_back_with_time() -> None:
    b = bench(limited(echo=Rate(10, 1)))
    answered = 0
    for b.now in range(0, 2 * SECOND, SECOND // 100):
        b.take(ECHO)
        answered += b.end() is Reason.ANSWERED
    assert answered == 20
    b.now += 10 * SECOND
    ends = [(b.take(ECHO), b.end())[1] for _ in range(2)]
    assert ends == [Reason.ANSWERED, Reason.POLICED]  # no more than a burst is saved up


def test_rfc_6192_all_interfaces_share_a_rate_and_count_their_own_drops() -> None:
    b = bench(limited(echo=Rate(1, 1)))
    for link in ("eth0", "eth1", "eth1"):
        b.take(ECHO, link)
    ends = {name: counters.ends[Reason.POLICED] for name, counters in b.plane.counters.items()}
    assert ends == {"eth0": 0, "eth1": 2, "eth2": 0}


@pytest.mark.parametrize("packet", [ECHO, SOLICITATION, OPTIONS, OPTIONS6, unknown_host(0)])
def test_an_explanation_spends_no_token_and_tells_when_there_is_none(packet: bytes) -> None:
    b = bench(replace(STRICT, control_plane=ALL_ONE))
    for _ in range(5):
        assert b.plane.explain(packet, "eth0").end is not Reason.POLICED
    assert met(b) == {}
    b.take(packet)
    assert b.end() is not Reason.POLICED
    before = met(b)
    other = unknown_host(1) if packet == unknown_host(0) else packet
    assert b.plane.explain(other, "eth0").end is Reason.POLICED
    assert met(b) == before
    assert b.plane.counters["eth0"].ends[Reason.POLICED] == 0


def test_rfc_6192_what_passes_through_meets_no_policer() -> None:
    none = ControlPlanePolicy(*[Rate(0, 1) for _ in TrafficClass])
    b = bench(replace(STRICT, control_plane=none))
    for packet in (udp4(), udp6(), Ipv4(HOST, FAR, 89).encode(), Ipv4(HOST, FAR, 1, ECHO).encode()):
        b.take(packet)
        assert b.end() is Reason.FORWARDED
    assert met(b) == {}


def test_what_a_router_sends_itself_meets_no_policer() -> None:
    none = ControlPlanePolicy(*[Rate(0, 1) for _ in TrafficClass])
    b = bench(replace(STRICT, control_plane=none))
    for destination in (HERE, Address("10.0.1.77"), Address("10.9.0.1")):
        b.receive(PacketOriginated(Ipv4(HERE, destination, 17, bytes(8)).encode()))
        assert b.end() in (Reason.DELIVERED, Reason.QUEUED, Reason.FORWARDED)
    assert met(b) == {}


def test_a_host_limits_nothing() -> None:
    none = ControlPlanePolicy(*[Rate(0, 1) for _ in TrafficClass])
    b = bench(replace(STRICT, control_plane=none), forwards=False)
    b.take(ECHO)
    assert b.end() is Reason.ANSWERED
    b.receive(arp())
    assert b.end() is not Reason.POLICED
    assert b.plane.control_plane.snapshot() == {}


def test_rfc_6192_fragments_are_dropped_before_they_are_put_together() -> None:
    b = bench(limited(local=Rate(0, 1)))
    first = ip4(17, ports(1, 520) + bytes(4), more_fragments=True, identification=7)
    last = ip4(17, bytes(8), fragment_offset=24, identification=7)
    for piece in (first, last):  # a first one shows its ports, but the later ones do not
        b.take(piece)
        assert b.end() is Reason.POLICED
    assert len(b.plane.reassembly) == 0


def test_a_fragment_is_of_the_class_of_its_protocol() -> None:
    header = FragmentHeader(89, 0, True, 1).encode()
    packet = parse(Ipv6(HOST6, HERE6, 44, header + bytes(16)).encode())
    assert isinstance(packet, Packet)
    assert class_of(packet) is TrafficClass.OSPF
    echo = parse(replace(Ipv4.decode(ECHO), more_fragments=True).encode())
    assert isinstance(echo, Packet)
    assert class_of(echo) is TrafficClass.ICMP


def test_a_header_chain_that_is_cut_is_for_us_all_the_same() -> None:
    packet = parse(ip6(60, b"\x06\x09"))
    assert isinstance(packet, Packet)
    assert class_of(packet) is TrafficClass.LOCAL


def test_options_of_what_is_for_us_are_part_of_its_class() -> None:
    b = bench(limited(options=Rate(0, 1)))
    b.take(ip4(17, ports(1, 9), options=(NoOperation(),)))
    assert b.end() is Reason.DELIVERED


def test_a_source_route_that_goes_on_here_counts_as_options_in_transit() -> None:
    b = bench(replace(limited(options=Rate(1, 1)), source_routes=True))
    routed = ip4(17, bytes(8), options=(SourceRoute(False, 4, (FAR,)),))
    ends = [(b.take(routed), b.end())[1] for _ in range(2)]
    assert ends == [Reason.FORWARDED, Reason.POLICED]


def test_a_search_that_has_begun_is_no_glean() -> None:
    b = bench(limited(glean=Rate(1, 1)))
    for packet, end in (
        (unknown_host(1), Reason.QUEUED),
        (unknown_host(1), Reason.QUEUED),
        (unknown_host(2), Reason.POLICED),
    ):
        b.take(packet)
        assert b.end() is end
    assert len(b.plane.neighbors.snapshot()) == 10  # nine are there by hand


def test_what_was_dropped_is_not_worth_a_redirect() -> None:
    better = Route((NextHop("eth0", Address("10.0.0.77")),))
    redirected = []
    for rate in (Rate(1, 1), Rate(0, 1)):
        b = bench(limited(glean=rate), routes={"10.0.9.0/24": better})
        b.take(udp4(destination="10.0.9.7"))
        redirected.append((b.end(), any(sent[9] == 1 for sent in b.sent if sent[0] >> 4 == 4)))
    assert redirected == [(Reason.QUEUED, True), (Reason.POLICED, False)]


def test_linux_limits_no_class_and_others_are_generous() -> None:
    assert LINUX.control_plane == UNLIMITED
    rates = [STRICT.control_plane.rate(of) for of in TrafficClass]
    assert all(rate is not None and min(rate.per_second, rate.burst) >= 10_000 for rate in rates)
    assert [field.name for field in fields(ControlPlanePolicy)] == [of.value for of in TrafficClass]


@pytest.mark.parametrize(("rate", "burst"), [(-1, 1), (SECOND + 1, 1), (1, 0)])
def test_a_rate_that_no_bucket_can_keep_is_refused(rate: int, burst: int) -> None:
    with pytest.raises(UsageError, match=r"a rate is 0 to|a burst is 1"):
        Rate(rate, burst)


def test_a_snapshot_counts_every_class() -> None:
    router = Router("r", [interface(0)], rng=Random(1), policy=limited(echo=Rate(1, 1)))
    frame = router.interfaces["eth0"].mac + station(0) + b"\x08\x00" + ECHO
    for _ in range(3):
        router.receive(FrameReceived("eth0", frame), 0)
    counts = router.snapshot()["control_plane"]
    assert isinstance(counts, dict)
    assert list(counts) == [of.value for of in TrafficClass]
    assert counts["echo"] == {"passed": 1, "dropped": 2}
