"""`PrefixSet`: what it takes, what it refuses, and the ends of both families."""

from __future__ import annotations

import copy
import operator
import pickle
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, ip_address
from itertools import repeat
from typing import Any, TypeAlias

import numpy as np
import pytest

from fingerpost.addr import Address, Prefix, PrefixSet
from fingerpost.errors import AddressError

Anything: TypeAlias = Any  # what the types forbid, a caller may still hand in

V4_ALL = PrefixSet("0.0.0.0/0")
V6_ALL = PrefixSet("::/0")


def named(given: PrefixSet) -> list[str]:
    return [str(prefix) for prefix in given]


def test_the_empty_set_is_false_and_holds_nothing() -> None:
    empty = PrefixSet()
    assert not empty
    assert (len(empty), empty.size(), named(empty), list(empty.ranges())) == (0, 0, [], [])
    assert empty == PrefixSet([]) == PrefixSet("10.0.0.0/8") - PrefixSet("10.0.0.0/8")
    assert repr(empty) == "PrefixSet()"


@pytest.mark.parametrize(
    "given",
    [
        "192.0.2.0/24",
        Prefix("192.0.2.0/24"),
        IPv4Network("192.0.2.0/24"),
        ["192.0.2.0/25", Prefix("192.0.2.128/25")],
        (f"192.0.2.{n}/26" for n in (192, 0, 128, 64)),
        [IPv4Network("192.0.2.0/24"), ip_address("192.0.2.7")],
        [("192.0.2.0", 24)],
        PrefixSet("192.0.2.0/24"),
        PrefixSet("192.0.2.0/24").prefixes(),
    ],
    ids=["str", "Prefix", "ipaddress", "list", "generator", "mixed", "tuple", "set", "column"],
)
def test_a_set_is_made_from_whatever_names_its_prefixes(given: Anything) -> None:
    assert named(PrefixSet(given)) == ["192.0.2.0/24"]


def test_whole_families_have_no_closing_edge() -> None:
    assert named(~PrefixSet()) == ["0.0.0.0/0", "::/0"]
    assert (~PrefixSet()).size() == 2**32 + 2**128
    assert (~PrefixSet()).size(4) == 2**32
    assert (~PrefixSet()).size(6) == 2**128
    assert ~V4_ALL == V6_ALL
    assert V4_ALL.complement(4) == PrefixSet()
    assert V4_ALL.complement(6) == V6_ALL
    assert PrefixSet(["0.0.0.0/1", "128.0.0.0/1"]) == V4_ALL
    assert PrefixSet(["8000::/1", "::/1"]) == V6_ALL


def test_the_last_address_of_a_family_is_not_next_to_the_first_of_the_other() -> None:
    ends = PrefixSet(
        ["0.0.0.0", "255.255.255.255", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]
    )
    assert named(ends) == [
        "0.0.0.0/32",
        "255.255.255.255/32",
        "::/128",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
    ]
    assert named(ends.complement(4))[:2] == ["0.0.0.1/32", "0.0.0.2/31"]
    assert len(ends.complement(4)) == 2 * 31
    assert len(ends.complement(6)) == 2 * 127
    assert ~~ends == ends


def test_adjacent_prefixes_merge_even_when_their_union_is_no_prefix() -> None:
    joined = PrefixSet(["10.0.1.0/24", "10.0.2.0/24"])
    assert list(joined.ranges()) == [(Address("10.0.1.0"), Address("10.0.2.255"))]
    assert named(joined) == ["10.0.1.0/24", "10.0.2.0/24"]
    assert "10.0.1.128/24" in joined
    assert "10.0.0.0/22" not in joined


def test_ranges_go_in_and_come_out() -> None:
    pairs = [("192.0.2.5", "192.0.2.9"), ("2001:db8::1", "2001:db8::1")]
    made = PrefixSet.from_ranges(pairs)
    assert [(str(first), str(last)) for first, last in made.ranges()] == pairs
    assert named(made) == ["192.0.2.5/32", "192.0.2.6/31", "192.0.2.8/31", "2001:db8::1/128"]
    assert list(made.ranges(6)) == [(Address("2001:db8::1"), Address("2001:db8::1"))]
    assert PrefixSet.from_ranges(made.ranges()) == made


@pytest.mark.parametrize(
    ("ranges", "said"),
    [
        ([("10.0.0.2", "10.0.0.1")], "ends before it starts"),
        ([("10.0.0.2", "::1")], "two families"),
        ([("10.0.0.2",)], "not a range"),
        (["10.0.0.0/8"], "not a range"),
        ([("10.0.0.2", "10.0.0.300")], "10.0.0.300"),
    ],
)
def test_what_is_no_range_is_refused_by_name(ranges: list[tuple[str, str]], said: str) -> None:
    with pytest.raises(AddressError, match=said):
        PrefixSet.from_ranges(ranges)


TEXT = """# what we announce
192.0.2.0/25      # first half
192.0.2.128 - 192.0.2.255

\t2001:db8::/32\r
"""


