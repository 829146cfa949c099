"""Predicates: their meaning, and where other libraries mean something else."""

from __future__ import annotations

import json
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address, classify
from fingerpost.addr.predicates import (
    PREDICATES,
    is_broadcast,
    is_global,
    is_ipv4,
    is_ipv4_mapped,
    is_ipv6,
    is_link_local,
    is_loopback,
    is_multicast,
    is_private,
    is_unspecified,
    multicast_scope,
)
from fingerpost.addr.scopes import MulticastScope
from peers.classification import LETTERS, asked_of, disagreements, recorded, region_of, table

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "classification.md"

Host = IPv4Address | IPv6Address

TRUE_OF = {
    "0.0.0.0": {"is_unspecified", "is_unicast"},
    "0.1.2.3": {"is_unicast"},
    "8.8.8.8": {"is_global", "is_unicast", "is_unicast_global"},
    "10.0.0.1": {"is_private", "is_unicast"},
    "100.64.0.1": {"is_shared", "is_unicast"},
    "127.0.0.1": {"is_loopback", "is_unicast"},
    "169.254.0.1": {"is_link_local", "is_unicast_link_local", "is_unicast"},
    "172.31.255.255": {"is_private", "is_unicast"},
    "192.0.0.9": {"is_global", "is_unicast", "is_unicast_global"},
    "192.0.0.200": {"is_unicast", "is_unicast_global"},
    "192.0.2.1": {"is_documentation", "is_unicast"},
    "192.168.0.1": {"is_private", "is_unicast"},
    "198.19.0.1": {"is_benchmarking", "is_unicast"},
    "224.0.0.1": {"is_multicast"},
    "232.0.0.1": {"is_multicast", "is_global"},
    "240.0.0.1": {"is_reserved", "is_unicast"},
    "255.255.255.255": {"is_broadcast"},
    "::": {"is_unspecified", "is_unicast"},
    "::1": {"is_loopback", "is_unicast"},
    "::ffff:10.0.0.1": {"is_ipv4_mapped", "is_unicast", "is_unicast_global"},
    "64:ff9b::1": {"is_global", "is_unicast", "is_unicast_global"},
    "2001:2::1": {"is_benchmarking", "is_unicast"},
    "2001:db8::1": {"is_documentation", "is_unicast"},
    "2002::1": {"is_unicast", "is_unicast_global"},
    "2a00::1": {"is_global", "is_unicast", "is_unicast_global"},
    "3fff::1": {"is_documentation", "is_unicast"},
    "4000::1": {"is_reserved", "is_unicast", "is_unicast_global"},
    "fd00::1": {"is_private", "is_unique_local", "is_unicast"},
    "fe80::1": {"is_link_local", "is_unicast_link_local", "is_unicast"},
    "fec0::1": {"is_site_local", "is_reserved", "is_unicast", "is_unicast_global"},
    "ff02::1": {"is_multicast"},
    "ff0e::1": {"is_multicast", "is_global"},
}


FAMILY = {"is_ipv4", "is_ipv6"}


def true_of(address: str) -> set[str]:
    """Names of the predicates that hold, but for those that tell the family."""
    return {predicate.__name__ for predicate in PREDICATES if predicate(address)} - FAMILY


@pytest.mark.parametrize("address", TRUE_OF)
def test_exactly_these_predicates_hold(address: str) -> None:
    assert true_of(address) == TRUE_OF[address]


@pytest.mark.parametrize("address", TRUE_OF)
def test_address_has_every_predicate_as_a_property(address: str) -> None:
    named = {predicate.__name__ for predicate in PREDICATES} - FAMILY
    assert {name for name in named if getattr(Address(address), name)} == TRUE_OF[address]
    assert Address(address).multicast_scope == multicast_scope(address)


def test_the_list_of_predicates_is_complete_and_in_order() -> None:
    names = [predicate.__name__ for predicate in PREDICATES]
    assert names == sorted(FAMILY | LETTERS.keys())


def test_the_family_is_that_of_the_address_itself() -> None:
    assert [predicate("::ffff:1.2.3.4") for predicate in (is_ipv4, is_ipv6)] == [False, True]
    assert [predicate("1.2.3.4") for predicate in (is_ipv4, is_ipv6)] == [True, False]
    assert Address("1.2.3.4").is_ipv4


def test_go_agrees_by_its_own_definitions(shared_data: Path) -> None:
    """Go's names in ours: global unicast in Go means no more than "an ordinary unicast"."""
    file = shared_data / "conformance" / "ip-classification" / "go-netip.json"
    for case in json.loads(file.read_text())["properties"]:
        address = Address(case["ip"])
        scope = multicast_scope(address)
        of_go = {
            "unspecified": is_unspecified(address),
            "loopback": is_loopback(address),
            "private": is_private(address),
            "multicast": is_multicast(address),
            "linkLocalUnicast": is_link_local(address),
            "linkLocalMulticast": scope is MulticastScope.LINK_LOCAL,
            "interfaceLocalMulticast": scope is MulticastScope.INTERFACE_LOCAL,
        }
        of_go["globalUnicast"] = not is_broadcast(address) and not any(
            of_go[name] for name in ("unspecified", "loopback", "multicast", "linkLocalUnicast")
        )
        assert {name for name, holds in of_go.items() if holds} == set(case["true"]), case["name"]


def test_the_document_lists_every_disagreement_with_rust_and_python() -> None:
    before, _, rest = DOCUMENT.read_text().partition("<!-- disagreements -->\n")
    assert before
    assert rest.partition("<!-- end -->")[0].strip() == table().strip()


def test_rust_has_the_same_scopes() -> None:
    for address, answers in recorded().items():
        if Address(address).version == 6:
            letters = answers["rust-1.95.0"]
            assert (multicast_scope(address) is not None) == ("X" in letters)


def listed() -> set[tuple[str, str]]:
    return {(row[0], where) for row, regions in disagreements().items() for where in regions}


LISTED = listed()


@given(st.ip_addresses())
def test_the_running_python_disagrees_only_where_the_document_says(host: Host) -> None:
    """Whatever its version: newer ones look inside IPv4-mapped addresses, which the text says."""
    if is_ipv4_mapped(host):
        return
    asked = asked_of("cpython", host.version)
    for predicate in PREDICATES:
        name = predicate.__name__
        if LETTERS.get(name) not in asked or getattr(host, name) == predicate(host):
            continue
        means_unreachable = name == "is_private" and not is_global(host)
        assert means_unreachable or (name, region_of(str(host))) in LISTED


@given(st.ip_addresses())
def test_predicates_of_one_family_never_contradict_each_other(host: Host) -> None:
    holds = true_of(str(host))
    assert ("is_unicast" in holds) != bool(holds & {"is_multicast", "is_broadcast"})
    assert ("is_link_local" in holds) == ("is_unicast_link_local" in holds)
    if "is_global" in holds:
        assert classify(host).globally_reachable is not False
        assert not holds & {"is_private", "is_loopback", "is_link_local", "is_documentation"}
