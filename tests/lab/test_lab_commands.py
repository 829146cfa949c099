"""`fingerpost lab check`, `draw` and `schema`: output, exit codes, JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fingerpost.cli import DONE, FAILED, MISUSED, cli

CAMPUS = str(Path(__file__).resolve().parents[2] / "examples" / "campus.yaml")
LOOP = """
topology:
  nodes:
    a: {routes: [default via 10.0.0.1]}
    b: {routes: [default via 10.0.0.0]}
  links: [{endpoints: [a, b], ipv4: [10.0.0.0/31, 10.0.0.1/31]}]
"""


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words, prog_name="fingerpost")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("why", CAMPUS, "reader", "student", "--udp", "--tcp"), "--udp and --tcp: ask for one"),
        (("traceroute", CAMPUS, "reader", "student", "-I", "-T"), "--icmp and --tcp: ask for one"),
        (("traceroute", CAMPUS, "reader", "student", "-w", "0s"), "no answer comes in no time"),
    ],
)
def test_what_contradicts_itself_is_misuse(words: tuple[str, ...], said: str) -> None:
    done = run("lab", *words)
    assert done.exit_code == MISUSED
    assert said in done.stderr


def test_check_counts_one_thing_as_one_and_leaves_no_blanks_at_the_end(tmp_path: Path) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(
        "topology: {nodes: {a: , h: {kind: host}}, links: [{endpoints: [a, h]}]}\n"
        "timeline: [{at: 1s, fail: a-h}]\n"
        "expect: [{reachable: h -> a}]\n"
    )
    lines = run("lab", "check", str(file)).stdout.splitlines()
    assert lines[0] == "one: 1 router, 1 host, 1 link, 1 change, 1 expectation"
    assert [line for line in lines if line != line.rstrip()] == []


def test_check_lists_every_address() -> None:
    done = run("lab", "check", CAMPUS)
    assert done.exit_code == DONE
    assert "campus: 6 routers, 3 hosts, 9 links, 3 changes, 4 expectations" in done.stdout
    assert "10.128.1.2/24 fd00:0:2:1::2/64" in done.stdout


def test_check_gives_the_same_as_json() -> None:
    model = json.loads(run("lab", "check", CAMPUS, "--json").stdout)
    assert (model["routers"], model["hosts"], len(model["links"])) == (6, 3, 9)
    assert model["nodes"][0]["loopback"] == ["10.255.0.1/32", "fd00:0:0:ff::1/128"]


def test_check_prints_addresses_that_rich_would_read_as_pictures(tmp_path: Path) -> None:
    lab = tmp_path / "lab.yaml"
    lab.write_text(
        "topology: {nodes: {a: , b: }, links: [{endpoints: [a, b], ipv6: 'fd00:0:1:a::1/64'}]}"
    )
    assert "fd00:0:1:a::1/64" in run("lab", "check", str(lab)).stdout


def test_check_fails_for_a_faulty_file_and_tells_every_fault(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("topology:\n  nodes: {a: {kind: x}}\n  links: [{endpoints: [a, b]}]\n")
    done = run("lab", "check", str(file))
    assert done.exit_code == FAILED
    assert f"{file}:2: topology.nodes.a.kind" in done.stderr
    assert f"{file}:3: topology.links[0].endpoints[1]: no node 'b'" in done.stderr


def test_check_says_who_reaches_whom_and_fails_where_somebody_does_not(tmp_path: Path) -> None:
    assert run("lab", "check", CAMPUS, "--reach").exit_code == DONE
    cut = run("lab", "check", CAMPUS, "--reach", "--fail", "core1-library")
    assert cut.exit_code == FAILED
    assert "270 of 450 pairs reachable" in cut.stdout
    assert "blackhole at core1: no route, to 10.0.0.9 and 13 others" in cut.stdout
    file = tmp_path / "loop.yaml"
    file.write_text(LOOP)
    looping = run("lab", "check", str(file), "--reach", "--json")
    assert looping.exit_code == FAILED
    [loop] = json.loads(looping.stdout)["reachability"]["loops"]
    assert loop == {"nodes": ["a", "b"], "destinations": ["192.0.2.1"], "count": 1}


def test_a_link_that_is_not_there_is_misuse() -> None:
    done = run("lab", "check", CAMPUS, "--fail", "core1-libary")
    assert done.exit_code == MISUSED
    assert "did you mean 'core1-library'" in done.stderr


def test_draw_writes_svg_to_a_file_or_standard_output(tmp_path: Path) -> None:
    file = tmp_path / "out.svg"
    done = run("lab", "draw", CAMPUS, "-o", str(file))
    assert done.stdout == f"{file}: 9 nodes, 9 links\n"
    assert file.read_text() == run("lab", "draw", CAMPUS).stdout
    model = json.loads(run("lab", "draw", CAMPUS, "--json").stdout)
    assert set(model["nodes"]) >= {"reader", "border"}


def test_schema_knows_every_field_of_the_examples() -> None:
    schema = json.loads(run("lab", "schema").stdout)
    assert {"topology", "timeline", "expect", "numbering"} <= set(schema["properties"])
    links = schema["$defs"]["LinkEntry"]["properties"]
    assert {"endpoints", "delay", "bandwidth", "loss", "directions", "cost"} <= set(links)
    assert "from" in schema["$defs"]["SetEntry"]["properties"]
    assert json.loads(run("lab", "schema", "--json").stdout) == schema


@pytest.mark.parametrize("command", ["check", "draw"])
def test_a_file_that_is_not_there_fails(command: str) -> None:
    done = run("lab", command, "nowhere.yaml")
    assert done.exit_code == FAILED
    assert "nowhere.yaml" in done.stderr
