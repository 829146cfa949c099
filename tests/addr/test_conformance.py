"""Go's netip cases and the RFCs' own examples, from the shared data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.errors import AddressError


@pytest.fixture(scope="module")
def netip(shared_data: Path) -> dict[str, Any]:
    path = shared_data / "conformance" / "ip-classification" / "go-netip.json"
    cases: dict[str, Any] = json.loads(path.read_text())
    return cases


@pytest.fixture(scope="module")
def text_forms(shared_data: Path) -> dict[str, Any]:
    path = shared_data / "conformance" / "rfc-examples" / "text-forms.json"
    cases: dict[str, Any] = json.loads(path.read_text())
    return cases


def test_go_parse(netip: dict[str, Any]) -> None:
    for case in netip["parse"]:
        if not case["ok"]:
            with pytest.raises(AddressError):
                Address(case["text"])
            continue
        address = Address(case["text"])
        assert str(address) == case["canonical"], case
        # Go keeps an IPv4 address as the IPv4-mapped IPv6 number
        number = int(case["hi"], 0) << 64 | int(case["lo"], 0)
        assert int(address) == (number & 0xFFFF_FFFF if address.version == 4 else number), case


def test_go_parse_invalid(netip: dict[str, Any]) -> None:
    assert netip["parse_invalid"]
    for text in netip["parse_invalid"]:
        with pytest.raises(AddressError) as caught:
            Address(text)
        assert caught.value.value == text


def test_go_mask(netip: dict[str, Any]) -> None:
    for case in netip["mask"]:
        if case["prefix"]:
            assert str(Prefix(case["ip"], case["bits"])) == case["prefix"]
        else:
            with pytest.raises(AddressError):
                Prefix(case["ip"], case["bits"])


def test_go_overlaps(netip: dict[str, Any]) -> None:
    for one, other, expected in netip["overlaps"]:
        assert Prefix(one).overlaps(Prefix(other)) is expected, (one, other)


def test_go_prefix_parse_errors(netip: dict[str, Any]) -> None:
    for text, reason in netip["prefix_parse_errors"]:
        if reason == "no '/'":
            # Go insists on a length; here a bare address is the prefix of full length
            assert Prefix(text).length == 32
            continue
        with pytest.raises(AddressError):
            Prefix(text)


def test_go_masked(netip: dict[str, Any]) -> None:
    for text, masked in netip["masked"]:
        assert str(Prefix(text)) == masked


def test_go_less(netip: dict[str, Any]) -> None:
    for one, other, expected in netip["less"]:
        assert (Address(one) < Address(other)) is expected, (one, other)


def test_go_expanded(netip: dict[str, Any]) -> None:
    for text, expanded in netip["expanded"]:
        assert Address(text).exploded == expanded


def test_go_prefix_contains(netip: dict[str, Any]) -> None:
    for case in netip["prefix_contains"]:
        prefix = Prefix(case["prefix"])
        assert all(Address(text) in prefix for text in case["contains"]), case
        assert not any(Address(text) in prefix for text in case["notContains"]), case


def test_rfc_5952_canonical_texts(text_forms: dict[str, Any]) -> None:
    for text, canonical in text_forms["ipv6_canonical"]["cases"]:
        assert str(Address(text)) == canonical


def test_rfc_4291_2_3_prefix_texts(text_forms: dict[str, Any]) -> None:
    meant = {Prefix(text) for text in text_forms["ipv6_prefix_text"]["ok"]}
    assert meant == {Prefix("2001:db8:0:cd30::/60")}
    for text in text_forms["ipv6_prefix_text"]["not_that_prefix"]:
        try:
            assert Prefix(text) not in meant
        except AddressError:
            assert "::" not in text  # too few groups; the others are texts of other prefixes


def test_rfc_examples_of_derived_addresses(text_forms: dict[str, Any]) -> None:
    eui64 = text_forms["eui64"]
    assert Address.from_eui64("fe80::/64", eui64["mac"]) == Address(f"fe80::{eui64['iid']}")
    node = text_forms["solicited_node"]
    assert Address(node["address"]).solicited_node == Address(node["group"])
    for case in text_forms["multicast_mac"]:
        assert Address(case["group"]).multicast_mac == case["mac"]
