"""The golden models, each made in its own way, must agree before they judge anything else."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golden.columns import addresses_from_packed, prefixes_from_lines
from golden.intervals import Intervals
from golden.networks import edges, hosts, networks
from golden.queries import KINDS, queries
from golden.scan import Host, Network, ScanTable


def answers_of_intervals(version: int, table: list[Network], asked: list[Host]) -> list[int]:
    prefixes = prefixes_from_lines(map(str, table))[version]
    flat = Intervals.of(prefixes, np.arange(1, len(table) + 1, dtype=np.uint32))
    asked_packed = b"".join(host.packed for host in asked)
    return [int(at) for at in flat.lookup(addresses_from_packed(version, asked_packed))]


def answers_of_scan(table: list[Network], asked: list[Host]) -> list[int]:
    scan = ScanTable({network: at for at, network in enumerate(table, 1)})
    matches = [scan.longest_match(host) for host in asked]
    return [match[1] if match else 0 for match in matches]


@pytest.mark.parametrize("version", [4, 6])
@settings(max_examples=200, deadline=None)  # a loaded machine is slow, not wrong
@given(data=st.data())
def test_intervals_answer_like_the_scan(version: int, data: st.DataObject) -> None:
    table = data.draw(st.lists(networks(version), max_size=30, unique=True))
    asked = edges(table) + data.draw(st.lists(hosts(version), min_size=1, max_size=10))
    assert answers_of_intervals(version, table, asked) == answers_of_scan(table, asked)


def test_intervals_walk_back_only_within_one_high_word() -> None:
    table: list[Network] = [ip_network("::/65"), ip_network("::1:0:0:0:1/128")]
    asked = [ip_address("::1:0:0:0:0"), ip_address("::1:0:0:0:1"), ip_address("::1:0:0:0:2")]
    assert answers_of_intervals(6, table, asked) == [0, 2, 0]


def test_scan_lists_every_match_longest_first() -> None:
    texts = ["0.0.0.0/0", "192.0.2.0/24", "192.0.2.128/25", "198.51.100.0/24"]
    scan = ScanTable({ip_network(text): text for text in texts})
    matches = scan.all_matches(ip_address("192.0.2.200"))
    assert [value for _, value in matches] == ["192.0.2.128/25", "192.0.2.0/24", "0.0.0.0/0"]
    assert scan.longest_match(ip_address("192.0.2.200")) == matches[0]


def test_scan_knows_what_stands_directly_below_a_prefix() -> None:
    texts = ["10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/24", "10.2.0.0/16"]
    scan = ScanTable({ip_network(text): None for text in texts})
    below = scan.directly_covered_by(ip_network("10.0.0.0/8"))
    assert [str(prefix) for prefix, _ in below] == ["10.1.0.0/16", "10.2.0.0/16"]


@pytest.mark.parametrize("kind", KINDS)
def test_queries_are_the_same_for_the_same_seed(kind: str) -> None:
    prefixes = prefixes_from_lines(["192.0.2.0/24", "198.51.100.0/28"])[4]
    first, again = (queries(kind, prefixes, 100, seed=7) for _ in range(2))
    other = queries(kind, prefixes, 100, seed=8)
    assert first.as_texts() == again.as_texts()
    assert first.as_texts() != other.as_texts()


@pytest.mark.parametrize("kind", ["hit", "zipf"])
@pytest.mark.parametrize("lines", [["192.0.2.0/24", "10.0.0.0/8"], ["2001:db8::/65", "fc00::/7"]])
def test_queries_that_should_hit_do(kind: str, lines: list[str]) -> None:
    version = 6 if ":" in lines[0] else 4
    prefixes = prefixes_from_lines(lines)[version]
    flat = Intervals.of(prefixes, np.array([1, 2], dtype=np.uint32))
    assert set(flat.lookup(queries(kind, prefixes, 500)).tolist()) == {1, 2}


def test_addresses_come_back_from_every_column_form() -> None:
    texts = ["2001:db8::1", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]
    packed = b"".join(ip_address(text).packed for text in texts)
    column = addresses_from_packed(6, packed)
    assert column.as_texts() == texts
    assert column.as_bytes().tobytes() == packed
    assert column.as_ints() == [int(ip_address(text)) for text in texts]
    four = addresses_from_packed(4, ip_address("192.0.2.1").packed)
    assert four.as_uint32().tolist() == [0xC0000201]
    assert four.as_packed() == [b"\xc0\x00\x02\x01"]
