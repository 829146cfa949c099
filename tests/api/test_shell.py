"""The commands that ask a router, as an operator types them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.standing import Running, StandingHost, daemon_on, interface, serving
from fingerpost.cli import cli

CONFIG = """router: {name: standing, id: 10.255.0.1}
rip: {interfaces: {eth0: }}
static:
  - 192.0.2.0/24 nexthop via 10.0.0.7 weight 2 nexthop via 10.0.0.8
  - blackhole 198.51.100.0/24 tag 7
"""


@pytest.fixture
def host() -> StandingHost:
    return StandingHost(interface("eth0", 2, "10.0.0.1/24"), interface("eth1", 3, is_up=False))


@pytest.fixture
def running(host: StandingHost, short_path: Path) -> Iterator[Running]:
    with serving(daemon_on(host, short_path, CONFIG), short_path) as running:
        yield running


def ask(running: Running, *words: str, input: str | None = None) -> Result:
    return CliRunner().invoke(cli, [*words, "--socket", running.client.path], input=input)


def test_routes_are_lines_as_operators_know_them(running: Running) -> None:
    lines = ask(running, "show", "routes").stdout.splitlines()[3:]
    assert lines == [
        "C> 10.0.0.0/24 [0/2] is directly connected, eth0, 00:00:00",
        "S> 192.0.2.0/24 [1/0] via 10.0.0.7, eth0, weight 2, 00:00:00",
        "                      via 10.0.0.8, eth0, weight 1",
        "S> 198.51.100.0/24 [1/0] blackhole, tag 7, 00:00:00",
    ]


def test_a_next_hop_on_the_link_says_so_in_data_and_in_text(
    host: StandingHost, short_path: Path
) -> None:
    config = f"{CONFIG}  - 203.0.113.0/24 via 10.255.0.2 dev eth0 onlink\n"
    with serving(daemon_on(host, short_path, config), short_path) as running:
        check_onlink(running)


def check_onlink(running: Running) -> None:
    (line,) = ask(running, "show", "routes", "203.0.113.0/24").stdout.splitlines()[3:]
    assert line == "S> 203.0.113.0/24 [1/0] via 10.255.0.2, eth0 onlink, 00:00:00"
    (row,) = json.loads(ask(running, "show", "rib", "203.0.113.0/24", "--json").stdout)["routes"]
    assert row["next_hops"] == [
        {"gateway": "10.255.0.2", "interface": "eth0", "weight": 1, "onlink": True}
    ]
    assert "via 10.255.0.2 dev eth0 onlink" in ask(running, "why", "203.0.113.9").stdout


def test_candidates_of_one_prefix_stand_below_each_other(
    host: StandingHost, running: Running
) -> None:
    running.call(lambda: host.announce("bgp", "192.0.2.0/24"))
    lines = ask(running, "show", "rib", "192.0.2.0/24").stdout.splitlines()[3:]
    assert lines[0].startswith("S> 192.0.2.0/24 [1/0] via 10.0.0.7")
    assert lines[-1] == "B               [120/2] via 10.0.0.9, eth0, 00:00:00"


@pytest.mark.parametrize(
    ("words", "said", "exit_code"),
    [
        (["100.64.0.1"], "no route to 100.64.0.1\n", 1),
        (["10.0.0.0/8", "--protocol", "rip"], "no route of rip to 10.0.0.0/8\n", 1),
        (["--protocol", "ospf"], "no routes of ospf\n", 0),
    ],
)
def test_where_there_is_no_route_that_is_said(
    running: Running, words: list[str], said: str, exit_code: int
) -> None:
    result = ask(running, "show", "routes", *words)
    assert (result.stdout, result.exit_code) == (said, exit_code)


def test_json_of_routes_is_one_document(running: Running) -> None:
    model = json.loads(ask(running, "show", "routes", "--json", "--protocol", "static").stdout)
    assert model["table"] == "main"
    assert [row["prefix"] for row in model["routes"]] == ["192.0.2.0/24", "198.51.100.0/24"]
    assert len(
        json.loads(ask(running, "show", "routes", "--json", "--limit", "1").stdout)["routes"]
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["routes", "192.0.2.9"], 0),
        (["routes", "203.0.113.1"], 1),
        (["routes", "203.0.113.0/24"], 1),
        (["routes", "--longer"], 2),
        (["routes", "203.0.113.0/33"], 2),
        (["routes", "--table", "blue"], 2),
        (["rip", "--instance", "rip9"], 2),
        (["policy", "none"], 2),
    ],
)
def test_exit_codes_tell_nothing_found_and_wrong_use_apart(
    running: Running, words: list[str], code: int
) -> None:
    assert ask(running, "show", *words).exit_code == code


def test_an_unknown_table_is_told_with_those_that_are_there(running: Running) -> None:
    result = ask(running, "show", "routes", "--table", "blue")
    assert "there is no table 'blue'; there is main" in result.stderr


def test_tables_of_text_end_without_blanks(running: Running) -> None:
    text = ask(running, "show", "interfaces").stdout
    assert [line.split()[:2] for line in text.splitlines()] == [
        ["interface", "state"],
        ["eth0", "up"],
        ["eth1", "no"],
    ]
    assert all(line == line.rstrip() for line in text.splitlines())


def test_the_operator_is_asked_before_anything_is_applied(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fingerpost.cli.plans._is_somebody_there", lambda: True)
    file = tmp_path / "r.yaml"
    file.write_text(CONFIG.replace("198.51.100.0/24", "203.0.113.0/24"))
    refused = ask(running, "apply", str(file), input="n\n")
    assert refused.exit_code == 1
    assert "203.0.113.0/24" in refused.stdout
    assert ask(running, "show", "routes", "203.0.113.0/24").exit_code == 1
    applied = ask(running, "apply", str(file), input="y\n")
    assert applied.exit_code == 0
    assert ask(running, "show", "routes", "203.0.113.0/24").exit_code == 0
    again = ask(running, "apply", str(file), input="y\n")
    assert again.stdout == "no change\n"


def test_apply_with_json_is_one_document_and_asks_nobody(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "r.yaml"
    file.write_text(CONFIG.replace("198.51.100.0/24", "203.0.113.0/24"))
    plan = json.loads(ask(running, "apply", str(file), "--yes", "--json").stdout)
    assert plan["applied"] is True
    dry = json.loads(ask(running, "rollback", "--dry-run", "--json").stdout)
    assert dry["applied"] is False
    assert "198.51.100.0/24" in dry["difference"]["text"]


def test_a_trial_is_confirmed_by_either_command(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "r.yaml"
    for number, words in enumerate((["confirm"], ["apply", "--confirmed"])):
        file.write_text(CONFIG.replace("198.51.100.0/24", f"203.0.{number}.0/24"))
        applied = ask(running, "apply", str(file), "--yes", "--confirm", "1min")
        assert "taken back in 60 s" in applied.stdout
        assert "not confirmed: it is rolled back in" in ask(running, "show", "status").stdout
        assert "is confirmed" in ask(running, *words).stdout
        assert ask(running, *words).exit_code == 1
    assert ask(running, "apply").exit_code == 2


def test_a_faulty_file_is_told_with_its_places_and_misuse(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "r.yaml"
    file.write_text("router: {name: standing}\nstatic: [nonsense]\nrip: 3\n")
    result = ask(running, "apply", str(file), "--yes")
    assert result.exit_code == 2
    assert f"{file}:2:" in result.stderr
    assert f"{file}:3:" in result.stderr


@pytest.mark.parametrize("text", ["soon", "-5s", "0", "nan", "inf", "10 parsecs"])
def test_a_time_that_is_none_is_misuse(running: Running, tmp_path: Path, text: str) -> None:
    file = tmp_path / "r.yaml"
    file.write_text(CONFIG)
    assert ask(running, "apply", str(file), "--yes", f"--confirm={text}").exit_code == 2


def test_events_end_after_as_many_as_were_asked_for(running: Running) -> None:
    with subprocess.Popen(
        [
            *(sys.executable, "-c", "from fingerpost.cli import main; main()"),
            *("show", "events", "--count", "1", "--socket", running.client.path),
        ],
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        from fingerpost.api.journal import Level

        journal, end = running.daemon.journal, time.monotonic() + 20
        while not journal.subscribers:
            assert time.monotonic() < end
            time.sleep(0.01)
        running.call(lambda: journal.say(Level.INFO, "said", "hello", place=1))
        assert reader.stdout is not None
        line = reader.stdout.read()
    assert line.endswith("info    said: hello (place=1)\n")
    assert reader.returncode == 0


def test_watch_shows_again_until_it_is_interrupted(running: Running) -> None:
    with subprocess.Popen(
        [
            *(sys.executable, "-c", "from fingerpost.cli import main; main()"),
            *("show", "status", "--watch", "0.1", "--socket", running.client.path),
        ],
        stdout=subprocess.PIPE,
        text=True,
    ) as watcher:
        assert watcher.stdout is not None
        seen = [watcher.stdout.readline() for _ in range(10)]
        watcher.terminate()
    assert sum("standing: ok" in line for line in seen) >= 2


def test_to_show_costs_no_heavy_import() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-X", "importtime", "-c", "from fingerpost.cli import main; main()"),
            *("show", "routes", "--socket", "/nowhere"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no router runs at /nowhere" in done.stderr
    imported = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()
    }
    assert not imported & {"asyncio", "pydantic", "fastapi", "uvicorn", "yaml", "numpy", "rich"}
    assert not {one for one in done.stderr.split() if one.startswith("fingerpost.rib")}
