"""The options of IPv4: RFC 791 3.1, RFC 1108, RFC 2113, and where malformed ones fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire.ipv4_options import (
    EndOfOptions,
    Ipv4Option,
    NoOperation,
    RecordRoute,
    RouterAlert,
    Security,
    SourceRoute,
    Stamp,
    Timestamp,
    TimestampFlag,
    UnknownOption,
    copied_options,
    decode_options,
    encode_options,
)
from wire.packets import IP4_OPTIONS

A, B, C = Address("192.0.2.1"), Address("192.0.2.2"), Address("192.0.2.3")


@given(IP4_OPTIONS)
def test_lists_come_back(options: tuple[Ipv4Option, ...]) -> None:
    data = encode_options(options)
    assert len(data) % 4 == 0
    assert decode_options(data) == options
    assert encode_options(decode_options(data)) == data


@given(st.binary(max_size=10).map(lambda data: data * 4))
def test_whatever_decodes_is_encoded_to_the_same_bytes(data: bytes) -> None:
    try:
        options = decode_options(data)
    except DecodeError:
        return
    assert encode_options(options) == data


@pytest.mark.parametrize(
    ("hexed", "options"),
    [
        ("0107070400000000", (NoOperation(), RecordRoute(4, (Address(0, 4),)))),
        ("94040000", (RouterAlert(),)),
        ("82030a00", (Security(10),)),
        ("820b01020304050607080900", (Security(1, bytes(range(2, 10))),)),
        ("830708c000020100", (SourceRoute(False, 8, (A,)),)),
        ("890b04c0000201c000020200", (SourceRoute(True, 4, (A, B)),)),
        ("4408052000000000", (Timestamp(TimestampFlag(0), 5, 2, (Stamp(),)),)),
        (
            "440c0d01c00002010000002a",
            (Timestamp(TimestampFlag(1), 13, 0, (Stamp(42, A),)),),
        ),
        ("88041234", (UnknownOption(136, b"\x12\x34"),)),
        ("01010100", (NoOperation(),) * 3),
        ("0101010101010100", (NoOperation(),) * 7),
        ("0100000000000000", (NoOperation(), EndOfOptions(bytes(6)))),
        ("0100beef", (NoOperation(), EndOfOptions(b"\xbe\xef"))),
        ("00000000", (EndOfOptions(bytes(3)),)),
        ("", ()),
    ],
)
def test_lists_stand_as_the_rfcs_lay_them_out(hexed: str, options: tuple[Ipv4Option, ...]) -> None:
    data = bytes.fromhex(hexed)
    assert decode_options(data) == options
    assert encode_options(options) == data


@pytest.mark.parametrize(
    ("hexed", "offset", "field"),
    [
        ("07", 21, "option length"),  # no length at all
        ("0700", 21, "option length"),
        ("0701", 21, "option length"),
        ("07070400", 21, "option length"),  # longer than the header
        ("01070604000000", 22, "option length"),  # no whole number of addresses
        ("0702", 21, "option length"),  # no pointer
        ("07070300000000", 22, "pointer"),
        ("07070500000000", 22, "pointer"),
        ("83070000000000", 22, "pointer"),
        ("44030500", 21, "option length"),
        ("440804000000000000", 22, "pointer"),
        ("4408050200000000", 23, "flag"),
        ("4408050100000000", 21, "option length"),
        ("440c09010000000000000000", 22, "pointer"),
        ("940300", 21, "option length"),
        ("8202", 21, "option length"),
    ],
)
def test_a_malformed_list_points_at_the_byte_that_is_wrong(
    hexed: str, offset: int, field: str
) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_options(bytes.fromhex(hexed))
    error = caught.value
    assert (error.layer, error.offset, error.field) == ("ipv4 options", offset, field)
    assert error.section is not None


def test_routers_record_their_addresses_until_the_slots_are_full() -> None:
    option = RecordRoute.empty(2)
    assert option.recorded == ()
    option = option.recording(A)
    assert option == RecordRoute(8, (A, Address("0.0.0.0")))
    option = option.recording(B)
    assert option.is_full
    assert option.recorded == (A, B)
    assert option.recording(C) is option
    assert len(encode_options((RecordRoute.empty(),))) == 40


def test_a_source_route_gives_its_addresses_in_turn_and_records_the_way() -> None:
    route = SourceRoute(False, 4, (A, B))
    assert route.next_address == A
    route = route.advanced(C)
    assert (route.addresses, route.next_address) == ((C, B), B)
    route = route.advanced(A)
    assert route.is_used_up
    assert route.next_address is None
    with pytest.raises(UsageError, match="used up"):
        route.advanced(A)


def test_times_are_stamped_until_the_entries_are_full_then_counted() -> None:
    option = Timestamp(TimestampFlag.TIMES, 5, 14, (Stamp(),)).stamping(A, 1000)
    assert option.stamped == (Stamp(1000),)
    assert option.is_full
    option = option.stamping(B, 2000)
    assert (option.overflow, option.stamped) == (15, (Stamp(1000),))
    with pytest.raises(UsageError, match="overflow count is 15"):
        option.stamping(C, 3000)


def test_addresses_are_stamped_with_their_times() -> None:
    option = Timestamp(TimestampFlag.ADDRESSES_AND_TIMES, 5, 0, (Stamp(0, A), Stamp(0, A)))
    assert option.stamping(B, 7).stamped == (Stamp(7, B),)
    assert option.awaited is None


def test_only_the_address_whose_turn_it_is_stamps_a_given_list() -> None:
    option = Timestamp(TimestampFlag.GIVEN_ADDRESSES, 5, 0, (Stamp(0, A), Stamp(0, B)))
    assert option.stamping(B, 7) is option
    option = option.stamping(A, 7)
    assert (option.stamped, option.awaited) == ((Stamp(7, A),), B)


def test_fragments_carry_the_options_whose_high_bit_is_set() -> None:
    carried = (RouterAlert(), SourceRoute(True, 4, (A,)), Security(1), UnknownOption(136, b"ab"))
    others = (NoOperation(), RecordRoute.empty(1), UnknownOption(30), EndOfOptions())
    assert copied_options((*others, *carried)) == carried


@pytest.mark.parametrize(
    ("option", "field"),
    [
        (UnknownOption(7), "unknown ipv4 option kind is 7"),
        (UnknownOption(0), "unknown ipv4 option kind is 0"),
        (UnknownOption(256), "ipv4 option kind is 256"),
        (UnknownOption(30, bytes(39)), "ipv4 option is 39 bytes long, expected at most 38"),
        (RecordRoute(256, ()), "pointer is 256"),
        (RecordRoute(4, (Address("::"),)), "address"),
        (Timestamp(TimestampFlag(0), 5, 16, ()), "overflow is 16"),
        (Timestamp(TimestampFlag(0), 5, 0, (Stamp(0, A),)), "entry"),
        (Timestamp(TimestampFlag(1), 5, 0, (Stamp(0),)), "entry"),
        (Security(256), "level is 256"),
    ],
)
def test_a_field_out_of_range_is_the_callers_fault(option: Ipv4Option, field: str) -> None:
    with pytest.raises(UsageError, match=field):
        option.encode()
