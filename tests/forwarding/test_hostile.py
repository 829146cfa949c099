"""What no packet can do: raise, flood, make errors about errors, or differ from its explanation."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.forwarding import LINUX, STRICT, FrameReceived, PacketOriginated, TimePassed
from fingerpost.forwarding.policy import ForwardingPolicy
from fingerpost.wire.checksum import checksum, pseudo_sum
from fingerpost.wire.ipv4_options import (
    Ipv4Option,
    NoOperation,
    RecordRoute,
    RouterAlert,
    SourceRoute,
    Stamp,
    Timestamp,
    TimestampFlag,
    UnknownOption,
    encode_options,
)
from fingerpost.wire.mac import BROADCAST
from forwarding.bench import (
    FAR,
    FAR6,
    GROUP_MAC,
    HERE,
    HERE6,
    HOST,
    HOST6,
    SECOND,
    Bench,
    bench,
    own_mac,
    station,
)

EVERYTHING = replace(
    STRICT,
    source_routes=True,
    errors_identify_interface=True,
    answers_broadcast_echo=True,
    answers_probes=True,
    alerted_protocols=frozenset((2, 46)),
    errors_per_second=1_000_000,
    errors_per_peer_per_second=1_000_000,
    errors_burst=1_000_000,
    reassembly_packets=8,
    sends_foreign_sources=True,
)
POLICIES = st.sampled_from([STRICT, LINUX, EVERYTHING])

V4 = [HOST, FAR, HERE] + [
    Address(text)
    for text in (
        "10.0.1.1",
        "10.0.2.9",
        "10.0.0.255",
        "10.0.1.0",
        "10.0.0.77",
        "10.66.0.1",
        "10.67.0.1",
        "10.68.0.1",
        "172.31.0.1",
        "224.0.0.1",
        "239.1.1.1",
        "255.255.255.255",
        "0.0.0.0",
        "127.0.0.1",
        "169.254.1.1",
        "8.8.8.8",
    )
]
V6 = [HOST6, FAR6, HERE6] + [
    Address(text)
    for text in (
        "fd00:1::1",
        "fd00:2::9",
        "fd00::",
        "fd00::77",
        "fe80::1",
        "fe80::9",
        "ff02::1",
        "ff02::1:ff00:1",
        "ff0e::1",
        "::",
        "::1",
        "fd67::1",
        "fd68::1",
        "2a00::1",
        "::ffff:10.0.0.9",
    )
]
# what is worth meeting often stands there often
SOURCES4 = st.sampled_from([HOST] * 40 + V4)
TARGETS4 = st.sampled_from([HERE] * 12 + [FAR] * 6 + V4)
SOURCES6 = st.sampled_from([HOST6] * 40 + V6)
TARGETS6 = st.sampled_from([HERE6] * 12 + [FAR6] * 6 + V6)
HOP_LIMITS = st.sampled_from([64] * 8 + [0, 1, 2, 255, 255])
UPPER4 = st.sampled_from([1] * 10 + [17] * 4 + [0, 2, 6, 50, 89, 253])
UPPER6 = st.sampled_from([58] * 10 + [17] * 4 + [0, 6, 43, 44, 50, 51, 59, 60, 89, 135, 253])
FLAGS = st.sampled_from([0] * 8 + [0x4000, 0x4000, 0x2000, 0x2001, 1, 2, 0x1FFF, 0x8000, 0xFFFF])
SOME_OPTIONS: list[Ipv4Option] = [
    NoOperation(),
    RecordRoute.empty(1),
    RecordRoute(8, (FAR,)),
    RouterAlert(),
    SourceRoute(False, 4, (FAR,)),
    SourceRoute(True, 4, (HERE, HOST)),
    SourceRoute(False, 8, (HOST,)),
    Timestamp(TimestampFlag.TIMES, 5, 15, (Stamp(), Stamp())),
    Timestamp(TimestampFlag.TIMES, 9, 15, (Stamp(),)),
    UnknownOption(0x9E, b"xy"),
]
OPTIONS = st.one_of(
    st.just(b""),
    st.just(b""),
    st.lists(st.sampled_from(SOME_OPTIONS), max_size=3).map(encode_options),
    st.binary(max_size=40).map(lambda octets: octets[: len(octets) // 4 * 4]),
)
LENGTHS = st.sampled_from([0, 1, 7, 8, 9, 20, 40, 63, 200, 1300, 1460])


@st.composite
def ipv4_packets(draw: st.DrawFn) -> bytes:
    """A header that holds together, around anything."""
    options, body = draw(OPTIONS), draw(_bodies(4))
    head = bytearray(20)
    head[0] = 0x45 + len(options) // 4
    head[1] = draw(st.integers(0, 255))
    total = 20 + len(options) + len(body)
    head[2:4] = total.to_bytes(2, "big")
    head[4:6] = draw(st.integers(0, 3)).to_bytes(2, "big")
    head[6:8] = draw(FLAGS).to_bytes(2, "big")
    head[8] = draw(HOP_LIMITS)
    head[9] = draw(UPPER4)
    head[12:16] = draw(SOURCES4).packed
    head[16:20] = draw(TARGETS4).packed
    check = checksum(bytes(head) + options)
    head[10:12] = check.to_bytes(2, "big")
    return bytes(head) + options + _sealed4(head[9], body)


@st.composite
def ipv6_packets(draw: st.DrawFn) -> bytes:
    """A header that holds together, around chains of extension headers and anything."""
    kinds = draw(st.one_of(st.just([]), st.lists(st.sampled_from([0, 43, 44, 51, 60]), max_size=4)))
    upper = draw(UPPER6)
    chain = b""
    for number, kind in enumerate(kinds):
        following = kinds[number + 1] if number + 1 < len(kinds) else upper
        if kind == 44:
            word = draw(st.sampled_from([0, 1, 8, 9, 16, 1440, 0xFFF8]))
            chain += bytes((following, 0)) + word.to_bytes(2, "big") + bytes(3)
            chain += bytes((draw(st.integers(0, 2)),))
        else:
            data = draw(st.one_of(st.just(bytes(6)), st.binary(min_size=6, max_size=6)))
            chain += bytes((following, draw(st.sampled_from([0, 0, 0, 1, 9])))) + data
    source, destination = draw(SOURCES6), draw(TARGETS6)
    body = draw(_bodies(6))
    if upper == 58 and len(body) >= 4:
        body = body[:2] + b"\0\0" + body[4:]
        check = checksum(body, pseudo_sum(source, destination, 58, len(body)))
        body = body[:2] + check.to_bytes(2, "big") + body[4:]
    payload = chain + body
    head = (0x60000000 | draw(st.integers(0, 0xFFFFFFF))).to_bytes(4, "big")
    head += len(payload).to_bytes(2, "big")
    head += bytes((kinds[0] if kinds else upper, draw(HOP_LIMITS)))
    return head + source.packed + destination.packed + payload


def _bodies(version: int) -> st.SearchStrategy[bytes]:
    kinds = [0, 3, 4, 5, 8, 11, 12, 13, 17, 42] if version == 4 else [1, 2, 3, 4, *range(128, 144)]
    shaped = st.builds(
        lambda kind, code, rest, filling: bytes((kind, code, 0, 0)) + rest + bytes(filling),
        st.sampled_from([*kinds, 160, 200]),
        st.integers(0, 4),
        st.binary(max_size=60),
        LENGTHS,
    )
    return st.one_of(shaped, st.binary(max_size=80), LENGTHS.map(bytes))


def _sealed4(protocol: int, body: bytes) -> bytes:
    if protocol != 1 or len(body) < 4:
        return body
    body = body[:2] + b"\0\0" + body[4:]
    return body[:2] + checksum(body).to_bytes(2, "big") + body[4:]


PACKETS = st.one_of(ipv4_packets(), ipv6_packets(), st.binary(max_size=100))
TARGETS = st.sampled_from([own_mac(0)] * 6 + [BROADCAST, GROUP_MAC])


def frame(target: bytes, packet: bytes) -> FrameReceived:
    ethertype = b"\x86\xdd" if packet[:1] and packet[0] >> 4 == 6 else b"\x08\x00"
    return FrameReceived("eth0", target + station(0) + ethertype + packet)


def made(policy: ForwardingPolicy, *, forwards: bool = True) -> Bench:
    b = bench(policy, forwards=forwards)
    b.plane.tracer = None
    return b


def is_error(packet: bytes) -> bool:
    """Whether a packet is an ICMP error, and not a later fragment."""
    if packet[0] >> 4 == 4:
        kind = packet[(packet[0] & 15) * 4 :][:1]
        return packet[9] == 1 and kind in (b"\x03", b"\x04", b"\x0b", b"\x0c")
    return packet[6] == 58 and packet[40:41] < b"\x80" and len(packet) > 40


EXAMPLES = settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@EXAMPLES
@given(POLICIES, st.booleans(), st.lists(st.tuples(TARGETS, PACKETS), max_size=6))
def test_no_packet_raises_and_none_makes_more_than_a_few_outputs(
    policy: ForwardingPolicy, forwards: bool, packets: list[tuple[bytes, bytes]]
) -> None:
    b = made(policy, forwards=forwards)
    for number, (target, packet) in enumerate(packets):
        b.now = number * SECOND
        out = b.receive(frame(target, packet))
        # the packet in pieces of the narrowest link, an answer in pieces, questions for neighbours
        assert len(out) <= 12
    for _ in range(50):
        deadline = b.plane.next_deadline()
        if deadline is None:
            break
        b.now = deadline
        b.receive(TimePassed())


@EXAMPLES
@given(POLICIES, PACKETS, st.sampled_from([None, "eth0", "eth2", "eth7"]))
def test_no_packet_of_our_own_raises(
    policy: ForwardingPolicy, packet: bytes, interface: str | None
) -> None:
    b = made(policy)
    assert len(b.receive(PacketOriginated(packet, interface))) <= 12


@EXAMPLES
@given(POLICIES, TARGETS, st.one_of(ipv4_packets(), ipv6_packets()))
def test_rfc_1122_3_2_2_no_error_ever_makes_another(
    policy: ForwardingPolicy, target: bytes, packet: bytes
) -> None:
    b = made(policy)
    b.receive(frame(target, packet))
    for error in [sent for sent in b.sent if is_error(sent)]:
        other = made(EVERYTHING)  # as if it went on from there, with no hop left
        if error[0] >> 4 == 4:
            dying = bytearray(error)
            dying[8], dying[10:12] = 1, b"\0\0"
            dying[10:12] = checksum(bytes(dying[: (error[0] & 15) * 4])).to_bytes(2, "big")
        else:
            dying = bytearray(error)
            dying[7] = 1
        other.receive(frame(own_mac(0), bytes(dying)))
        assert not [sent for sent in other.sent if is_error(sent)]


def picture(b: Bench) -> tuple[object, ...]:
    """All state that a packet can change."""
    plane = b.plane
    return (
        [(name, counters.as_dict()) for name, counters in plane.counters.items()],
        plane.neighbors.snapshot(),
        plane.error_limits.peers,
        plane.path_mtus.snapshot(b.now),
        len(plane.reassembly),
        plane.reassembly.held,
        plane.next_deadline(),
        plane.identifiers.ipv4(),
    )


@EXAMPLES
@given(
    POLICIES,
    st.booleans(),
    st.lists(st.one_of(ipv4_packets(), ipv6_packets()), min_size=1, max_size=4),
)
def test_an_explanation_names_the_same_end_and_changes_nothing(
    policy: ForwardingPolicy, forwards: bool, packets: list[bytes]
) -> None:
    explained, silent = bench(policy, forwards=forwards), bench(policy, forwards=forwards)
    for packet in packets:
        dry = explained.plane.explain(packet, "eth0")
        for b in (explained, silent):
            b.traces.clear()
            b.take(packet)
        assert dry.end is explained.end()
        # what was said goes the same way; a limit on errors is not asked by the dry walk
        assert len(dry.answers) >= len(explained.traces[-1].answers)
        assert explained.out == silent.out
        assert picture(explained) == picture(silent)


@EXAMPLES
@given(POLICIES, st.lists(st.one_of(ipv4_packets(), ipv6_packets()), min_size=1, max_size=3))
def test_an_explanation_of_our_own_packets_names_the_same_end(
    policy: ForwardingPolicy, packets: list[bytes]
) -> None:
    explained, silent = bench(policy), bench(policy)
    for packet in packets:
        dry = explained.plane.explain(packet)
        for b in (explained, silent):
            b.receive(PacketOriginated(packet))
        assert dry.end is explained.traces[-1].end
        assert explained.out == silent.out
        assert picture(explained) == picture(silent)