@pytest.mark.parametrize(
    "text",
    [TEXT, TEXT.encode(), TEXT.splitlines(keepends=True), TEXT.encode().splitlines()],
    ids=["str", "bytes", "lines", "byte lines"],
)
def test_text_is_read_line_by_line(text: str | bytes | list[str] | list[bytes]) -> None:
    assert named(PrefixSet.from_text(text)) == ["192.0.2.0/24", "2001:db8::/32"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("10.0.0.0/33", "is not a prefix"),
        ("10.0.0.0/8 peer1", "is not a prefix"),
        ("fe80::1%eth0", "a zone"),
        ("10.0.0.9-10.0.0.1", "ends before it starts"),
        ("10.0.0.9-::1", "two families"),
        ("-", "not a range"),
        ("\N{FULLWIDTH DIGIT ONE}0.0.0.0/8", "is not a prefix"),
    ],
)
@pytest.mark.parametrize("as_lines", [False, True])
def test_a_bad_line_is_refused_with_its_number(line: str, said: str, as_lines: bool) -> None:
    text = f"192.0.2.0/24\n\n{line}\n"
    with pytest.raises(AddressError, match=f"^line 3: .*{said}"):
        PrefixSet.from_text(text.splitlines() if as_lines else text)


@pytest.mark.parametrize("given", ["fe80::1%eth0", Address("fe80::1%eth0")], ids=["str", "Address"])
def test_zones_are_refused(given: Anything) -> None:
    asks: list[Callable[[Any], object]] = [
        PrefixSet,
        PrefixSet().union,
        PrefixSet().__contains__,
        PrefixSet().contains_many,
        lambda zoned: PrefixSet.from_ranges([(zoned, zoned)]),
    ]
    for ask in asks:
        with pytest.raises(AddressError, match="zone"):
            ask(given if ask is asks[2] or ask is asks[4] else [given])


@pytest.mark.parametrize(
    "given", ["10.0.0.0/8 ", "", "10/8", b"abc", 3.5, [None], ["10.0.0.0/8", "x"]]
)
def test_what_is_no_prefix_is_refused(given: Anything) -> None:
    with pytest.raises(AddressError):
        PrefixSet(given)


def test_a_pair_that_may_be_one_prefix_or_two_is_refused() -> None:
    with pytest.raises(AddressError, match="one prefix or two"):
        PrefixSet(("192.0.2.0", 24))
    assert named(PrefixSet(["192.0.2.0", 24])) == ["0.0.0.24/32", "192.0.2.0/32"]


def test_operators_want_sets_and_methods_take_anything() -> None:
    left = PrefixSet("10.0.0.0/8")
    with pytest.raises(TypeError):
        operator.or_(left, "10.0.0.0/8")
    with pytest.raises(TypeError):
        operator.le(left, {"10.0.0.0/8"})
    assert not operator.eq(left, {Prefix("10.0.0.0/8")})
    assert left.union("11.0.0.0/8", ["12.0.0.0/7"], V6_ALL).size(4) == 4 * 2**24
    assert left.intersection("10.2.0.0/15", ["10.3.0.0/16", "::/0"]) == PrefixSet("10.3.0.0/16")
    assert left.difference("10.0.0.0/9", "10.128.0.0/10") == PrefixSet("10.192.0.0/10")
    assert left.union() == left.intersection() == left.difference() == left


def test_a_version_other_than_4_and_6_is_refused() -> None:
    for ask in (V4_ALL.size, V4_ALL.complement, V4_ALL.prefixes, V4_ALL.ranges):
        with pytest.raises(AddressError, match="version 5"):
            ask(5)


def test_columns_and_sizes_can_be_of_one_family() -> None:
    both = PrefixSet(["10.0.0.0/8", "2001:db8::/32"])
    assert (both.size(4), both.size(6)) == (2**24, 2**96)
    assert (str(both.prefixes(4)[0]), len(both.prefixes(4))) == ("10.0.0.0/8", 1)
    assert (str(both.prefixes(6)[0]), len(both.prefixes(6))) == ("2001:db8::/32", 1)


def test_repr_names_the_first_few_prefixes() -> None:
    assert repr(PrefixSet(["10.0.0.0/8", "::1"])) == "PrefixSet(['10.0.0.0/8', '::1/128'])"
    many = PrefixSet(range(0, 20, 2))
    assert repr(many).endswith("'0.0.0.6/32', ... 6 more])")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_and_copies_are_equal(protocol: int) -> None:
    for given in (PrefixSet(), ~PrefixSet(), PrefixSet(["10.0.0.0/8", "2001:db8::/32"])):
        again = pickle.loads(pickle.dumps(given, protocol))
        assert again == given
        assert hash(again) == hash(given)
        assert copy.copy(given) is given
        assert copy.deepcopy(given) is given


@pytest.mark.parametrize("v4", [b"\0\0\0", bytes(8), b"\0\0\0\2\0\0\0\1"])
def test_a_damaged_pickle_is_refused(v4: bytes) -> None:
    make, _ = V4_ALL.__reduce__()
    with pytest.raises(AddressError, match="damaged"):
        make(v4, b"")


