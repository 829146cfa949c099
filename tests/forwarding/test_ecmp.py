"""The flow hash: balance, independence of routers, and what belongs to one flow."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from fingerpost.addr import Address
from fingerpost.forwarding.ecmp import flow_hash, flow_key, hash_of
from fingerpost.forwarding.packet import Packet, parse
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6

SEEDS = [0, 1, 2, 3, 1 << 63, 0xDEADBEEF, (1 << 64) - 1]
A, B = Address("198.18.0.1"), Address("203.0.113.7")
A6, B6 = Address("2001:db8::1"), Address("2001:db8:1::7")
PORTS = bytes.fromhex("c001 0050")


def packet(data: Ipv4 | Ipv6) -> Packet:
    parsed = parse(data.encode())
    assert isinstance(parsed, Packet)
    return parsed


def chi_square(counts: list[int], expected: float) -> float:
    return sum((count - expected) ** 2 / expected for count in counts)


def keys(kind: str, count: int) -> list[bytes]:
    """Flows as they come: neighbouring addresses, neighbouring ports, or anything."""
    rng = random.Random(kind)
    if kind == "ports":
        return [
            bytes.fromhex("c6120001 cb007107 00000006") + i.to_bytes(4, "big")
            for i in range(0x400000, 0x400000 + count)
        ]
    if kind == "hosts":
        return [
            i.to_bytes(4, "big") + bytes.fromhex("cb007107 00000011 c0010035")
            for i in range(0x0A000000, 0x0A000000 + count)
        ]
    if kind == "labels":
        return [
            A6.packed + B6.packed + i.to_bytes(3, "big") + bytes.fromhex("06 c0010050")
            for i in range(count)
        ]
    return [rng.randbytes(16) for _ in range(count)]


@pytest.mark.parametrize("kind", ["ports", "hosts", "labels", "noise"])
@pytest.mark.parametrize("seed", SEEDS)
def test_flows_spread_evenly_over_buckets(kind: str, seed: int) -> None:
    flows, buckets = 16384, 256
    counts = [0] * buckets
    for key in keys(kind, flows):
        counts[hash_of(key, seed) % buckets] += 1
    # 255 degrees of freedom: mean 255, deviation 22.6; structured keys may spread even better
    assert chi_square(counts, flows / buckets) < 255 + 5 * 22.6


@pytest.mark.parametrize("kind", ["ports", "hosts", "labels", "noise"])
def test_routers_with_different_seeds_choose_independently(kind: str) -> None:
    flows = 16384
    for one, other in pairwise(SEEDS):
        counts = [0] * 256
        for key in keys(kind, flows):
            counts[hash_of(key, one) % 16 * 16 + hash_of(key, other) % 16] += 1
        assert chi_square(counts, flows / 256) < 255 + 5 * 22.6, (one, other)


def test_any_fragment_goes_with_its_three_tuple() -> None:
    whole = packet(Ipv4(A, B, 17, PORTS + bytes(60)))
    first = packet(Ipv4(A, B, 17, PORTS + bytes(4), more_fragments=True))
    later = packet(Ipv4(A, B, 17, bytes(range(8)), fragment_offset=8))
    assert flow_key(first) == flow_key(later) == flow_key(whole)[:12] + bytes(4)
    assert flow_key(whole)[12:] == PORTS


@pytest.mark.parametrize("protocol", [1, 2, 47, 50, 89])
def test_other_protocols_have_no_ports(protocol: int) -> None:
    assert flow_key(packet(Ipv4(A, B, protocol, PORTS)))[12:] == bytes(4)


@pytest.mark.parametrize("protocol", [6, 17, 33, 132, 136])
def test_transports_have_ports_in_both_families(protocol: int) -> None:
    assert flow_key(packet(Ipv4(A, B, protocol, PORTS)))[12:] == PORTS
    assert flow_key(packet(Ipv6(A6, B6, protocol, PORTS)))[36:] == PORTS
    assert flow_key(packet(Ipv4(A, B, protocol, PORTS[:3])))[12:] == bytes(4)


def test_the_flow_label_is_part_of_the_flow_rfc6438() -> None:
    one, other = (packet(Ipv6(A6, B6, 17, PORTS, flow_label=label)) for label in (1, 0xFFFFF))
    assert flow_key(one)[32:35] == b"\0\0\1"
    assert flow_key(other)[32:35] == b"\x0f\xff\xff"
    assert flow_hash(one, 7) != flow_hash(other, 7)


def test_later_headers_of_ipv6_hide_the_ports() -> None:
    fragmented = packet(Ipv6(A6, B6, 44, bytes(8) + PORTS))
    assert flow_key(fragmented)[35:] == bytes([44]) + bytes(4)


@pytest.mark.parametrize("kind", [3, 4, 5, 11, 12])
def test_an_icmp_error_goes_the_way_of_the_answers(kind: int) -> None:
    asked = Ipv4(A, B, 17, PORTS + bytes(4)).encode()
    answer = packet(Ipv4(B, A, 17, PORTS[2:] + PORTS[:2] + bytes(4)))
    router = Address("192.0.2.200")
    error = packet(Ipv4(router, A, 1, bytes([kind, 0]) + bytes(6) + asked))
    assert flow_key(error) == flow_key(answer)
    cut = packet(Ipv4(router, A, 1, bytes([kind, 0]) + bytes(6) + asked[:19]))
    assert flow_key(cut) == router.packed + A.packed + bytes([0, 0, 0, 1]) + bytes(4)


def test_an_icmpv6_error_goes_the_way_of_the_answers() -> None:
    asked = Ipv6(A6, B6, 6, PORTS, flow_label=9).encode()
    answer = packet(Ipv6(B6, A6, 6, PORTS[2:] + PORTS[:2], flow_label=9))
    router = Address("2001:db8:f::1")
    error = packet(Ipv6(router, A6, 58, bytes([2, 0]) + bytes(6) + asked))
    assert flow_key(error) == flow_key(answer)
    echo = packet(Ipv6(router, A6, 58, bytes([128, 0]) + bytes(6) + asked))
    assert flow_key(echo)[:16] == router.packed
