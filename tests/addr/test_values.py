"""The three classes as values: where they come from, what they equal, how they order."""

from __future__ import annotations

import copy
import ipaddress
import itertools
import operator
import pickle
import random
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address, AddressLike, Interface, Prefix, PrefixLike
from fingerpost.errors import AddressError

VALUES = [
    Address("192.0.2.1"),
    Address("2001:db8::1"),
    Address("fe80::1%eth0"),
    Prefix("192.0.2.0/24"),
    Prefix("0.0.0.0/0"),
    Prefix("2001:db8::/32"),
    Interface("192.0.2.130/30"),
    Interface("fe80::1%eth0/64"),
]


@pytest.mark.parametrize(
    "like",
    [
        "192.0.2.1",
        0xC0000201,
        np.uint32(0xC0000201),
        np.int64(0xC0000201),
        b"\xc0\x00\x02\x01",
        Address("192.0.2.1"),
        Interface("192.0.2.1/24"),
        ipaddress.ip_address("192.0.2.1"),
        ipaddress.ip_interface("192.0.2.1/24"),
    ],
    ids=lambda like: type(like).__name__,
)
def test_everything_like_an_address_makes_the_same_address(like: AddressLike) -> None:
    assert Address(like) == Address("192.0.2.1")
    assert like in Prefix("192.0.2.0/24")


@pytest.mark.parametrize(
    "like",
    [
        "192.0.2.130/30",
        "192.0.2.130/255.255.255.252",
        ("192.0.2.130", 30),
        (0xC0000282, np.uint8(30)),
        (b"\xc0\x00\x02\x82", "30"),
        Prefix("192.0.2.128/30"),
        Interface("192.0.2.130/30"),
        ipaddress.ip_network("192.0.2.128/30"),
        ipaddress.ip_interface("192.0.2.130/30"),
    ],
    ids=lambda like: type(like).__name__,
)
def test_everything_like_a_prefix_makes_the_same_prefix(like: PrefixLike) -> None:
    assert Prefix(like) == Prefix("192.0.2.128/30")
    assert Prefix("192.0.2.0/24").overlaps(like)


def test_an_address_stands_for_its_host_prefix() -> None:
    assert Prefix("192.0.2.1") == Prefix("192.0.2.1/32") == Prefix(Address("192.0.2.1"))
    assert Prefix(Address("fe80::1%eth0")) == Prefix("fe80::1/128")
    assert Interface("2001:db8::1") == Interface("2001:db8::1/128")


def test_a_number_is_ipv4_below_2_32_unless_told() -> None:
    assert Address(2**32 - 1).version == 4
    assert Address(2**32).version == 6
    assert str(Address(1, version=6)) == "::1"
    assert Address(2**128 - 1) == Address(f"{'ffff:' * 7}ffff")
    for number, version in ((2**32, 4), (-1, None), (2**128, None), (2**128, 6), (-1, 6)):
        with pytest.raises(AddressError, match=r"give 0 to 2\*\*") as caught:
            Address(number, version)
        assert caught.value.value == number


def test_the_family_asked_for_is_insisted_on() -> None:
    assert Address("::1", version=6) == Address("::1")
    with pytest.raises(AddressError, match="not an IPv4 address"):
        Address("::1", version=4)
    with pytest.raises(AddressError, match="version 5 of IP"):
        Address("::1", version=5)


@pytest.mark.parametrize(
    "wrong",
    [True, False, np.True_, None, 1.0, "", b"", b"abc", [], {}, object, ("192.0.2.1",), 1j],
    ids=repr,
)
@pytest.mark.parametrize("cls", [Address, Prefix, Interface])
def test_anything_else_is_refused_with_its_value(
    cls: Callable[[object], object], wrong: object
) -> None:
    with pytest.raises(AddressError) as caught:
        cls(wrong)
    assert caught.value.value is wrong
    assert caught.value.reason


def test_a_length_can_be_given_once() -> None:
    assert Prefix("10.1.2.3", 8) == Prefix("10.0.0.0/8") == Prefix(0x0A010203, 8)
    assert Interface("10.1.2.3", 8) == Interface("10.1.2.3/8")
    for cls in (Prefix, Interface):
        with pytest.raises(AddressError, match="already has a length"):
            cls("10.0.0.0/8", 9)
        for length in (33, -1, True, 2**70):
            with pytest.raises(AddressError):
                cls("10.0.0.0", length)
        with pytest.raises(AddressError, match="IPv6; give 0 to 128"):
            cls("::", 129)


