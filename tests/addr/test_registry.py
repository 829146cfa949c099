"""The registry's rows, held against a capture of IANA's own tables."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from fingerpost.addr import Prefix
from fingerpost.addr.registry import SNAPSHOT, Entry, Kind, Registry, entries, registry_table
from fingerpost.addr.scopes import MulticastScope

COLUMNS = ("source", "destination", "forwardable", "globally_reachable", "reserved_by_protocol")
SPECIAL = {4: Registry.IPV4_SPECIAL, 6: Registry.IPV6_SPECIAL}


def snapshot(shared_data: Path, version: int) -> dict[str, Any]:
    file = shared_data / "conformance" / "ip-classification" / f"iana-special-v{version}.json"
    captured: dict[str, Any] = json.loads(file.read_text())
    return captured


def cited(text: str) -> tuple[str, ...]:
    """`[RFC8190] [RFC919], Section 7` as we cite it."""
    found = re.findall(r"\[RFC ?(Errata )?(\d+)\](?:, Section ([\d.]+))?", text)
    return tuple(" ".join(filter(None, ("RFC", e.strip(), n, section))) for e, n, section in found)


def facts(entry: Entry) -> dict[str, object]:
    return {
        "name": entry.name,
        "rfcs": entry.rfcs,
        "allocated": entry.allocated,
        "terminated": entry.terminated,
        **{column: getattr(entry, column) for column in COLUMNS},
    }


@pytest.mark.parametrize("version", [4, 6])
def test_special_purpose_rows_are_those_of_iana(shared_data: Path, version: int) -> None:
    captured = snapshot(shared_data, version)
    expected = {
        Prefix(prefix): {
            "name": row["name"],
            "rfcs": cited(row["rfc"]),
            "allocated": row["allocated"],
            "terminated": row["terminated"],
            **{column: row[column] for column in COLUMNS},
        }
        for row in captured["entries"]
        for prefix in row["prefixes"]
    }
    ours = {e.prefix: facts(e) for e in entries(version) if e.registry is SPECIAL[version]}
    assert ours == expected
    assert captured["snapshot"] == SNAPSHOT


@pytest.mark.parametrize("version", [4, 6])
def test_rows_with_a_footnote_carry_a_note(shared_data: Path, version: int) -> None:
    captured = snapshot(shared_data, version)
    footnoted = {
        Prefix(prefix)
        for row in captured["entries"]
        for prefix in row["prefixes"]
        if row["footnotes"]
    }
    rows = [entry for entry in entries(version) if entry.registry is SPECIAL[version]]
    assert {entry.prefix for entry in rows if entry.note} == footnoted


@pytest.mark.parametrize("version", [4, 6])
def test_no_prefix_has_two_rows(version: int) -> None:
    prefixes = [entry.prefix for entry in entries(version)]
    assert len(set(prefixes)) == len(prefixes)
    assert prefixes == sorted(prefixes)


@pytest.mark.parametrize("version", [4, 6])
def test_every_address_has_a_row(version: int) -> None:
    reached = -1
    for entry in entries(version):
        assert int(entry.prefix.first) <= reached + 1
        reached = max(reached, int(entry.prefix.last))
    assert reached == 2 ** (32 if version == 4 else 128) - 1


@pytest.mark.parametrize("version", [4, 6])
def test_facts_are_well_formed(version: int) -> None:
    for entry in entries(version):
        assert entry.prefix.version == version
        for rfc in entry.rfcs:
            assert re.fullmatch(r"RFC (Errata )?\d+( \d+(\.\d+)*)?", rfc)
        for month in filter(None, (entry.allocated, entry.terminated)):
            assert re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", month)
        assert entry.registry.url == f"https://www.iana.org/assignments/{entry.registry.value}/"


def test_only_terminated_rows_lack_all_columns() -> None:
    for _, entry in registry_table():
        blank = all(getattr(entry, column) is None for column in COLUMNS)
        assert blank == (entry.terminated is not None)


def test_the_table_for_a_fib_holds_both_families_once() -> None:
    rows = list(registry_table())
    assert [entry for _, entry in rows] == [*entries(4), *entries(6)]
    assert all(prefix == entry.prefix for prefix, entry in rows)


def test_multicast_rows_are_never_a_source() -> None:
    groups = [entry for _, entry in registry_table() if entry.kind is Kind.MULTICAST]
    assert all(entry.source is False for entry in groups)


def test_ipv6_multicast_columns_follow_the_scope_field() -> None:
    """RFC 4291 2.7, RFC 7346 2."""
    blocks = [e for e in entries(6) if e.kind is Kind.MULTICAST and e.prefix.length >= 16]
    assert len(blocks) == 16 * 16 + 16 + 1  # flags by scope, source-specific, solicited-node
    for entry in blocks:
        scope = int(entry.prefix.first) >> 112 & 0xF
        assert entry.scope == (scope if scope in list(MulticastScope) else None)
        assert entry.destination == (scope > 1)
        assert entry.forwardable == (scope > 2)
        assert entry.globally_reachable == {0xE: True, 0xF: None}.get(scope, False)


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        ("224.0.0.0/24", "Local Network Control Block"),
        ("224.0.1.0/24", "Internetwork Control Block"),
        ("224.2.0.0/16", "SDP/SAP Block"),
        ("232.0.0.0/8", "Source-Specific Multicast Block"),
        ("239.0.0.0/8", "Administratively Scoped Block"),
        ("239.192.0.0/14", "Organization-Local Scope"),
    ],
)
def test_ipv4_multicast_blocks_have_their_names(prefix: str, name: str) -> None:
    """RFC 5771 3, RFC 2365 6."""
    assert {e.name for e in entries(4) if e.prefix == Prefix(prefix)} == {name}
