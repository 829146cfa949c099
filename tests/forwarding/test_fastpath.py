"""The fast path by itself: buffers, layouts, outcomes, counters, instructions, refusals."""

from __future__ import annotations

import gzip
import random
import subprocess
import sys
from array import array
from pathlib import Path

import numpy as np
import pytest

from fingerpost.addr import Address, Prefix, PrefixSet, is_forwardable
from fingerpost.errors import UsageError
from fingerpost.fib import Fib
from fingerpost.forwarding.fastpath import NO_PORT, REASONS, Adjacency, FastPath, Group, Port
from fingerpost.forwarding.own import OwnAddresses
from fingerpost.forwarding.special import not_forwardable, special_ranges
from fingerpost.wire.ipv4 import Ipv4

SIMD = ("scalar", "avx2", "avx512")
MACS = [bytes([2, 0, 0, 0, 0, number]) for number in range(3)]
STATIONS = [bytes([2, 1, 0, 0, 0, number]) for number in range(3)]


def path(**more: object) -> FastPath:
    """10/8 by port 1, 20/8 by 1 or 2, 30/8 connected on 2; port 2 is narrow."""
    fib = Fib({"10.0.0.0/8": 1, "20.0.0.0/8": 2, "30.0.0.0/8": 3, "40.0.0.0/8": 4})
    routes = fib.freeze_as([1, 2, 3, 4], [None, 1, 2, 3, 4])
    return FastPath(
        routes,
        [Port(MACS[0]), Port(MACS[1]), Port(MACS[2], mtu=100)],
        [Adjacency(1, STATIONS[1]), Adjacency(2, STATIONS[2]), Adjacency(1, None)],
        [Group([1]), Group([1, 2]), Group(connected=2), Group()],
        special=[("10.9.0.0/16", "special"), ("10.9.9.9", "own")],
        neighbours=[("30.0.0.7", 2)],
        **more,  # type: ignore[arg-type]
    )


def frame(destination: str, size: int = 8, ttl: int = 64) -> bytes:
    packet = Ipv4(Address("50.0.0.1"), Address(destination), 17, bytes(size), ttl=ttl)
    return MACS[0] + bytes.fromhex("020909090909 0800") + packet.encode()


ASKED = [
    ("10.0.0.1", 8, "forwarded", 1),
    ("10.9.0.1", 8, "special", None),
    ("10.9.9.9", 8, "own", None),
    ("30.0.0.7", 8, "forwarded", 2),
    ("30.0.0.8", 8, "unresolved", None),
    ("30.0.0.7", 90, "too-big", None),
    ("40.0.0.1", 8, "not-unicast", None),
    ("60.0.0.1", 8, "no-route", None),
]
FRAMES = [frame(destination, size) for destination, size, _, _ in ASKED]
LENGTHS = array("I", map(len, FRAMES))


def slots() -> bytearray:
    return bytearray(b"".join(data.ljust(256, b"\xaa") for data in FRAMES))


@pytest.mark.parametrize("simd", SIMD)
def test_both_layouts_give_the_same_outcomes(simd: str) -> None:
    fast = path()
    fast.use(simd)
    in_slots = fast.run(slots(), LENGTHS, ingress=0, stride=256)
    packed, offsets = bytearray(b"".join(FRAMES)), array("I")
    for length in LENGTHS:
        offsets.append(offsets[-1] + LENGTHS[len(offsets) - 1] if offsets else 0)
        assert length
    together = fast.run(packed, LENGTHS, ingress=0, offsets=offsets)
    expected = [
        (len(data), port, reason) for data, (_, _, reason, port) in zip(FRAMES, ASKED, strict=True)
    ]
    assert in_slots.decisions() == together.decisions() == expected
    assert in_slots.forwarded == together.forwarded == 2
    assert packed[:42] == slots_after(fast)[:42]


def slots_after(fast: FastPath) -> bytearray:
    buffer = slots()
    fast.run(buffer, LENGTHS, ingress=0, stride=256)
    return buffer


def test_a_frame_that_leaves_is_rewritten_and_others_stay() -> None:
    before, after = slots(), slots_after(path())
    left, _ = after[:256], before[:256]
    assert left[:12] == STATIONS[1] + MACS[1]
    sent = Ipv4.decode(bytes(left[14:42]))
    assert (sent.ttl, sent.destination) == (63, Address("10.0.0.1"))
    assert left[42:] == before[42:256]
    for at, (_, _, reason, _) in enumerate(ASKED):
        if reason != "forwarded":
            assert after[256 * at : 256 * at + 256] == before[256 * at : 256 * at + 256]


def test_numpy_sees_outcomes_without_a_copy() -> None:
    lengths = np.array(LENGTHS, np.uint32)
    out = np.zeros(len(FRAMES), np.uint64)
    batch = path().run(np.frombuffer(slots(), np.uint8), lengths, ingress=0, stride=256, out=out)
    assert batch.ports.tolist() == [NO_PORT if port is None else port for *_, port in ASKED]
    assert [REASONS[n] for n in batch.reasons] == [reason for _, _, reason, _ in ASKED]
    assert batch.lengths.tolist() == list(LENGTHS)
    assert batch.records().base is not None
    out[:] = 0
    assert batch.lengths.tolist() == [0] * len(batch)


