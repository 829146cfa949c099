"""Prefixes of every family (RFC 4271 4.3, 7432, 8277, 8955, 9552)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address, Prefix
from fingerpost.bgp.family import IPV4, IPV6, Family, family_named
from fingerpost.bgp.nlri import decode_prefix, encode_prefix, join_nlri, nlri_text, split_nlri
from fingerpost.errors import DecodeError

NAMES = (
    "ipv4",
    "ipv6",
    "ipv4-labeled",
    "ipv6-vpn",
    "ipv4-flowspec",
    "ipv6-flowspec",
    "ipv4-flowspec-vpn",
    "l2vpn-evpn",
    "link-state",
)


@given(st.integers(0, (1 << 32) - 1), st.integers(0, 32))
def test_prefixes_go_to_bytes_and_back(number: int, length: int) -> None:
    prefix = Prefix(Address(number.to_bytes(4, "big")), length)
    octets = encode_prefix(prefix)
    assert len(octets) == 1 + (length + 7) // 8
    assert decode_prefix(octets, 1) == Prefix(prefix.network, length)
    wide = Prefix(Address(number.to_bytes(16, "little")), length * 4)
    assert decode_prefix(encode_prefix(wide), 2) == Prefix(wide.network, length * 4)


def test_bits_behind_the_length_mean_nothing() -> None:
    assert decode_prefix(b"\x09\x0a\xff", 1) == Prefix("10.128.0.0/9")


@given(st.sampled_from(NAMES), st.binary(max_size=40), st.booleans())
def test_any_bytes_split_to_what_they_were(name: str, data: bytes, has_path_ids: bool) -> None:
    family = family_named(name)
    found = []
    fault = None
    try:
        for one in split_nlri(family, data, has_path_ids=has_path_ids):
            found.append(one)
            assert nlri_text(family, one.octets)
    except DecodeError as raised:
        fault = raised
    made = join_nlri(((one.path_id, one.octets) for one in found), has_path_ids=has_path_ids)
    end = len(data) if fault is None else fault.offset
    assert end == len(made)
    assert made == data[: len(made)]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("ipv4", "18c00002", "192.0.2.0/24"),
        ("ipv6", "2020010db8", "2001:db8::/32"),
        ("ipv4-labeled", "30 000641 c00002", "192.0.2.0/24 label 100"),
        ("ipv4-labeled", "48 000640 000c81 c00002", "192.0.2.0/24 labels 100/200"),
        ("ipv4-labeled", "30 800000 c00002", "192.0.2.0/24 label 524288"),
        ("ipv4-vpn", "70 000641 0000fde800000001 c00002", "192.0.2.0/24 rd 65000:1 label 100"),
        ("ipv4-vpn", "70 000641 0001c00002010007 c00002", "192.0.2.0/24 rd 192.0.2.1:7 label 100"),
        ("ipv4-vpn", "70 000641 0002000111700001 c00002", "192.0.2.0/24 rd 70000:1 label 100"),
        ("ipv6-vpn", "78 000641 0000fde800000001 20010db8", "2001:db8::/32 rd 65000:1 label 100"),
        (
            "l2vpn-evpn",
            "0221 0000fde800000001" + "00" * 10 + "00000005 30 020000000001 00 000641",
            "mac-ip rd 65000:1 tag 5 mac 02:00:00:00:00:01 label 100",
        ),
        (
            "l2vpn-evpn",
            "0311 0000fde800000001 00000000 20 0a000001",
            "inclusive multicast rd 65000:1 originator 10.0.0.1",
        ),
        (
            "l2vpn-evpn",
            "0522 0000fde800000001" + "00" * 10 + "00000000 18 c0000200 00000000 000641",
            "ip prefix rd 65000:1 prefix 192.0.2.0/24 label 100",
        ),
        ("l2vpn-evpn", "6301ff", "type 99 bytes ff"),
        (
            "ipv4-flowspec",
            "10 01 18 c00002 03 81 06 04 03 50 c5 5a 09 81 02",
            "destination 192.0.2.0/24, protocol =6, port >=80&<=90, tcp-flags =0x2",
        ),
        ("ipv6-flowspec", "05 01 20 10 0db8", "destination 0:db8::/16-32"),
        (
            "link-state",
            "0001 001d 03 0000000000000000 0100 0010 0200 0004 0000fde8 0203 0004 c0000201",
            "node ospf local as 65000 router 192.0.2.1",
        ),
        (
            "link-state",
            "0003 0016 03 0000000000000000 0108 0001 01 0109 0004 18c00002",
            "prefix ospf route-type 1 192.0.2.0/24",
        ),
    ],
)
def test_families_have_words(name: str, text: str, said: str) -> None:
    family, data = family_named(name), bytes.fromhex(text)
    (one,) = split_nlri(family, data)
    assert one.octets == data
    assert nlri_text(family, data) == said


def test_what_nobody_knows_is_digits() -> None:
    assert nlri_text(Family(99, 1), b"\x08\x0a") == "0x080a"
    with pytest.raises(DecodeError):
        decode_prefix(b"\x21" + bytes(5), 1)
    with pytest.raises(DecodeError):
        decode_prefix(b"\x08\x0a\x0b", 1)


def test_the_fault_of_a_prefix_says_where_it_begins() -> None:
    for family, data, at in (
        (IPV4, "080a 21", 2),
        (IPV4, "080a 18c0", 2),
        (IPV6, "81" + "00" * 17, 0),
    ):
        with pytest.raises(DecodeError) as caught:
            list(split_nlri(family, bytes.fromhex(data), base=10))
        assert caught.value.offset == 10 + at
