"""Neighbour discovery: what RFC 4861 calls invalid in a message, and the options one by one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address, Prefix
from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire import icmpv6, nd
from fingerpost.wire.checksum import pseudo_sum
from fingerpost.wire.mac import Mac
from fingerpost.wire.nd.options import OPTIONS, encode_options, read_options
from fingerpost.wire.reader import Reader
from fingerpost.wire.sealing import sealed
from wire.drawn import ND_OPTIONS

HERE, THERE = Address("fe80::1"), Address("ff02::1")
MAC = Mac("02:00:00:00:00:01")


def decode(raw: bytes) -> icmpv6.Icmpv6Message:
    octets = sealed(raw, pseudo_sum(HERE, THERE, 58, len(raw)))
    return icmpv6.decode(octets, HERE, THERE)


def options_of(octets: bytes) -> tuple[nd.NdOption, ...]:
    return read_options(Reader(octets, "icmpv6"))


def test_every_option_has_a_strategy() -> None:
    assert set(ND_OPTIONS) == {*OPTIONS.values(), nd.UnknownOption}
    assert set(OPTIONS) == set(nd.OptionType)


@pytest.mark.parametrize("option", ND_OPTIONS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_options_come_back(option: type[nd.NdOption], data: st.DataObject) -> None:
    made = data.draw(ND_OPTIONS[option])
    octets = made.encode()
    assert len(octets) == 8 * octets[1] > 0
    assert options_of(octets * 2) == (made, made)
    assert encode_options((made, made)) == octets * 2


@given(st.integers(0, 255), st.integers(1, 6), st.binary(min_size=46, max_size=46))
def test_any_content_of_an_option_gives_an_option_that_is_stable(
    kind: int, units: int, data: bytes
) -> None:
    (found,) = options_of(bytes([kind, units]) + data[: 8 * units - 2])
    assert options_of(found.encode()) == (found,)


HEADERS = {
    133: bytes([133]) + bytes(7),
    134: bytes([134]) + bytes(15),
    135: bytes([135]) + bytes(7) + HERE.packed,
    136: bytes([136]) + bytes(7) + HERE.packed,
    137: bytes([137]) + bytes(7) + HERE.packed * 2,
}


@pytest.mark.parametrize("kind", HEADERS)
def test_short_messages_are_invalid_rfc_4861(kind: int) -> None:
    whole = HEADERS[kind]
    assert isinstance(decode(whole), icmpv6.MESSAGES[kind])
    for size in range(4, len(whole)):
        with pytest.raises(DecodeError, match=r"RFC 4861 [678]"):
            decode(whole[:size])


@pytest.mark.parametrize("kind", HEADERS)
def test_an_option_without_length_makes_the_message_invalid_rfc_4861_4_6(kind: int) -> None:
    with pytest.raises(DecodeError, match=r"option length is 0, expected at least 1") as caught:
        decode(HEADERS[kind] + bytes([253, 0, 0, 0, 0, 0, 0, 0]))
    assert caught.value.offset == len(HEADERS[kind]) + 1
    with pytest.raises(DecodeError, match="option"):
        decode(HEADERS[kind] + bytes([253, 2, 0, 0, 0, 0, 0, 0]))
    with pytest.raises(DecodeError, match="option"):
        decode(HEADERS[kind] + bytes([253]))


@pytest.mark.parametrize("kind", [135, 136])
def test_a_multicast_target_is_invalid_rfc_4861_7_1(kind: int) -> None:
    with pytest.raises(DecodeError, match="target address is ff02::1, expected no multicast"):
        decode(bytes([kind]) + bytes(7) + THERE.packed)


def test_redirects_are_validated_rfc_4861_8_1() -> None:
    host, router = Address("2001:db8::7"), Address("2001:db8::1")
    head = bytes([137]) + bytes(7)
    assert decode(head + host.packed * 2) == nd.Redirect(host, host)
    assert decode(head + HERE.packed + host.packed) == nd.Redirect(HERE, host)
    with pytest.raises(DecodeError, match="link-local one or the destination"):
        decode(head + router.packed + host.packed)
    with pytest.raises(DecodeError, match="destination address is ff02::1"):
        decode(head + HERE.packed + THERE.packed)


def test_flags_stand_where_the_rfcs_put_them() -> None:
    def flags(message: icmpv6.Icmpv6Message, at: int) -> int:
        return message.encode(HERE, THERE)[at]

    assert flags(nd.NeighborAdvertisement(HERE, router=True), 4) == 0x80
    assert flags(nd.NeighborAdvertisement(HERE, solicited=True), 4) == 0x40
    assert flags(nd.NeighborAdvertisement(HERE, override=True), 4) == 0x20
    assert flags(nd.RouterAdvertisement(managed=True), 5) == 0x80
    assert flags(nd.RouterAdvertisement(other=True), 5) == 0x40
    assert flags(nd.RouterAdvertisement(home_agent=True), 5) == 0x20  # RFC 6275 7.1
    assert flags(nd.RouterAdvertisement(preference=nd.Preference.LOW), 5) == 0x18  # RFC 4191 2.2
    assert flags(nd.RouterAdvertisement(proxy=True), 5) == 0x04  # RFC 4389 4.1.3.3


@pytest.mark.parametrize(
    ("option", "octets"),
    [
        (nd.SourceLinkLayerAddress(MAC), "01 01 020000000001"),
        (nd.TargetLinkLayerAddress(MAC), "02 01 020000000001"),
        (
            nd.PrefixInformation(Address("2001:db8::"), 64, True, False, 9, 8, True),
            "03 04 40 a0 00000009 00000008 00000000 20010db8000000000000000000000000",
        ),
        (nd.RedirectedHeader(b"q" * 9), "04 03 0000 00000000" + "71" * 9 + "00" * 7),
        (nd.Mtu(1500), "05 01 0000 000005dc"),
        (nd.Nonce(b"nonce!"), "0e 01 6e6f6e636521"),
        (nd.RouteInformation(Prefix("::/0"), nd.Preference.HIGH, 7), "18 01 00 08 00000007"),
        (
            nd.RouteInformation(Prefix("2001:db8::/32"), nd.Preference.LOW, 7),
            "18 02 20 18 00000007 20010db800000000",
        ),
        (
            nd.RecursiveDnsServers((Address("::1"),), 5),
            "19 03 0000 00000005 00000000000000000000000000000001",
        ),
        (
            nd.DnsSearchList(("example.com", "net"), 5),
            "1f 04 0000 00000005 076578616d706c6503636f6d00 036e657400 000000000000",
        ),
        (
            nd.Pref64(Prefix("64:ff9b::/96"), 600),
            "26 02 0258 0064ff9b0000000000000000",
        ),
        (nd.Pref64(Prefix("2001:db8::/32"), 8), "26 02 000d 20010db80000000000000000"),
    ],
)
def test_options_are_laid_out_as_their_rfcs_say(option: nd.NdOption, octets: str) -> None:
    assert option.encode() == bytes.fromhex(octets)


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        ("01 02 020000000001 0000000000000000", "an address of another link"),
        ("03 04 81 c0 00000009 00000008 00000000" + "00" * 16, "RFC 4861 4.6.2: above 128"),
        ("03 01 40 c0 00000009", "a prefix without its prefix"),
        ("05 02 0000 000005dc 0000000000000000", "an MTU with more behind it"),
        ("18 01 01 08 00000007", "RFC 4191 2.3: a prefix that is not there"),
        ("18 02 41 08 00000007" + "00" * 8, "RFC 4191 2.3: half a prefix"),
        ("18 04 40 08 00000007" + "00" * 24, "RFC 4191 2.3: length 4"),
        ("19 01 0000 00000005", "RFC 8106 5.3.1: no server"),
        ("19 02 0000 00000005" + "00" * 8, "RFC 8106 5.3.1: half a server"),
        ("19 03 0000 00000005 ff02" + "00" * 13 + "01", "RFC 8106 5.3.1: not unicast"),
        ("19 03 0000 00000005" + "00" * 16, "RFC 8106 5.3.1: no address"),
        ("1f 01 0000 00000005", "RFC 8106 5.3.1: no domain"),
        ("1f 02 0000 00000005 036e657400 000001", "RFC 8106 5.2: padding that is not zero"),
        ("1f 02 0000 00000005 036e6574c0 000000", "RFC 8106 5.2: compression"),
        ("1f 02 0000 00000005 076e6574616e6574", "a name without end"),
        ("26 02 025e 0064ff9b0000000000000000", "RFC 8781 4: prefix length code 6"),
        ("26 03 0258 0064ff9b0000000000000000" + "00" * 8, "RFC 8781 4: length 3"),
    ],
)
def test_an_option_to_ignore_keeps_its_bytes_and_the_message(octets: str, why: str) -> None:
    raw = bytes.fromhex(octets)
    mtu = nd.Mtu(1280)
    found = options_of(raw + mtu.encode())
    assert found == (nd.UnknownOption(raw[0], raw[2:]), mtu), why
    assert found[0].encode() == raw


def test_a_route_in_more_room_than_it_takes_comes_back_in_it_rfc_4191_2_3() -> None:
    raw = bytes.fromhex("18 03 00 00 00000007") + bytes(16)
    (found,) = options_of(raw)
    assert found == nd.RouteInformation(Prefix("::/0"), lifetime_s=7, prefix_bytes=16)
    assert found.encode() == raw


@pytest.mark.parametrize(
    "option",
    [
        nd.Nonce(b"seven b"),
        nd.RedirectedHeader(bytes(2048)),
        nd.Pref64(Prefix("2001:db8::/33")),
        nd.Pref64(Prefix("2001:db8::/32"), 7),
        nd.RouteInformation(Prefix("2001:db8::/65"), prefix_bytes=8),
        nd.RouteInformation(Prefix("2001:db8::/64"), prefix_bytes=9),
        nd.DnsSearchList(("l" * 64,)),
        nd.DnsSearchList(("a..b",)),
        nd.DnsSearchList((".".join(["l" * 63] * 4),)),
    ],
)
def test_an_option_that_cannot_be_is_the_callers_fault(option: nd.NdOption) -> None:
    with pytest.raises(UsageError):
        option.encode()


def test_the_prefix_of_an_option_is_without_host_bits() -> None:
    option = nd.PrefixInformation(Address("2001:db8::7"), 64)
    assert option.prefix == Prefix("2001:db8::/64")


def test_the_shared_vectors_read_and_come_back(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "conformance/smoltcp/wire-vectors.json").read_text())
    for name in ("source_link_layer_opt", "prefix_opt_bytes"):
        (raw,) = [bytes.fromhex(v["hex"]) for v in vectors if v["name"] == name]
        (option,) = options_of(raw)
        assert not isinstance(option, nd.UnknownOption)
        assert option.encode() == raw