def test_a_prefix_is_no_address() -> None:
    wrong: list[object] = [Prefix("10.0.0.0/8"), ipaddress.ip_network("10.0.0.0/8")]
    for prefix in wrong:
        with pytest.raises(AddressError, match="is a prefix; give one address"):
            Address(prefix)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_every_way_back_leads_here(value: Address | Prefix | Interface) -> None:
    cls: Callable[[object], object] = type(value)
    assert cls(str(value)) == value
    assert cls(value) == value
    assert eval(repr(value)) == value
    assert cls(value.to_ipaddress()) == value


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_pickle_and_copy_give_the_same_value(value: Address | Prefix | Interface) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(value, protocol))
        assert (again, type(again), hash(again)) == (value, type(value), hash(value))
    assert copy.copy(value) is value
    assert copy.deepcopy([value])[0] is value


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_values_cannot_be_changed(value: Address | Prefix | Interface) -> None:
    for name in ("version", "length", "address", "zone", "unheard_of"):
        with pytest.raises(AttributeError):
            setattr(value, name, 4)
    with pytest.raises(TypeError):
        type("Sub", (type(value),), {})


def test_numbers_and_bytes_lead_back() -> None:
    four, six = Address("192.0.2.1"), Address("2001:db8::1")
    assert (int(four), operator.index(four), hex(four)) == (0xC0000201,) * 2 + ("0xc0000201",)
    assert bytes(four) == four.packed == b"\xc0\x00\x02\x01"
    assert Address(bytes(six)) == Address(int(six)) == six
    assert (four.version, four.bits, six.version, six.bits) == (4, 32, 6, 128)
    with pytest.raises(TypeError):
        operator.index(Prefix("192.0.2.0/24"))  # type: ignore[arg-type]


def test_equal_objects_have_equal_hashes_and_kinds_are_apart() -> None:
    assert hash(Address("2001:DB8::1")) == hash(Address("2001:db8:0::1"))
    kinds: list[object] = [
        Address("10.0.0.0"),
        Prefix("10.0.0.0/32"),
        Interface("10.0.0.0/32"),
        "10.0.0.0",
    ]
    for one, other in itertools.permutations(kinds, 2):
        assert one != other
    assert Address("::1") != Address(1)
    assert len({Address("fe80::1"), Address("fe80::1%a"), Address("fe80::1%b")}) == 3
    assert len({hash(Address("fe80::1")), hash(Address("fe80::1%a")), hash(Address(1))}) == 3


def test_hashes_are_the_same_in_every_process() -> None:
    code = "from fingerpost import *; print(hash(Address('fe80::1%a')), hash(Prefix('10.0.0.0/8')))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    here = [hash(Address("fe80::1%a")), hash(Prefix("10.0.0.0/8"))]
    assert [int(word) for word in out.stdout.split()] == here


def test_hashes_of_neighbouring_values_spread() -> None:
    low_bits = {hash(Address(number)) & 0xFFFF for number in range(65536)}
    assert len(low_bits) > 40_000  # 41,427 are expected of a random function
    assert len({hash(Prefix(number << 8, 24)) & 0xFFFF for number in range(65536)}) > 40_000


def test_nothing_equals_an_object_of_ipaddress() -> None:
    pairs: list[tuple[object, object]] = [
        (Address("192.0.2.1"), ipaddress.ip_address("192.0.2.1")),
        (Prefix("192.0.2.0/24"), ipaddress.ip_network("192.0.2.0/24")),
    ]
    for ours, theirs in pairs:
        assert ours != theirs
        assert theirs != ours
        with pytest.raises(TypeError):
            ours < theirs  # type: ignore[operator]  # noqa: B015


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 2**32 - 1), st.sampled_from(["", "a", "b"])))
)
def test_addresses_order_by_family_number_zone(raw: list[tuple[bool, int, str]]) -> None:
    keys = [(6, number, zone) if six else (4, number, "") for six, number, zone in raw]
    addresses = [
        Address(str(Address(number, version)) + (f"%{zone}" if zone else ""))
        for version, number, zone in keys
    ]
    in_order = [address for _, address in sorted(zip(keys, addresses, strict=True))]
    assert sorted(addresses) == in_order


