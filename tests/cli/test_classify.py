"""`fingerpost classify`."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result

from fingerpost.cli import cli


def run(*words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["classify", *words], input=stdin, standalone_mode=False)


def answers(*words: str, stdin: str | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("--json", *words, stdin=stdin).stdout)["results"]
    return found


def test_one_address_is_told_with_its_reasons() -> None:
    lines = run("192.0.0.9").stdout.splitlines()
    assert lines[0] == "192.0.0.9"
    assert lines[1].split() == [
        "entry",
        *["Port", "Control", "Protocol", "Anycast"],
        "192.0.0.9/32",
    ]
    assert ["globally", "reachable", "yes"] in [line.split() for line in lines]
    beaten = [line.split(maxsplit=2)[2] for line in lines if "also matched" in line]
    assert beaten == [
        "192.0.0.0/24 IETF Protocol Assignments: /24 is shorter than /32",
        "192.0.0.0/3 Global unicast: /3 is shorter than /32",
    ]


def test_several_addresses_make_a_table() -> None:
    head, *rows = run("10.0.0.1", "2002::1").stdout.splitlines()
    assert head.split()[0] == "asked"
    assert [row.split() for row in rows] == [
        ["10.0.0.1", "yes", "yes", "yes", "no", "no", "10.0.0.0/8", "Private-Use"],
        ["2002::1", "yes", "yes", "yes", "n/a", "no", "2002::/16", "6to4"],
    ]


def test_json_has_the_columns_and_the_losers() -> None:
    (found,) = answers("192.88.99.2")
    assert found["prefix"] == "192.88.99.2/32"
    assert found["rfcs"] == ["RFC 6751"]
    assert (found["forwardable"], found["globally_reachable"]) == (True, False)
    assert [loser["prefix"] for loser in found["losers"]] == ["192.88.99.0/24", "192.0.0.0/3"]


def test_json_says_null_where_the_registry_gives_no_answer() -> None:
    (found,) = answers("2002::1")
    assert found["globally_reachable"] is None


def test_json_has_the_address_inside() -> None:
    (found,) = answers("::ffff:127.0.0.1")
    assert found["kind"] == "IPv4-mapped"
    assert [(e["role"], e["name"]) for e in found["embedded"]] == [("IPv4-mapped", "Loopback")]


def test_json_has_scope_and_flags_of_a_group() -> None:
    (found,) = answers("ff7e:140:2001:db8::1")
    assert (found["scope"], found["flags"]) == ("Global", "-RPT")


def test_a_prefix_within_one_entry_has_one_answer() -> None:
    (found,) = answers("10.1.0.0/16")
    assert found["within_one_entry"] is True
    assert [entry["prefix"] for entry in found["entries"]] == ["10.0.0.0/8"]


def test_a_prefix_that_spans_entries_lists_them() -> None:
    (found,) = answers("198.16.0.0/14")
    assert found["within_one_entry"] is False
    assert [entry["name"] for entry in found["entries"]] == ["Global unicast", "Benchmarking"]
    rows = [row.split() for row in run("198.16.0.0/14").stdout.splitlines()[1:]]
    assert [row[0] for row in rows] == ["198.16.0.0/14", "yes"]


def test_a_dash_reads_standard_input() -> None:
    found = answers("8.8.8.8", "-", stdin="10.0.0.1  # ours\n\n# nothing\n::1\n")
    assert [result["asked"] for result in found] == ["8.8.8.8", "10.0.0.1", "::1"]


def test_bad_lines_are_reported_with_their_place_and_the_rest_is_answered() -> None:
    result = run("-", stdin="10.0.0.1\n10.0.0\n::1\n")
    assert 1 in (result.exit_code, result.return_value)
    assert "standard input, line 2: '10.0.0'" in result.stderr
    assert "10.0.0.0/8" in result.stdout
    assert "::1/128" in result.stdout


def test_bad_lines_stand_in_the_json_model() -> None:
    model = json.loads(run("--json", "-", stdin="10.0.0\n").stdout)
    assert model["results"] == []
    assert [(bad["line"], bad["text"]) for bad in model["bad_lines"]] == [(1, "10.0.0")]