def test_gaps_are_the_free_space_of_a_pool() -> None:
    used = PrefixSet(["10.0.0.0/24", "10.0.2.0/25", "2001:db8::/48"])
    assert named(used.gaps("10.0.0.0/22")) == ["10.0.1.0/24", "10.0.2.128/25", "10.0.3.0/24"]
    assert used.gaps("10.0.0.0/22") == PrefixSet("10.0.0.0/22") - used


@pytest.mark.parametrize(
    ("length", "within", "found"),
    [
        (25, "10.0.0.0/22", "10.0.1.0/25"),
        (24, "10.0.0.0/22", "10.0.1.0/24"),
        (23, "10.0.0.0/22", None),
        (22, "10.0.0.0/22", None),
        (8, "10.0.0.0/22", None),
        (25, ["10.0.0.0/24", "10.0.2.0/24"], "10.0.2.128/25"),
        (48, "2001:db8::/32", "2001:db8:1::/48"),
        (0, "::/0", None),
        (1, "::/0", "8000::/1"),
        (32, "255.255.255.255", "255.255.255.255/32"),
        (24, [], None),
    ],
)
def test_first_free_is_the_lowest_that_fits(
    length: int, within: Anything, found: str | None
) -> None:
    used = PrefixSet(["10.0.0.0/24", "10.0.2.0/25", "2001:db8::/48"])
    got = used.first_free(length, within)
    assert (None if got is None else str(got)) == found


def test_first_free_refuses_what_cannot_be_meant() -> None:
    with pytest.raises(AddressError, match="from 0 to 32"):
        PrefixSet().first_free(33, "10.0.0.0/8")
    with pytest.raises(AddressError, match="from 0 to 128"):
        PrefixSet().first_free(-1, "::/0")
    with pytest.raises(AddressError, match="both families"):
        PrefixSet().first_free(24, ["10.0.0.0/8", "::/0"])


@pytest.mark.parametrize("count", [0, 1, 100, 20_000])
def test_columns_of_addresses_are_asked_at_once(count: int) -> None:
    given = PrefixSet(["10.0.0.0/8", "192.0.2.7", "240.0.0.0/4", "2001:db8::/33"])
    random = np.random.default_rng(count)
    v4 = random.integers(0, 2**32, count, dtype=np.uint32)
    v4[: count // 3] = v4[: count // 3] & 0xFFFFFF | 0x0A000000
    got = given.contains_many(v4)
    assert got.dtype == np.bool_
    assert got.tolist() == [IPv4Address(int(number)) in given for number in v4]
    v6 = random.integers(0, 256, (count, 16), dtype=np.uint8)
    v6[:, :4] = [0x20, 0x01, 0x0D, 0xB8]
    assert given.contains_many(v6).tolist() == [bytes(row) in given for row in v6]


def test_columns_may_have_gaps_between_their_items() -> None:
    given = PrefixSet("0.0.0.0/1")
    column = np.array([0, 2**31, 1, 2**32 - 1], dtype=np.uint32)
    assert given.contains_many(column[::2]).tolist() == [True, True]
    assert given.contains_many(column[::-1]).tolist() == [False, True, False, True]


def test_columns_of_prefixes_are_asked_at_once() -> None:
    given = PrefixSet(["10.0.0.0/8", "2001:db8::/32"])
    asked = ["10.0.0.0/7", "10.255.0.0/16", "2001:db8:1::/48", "::/0"]
    assert given.contains_many(asked).tolist() == [False, True, True, False]
    assert given.contains_many(given.prefixes()).tolist() == [True, True]


@pytest.mark.parametrize(
    "column",
    [
        np.zeros(3, np.int64),
        np.zeros(3, np.float32),
        np.zeros(3, np.int32),
        np.zeros(3, ">u4"),
        np.zeros((3, 4), np.uint8),
        np.zeros((3, 16), np.int8),
        np.zeros((1, 1), np.uint32),
        b"sixteen bytes of",
    ],
    ids=lambda column: f"{type(column).__name__} {getattr(column, 'dtype', '')}",
)
def test_columns_of_another_kind_are_refused(column: Anything) -> None:
    with pytest.raises(AddressError, match="uint32 of shape"):
        V4_ALL.contains_many(column)


def test_a_column_of_one_number_is_no_column() -> None:
    with pytest.raises(TypeError, match="not iterable"):
        V4_ALL.contains_many(np.uint32(1))  # type: ignore[arg-type]


def test_an_iterable_that_fails_passes_its_error_on() -> None:
    with pytest.raises(ZeroDivisionError):
        PrefixSet(1 // n for n in (1, 0))


def test_many_sets_unite_in_one_go() -> None:
    parts = [PrefixSet(number) for number in range(0, 4000, 2)]
    assert len(PrefixSet().union(*parts)) == 2000
    assert PrefixSet().union(*repeat(V4_ALL, 3)) == V4_ALL