def test_prefixes_and_interfaces_order_by_family_address_length() -> None:
    texts = [
        "0.0.0.0/0",
        "10.0.0.0/8",
        "10.0.0.0/9",
        "10.128.0.0/9",
        "::/0",
        "::/1",
        "2001:db8::/32",
    ]
    for cls in (Prefix, Interface):
        values: list[Prefix] | list[Interface] = [cls(text) for text in texts]  # type: ignore[assignment]
        shuffled = list(values)
        random.Random(1).shuffle(shuffled)
        assert sorted(shuffled) == values  # type: ignore[type-var]


def test_total_order_holds_between_all_pairs() -> None:
    addresses = [Address(t) for t in ("0.0.0.0", "255.255.255.255", "::", "::1", "::1%a", "::2")]
    for at, low in enumerate(addresses):
        for high in addresses[at + 1 :]:
            assert low < high
            assert low <= high
            assert high > low
            assert high >= low
            assert low != high
        assert low <= low
        assert not low < low


def test_kinds_do_not_order_among_each_other() -> None:
    with pytest.raises(TypeError):
        Address("10.0.0.0") < Prefix("10.0.0.0/8")  # type: ignore[operator]  # noqa: B015


@pytest.mark.parametrize("spec", ["b", "x", "X", "n", "#b", "#x", "#X", "_b", "_x", "#_n", "#_X"])
@pytest.mark.parametrize("text", ["192.0.2.1", "2001:db8::1"])
def test_numbers_format_as_in_ipaddress(text: str, spec: str) -> None:
    assert format(Address(text), spec) == format(ipaddress.ip_address(text), spec)


def test_texts_format_as_texts() -> None:
    assert f"{Address('192.0.2.1')}" == "192.0.2.1"
    assert f"{Address('192.0.2.1'):>12}|{Prefix('10.0.0.0/8'):<12}|" == "   192.0.2.1|10.0.0.0/8  |"
    assert f"{Interface('10.0.0.1/8'):^14}" == "  10.0.0.1/8  "
    with pytest.raises(ValueError, match="format"):
        f"{Address('192.0.2.1'):d}"


def test_steps_through_the_address_space() -> None:
    address = Address("192.0.2.255")
    assert (address + 1, address.succ(), address - 255) == (
        Address("192.0.3.0"), Address("192.0.3.0"), Address("192.0.2.0"),
    )  # fmt: skip
    assert Address("192.0.2.1").pred() == Address("192.0.2.0")
    assert Address("2001:db8::") - Address("2001:db8::1") == -1
    assert Address(2**128 - 1) - Address("::") == 2**128 - 1
    assert Address("10.0.0.5") - Address("10.0.0.1") == 4
    assert Address("::") + (2**127 - 1) == Address(2**127 - 1)
    assert Address(2**128 - 1) - 2**127 == Address(2**127 - 1)
    assert Address("::") + (2**128 - 1) == Address(2**128 - 1)
    assert Address(2**128 - 1) + -(2**128 - 1) == Address("::")


@pytest.mark.parametrize(
    ("text", "by", "end"),
    [
        ("255.255.255.255", 1, "above 255.255.255.255: IPv4 ends at 255.255"),
        ("0.0.0.0", -1, "below 0.0.0.0: IPv4 ends at 0.0.0.0"),
        ("::", -1, "below ::: IPv6 ends at ::"),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, "IPv6 ends at ffff"),
        ("::1", 2**200, "IPv6 ends at ffff"),
    ],
)
def test_no_step_leaves_the_address_space(text: str, by: int, end: str) -> None:
    with pytest.raises(AddressError, match=end) as caught:
        Address(text) + by
    assert caught.value.reason == "overflow"
    with pytest.raises(AddressError):
        Address(text) - -by


def test_families_have_no_distance() -> None:
    with pytest.raises(AddressError, match="different families"):
        Address("::1") - Address("0.0.0.1")
    with pytest.raises(TypeError):
        Address("::1") + Address("::1")  # type: ignore[operator]