def test_padding_is_not_part_of_the_length() -> None:
    buffer = bytearray(frame("10.0.0.1").ljust(60, b"\0"))
    assert path().run(buffer, array("I", [60]), ingress=0, stride=60).decisions() == [
        (42, 1, "forwarded")
    ]


def test_what_was_counted_is_told_by_port_and_adjacency() -> None:
    fast = path()
    for _ in range(3):
        fast.run(slots(), LENGTHS, ingress=0, stride=256)
    ports, adjacencies = fast.counters()
    assert (ports[0].packets, ports[0].bytes) == (24, 3 * sum(LENGTHS))
    assert ports[0].handed_up["special"] == ports[0].handed_up["too-big"] == 3
    assert ports[1].packets == 0
    assert [count.packets for count in adjacencies] == [3, 3, 0]
    assert [(count.packets, count.bytes) for count in fast.sent()] == [(0, 0), (3, 126), (3, 126)]


def test_flows_are_spread_as_the_buckets_say() -> None:
    fast = path(seed=99)
    rng = random.Random(1)
    made = [frame(str(Address(0x14000000 + rng.getrandbits(24)))) for _ in range(2000)]
    batch = fast.run(
        bytearray(b"".join(made)), array("I", map(len, made)), ingress=0, stride=len(made[0])
    )
    by_port = [batch.ports.tolist().count(port) for port in (1, 2)]
    assert sum(by_port) == 2000
    assert abs(by_port[0] - 1000) < 150


def test_nothing_is_an_empty_batch() -> None:
    batch = path().run(bytearray(), array("I"), ingress=0, stride=64)
    assert (len(batch), batch.forwarded, batch.decisions()) == (0, 0, [])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stride": 300}, "do not fit"),
        ({"stride": None}, "either stride or offsets"),
        ({"offsets": array("I", [0])}, "either stride or offsets"),
        ({"stride": None, "offsets": array("I", [0])}, "do not fit"),
        ({"ingress": 3}, "port 3"),
        ({"out": array("Q", [0])}, "room for 1"),
        ({"out": memoryview(bytes(64)).cast("Q")}, "writable"),
    ],
)
def test_buffers_that_do_not_fit_are_refused(change: dict[str, object], message: str) -> None:
    arguments: dict[str, object] = {"ingress": 0, "stride": 256} | change
    with pytest.raises(UsageError, match=message):
        path().run(slots(), LENGTHS, **arguments)  # type: ignore[arg-type]


def test_buffers_that_overlap_or_cannot_be_written_are_refused() -> None:
    buffer = slots()
    with pytest.raises(UsageError, match="overlap"):
        path().run(buffer, LENGTHS, ingress=0, stride=256, out=memoryview(buffer)[:64].cast("Q"))
    with pytest.raises(BufferError):
        path().run(buffer, array("H", LENGTHS), ingress=0, stride=256)
    with pytest.raises(UsageError, match="writable"):
        path().run(bytes(buffer), LENGTHS, ingress=0, stride=256)


def test_a_setup_that_names_what_is_not_there_is_refused() -> None:
    routes = Fib({"10.0.0.0/8": 1}).freeze_as([1], [None, 1])
    port, adjacency = Port(MACS[0]), Adjacency(0, STATIONS[0])
    with pytest.raises(UsageError, match="no port 1"):
        FastPath(routes, [port], [Adjacency(1, None)], [])
    with pytest.raises(UsageError, match="no adjacency 2"):
        FastPath(routes, [port], [adjacency], [Group([2])])
    with pytest.raises(UsageError, match="no power of two"):
        FastPath(routes, [port], [adjacency], [Group([1, 1, 1])])
    with pytest.raises(UsageError, match="no reason is called"):
        FastPath(routes, [port], [adjacency], [], special=[("10.0.0.0/8", "odd")])
    with pytest.raises(UsageError, match="the reason of no address"):
        FastPath(routes, [port], [adjacency], [], special=[("10.0.0.0/8", "short")])
    with pytest.raises(UsageError, match="no group 5"):
        FastPath(routes, [Port(MACS[0], sources=frozenset([5]))], [adjacency], [])
    with pytest.raises(UsageError, match="no instructions"):
        path().use("mmx")


def test_importing_it_loads_no_numpy() -> None:
    code = "import sys, fingerpost.forwarding.accelerated; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_may_not_be_forwarded_is_special_and_nothing_else() -> None:
    special = PrefixSet(not_forwardable())
    rng = random.Random(3)
    edges = [address for prefix in not_forwardable() for address in (prefix.network, prefix.last)]
    for edge in edges:
        for near in (int(edge) - 1, int(edge), int(edge) + 1):
            top = 2**32 if edge.version == 4 else 2**128
            if 0 <= near < top:
                address = Address(near, version=edge.version)
                assert (address in special) != bool(is_forwardable(address)), address
    for _ in range(2000):
        address = Address(rng.getrandbits(32))
        assert (address in special) != bool(is_forwardable(address)), address


def test_the_real_table_is_ordinary(shared_data: Path) -> None:
    text = gzip.decompress((shared_data / "table" / "prefixes.txt.gz").read_bytes()).decode()
    prefixes = text.split()
    own = OwnAddresses((), forwards=True)
    ranges = special_ranges(own, obeys_registries=True, has_border=True)
    special = PrefixSet(prefix for prefix, _ in ranges)
    odd = [text for text in prefixes[::17] if Prefix(text) in special]
    assert len(odd) * 17 < len(prefixes) // 1000
