"""Source address selection (RFC 6724 5, with the examples of its section 10.1)."""

from __future__ import annotations

import pytest

from fingerpost.addr import Address
from fingerpost.addr import Interface as Own
from fingerpost.forwarding.interface import Interface
from fingerpost.host.source import choose_source
from fingerpost.wire.mac import Mac


def host(*interfaces: tuple[str, ...], up: bool = True) -> list[Interface]:
    return [
        Interface(
            f"eth{at}", at + 1, Mac.of_octets(bytes(6)), addresses=tuple(map(Own, own)), is_up=up
        )
        for at, own in enumerate(interfaces)
    ]


@pytest.mark.parametrize(
    ("destination", "candidates", "chosen", "rule"),
    [
        # RFC 6724 10.1
        ("2001:db8:1::1", ["2001:db8:3::1/64", "fe80::1/64"], "2001:db8:3::1", "rule 2"),
        ("ff05::1", ["2001:db8:3::1/64", "fe80::1/64"], "2001:db8:3::1", "rule 2"),
        ("2001:db8:1::1", ["2001:db8:1::1/64", "2001:db8:2::1/64"], "2001:db8:1::1", "rule 1"),
        ("fe80::1", ["fe80::2/64", "2001:db8:1::1/64"], "fe80::2", "rule 2"),
        ("2001:db8:1::1", ["2001:db8:1::2/64", "2001:db8:3::2/64"], "2001:db8:1::2", "rule 8"),
        ("2002:c633::1", ["2002:c633::2/64", "2001:db8:1::2/64"], "2002:c633::2", "rule 6"),
        # and its label of unique local addresses
        ("fd00:1::1", ["2001:db8::1/64", "fd00:2::1/64"], "fd00:2::1", "rule 6"),
        # IPv4 by the same rules
        ("10.1.2.3", ["192.168.0.1/24", "10.1.0.1/16"], "10.1.0.1", "rule 8"),
        ("10.1.2.3", ["169.254.0.1/16", "192.168.0.1/24"], "192.168.0.1", "rule 2"),
    ],
)  # fmt: skip
def test_of_one_interface(destination: str, candidates: list[str], chosen: str, rule: str) -> None:
    for order in (candidates, candidates[::-1]):
        found = choose_source(Address(destination), host(tuple(order)), "eth0")
        assert found is not None
        assert str(found.address) == chosen
        assert found.rule.startswith(rule)


def test_the_outgoing_interface_goes_before_common_bits() -> None:  # rule 5
    interfaces = host(("2001:db8:1::1/64",), ("2001:db8:2::1/64",))
    found = choose_source(Address("2001:db8:1::9"), interfaces, "eth1")
    assert found is not None
    assert str(found.address) == "2001:db8:2::1"
    assert found.rule.startswith("rule 5")


def test_link_local_addresses_of_other_links_are_no_candidates() -> None:  # RFC 6724 4
    assert choose_source(Address("fe80::9"), host(("fe80::1/64",)), "eth7") is None


def test_only_addresses_of_the_family_and_of_live_interfaces() -> None:
    assert choose_source(Address("10.0.0.1"), host(("2001:db8::1/64",)), "eth0") is None
    assert choose_source(Address("10.0.0.1"), host(("10.0.0.2/24",), up=False), "eth0") is None


def test_an_only_address_was_chosen_by_no_rule() -> None:
    found = choose_source(Address("10.0.0.1"), host(("10.0.0.2/24",)), "eth0")
    assert found is not None
    assert found.rule == ""
