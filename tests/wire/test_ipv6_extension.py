"""Extension headers, their options and the chain: RFC 8200 4, with the places of all faults."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire.ipv6_extension import (
    EXTENSIONS,
    MOST_HEADERS,
    AddressList,
    AuthenticationHeader,
    Chain,
    DestinationOptions,
    ExtensionHeader,
    FragmentHeader,
    HomeAddress,
    HomeRoute,
    HopByHop,
    Ipv6Option,
    JumboPayload,
    Pad1,
    PadN,
    RouterAlert,
    RoutingHeader,
    SegmentList,
    UnknownAction,
    UnknownOption,
    UnknownRoute,
    decode_options,
    encode_options,
    located_options,
    upper_layer,
    walk,
)
from wire.packets import IP6_OPTION, PADDING, chains

A, B = Address("2001:db8::1"), Address("2001:db8::2")
UDP, NO_NEXT = 17, 59


@given(chains())
def test_chains_come_back(drawn: tuple[int, Chain]) -> None:
    next_header, chain = drawn
    payload = chain.encode()
    assert walk(next_header, payload) == chain
    assert walk(next_header, memoryview(payload)).encode() == payload


@given(chains())
def test_the_quick_way_to_the_upper_layer_goes_where_the_walk_goes(
    drawn: tuple[int, Chain],
) -> None:
    next_header, chain = drawn
    payload = chain.encode()
    fragment = any(isinstance(h, FragmentHeader) and not h.is_atomic for h in chain.headers)
    at = len(payload) - len(chain.payload)
    assert upper_layer(next_header, payload) == (chain.upper, at, fragment)


@given(st.integers(0, 255), st.binary(max_size=80))
def test_where_the_walk_ends_the_quick_way_ends_too(next_header: int, payload: bytes) -> None:
    try:
        chain = walk(next_header, payload)
    except DecodeError:
        return
    found = upper_layer(next_header, payload)
    assert found is not None
    assert (found[0], payload[found[1] :]) == (chain.upper, chain.payload)


@given(st.sampled_from([0, 43, 51, 60]), st.binary(max_size=80))
def test_whatever_a_walk_takes_apart_is_encoded_to_the_same_bytes(kind: int, body: bytes) -> None:
    payload = bytes((NO_NEXT,)) + body
    try:
        chain = walk(kind, payload)
    except DecodeError:
        return
    assert chain.encode() == payload


def test_without_extension_headers_the_payload_is_the_upper_layers() -> None:
    assert walk(UDP, b"data") == Chain((), UDP, b"data", 6)
    assert upper_layer(UDP, b"data") == (UDP, 0, False)
    assert walk(50, b"encrypted").upper == 50


def test_named_at_is_the_field_that_names_the_upper_layer_rfc_4443_3_4() -> None:
    payload = HopByHop(60).encode() + DestinationOptions(200).encode()
    assert walk(0, payload).named_at == 48
    assert walk(200, b"").named_at == 6


def test_a_later_fragment_ends_the_walk() -> None:
    data = b"\xff" * 16
    payload = HopByHop(44).encode() + FragmentHeader(60, 1480, True, 7).encode() + data
    chain = walk(0, payload)
    assert (chain.upper, chain.payload) == (60, data)
    assert chain.fragment == FragmentHeader(60, 1480, True, 7)
    assert upper_layer(0, payload) == (60, 16, True)


def test_a_first_fragment_is_walked_on() -> None:
    payload = FragmentHeader(60, 0, True, 7).encode() + DestinationOptions(UDP).encode() + b"x"
    chain = walk(44, payload)
    assert (chain.upper, chain.payload) == (UDP, b"x")
    assert FragmentHeader(UDP, 0, False, 7).is_atomic
    assert not FragmentHeader(UDP, 0, True, 7).is_atomic


HOP = HopByHop(60)
OPTIONS = DestinationOptions(43)
ROUTE = RoutingHeader(44, 0, AddressList(()))
PIECE = FragmentHeader(51, 0, True, 1)
CHECKED = AuthenticationHeader(60, 1, 1, b"")


@pytest.mark.parametrize(
    ("headers", "ordered"),
    [
        ((), True),
        ((HOP, OPTIONS, ROUTE, PIECE, CHECKED, OPTIONS), True),
        ((HOP, ROUTE, OPTIONS), True),
        ((OPTIONS,), True),
        ((OPTIONS, OPTIONS), True),
        ((OPTIONS, PIECE), True),
        ((PIECE, ROUTE), False),
        ((CHECKED, PIECE), False),
        ((ROUTE, ROUTE), False),
        ((ROUTE, OPTIONS, PIECE), False),
        ((OPTIONS, HOP), False),
    ],
)
def test_the_order_of_rfc_8200_4_1_is_told(
    headers: tuple[ExtensionHeader, ...], ordered: bool
) -> None:
    assert Chain(headers, UDP, b"").is_ordered == ordered


@pytest.mark.parametrize(
    ("next_header", "hexed", "offset", "field", "section"),
    [
        (0, "11", 40, "extension header", "RFC 8200 4"),
        (0, "1100", 41, "header length", "RFC 8200 4"),
        (60, "1101" + "01040000000000", 41, "header length", "RFC 8200 4"),
        (60, "0000010400000000", 40, "next header", "RFC 8200 4.1"),
        (0, "1100010500000000", 43, "option length", "RFC 8200 4.2"),
        (0, "1100000000000001", 48, "option length", "RFC 8200 4.2"),
        (0, "1100050100010100", 43, "option length", "RFC 2711 2.1"),
        (0, "1100c2040000ffff", 44, "jumbo payload length", "RFC 2675 3"),
        (0, "1100c20300000000", 43, "option length", "RFC 2675 2"),
        (60, "1100c90400000000", 43, "option length", "RFC 6275 6.3"),
        (43, "11000000000000001101000000000000", None, "", ""),
        (43, "11010001000000000000000000000000", 41, "header length", "RFC 2460 4.4"),
        (43, "1100000100000000", 43, "segments left", "RFC 2460 4.4"),
        (43, "1100020100000000", 41, "header length", "RFC 6275 6.4.1"),
        (43, "1100040100000000", 44, "last entry", "RFC 8754 2"),
        (44, "11000000000000", 40, "fragment header", "RFC 8200 4"),
        (51, "110000000000000000000000", 41, "payload length", "RFC 4302 2.2"),
        (51, "110200000000000000000000", 52, "icv", "RFC 8200 4"),
    ],
)
def test_a_malformed_chain_points_at_the_byte_that_is_wrong(
    next_header: int, hexed: str, offset: int | None, field: str, section: str
) -> None:
    payload = bytes.fromhex(hexed)
    if offset is None:
        assert walk(next_header, payload).upper == UDP
        return
    with pytest.raises(DecodeError) as caught:
        walk(next_header, payload)
    error = caught.value
    assert (error.offset, error.field, error.section) == (offset, field, section)


def test_a_chain_that_never_ends_is_refused() -> None:
    endless = DestinationOptions(60).encode() * 8191
    with pytest.raises(DecodeError, match="the upper layer after 16 headers") as caught:
        walk(60, endless)
    assert caught.value.offset == 40 + 8 * (MOST_HEADERS - 1)
    assert upper_layer(60, endless) is None
    longest = DestinationOptions(60).encode() * (MOST_HEADERS - 1) + DestinationOptions(17).encode()
    assert len(walk(60, longest).headers) == MOST_HEADERS
    assert upper_layer(60, longest) == (17, 8 * MOST_HEADERS, False)


@pytest.mark.parametrize("cut", range(1, 8))
def test_the_quick_way_gives_none_for_a_chain_that_is_cut(cut: int) -> None:
    for kind in sorted(EXTENSIONS):
        assert upper_layer(kind, bytes((UDP, *bytes(7)))[:-cut]) is None
    assert upper_layer(60, bytes((UDP, 1)) + bytes(14 - cut)) is None


@given(st.lists(IP6_OPTION | PADDING, max_size=5).map(tuple))
def test_option_lists_come_back(options: tuple[Ipv6Option, ...]) -> None:
    data = encode_options(options)
    assert decode_options(data) == options
    at = 0
    for (offset, option), expected in zip(located_options(data, 42), options, strict=True):
        assert (offset, option) == (42 + at, expected)
        at += len(option.encode())


@pytest.mark.parametrize(
    ("kind", "action", "may_change"),
    [
        (0x1E, UnknownAction.SKIP, False),
        (0x63, UnknownAction.DISCARD, True),
        (0x8F, UnknownAction.DISCARD_AND_TELL, False),
        (0xFF, UnknownAction.DISCARD_AND_TELL_UNLESS_MULTICAST, True),
    ],
)
def test_the_type_says_what_to_do_with_a_stranger_rfc_8200_4_2(
    kind: int, action: UnknownAction, may_change: bool
) -> None:
    option = UnknownOption(kind)
    assert (option.action, option.may_change) == (action, may_change)


@pytest.mark.parametrize(
    ("header", "hexed"),
    [
        (HopByHop(58, (RouterAlert(0),)), "3a00050200000100"),
        (HopByHop(17, (JumboPayload(70000),)), "1100c20400011170"),
        (DestinationOptions(17), "1100010400000000"),
        (DestinationOptions(17, (PadN(bytes(12)),)), "1101010c000000000000000000000000"),
        (DestinationOptions(17, (Pad1(), RouterAlert(1), Pad1())), "1100000502000100"),
        (
            DestinationOptions(17, (PadN(bytes(2)), HomeAddress(A))),
            "110201020000c910" + A.packed.hex(),
        ),
        (
            RoutingHeader(17, 1, AddressList((A, B))),
            "1104000100000000" + A.packed.hex() + B.packed.hex(),
        ),
        (RoutingHeader(17, 1, HomeRoute(B)), "1102020100000000" + B.packed.hex()),
        (
            RoutingHeader(17, 1, SegmentList((A, B), 0x20, 7)),
            "1104040101200007" + A.packed.hex() + B.packed.hex(),
        ),
        (RoutingHeader(17, 9, UnknownRoute(253, bytes(4))), "1100fd0900000000"),
        (FragmentHeader(17, 1480, True, 0x12345678), "110005c912345678"),
        (FragmentHeader(17, 1480, False, 1, 0x3FF), "11ff05ce00000001"),
        (
            AuthenticationHeader(6, 256, 2, b"abcdefghijkl"),
            "060400000000010000000002" + b"abcdefghijkl".hex(),
        ),
    ],
)
def test_headers_stand_as_the_rfcs_lay_them_out(header: ExtensionHeader, hexed: str) -> None:
    data = bytes.fromhex(hexed)
    kind = 43 if isinstance(header, RoutingHeader) else header.protocol
    assert header.encode() == data
    after = b"" if header.next_header == UDP else b"."
    chain = walk(kind, data + after)
    if isinstance(header, DestinationOptions) and header.options[-1:] == (Pad1(),):
        assert chain.headers == (DestinationOptions(17, header.options[:-1]),)  # only fills
    else:
        assert chain.headers == (header,)
    assert chain.encode() == data + after


@pytest.mark.parametrize(
    ("header", "field"),
    [
        (HopByHop(256), "next_header is 256"),
        (HopByHop(6, (RouterAlert(-1),)), "router alert value is -1"),
        (HopByHop(6, (JumboPayload(65535),)), "jumbo payload length is 65535"),
        (HopByHop(6, (UnknownOption(5),)), "unknown ipv6 option type is 5"),
        (HopByHop(6, (UnknownOption(0),)), "unknown ipv6 option type is 0"),
        (HopByHop(6, (PadN(bytes(256)),)), "ipv6 option data is 256 bytes long"),
        (HopByHop(6, (PadN(bytes(250)),) * 9), "ipv6 options is 2270 bytes long"),
        (HopByHop(6, (HomeAddress(Address("192.0.2.1")),)), "home address"),
        (FragmentHeader(6, 7, False, 1), "offset is 7, expected a multiple of 8"),
        (FragmentHeader(6, 65536, False, 1), "offset is 65536"),
        (FragmentHeader(6, 0, False, 1 << 32), "identification"),
        (FragmentHeader(6, 0, False, 1, 1024), "reserved is 1024"),
        (AuthenticationHeader(6, 1, 1, b"abc"), "icv length is 3, expected a multiple of 4"),
        (AuthenticationHeader(6, 1 << 32, 1, b""), "spi"),
        (RoutingHeader(6, 256, AddressList(())), "segments_left is 256"),
        (RoutingHeader(6, 2, AddressList((A,))), "segments_left is 2, expected at most 1"),
        (RoutingHeader(6, 1, SegmentList(())), "segments"),
        (RoutingHeader(6, 1, SegmentList((A,), tlvs=b"abc")), "data length is 23"),
        (RoutingHeader(6, 1, UnknownRoute(4, bytes(4))), "unknown routing type is 4"),
        (RoutingHeader(6, 0, UnknownRoute(0, bytes(20))), "unknown routing type is 0"),
        (RoutingHeader(6, 1, AddressList((A,) * 128)), "data is 2052 bytes long"),
    ],
)
def test_a_field_out_of_range_is_the_callers_fault(header: ExtensionHeader, field: str) -> None:
    with pytest.raises(UsageError, match=field):
        header.encode()


@pytest.mark.parametrize(
    "hexed",
    [
        "1101000000000000" + "00" * 8,  # type 0, half an address
        "1100020000000000",  # type 2 without its address
        "1100040000000000",  # type 4, a last entry that is not there
    ],
)
def test_a_routing_header_that_is_used_up_may_say_anything_rfc_8200_4_4(hexed: str) -> None:
    payload = bytes.fromhex(hexed) + b"udp"
    chain = walk(43, payload)
    assert (chain.upper, chain.payload) == (UDP, b"udp")
    assert chain.encode() == payload
