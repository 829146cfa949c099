"""The generated table: equal to the real one where it promises, deterministic, well-formed."""

from __future__ import annotations

import gzip
from collections import Counter
from ipaddress import ip_network
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from fingerpost.errors import UsageError
from fingerpost.fib.synthetic import (
    FIRST_ORIGIN,
    FULL_V4,
    FULL_V6,
    Columns,
    SyntheticTable,
    full_table,
)

if TYPE_CHECKING:
    from pathlib import Path

Prefixes = list[tuple[int, int]]

PINNED = [
    ("4.175.184.0/23", 4200017181),
    ("32.26.201.0/24", 4200017181),
    ("40.74.128.0/22", 4200017181),
    ("141.80.118.0/24", 4200017181),
    ("152.117.15.0/24", 4200017181),
    ("210.139.83.0/24", 4200017181),
    ("2001:e232:53c4::/48", 4200010182),
    ("2005:6108::/32", 4200010182),
    ("2612:3680:6c5::/48", 4200010182),
    ("261e:c3c4:c590::/48", 4200010182),
]


@pytest.fixture(scope="module")
def whole() -> SyntheticTable:
    return full_table()


@pytest.fixture(scope="module")
def real(shared_data: Path) -> dict[int, Prefixes]:
    """The real table as (network, length), parsed by splitting text: half a minute less."""
    found: dict[int, Prefixes] = {4: [], 6: []}
    with gzip.open(shared_data / "table" / "prefixes.txt.gz", "rt") as lines:
        for line in lines:
            network, length = line.rstrip().split("/")
            if ":" not in network:
                octets = network.split(".")
                number = int.from_bytes(map(int, octets))
                found[4].append((number, int(length)))
            else:
                found[6].append((_number_v6(network), int(length)))
    return {version: sorted(prefixes) for version, prefixes in found.items()}


def _number_v6(text: str) -> int:
    head, _, tail = text.partition("::")
    left = [int(g, 16) for g in head.split(":") if g]
    right = [int(g, 16) for g in tail.split(":") if g]
    number = 0
    for group in left + [0] * (8 - len(left) - len(right)) + right:
        number = number << 16 | group
    return number


def pairs(columns: Columns) -> Prefixes:
    if columns.networks.ndim == 1:
        numbers = columns.networks.tolist()
    else:
        numbers = [int.from_bytes(row) for row in columns.networks.tolist()]
    return list(zip(numbers, columns.lengths.tolist(), strict=True))


def nesting_and_intervals(prefixes: Prefixes, width: int) -> tuple[Counter[int], int]:
    """Count prefixes by how many contain them, and the stretches with one longest match each."""
    open_: list[tuple[int, int]] = []  # (end, index), innermost last
    nested: Counter[int] = Counter()
    stretches, at, owner = 0, 0, -1

    def reach(end: int, new_owner: int) -> None:
        nonlocal stretches, at, owner
        if end > at:
            stretches += new_owner != owner
            at, owner = end, new_owner

    for index, (network, length) in enumerate(prefixes):
        while open_ and network >= open_[-1][0]:
            reach(*open_.pop())
        reach(network, open_[-1][1] if open_ else -1)
        nested[len(open_)] += 1
        open_.append((network + (1 << width - length), index))
    while open_:
        reach(*open_.pop())
    return nested, stretches


def test_full_table_has_the_size_of_the_real_one(whole: SyntheticTable) -> None:
    assert (FULL_V4, FULL_V6) == (901_899, 160_147)
    assert (whole.v4.count, whole.v6.count) == (FULL_V4, FULL_V6)
    assert len(whole) == FULL_V4 + FULL_V6


@pytest.mark.parametrize("version", [4, 6])
def test_prefixes_are_distinct_sorted_and_without_host_bits(
    whole: SyntheticTable, version: int
) -> None:
    prefixes = pairs(whole.v4 if version == 4 else whole.v6)
    width = 32 if version == 4 else 128
    assert all(a < b for a, b in pairwise(prefixes))
    assert not any(network & (1 << width - length) - 1 for network, length in prefixes)


def test_ipv4_stays_in_unicast_space(whole: SyntheticTable) -> None:
    first_octets = set((whole.v4.networks >> 24).tolist())
    assert not first_octets & {0, 10, 127, *range(224, 256)}


def test_there_are_host_routes_and_routes_longer_than_a_subnet(whole: SyntheticTable) -> None:
    assert Counter(whole.v4.lengths.tolist())[32] == 886
    assert int((whole.v6.lengths > 64).sum()) == 83


@pytest.mark.parametrize("version", [4, 6])
def test_lengths_are_those_of_the_real_table(
    whole: SyntheticTable, real: dict[int, Prefixes], version: int
) -> None:
    lengths = (whole.v4 if version == 4 else whole.v6).lengths.tolist()
    assert Counter(lengths) == Counter(length for _, length in real[version])


