"""`PrefixSet` on a full Internet table, against ranges merged one by one in Python."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest

from fingerpost.addr import PrefixSet

Range = tuple[int, int, int]  # version, first, last


def range_of(line: str) -> Range:
    network, _, length = line.partition("/")
    family, version, width = (
        (socket.AF_INET6, 6, 128) if ":" in network else (socket.AF_INET, 4, 32)
    )
    first = int.from_bytes(socket.inet_pton(family, network), "big")
    return version, first, first + (1 << width - int(length)) - 1


def merged(ranges: Iterable[Range]) -> list[Range]:
    """Sorted ranges with all that overlap or touch made one."""
    out: list[Range] = []
    for version, first, last in sorted(ranges):
        if out and out[-1][0] == version and first <= out[-1][2] + 1:
            out[-1] = (version, out[-1][1], max(last, out[-1][2]))
        else:
            out.append((version, first, last))
    return out


def make_one(low: Range, high: Range) -> bool:
    """Whether two blocks that follow each other are the halves of a larger one."""
    size = low[2] - low[1] + 1
    touching = low[0] == high[0] and low[2] + 1 == high[1]
    return touching and high[2] - high[1] + 1 == size and low[1] % (2 * size) == 0


@pytest.fixture(scope="module")
def lines(shared_data: Path) -> list[str]:
    with gzip.open(shared_data / "table" / "prefixes.txt.gz", "rt") as file:
        return file.read().splitlines()


@pytest.fixture(scope="module")
def table(lines: list[str]) -> PrefixSet:
    return PrefixSet.from_text("\n".join(lines))


@pytest.fixture(scope="module")
def expected(lines: list[str]) -> list[Range]:
    return merged(map(range_of, lines))


def test_the_table_becomes_the_ranges_that_its_lines_name(
    expected: list[Range], table: PrefixSet
) -> None:
    assert [(f.version, int(f), int(last)) for f, last in table.ranges()] == expected
    assert table.size() == sum(last - first + 1 for _, first, last in expected)


def test_the_cover_holds_the_same_addresses_with_the_fewest_prefixes(
    expected: list[Range], table: PrefixSet
) -> None:
    cover = [range_of(str(prefix)) for prefix in table]
    assert len(cover) == len(table) == len(table.prefixes())
    assert merged(cover) == expected
    # In order and disjoint, a list of prefixes can only shrink where two halves stand together.
    assert all(low < high and low[::2] < high[:2] for low, high in pairwise(cover))
    assert not any(make_one(low, high) for low, high in pairwise(cover))


def test_two_halves_of_the_table_obey_the_algebra(lines: list[str], table: PrefixSet) -> None:
    odd, even = PrefixSet(lines[1::2]), PrefixSet(lines[::2])
    assert odd | even == table
    assert odd.size() + even.size() == table.size() + (odd & even).size()
    assert odd - even == odd & ~even
    assert (odd ^ even) | (odd & even) == table
    assert odd <= table >= even
    assert table.isdisjoint(~table)
    assert table.size(4) + (~table).size(4) == 2**32
    assert table.size(6) + (~table).size(6) == 2**128


def test_a_table_survives_its_own_forms(table: PrefixSet) -> None:
    assert PrefixSet(table.prefixes()) == table
    assert PrefixSet.from_ranges(table.ranges()) == table
    assert table.contains_many(table.prefixes()).all()
    assert not table.contains_many((~table).prefixes()).any()
