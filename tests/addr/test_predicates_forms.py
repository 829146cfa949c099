"""From IPv6 to the IPv4 address inside, and back, with Rust's names."""

from __future__ import annotations

import subprocess
import sys
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fingerpost
import fingerpost.addr
from fingerpost.addr import Address
from fingerpost.addr.ipv4_forms import (
    CONVERSIONS,
    nat64,
    to_canonical,
    to_ipv4,
    to_ipv4_mapped,
    to_ipv6_compatible,
    to_ipv6_mapped,
)


@given(st.ip_addresses(v=4))
def test_mapped_and_compatible_forms_lead_back(host: IPv4Address) -> None:
    address = Address(host)
    mapped, compatible = to_ipv6_mapped(host), to_ipv6_compatible(host)
    assert str(mapped) == f"::ffff:{host}"
    assert int(compatible) == int(host)
    assert compatible.version == 6
    assert to_ipv4_mapped(mapped) == to_ipv4(mapped) == to_canonical(mapped) == address
    assert to_ipv4(compatible) == address
    assert to_ipv4_mapped(compatible) is None
    assert to_canonical(compatible) == compatible


@pytest.mark.parametrize("address", ["2001:db8::1", "::1:0:0:0", "64:ff9b::1", "fe80::1%eth0"])
def test_other_ipv6_addresses_are_no_ipv4_addresses(address: str) -> None:
    assert to_ipv4(address) is None
    assert to_ipv4_mapped(address) is None
    for same in (to_canonical, to_ipv6_mapped, to_ipv6_compatible):
        assert same(address) == Address(address)


def test_the_loopback_of_ipv6_is_compatible_with_a_strange_address() -> None:
    """As in Rust: use `to_ipv4_mapped` or `to_canonical` to avoid it."""
    assert to_ipv4("::1") == Address("0.0.0.1")


@given(st.ip_addresses(v=4))
def test_translated_addresses_lead_back(host: IPv4Address) -> None:
    """RFC 6052 2.1."""
    number = int(Address("64:ff9b::")) | int(host)
    assert nat64(Address(number)) == Address(host)
    assert nat64(Address(number + (1 << 32))) is None
    assert nat64(host) is None


def test_address_has_every_conversion_as_a_method() -> None:
    mapped = Address("::ffff:192.0.2.1")
    for conversion in CONVERSIONS:
        assert getattr(mapped, conversion.__name__)() == conversion(mapped)


def test_the_members_of_address_stay_asleep_until_asked() -> None:
    """`import fingerpost` must not pay for the registries."""
    program = (
        "import sys, fingerpost; from fingerpost import Address\n"
        "late = {'fingerpost.addr.registry', 'fingerpost.addr.predicates'}\n"
        "assert not late & sys.modules.keys()\n"
        "assert Address('10.0.0.1').is_private and Address('10.0.0.1').is_private\n"
        "assert str(Address('::ffff:1.2.3.4').to_canonical()) == '1.2.3.4'\n"
        "assert late <= sys.modules.keys()\n"
        "assert fingerpost.classify('10.0.0.1').name == 'Private-Use'\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_an_unknown_name_of_the_package_is_an_attribute_error() -> None:
    for package in (fingerpost, fingerpost.addr):
        with pytest.raises(AttributeError, match="nonsense"):
            package.nonsense  # noqa: B018