@pytest.mark.parametrize("version", [4, 6])
def test_nesting_and_intervals_are_near_those_of_the_real_table(
    whole: SyntheticTable, real: dict[int, Prefixes], version: int
) -> None:
    width = 32 if version == 4 else 128
    got, got_stretches = nesting_and_intervals(pairs(whole.v4 if version == 4 else whole.v6), width)
    want, want_stretches = nesting_and_intervals(real[version], width)
    total = want.total()
    assert all(abs(got[d] - want[d]) <= 0.005 * total for d in range(10))
    assert abs(max(got) - max(want)) <= 3
    assert got_stretches == pytest.approx(want_stretches, rel=0.2)


@pytest.mark.parametrize(("version", "block"), [(4, 12), (4, 16), (4, 20), (6, 28), (6, 32)])
def test_blocks_are_as_crowded_as_in_the_real_table(
    whole: SyntheticTable, real: dict[int, Prefixes], version: int, block: int
) -> None:
    width = 32 if version == 4 else 128

    def crowds(prefixes: Prefixes) -> list[int]:
        return sorted(Counter(network >> width - block for network, _ in prefixes).values())

    got = crowds(pairs(whole.v4 if version == 4 else whole.v6))
    want = crowds(real[version])
    assert len(got) == pytest.approx(len(want), rel=0.01)
    for share in (0.5, 0.75, 0.95):
        ours, theirs = got[int(len(got) * share)], want[int(len(want) * share)]
        assert theirs / 2 <= ours <= theirs * 2


def test_same_seed_gives_the_same_table_and_another_seed_another(whole: SyntheticTable) -> None:
    again, other = full_table(), full_table(seed=2)
    assert np.array_equal(again.v4.networks, whole.v4.networks)
    assert np.array_equal(again.v6.networks, whole.v6.networks)
    assert np.array_equal(again.v4.origins, whole.v4.origins)
    assert not np.array_equal(other.v4.networks, whole.v4.networks)


def test_the_draw_is_pinned_so_that_every_machine_makes_this_table() -> None:
    table = full_table(seed=7, v4=6, v6=4)
    assert list(table.items()) == PINNED


def test_a_sample_keeps_the_share_of_each_length(whole: SyntheticTable) -> None:
    sample = full_table(v4=9_019, v6=1_601)
    for few, all_ in ((sample.v4, whole.v4), (sample.v6, whole.v6)):
        got, want = Counter(few.lengths.tolist()), Counter(all_.lengths.tolist())
        assert few.count in (9_019, 1_601)
        assert all(abs(got[n] - want[n] / 100) <= 1 + want[n] / 10_000 for n in want)


def test_texts_are_the_prefixes(whole: SyntheticTable) -> None:
    table = full_table(v4=2_000, v6=2_000)
    networks = [ip_network(text) for text in table]
    numbers = [(int(n.network_address), n.prefixlen) for n in networks]
    assert numbers == pairs(table.v4) + pairs(table.v6)
    assert [str(n) for n in networks] == list(table)
    longest = max(whole.v6.texts, key=lambda text: int(text.partition("/")[2]))
    assert longest == str(ip_network(longest))


def test_origins_are_private_and_a_few_own_many(whole: SyntheticTable) -> None:
    origins = whole.v4.origins
    assert int(origins.min()) >= FIRST_ORIGIN
    counts = np.sort(np.unique(origins, return_counts=True)[1])[::-1]
    assert 20_000 < len(counts) < 78_000
    assert counts[:100].sum() > 0.05 * len(origins)


@pytest.mark.parametrize(
    ("v4", "v6", "named"), [(-1, 0, "v4=-1"), (0, FULL_V6 + 1, "v6=160148 .* 160,147")]
)
def test_counts_out_of_range_are_refused_by_name(v4: int, v6: int, named: str) -> None:
    with pytest.raises(UsageError, match=named):
        full_table(v4=v4, v6=v6)


def test_written_files_hold_one_line_a_prefix_and_gzip_is_reproducible(tmp_path: Path) -> None:
    table = full_table(v4=50, v6=50)
    table.write(tmp_path / "table.txt")
    table.write(tmp_path / "table.txt.gz")
    table.write(tmp_path / "again.txt.gz")
    text = (tmp_path / "table.txt").read_text()
    assert text.splitlines() == [f"{prefix} {origin}" for prefix, origin in table.items()]
    packed = (tmp_path / "table.txt.gz").read_bytes()
    assert gzip.decompress(packed).decode() == text
    assert packed == (tmp_path / "again.txt.gz").read_bytes()
