"""The questions of a router: what it may forward, and from whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address, Prefix, classify
from fingerpost.addr.registry import registry_table
from fingerpost.addr.verdicts import (
    is_forwardable,
    is_globally_reachable,
    is_valid_destination,
    is_valid_source,
)


@pytest.mark.parametrize(
    ("address", "forwardable", "source", "destination", "reachable"),
    [
        ("8.8.8.8", True, True, True, True),
        ("10.0.0.1", True, True, True, False),
        ("127.0.0.1", False, False, False, False),
        ("169.254.1.1", False, True, True, False),
        ("0.0.0.0", False, True, False, False),
        ("192.0.0.9", True, True, True, True),
        ("192.0.0.200", False, False, False, False),
        ("192.0.2.1", False, False, False, False),
        ("224.0.0.5", False, False, True, False),
        ("232.1.1.1", True, False, True, True),
        ("239.192.0.1", True, False, True, False),
        ("240.0.0.1", False, False, False, False),
        ("255.255.255.255", False, False, True, False),
        ("::", False, True, False, False),
        ("::1", False, False, False, False),
        ("::ffff:8.8.8.8", False, False, False, False),
        ("fe80::1", False, True, True, False),
        ("fc00::1", True, True, True, False),
        ("2a00::1", True, True, True, True),
        ("2002::1", True, True, True, False),  # N/A is no permission
        ("4000::1", True, True, True, False),  # RFC 4291 2.4: as global unicast
        ("ff01::1", False, False, False, False),
        ("ff02::1", False, False, True, False),
        ("ff05::1", True, False, True, False),
        ("ff0e::1", True, False, True, True),
    ],
)
def test_verdicts_follow_the_columns(
    address: str, forwardable: bool, source: bool, destination: bool, reachable: bool
) -> None:
    assert bool(is_forwardable(address)) is forwardable
    assert bool(is_valid_source(address)) is source
    assert bool(is_valid_destination(address)) is destination
    assert bool(is_globally_reachable(address)) is reachable


def test_a_verdict_names_the_row_that_decided() -> None:
    verdict = is_forwardable("127.0.0.1")
    assert verdict.entry.prefix == Prefix("127.0.0.0/8")
    assert verdict.reason == "forwardable: no, 127.0.0.0/8 Loopback (RFC 1122 3.2.1.3)"


@pytest.mark.parametrize(
    ("address", "decides", "answer"),
    [
        ("192.88.99.1", "192.0.0.0/3", True),  # went back to ordinary space
        ("2001:10::1", "2001::/23", False),  # went back to the IETF's block
    ],
)
def test_a_terminated_row_decides_nothing(address: str, decides: str, answer: bool) -> None:
    assert classify(address).forwardable is None
    verdict = is_forwardable(address)
    assert (verdict.entry.prefix, verdict.answer) == (Prefix(decides), answer)


@given(st.sampled_from([entry for _, entry in registry_table() if entry.terminated is None]))
def test_a_live_row_decides_for_its_own_addresses(entry: object) -> None:
    assert isinstance(entry, type(classify("::1").entry))
    for address in (entry.prefix.first, entry.prefix.last):
        found = classify(address)
        if found.entry == entry:
            assert is_forwardable(address).entry == entry
            assert is_forwardable(address).answer is bool(entry.forwardable)
            assert is_valid_source(address).answer is bool(entry.source)


def test_verdicts_take_every_form_of_an_address() -> None:
    assert is_forwardable(bytes([127, 0, 0, 1])) == is_forwardable(Address("127.0.0.1"))
