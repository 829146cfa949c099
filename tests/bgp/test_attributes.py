"""Path attributes and their canonical bytes (RFC 4271 4.3, 5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgp.strategies import attribute_sets, paths
from fingerpost.addr import Address
from fingerpost.bgp import attributes as attr
from fingerpost.bgp.attributes import AsPath, AttributeSet, SegmentKind
from fingerpost.bgp.attributes.as_path import widened
from fingerpost.errors import DecodeError, UsageError


def decoded(data: bytes) -> tuple[AttributeSet | None, DecodeError | None]:
    try:
        return AttributeSet.decode(data), None
    except DecodeError as fault:
        return None, fault


@given(attribute_sets())
def test_sets_go_to_bytes_and_back(one: AttributeSet) -> None:
    data = one.encode()
    assert AttributeSet.decode(data) == one
    assert AttributeSet.of(*reversed(one.attributes)).encode() == data


@given(st.binary(max_size=60))
def test_any_bytes_are_a_set_or_a_fault_that_names_its_place(data: bytes) -> None:
    found, fault = decoded(data)
    if found is not None:
        assert AttributeSet.decode(found.encode()) == found
        return
    assert fault is not None
    assert fault.layer == "bgp attribute"
    assert fault.offset is not None
    assert 0 <= fault.offset <= len(data)


def test_the_long_form_of_length_stands_where_it_has_to() -> None:
    short = attr.Communities(tuple(range(63)))
    long = attr.Communities(tuple(range(64)))
    assert AttributeSet.of(short).encode()[:3] == b"\xc0\x08\xfc"
    assert AttributeSet.of(long).encode()[:4] == b"\xd0\x08\x01\x00"
    # the long form of a short value means the same
    again = AttributeSet.decode(b"\xd0\x08\x00\x04" + bytes(4))
    assert again.encode() == b"\xc0\x08\x04" + bytes(4)


def test_bits_of_flags_that_mean_nothing_are_not_kept() -> None:
    # RFC 4271 4.3: zero when sent, ignored on receipt
    assert AttributeSet.decode(b"\xcf\x32\1a").encode() == b"\xc0\x32\1a"


@pytest.mark.parametrize(
    "text",
    [
        "400101 03",
        "400101",
        "400102 0000",
        "400100",
        "400200 400200",
        "400304 01020304 400101 00",
        "4002 03 020100",
        "4002 02 0200",
        "4002 06 0501 00000001",
        "4002 06 0201 00000000",
        "400801",
        "c00800",
        "c00803 000000",
        "c02008 0000000000000000",
        "800500",
        "801a 03 010003",
        "801a 00",
        "800a00",
        "c007 08 0000000001010101",
        "50",
    ],
)
def test_what_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(DecodeError):
        AttributeSet.decode(bytes.fromhex(text))


def test_sets_answer_what_is_asked_most() -> None:
    made = AttributeSet.of(
        attr.MultiExitDisc(7), AsPath.of(1, 2), attr.Origin(attr.OriginCode.EGP), attr.Weight(9)
    )
    assert [one.code for one in made] == [0, 1, 2, 4]
    assert (made.weight, made.med, made.local_preference) == (9, 7, None)
    assert made.as_path.numbers == (1, 2)
    assert made.having(attr.MultiExitDisc(8)).med == 8
    assert made.without(attr.MultiExitDisc, attr.Weight).encode() == bytes.fromhex(
        "40010101 40020a02020000000100000002"
    )
    assert AttributeSet().communities == ()
    assert AttributeSet().large_communities == ()
    assert AttributeSet().extended_communities == ()


@given(paths())
def test_paths_of_two_octets_have_the_same_shape(path: AsPath) -> None:
    narrow = widened(path.narrow())
    assert narrow.length == path.length
    for one, other in zip(path.numbers, narrow.numbers, strict=True):
        assert other == (one if one <= 0xFFFF else 23456)


@given(paths(), st.lists(st.integers(1, 9), max_size=300))
def test_prepending_keeps_the_order_and_the_bounds(path: AsPath, numbers: list[int]) -> None:
    made = path.prepended(*numbers[:255])
    assert made.numbers == (*numbers[:255], *path.numbers)
    assert made.length == path.length + len(numbers[:255])
    assert AttributeSet.decode(AttributeSet.of(made).encode()).as_path == made


def test_prepending_fills_a_segment_and_begins_another() -> None:
    path = AsPath.of(*range(1, 255)).prepended(900, 901)
    assert [len(one.numbers) for one in path.segments] == [1, 255]
    assert path.numbers[:3] == (900, 901, 1)
    full = path.prepended(7, kind=SegmentKind.CONFED_SEQUENCE)
    assert full.segments[0].numbers == (7,)
    assert full.length == path.length


def test_next_hops_have_the_forms_of_the_core() -> None:
    near, far = Address("fe80::1"), Address("2001:db8::1")
    both = attr.NextHop.of(far, near, scope=3)
    assert (both.addresses, both.scope, str(both)) == (
        (far, near),
        3,
        "2001:db8::1 fe80::1%3",
    )
    assert str(attr.NextHop.of(Address("192.0.2.1"))) == "192.0.2.1"
    assert str(attr.NextHop()) == "ourselves"
    assert str(attr.NextHop(bytes(12))) == "00" * 12


def test_the_first_metric_of_aigp_counts() -> None:
    # RFC 7311 3
    raw = bytes.fromhex("801a1a 0a0004ff 01000b 0000000000000005 01000b 0000000000000006")
    raw = raw[:2] + bytes((len(raw) - 3,)) + raw[3:]
    found = AttributeSet.decode(raw).get(attr.Aigp)
    assert found is not None
    assert found.metric == 5
    assert AttributeSet.of(found).encode() == raw


def test_what_has_no_room_is_refused() -> None:
    for one in (attr.LocalPref(1 << 32), AsPath.of(*range(1, 257)), AsPath.of(1 << 32)):
        with pytest.raises(UsageError):
            AttributeSet.of(one).encode()
    with pytest.raises(UsageError):
        AttributeSet.of(attr.UnknownAttribute(0xC0, 99, bytes(65536))).encode()
