"""`fingerpost cidr`: the model, its text, its exit codes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fingerpost.cli import FAILED, MISUSED, cli


def run(*arguments: str, stdin: str | None = None, color: str | None = None) -> Result:
    env = {"NO_COLOR": None, "FORCE_COLOR": color, "COLUMNS": "120"}
    return CliRunner(env=env).invoke(cli, ["cidr", *arguments], input=stdin)


def model(*arguments: str, stdin: str | None = None) -> dict[str, Any]:
    result = run("--json", *arguments, stdin=stdin)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


def test_one_prefix_is_taken_apart() -> None:
    (prefix,) = model("192.0.2.130/30")["prefixes"]
    expected = {
        "input": "192.0.2.130/30",
        "version": 4,
        "address": "192.0.2.130",
        "prefix": "192.0.2.128/30",
        "length": 30,
        "network": "192.0.2.128",
        "netmask": "255.255.255.252",
        "hostmask": "0.0.0.3",
        "broadcast": "192.0.2.131",
        "first_host": "192.0.2.129",
        "last_host": "192.0.2.130",
        "host_part": "0.0.0.2",
        "size": 4,
        "hosts": 2,
        "supernet": "192.0.2.128/29",
        "halves": ["192.0.2.128/31", "192.0.2.130/31"],
        "sibling": "192.0.2.132/30",
        "reverse_name": "130.2.0.192.in-addr.arpa",
        "reverse_zones": ["128/30.2.0.192.in-addr.arpa"],
    }
    assert {name: prefix[name] for name in expected} == expected
    network = next(step for step in prefix["steps"] if step["name"] == "network")
    assert network["formula"] == "address AND netmask"
    assert network["result"]["binary"] == "11000000.00000000.00000010.10000000"


def test_text_splits_the_bits_of_network_and_host() -> None:
    lines = run("192.0.2.130/30").output.splitlines()
    assert lines[0] == "192.0.2.130/30"
    by_name = {line[2:16].strip(): line[16:] for line in lines[1:]}
    assert by_name["address"] == "192.0.2.130      11000000.00000000.00000010.100000 10"
    assert by_name["network"].endswith("100000 00   address AND netmask")
    assert by_name["hosts"].split() == ["2", "size", "-", "2"]


def test_the_registry_entries_are_named() -> None:
    (prefix,) = model("192.0.2.130/30")["prefixes"]
    (entry,) = prefix["classification"]
    assert (entry["prefix"], entry["rfcs"]) == ("192.0.2.0/24", ["RFC 5737"])
    assert "192.0.2.0/24" in run("192.0.2.130/30").output
    assert "fingerpost classify lists them" in run("0.0.0.0/0").output


def test_ipv6_is_shown_in_groups_and_bits() -> None:
    output = run("2001:db8::42/57").output
    assert "2001:0db8:0000:00 00:0000:0000:0000:0042" in output
    assert "0010000000000001:0000110110111000:0000000000000000:000000000 0000000:" in output
    assert "broadcast  " not in output
    (prefix,) = model("2001:db8::42/57")["prefixes"]
    assert prefix["broadcast"] is None
    assert prefix["size"] == 2**71


@pytest.mark.parametrize("length", [0, 1, 31, 32])
@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "fe80::1%eth0"])
def test_the_edges_print(address: str, length: int) -> None:
    result = run(f"{address}/{length}")
    assert result.exit_code == 0
    assert result.output.startswith(f"{address}/{length}\n")


def test_colours_only_where_they_are_wanted() -> None:
    assert "\x1b[" not in run("192.0.2.130/30").output
    coloured = run("192.0.2.130/30", color="1").output
    assert "\x1b[32m11000000.00000000.00000010.100000\x1b[0m \x1b[33m10\x1b[0m" in coloured


def test_a_range_becomes_prefixes() -> None:
    (found,) = model("10.0.0.1-10.0.0.4")["ranges"]
    assert found["prefixes"] == ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/32"]
    assert "10.0.0.2/31" in run("10.0.0.1-10.0.0.4").output


def test_several_are_summed_up() -> None:
    summary = model("10.0.0.0/25", "10.0.0.128-10.0.0.255")["summary"]
    assert summary == {
        "prefixes": ["10.0.0.0/24"],
        "ranges": [["10.0.0.0", "10.0.0.255"]],
        "size": 256,
    }
    assert "summary" not in model("10.0.0.0/25")


def test_a_summary_reads_standard_input() -> None:
    result = run("--summary", "-", stdin="10.0.0.0/25\n\n10.0.0.128/25\n2001:db8::/32\n")
    assert result.output.split()[-2:] == ["10.0.0.0/24", "2001:db8::/32"]
    assert "prefixes" not in model("--summary", "-", stdin="10.0.0.0/8\n")


def test_subnets_are_listed_up_to_the_limit() -> None:
    assert model("192.0.2.0/30", "--subnets", "31")["subnets"] == {
        "length": 31,
        "count": 2,
        "listed": ["192.0.2.0/31", "192.0.2.2/31"],
    }
    many = model("::/0", "--subnets", "128", "--limit", "2")["subnets"]
    assert many == {"length": 128, "count": 2**128, "listed": ["::/128", "::1/128"]}
    assert f"and {2**16 - 1} more" in run("10.0.0.0/8", "--subnets", "24", "--limit", "1").output


def test_what_is_left_without_others() -> None:
    left = model("192.0.2.0/29", "--exclude", "192.0.2.0-192.0.2.2", "--exclude", "192.0.2.7")
    assert left["left"] == ["192.0.2.3/32", "192.0.2.4/31", "192.0.2.6/32"]
    assert "nothing is left" in run("192.0.2.0/29", "--exclude", "192.0.2.0/24").output


def test_containment_decides_the_exit_code() -> None:
    inside = run("192.0.2.0/24", "10.0.0.0/8", "--contains", "10.1.1.1")
    assert inside.exit_code == 0
    assert inside.output.splitlines()[-1] == "10.1.1.1 is in 10.0.0.0/8"
    outside = run("192.0.2.0/24", "--contains", "10.1.1.1")
    assert outside.exit_code == FAILED
    assert "in none of them" in outside.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["192.0.2.0/33"],
        ["192.0.2.9-192.0.2.1"],
        ["192.0.2.0/24", "--subnets", "23"],
        ["192.0.2.0/24", "--exclude", "x"],
        ["-"],
        [],
    ],
)
def test_misuse_ends_with_2_and_says_why(arguments: list[str]) -> None:
    result = run(*arguments, stdin="")
    assert result.exit_code == MISUSED
    assert "Error" in result.output
