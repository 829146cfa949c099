"""Multicast scopes and flags, and what a group carries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address, Prefix, classify
from fingerpost.addr.predicates import multicast_scope
from fingerpost.addr.scopes import (
    MulticastFlags,
    MulticastScope,
    multicast_flags,
    multicast_prefix,
    rendezvous_point,
)

groups = st.integers(0xFF << 120, (1 << 128) - 1).map(Address)


@given(groups)
def test_the_scope_of_an_ipv6_group_is_its_field(group: Address) -> None:
    """RFC 7346 2."""
    field = int(group) >> 112 & 0xF
    assigned = {int(scope) for scope in MulticastScope}
    assert multicast_scope(group) == (field if field in assigned else None)


@pytest.mark.parametrize(
    ("address", "scope"),
    [
        ("224.0.0.1", MulticastScope.LINK_LOCAL),
        ("224.0.1.1", MulticastScope.GLOBAL),
        ("238.255.255.255", MulticastScope.GLOBAL),
        ("239.0.0.1", None),
        ("239.192.0.1", MulticastScope.ORGANIZATION_LOCAL),
        ("239.195.255.255", MulticastScope.ORGANIZATION_LOCAL),
        ("239.196.0.0", None),
        ("239.255.0.1", MulticastScope.REALM_LOCAL),
        ("192.0.2.1", None),
        ("2001:db8::1", None),
    ],
)
def test_ipv4_groups_have_the_scopes_of_rfc_2365(
    address: str, scope: MulticastScope | None
) -> None:
    assert multicast_scope(address) is scope


def test_scopes_print_as_in_rfc_7346() -> None:
    assert [str(scope) for scope in MulticastScope] == [
        "Interface-Local",
        "Link-Local",
        "Realm-Local",
        "Admin-Local",
        "Site-Local",
        "Organization-Local",
        "Global",
    ]


@given(groups)
def test_flags_are_the_field_bit_by_bit(group: Address) -> None:
    flags = multicast_flags(group)
    assert flags is not None
    bits = [
        flags.reserved,
        flags.embeds_rendezvous_point,
        flags.is_prefix_based,
        flags.is_transient,
    ]
    assert bits == [bool(int(group) >> 116 & 8 >> at) for at in range(4)]
    assert classify(group).flags == flags


def test_flags_print_the_letters_that_are_set() -> None:
    assert str(MulticastFlags.from_bits(0x0)) == "----"
    assert str(MulticastFlags.from_bits(0x7)) == "-RPT"
    assert str(MulticastFlags.from_bits(0x8)) == "X---"


def test_the_examples_of_rfc_3956_lead_to_their_rendezvous_points() -> None:
    """RFC 3956 5.1 and 6: prefix 2001:DB8:BEEF:FEED::/64 and shorter ones."""
    assert rendezvous_point(Address("ff7e:140:2001:db8:beef:feed::1234")) == Address(
        "2001:db8:beef:feed::1"
    )
    assert rendezvous_point(Address("ff7e:b20:2001:db8:dead::1234")) == Address("2001:db8::b")


@pytest.mark.parametrize(
    ("group", "why"),
    [
        ("ff3e:140:2001:db8:beef:feed::1", "no R flag"),
        ("ff5e:140:2001:db8:beef:feed::1", "R without P"),
        ("ff7e:40:2001:db8:beef:feed::1", "RIID 0 is reserved"),
        ("ff7e:100:2001:db8:beef:feed::1", "plen 0"),
        ("ff7e:141:2001:db8:beef:feed::1", "plen above 64"),
        ("2001:db8::1", "unicast"),
        ("224.0.0.1", "IPv4"),
    ],
)
def test_other_groups_carry_no_rendezvous_point(group: str, why: str) -> None:
    assert rendezvous_point(Address(group)) is None, why


def test_a_prefix_based_group_carries_its_prefix() -> None:
    """RFC 3306 4."""
    assert multicast_prefix(Address("ff3e:30:2001:db8:7::1")) == Prefix("2001:db8:7::/48")
    assert multicast_prefix(Address("ff3e:8::1")) == Prefix("::/8")


@pytest.mark.parametrize(
    "group",
    ["ff3e::8000:1", "ff0e:30:2001:db8::1", "ff3e:41:2001:db8::1", "2001:db8::", "232.1.1.1"],
)
def test_other_groups_carry_no_prefix(group: str) -> None:
    assert multicast_prefix(Address(group)) is None


def test_flags_are_of_groups_only() -> None:
    assert multicast_flags(Address("2001:db8::1")) is None
    assert classify("224.0.0.1").flags is None


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("ff02::5", "Multicast, Link-Local scope, well-known"),
        ("ff15::1", "Multicast, Site-Local scope, transient"),
        ("ff3e::8000:1", "Source-specific multicast, Global scope"),
        ("ff3e:30:2001:db8::1", "Multicast, Global scope, unicast-prefix-based"),
        ("ff7e:140:2001:db8::1", "Multicast, Global scope, embedded rendezvous point"),
        ("ff0d::1", "Multicast, Unassigned scope d, well-known"),
        ("ff82::1", "Multicast, Link-Local scope, flags X---"),
        ("ff02::1:ff00:1", "Solicited-Node Multicast"),
    ],
)
def test_the_name_of_an_ipv6_group_says_scope_and_flags(address: str, name: str) -> None:
    assert classify(address).name == name
