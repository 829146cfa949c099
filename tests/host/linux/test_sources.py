"""Which own address a datagram leaves from."""

from __future__ import annotations

import pytest

from fingerpost.addr import Address
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.host.protocol_sources import sources_for

OWN = tuple(
    InterfaceAddress(text)
    for text in (
        *("10.0.0.1/24", "10.0.0.9/24", "10.0.1.1/24", "10.0.0.129/25"),
        *("2001:db8::1/64", "2001:db8:1::1/64", "fe80::1/64", "fe80::2/64"),
    )
)


@pytest.mark.parametrize(
    ("destination", "sources"),
    [
        ("224.0.0.9", ["10.0.0.1", "10.0.1.1", "10.0.0.129"]),  # one from each network
        ("255.255.255.255", ["10.0.0.1", "10.0.1.1", "10.0.0.129"]),
        ("10.0.1.255", ["10.0.1.1"]),
        ("10.0.0.7", ["10.0.0.1"]),
        ("10.0.0.200", ["10.0.0.129"]),  # the smaller network
        ("192.0.2.1", ["10.0.0.1"]),
        ("ff02::9", ["fe80::1"]),
        ("fe80::7", ["fe80::1"]),
        ("2001:db8:1::7", ["2001:db8:1::1"]),
        ("2001:db8:9::7", ["2001:db8::1"]),
    ],
)
def test_the_source_is_of_the_network_of_the_destination(
    destination: str, sources: list[str]
) -> None:
    assert [str(one) for one in sources_for(Address(destination), OWN)] == sources


@pytest.mark.parametrize("destination", ["224.0.0.9", "10.0.0.1", "ff02::9", "2001:db8::1"])
def test_without_a_fitting_address_there_is_no_source(destination: str) -> None:
    assert sources_for(Address(destination), ()) == ()
    other = "fe80::1/64" if destination[0] != "f" else "2001:db8::1/64"
    assert sources_for(Address(destination), (InterfaceAddress(other),)) == ()
