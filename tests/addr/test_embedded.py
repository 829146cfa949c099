"""What follows from an address: EUI-64, IPv4 inside IPv6, multicast, reverse names."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address, Prefix
from fingerpost.errors import AddressError


@pytest.mark.parametrize(
    "mac",
    [
        "34-56-78-9A-BC-DE",
        "34:56:78:9a:bc:de",
        "3456.789a.bcde",
        bytes.fromhex("3456789abcde"),
        "34:56:78:ff:fe:9a:bc:de",
    ],
)
def test_eui64_of_rfc_2464_4(mac: str | bytes) -> None:
    address = Address.from_eui64("fe80::/64", mac)
    assert address == Address("fe80::3656:78ff:fe9a:bcde")
    assert address.eui64_mac == "34:56:78:9a:bc:de"


@given(st.binary(min_size=6, max_size=6))
def test_a_hardware_address_is_found_again(mac: bytes) -> None:
    assert Address.from_eui64("2001:db8::/64", mac).eui64_mac == mac.hex(":")


@pytest.mark.parametrize(
    "mac", ["", "34:56", "34:56:78:9a:bc:de:f0", "3g:56:78:9a:bc:de", "34 56 78 9a bc de",
            "34:56-78:9a:bc:de", "3 :56:78:9a:bc:de", "3456789abcde", b"12345", "½4:56:78:9a:bc:de"]
)  # fmt: skip
def test_what_is_no_hardware_address_is_refused(mac: str | bytes) -> None:
    with pytest.raises(AddressError, match="six octets"):
        Address.from_eui64("fe80::/64", mac)


def test_an_interface_identifier_needs_room() -> None:
    for prefix in ("2001:db8::/65", "10.0.0.0/8"):
        with pytest.raises(AddressError, match="up to /64"):
            Address.from_eui64(prefix, "34:56:78:9a:bc:de")


def test_other_addresses_hold_no_hardware_address() -> None:
    assert Address("2001:db8::1").eui64_mac is None
    assert Address("192.0.2.1").eui64_mac is None


@given(st.one_of(
    st.integers(0xFFFF << 32, (0xFFFF << 32) + 2**32 - 1),
    st.integers(0x2002 << 112, (0x2003 << 112) - 1),
    st.integers(0x20010000 << 96, (0x20010001 << 96) - 1),
    st.integers(2**32, 2**128 - 1),
))  # fmt: skip
def test_addresses_inside_are_those_of_ipaddress(number: int) -> None:
    golden, address = ipaddress.IPv6Address(number), Address(number)
    mapped, sixtofour, teredo = golden.ipv4_mapped, golden.sixtofour, golden.teredo
    assert address.ipv4_mapped == (Address(mapped) if mapped else None)
    assert address.sixtofour == (Address(sixtofour) if sixtofour else None)
    if teredo is None:
        assert address.teredo is None
    else:
        assert address.teredo is not None
        assert address.teredo[:2] == (Address(teredo[0]), Address(teredo[1]))


def test_teredo_gives_port_and_flags_rfc_4380_4() -> None:
    teredo = Address("2001:0:4136:e378:8000:63bf:3fff:fdd2").teredo
    assert teredo is not None
    assert (str(teredo.server), str(teredo.client)) == ("65.54.227.120", "192.0.2.45")
    assert (teredo.port, teredo.flags) == (40000, 0x8000)


def test_ipv4_holds_nothing() -> None:
    address = Address("192.0.2.1")
    assert (address.ipv4_mapped, address.sixtofour, address.teredo) == (None, None, None)


def test_solicited_node_of_rfc_4291_2_7_1() -> None:
    assert Address("4037::1:800:200e:8c6c").solicited_node == Address("ff02::1:ff0e:8c6c")
    with pytest.raises(AddressError, match="only IPv6"):
        _ = Address("192.0.2.1").solicited_node


@pytest.mark.parametrize(
    ("group", "mac"),
    [
        ("224.0.0.5", "01:00:5e:00:00:05"),
        ("239.129.1.2", "01:00:5e:01:01:02"),  # the low 23 bits: RFC 1112 6.4
        ("239.1.1.2", "01:00:5e:01:01:02"),
        ("ff02::5", "33:33:00:00:00:05"),
        ("ff02::1:ff0e:8c6c", "33:33:ff:0e:8c:6c"),
    ],
)
def test_multicast_hardware_addresses(group: str, mac: str) -> None:
    assert Address(group).multicast_mac == mac


def test_unicast_has_no_multicast_hardware_address() -> None:
    for text, wanted in (("192.0.2.1", "224.0.0.0/4"), ("2001:db8::1", "ff00::/8")):
        with pytest.raises(AddressError, match=wanted):
            _ = Address(text).multicast_mac


def test_groups_of_a_prefix_rfc_3306_6_and_rfc_6034_3() -> None:
    prefix = Prefix("3ffe:ffff:1::/48")
    assert prefix.multicast_group(0x1234) == Address("ff3e:30:3ffe:ffff:1::1234")
    assert prefix.multicast_group(1, scope=5) == Address("ff35:30:3ffe:ffff:1::1")
    assert Prefix("192.0.2.0/24").multicast_group(0) == Address("234.192.0.2")
    assert Prefix("10.0.0.0/8").multicast_group(0x123) == Address("234.10.1.35")


@pytest.mark.parametrize(
    ("prefix", "group", "scope"),
    [
        ("2001:db8::/65", 1, 14),
        ("192.0.2.0/25", 0, 14),
        ("192.0.2.0/24", 1, 14),
        ("2001:db8::/32", 2**32, 14),
        ("2001:db8::/32", -1, 14),
        ("2001:db8::/32", 1, 0),
        ("2001:db8::/32", 1, 16),
    ],
)
def test_groups_that_do_not_fit_are_refused(prefix: str, group: int, scope: int) -> None:
    with pytest.raises(AddressError):
        Prefix(prefix).multicast_group(group, scope)


@given(st.integers(0, 2**32 - 1), st.integers(2**32, 2**128 - 1))
def test_reverse_names_are_those_of_ipaddress(four: int, six: int) -> None:
    assert Address(four).reverse_name == ipaddress.ip_address(four).reverse_pointer
    assert Address(six).reverse_name == ipaddress.ip_address(six).reverse_pointer


@pytest.mark.parametrize(
    ("prefix", "zones"),
    [
        ("0.0.0.0/0", ["in-addr.arpa"]),
        ("10.0.0.0/8", ["10.in-addr.arpa"]),
        ("192.0.2.0/24", ["2.0.192.in-addr.arpa"]),
        ("192.0.2.0/23", ["2.0.192.in-addr.arpa", "3.0.192.in-addr.arpa"]),
        ("192.0.2.128/26", ["128/26.2.0.192.in-addr.arpa"]),
        ("192.0.2.1/32", ["1.2.0.192.in-addr.arpa"]),
        ("::/0", ["ip6.arpa"]),
        ("2001:db8::/32", ["8.b.d.0.1.0.0.2.ip6.arpa"]),
        ("2001:db8::/31", ["8.b.d.0.1.0.0.2.ip6.arpa", "9.b.d.0.1.0.0.2.ip6.arpa"]),
    ],
)
def test_reverse_zones_make_up_the_prefix(prefix: str, zones: list[str]) -> None:
    assert list(Prefix(prefix).reverse_zones) == zones


def test_reverse_zones_are_bounded() -> None:
    for length in range(33):
        assert len(Prefix("10.0.0.0", length).reverse_zones) <= 128
    for length in range(129):
        assert len(Prefix("2001:db8::", length).reverse_zones) <= 8


def test_the_reverse_name_has_no_zone() -> None:
    assert Address("fe80::1%eth0").reverse_name == Address("fe80::1").reverse_name
