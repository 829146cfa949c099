"""`fingerpost lab show FILE NODE bgp`: the words of `show bgp`, of a router of a lab."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fingerpost.cli import DONE, FAILED, MISUSED, cli

LAB = """
name: pair
routing: bgp
topology:
  nodes: {a: {as: 65001}, b: {as: 65002}}
  links: [{endpoints: [a, b], bgp: {role: peer}}]
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "pair.yaml"
    path.write_text(LAB)
    return str(path)


def ask(file: str, *words: str) -> Result:
    return CliRunner().invoke(cli, ["lab", "show", file, *words])


def test_each_part_is_that_of_a_router_that_runs(file: str) -> None:
    summary = ask(file, "b", "bgp").stdout
    assert "AS 65002" in summary.splitlines()[0]
    assert "Established" in summary
    assert "peer" in ask(file, "b", "bgp", "nei", "10.0.0.0").stdout
    for part in ("attributes", "groups", "rpki"):
        done = ask(file, "b", "bgp", part)
        assert (done.exit_code, bool(done.stdout.strip())) == (DONE, True), done.output


def test_routes_are_asked_for_as_of_a_router_that_runs(file: str) -> None:
    found = json.loads(ask(file, "b", "bgp", "routes", "--neighbor", "10.0.0.0", "--json").stdout)
    ((row,),) = [one["routes"] for one in found["instances"]]
    assert (row["as_path"], row["state"]) == ("65001", "best")
    assert "65001 i" in ask(file, "b", "bgp", "routes", row["prefix"]).stdout
    assert ask(file, "b", "bgp", "routes", "192.0.2.1").exit_code == FAILED


@pytest.mark.parametrize(
    "words",
    [
        ("bgp", "neighbors", "10.0.0.9"),
        ("bgp", "spf"),
        ("bgp", "--longer"),
        ("bgp", "groups", "10.0.0.0"),
        ("routes", "status", "10.0.0.0"),
        ("rip",),
    ],
)
def test_what_there_is_not_is_misuse(file: str, words: tuple[str, ...]) -> None:
    assert ask(file, "b", *words).exit_code == MISUSED
