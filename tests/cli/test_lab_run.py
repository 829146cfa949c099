"""`fingerpost lab run`, `ping`, `traceroute` and `why`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fingerpost.cli import DONE, FAILED, cli
from fingerpost.errors import UsageError

CHAPTER = str(Path(__file__).resolve().parents[2] / "examples" / "chapter.yaml")
NOBODY = "10.200.0.1"


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["lab", *words], standalone_mode=False)


def model(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*words, "--json").stdout)
    return found


def test_a_run_tells_what_happened_and_judges() -> None:
    result = run("run", CHAPTER)
    assert result.return_value == DONE
    assert "10.000000 fork-east: link failed" in result.stdout
    assert result.stdout.count("pass ") == 7
    assert "7 of 7 expectations met" in result.stdout


def test_an_expectation_that_fails_is_the_exit_code(tmp_path: Path) -> None:
    text = Path(CHAPTER).read_text(encoding="utf-8")
    path = tmp_path / "wrong.yaml"
    path.write_text(text + "  - unreachable: alice -> bob\n", encoding="utf-8")
    result = run("run", str(path), "--quiet")
    assert result.return_value == FAILED
    line = next(line for line in result.stdout.splitlines() if line.startswith("FAIL"))
    assert f"(line {len(text.splitlines()) + 1}): over IPv4 alice > bob" in line
    assert "7 of 8 expectations met" in result.stdout
    found = model("run", str(path))
    assert found["met"] is False
    assert [one["met"] for one in found["expectations"]].count(False) == 1


def test_a_run_is_plain_data_too() -> None:
    found = model("run", CHAPTER, "--seed", "5")
    assert (found["name"], found["seed"], found["nodes"]) == ("chapter", 5, 10)
    assert found["happened"][0]["kind"] == "link failed"
    assert found["frames"] > 1000
    assert len(found["links"]) == 9


@pytest.mark.parametrize("name", ["all.pcapng", "all.pcap", "folder"])
def test_a_run_is_captured(tmp_path: Path, name: str) -> None:
    result = run("run", CHAPTER, "--pcap", str(tmp_path / name), "--quiet")
    assert "captured" in result.stdout
    files = list((tmp_path / name).iterdir()) if name == "folder" else [tmp_path / name]
    assert len(files) == (9 if name == "folder" else 1)
    assert sum(file.stat().st_size for file in files) > 50_000


def test_one_link_is_captured_alone(tmp_path: Path) -> None:
    run("run", CHAPTER, "--pcap", str(tmp_path), "--link", "fork-east", "--quiet")
    assert [file.name for file in tmp_path.iterdir()] == ["fork-east.pcap"]


def test_a_run_may_end_early() -> None:
    found = model("run", CHAPTER, "--until", "12s")
    assert [one["kind"] for one in found["happened"] if one["where"] == "fork-east"] == [
        "link failed"
    ]
    assert len(found["unreached"]) == 2
    assert found["met"] is True, "what is left can be judged at 12 s"


def test_a_run_by_the_clock_takes_its_time(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text("topology: {nodes: {a: {}, b: {}}, links: [{endpoints: [a, b]}]}")
    found = model("run", str(path), "--until", "300ms", "--realtime")
    assert found["seconds"] >= 0.3
    assert found["until_ns"] >= 300_000_000
    assert "no expectations" in run("run", str(path), "--until", "1h").stdout


def test_ping_prints_what_ping_prints() -> None:
    result = run("ping", CHAPTER, "alice", "ed", "-c", "2", "-i", "100ms")
    assert result.return_value == DONE
    lines = result.stdout.splitlines()
    assert lines[0] == "PING ed (10.2.3.7) 56(84) bytes of data."
    assert lines[2] == "64 bytes from ed (10.2.3.7): icmp_seq=2 ttl=61 time=8.10 ms"
    assert lines[5] == "2 packets transmitted, 2 received, 0% packet loss, time 108ms"


def test_ping_fails_where_nothing_comes_back() -> None:
    result = run("ping", CHAPTER, "alice", NOBODY, "-c", "1")
    assert result.return_value == FAILED
    assert "From fork (172.16.0.2) icmp_seq=1 Time to live exceeded" in result.stdout
    assert model("ping", CHAPTER, "alice", NOBODY, "-c", "1")["received"] == 0


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["-s", "1473", "--df"], "message"),
        (["-t", "1"], "From gate (10.1.1.1) icmp_seq=1 Time to live exceeded"),
    ],
)
def test_ping_takes_the_options_of_ping(words: list[str], error: str) -> None:
    result = run("ping", CHAPTER, "alice", "ed", "-c", "1", *words)
    assert result.return_value == FAILED
    assert error in result.stdout or "Frag needed" in result.stdout


def test_traceroute_finds_the_way_before_and_after_a_cut() -> None:
    found = model("traceroute", CHAPTER, "alice", "ed")
    assert [hop["answers"][0]["name"] for hop in found["hops"]] == ["gate", "fork", "east", "ed"]
    found = model("traceroute", CHAPTER, "alice", "ed", "--fail", "fork-east", "-q", "1")
    assert [hop["answers"][0]["name"] for hop in found["hops"]][2:] == ["north", "east", "ed"]
    found = model("traceroute", CHAPTER, "alice", "ed", "--at", "12s", "-I")
    assert len(found["hops"]) == 5, "the timeline has cut it"


@pytest.mark.parametrize("method", [[], ["-I"], ["-T"], ["--mtu"], ["--flows", "3"]])
def test_traceroute_by_every_method(method: list[str]) -> None:
    result = run("traceroute", CHAPTER, "alice", "wendy", *method)
    assert result.return_value == DONE
    assert len(result.stdout.splitlines()) == 5


def test_traceroute_explains_each_router() -> None:
    text = run("traceroute", CHAPTER, "alice", "ed", "--explain", "-q", "1").stdout
    assert " 2  fork (172.16.0.2)  " in text
    assert "    10.2.3.0/24  via 172.16.3.2 dev eth3  wins" in text
    assert "    10.2.0.0/16  via 172.16.2.2 dev eth2  lost: its 16 bits are fewer than 24" in text
    assert text.splitlines()[-1] == "alice -> ed: arrives"
    assert "why" in model("traceroute", CHAPTER, "alice", "ed", "--explain")


def test_a_loop_is_seen_by_traceroute_and_named_by_why() -> None:
    result = run("traceroute", CHAPTER, "alice", NOBODY, "-m", "6", "-q", "1")
    assert result.return_value == FAILED
    assert [line.split()[1] for line in result.stdout.splitlines()[1:]] == [
        "gate", "fork", "west", "fork", "west", "fork",
    ]  # fmt: skip
    result = run("why", CHAPTER, "alice", NOBODY)
    assert result.return_value == FAILED
    assert result.stdout.splitlines()[0].endswith("goes in a circle: west > fork > west")


def test_why_names_winner_and_losers_and_in_full_every_stage() -> None:
    result = run("why", CHAPTER, "fork", "ed")
    assert result.return_value == DONE
    assert (
        "10.0.0.0/8   via 172.16.1.2 dev eth1  lost: its 8 bits are fewer than 24" in result.stdout
    )
    full = run("why", CHAPTER, "alice", "ed", "--full", "--udp").stdout
    assert "hop limit" in full
    assert "RFC 1812 5.3.1" in full
    found = model("why", CHAPTER, "alice", "ed", "--tcp", "-p", "80")
    assert found["delivered"] is True


@pytest.mark.parametrize(
    "words",
    [
        ["ping", CHAPTER, "alice", "nobody"],
        ["ping", CHAPTER, "alicia", "ed"],
        ["ping", CHAPTER, "alice", "ed", "--at", "soon"],
        ["traceroute", CHAPTER, "alice", "ed", "--fail", "a-b"],
        ["why", CHAPTER, "alice", "ed", "-6"],
        ["run", CHAPTER, "--until", "soon"],
        ["run", CHAPTER, "--pcap", CHAPTER],
    ],
)
def test_wrong_use_is_told(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["lab", *words], "fingerpost")
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("Error: ")


# -- protocols -------------------------------------------------------------------------------------

EXAMPLES = Path(CHAPTER).parent
RING = str(EXAMPLES / "rip-ring.yaml")


@pytest.mark.parametrize(
    "path",
    sorted([*EXAMPLES.glob("rip-*.yaml"), EXAMPLES / "ospf-square.yaml"]),
    ids=lambda path: path.stem,
)
def test_the_examples_with_protocols_do_what_they_say(path: Path) -> None:
    result = run("run", str(path))
    assert result.return_value == DONE, result.stdout
    assert "FAIL" not in result.stdout
    assert "converged: tables stand since" in result.stdout
    assert "route learned" not in result.stdout
    assert "neighbor state: 10.255.0.2 Down to Init" not in result.stdout


def test_changes_of_routes_and_tables_are_told_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "pair.yaml"
    path.write_text(
        "routing: rip\ntopology: {nodes: {a: , b: }, links: [{endpoints: [a, b]}]}\n",
        encoding="utf-8",
    )
    told = run("run", str(path), "--routes", "--tables").stdout
    assert "a: route learned: 10.255.0.2/32 via 10.0.0.1 dev eth1 proto rip metric 2" in told
    assert "\n10.255.0.2/32 via 10.0.0.1 dev eth1 proto rip metric 2\n" in told
    assert run("run", str(path), "--until", "5s").return_value == DONE
    found = model("run", str(path), "--until", "converged")
    assert found["converged"] is True
    assert found["until_ns"] > 30_000_000_000


def test_tables_that_do_not_stand_when_they_should_are_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fingerpost.lab.clockwork.PATIENCE_NS", 1_000_000_000)
    path = tmp_path / "pair.yaml"
    path.write_text(
        "routing: rip\ntopology: {nodes: {a: , b: }, links: [{endpoints: [a, b]}]}\n",
        encoding="utf-8",
    )
    result = run("run", str(path))
    assert result.return_value == FAILED
    assert "the tables still change after 2 s" in result.stdout


def test_questions_are_asked_once_tables_stand_before_the_cut_and_after() -> None:
    whole = model("traceroute", RING, "east", "west")
    assert [hop[0]["name"] for hop in map(_answers, whole["hops"])] == ["a", "b", "c", "d", "west"]
    cut = model("traceroute", RING, "east", "west", "--fail", "b-c")
    assert [hop[0]["name"] for hop in map(_answers, cut["hops"])] == ["a", "f", "e", "d", "west"]
    at_once = run("why", RING, "east", "west", "--at", "50s", "--fail", "b-c")
    assert at_once.return_value == FAILED


def _answers(hop: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in hop["answers"] if one is not None]


def test_why_tells_what_the_protocol_was_offered() -> None:
    told = run("why", RING, "east", "west").stdout
    assert "rip on 10.128.1.0/24: valid" in told
    assert "won:  metric 4 from 10.0.0.1 on eth2" in told
    full = run("why", RING, "east", "west", "--full").stdout
    assert "said by rip from 10.0.0.1" in full
    hops = model("why", RING, "east", "west")["hops"]
    assert hops[0]["learned"] is None  # a host learns nothing
    assert hops[1]["learned"][0].startswith("10.128.1.0/24")


def test_any_file_may_be_routed_otherwise() -> None:
    campus = str(EXAMPLES / "campus.yaml")
    found = model("check", campus, "--routing", "rip,ripng", "--reach")
    assert found["reachability"]["reachable"] == found["reachability"]["pairs"]
    assert found["nodes"][1]["protocols"] == ["rip", "ripng"]
    cut = run("check", RING, "--reach", "--fail", "b-c")
    assert cut.return_value == FAILED  # nobody reaches the ends of the link itself
    assert "0 loops" in cut.stdout
    result = run("check", campus, "--routing", "ripp")
    assert isinstance(result.exception, UsageError)
    assert "write shortest, none, or protocols: rip, ripng, ospf, ospf3" in str(result.exception)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ((), "10.128.1.0/24 via 10.0.0.1 dev eth2 proto rip metric 4"),
        (("routes",), "fd00:0:2:1::/64 via fe80::ff:fe03:1 dev eth2 proto ripng metric 4"),
        (("rib",), "R> 10.128.1.0/24 [120/4] via 10.0.0.1, eth2, 00:00:"),
        (("rip",), "neighbors      2"),
        (("rip", "routes"), "10.128.1.0/24  10.0.0.1        4  10.0.0.1"),
        (("ripng", "neighbors"), "fe80::ff:fe03:1"),
    ],
)
def test_show_tells_what_a_router_knows(words: tuple[str, ...], line: str) -> None:
    assert line in run("show", RING, "a", *words).stdout


def test_show_says_what_is_not_there() -> None:
    for words, reason in (
        ((RING, "east", "rib"), "east runs no protocol: its table is static; show routes"),
        ((str(EXAMPLES / "rip-line.yaml"), "r1", "ripng"), "r1 runs no ripng; it runs rip"),
    ):
        result = run("show", *words)
        assert isinstance(result.exception, UsageError)
        assert str(result.exception) == reason


def test_a_run_by_the_clock_may_end_when_tables_stand(tmp_path: Path) -> None:
    path = tmp_path / "pair.yaml"
    timers = "{update: 300ms, jitter: 10ms, triggered-least: 10ms, triggered-most: 20ms}"
    path.write_text(
        f"""
routing: rip
topology:
  defaults: {{router: {{rip: {{timers: {timers}}}}}}}
  nodes: {{a: , b: }}
  links: [{{endpoints: [a, b]}}]
expect: [route: a -> b via b]
""",
        encoding="utf-8",
    )
    found = model("run", str(path), "--until", "converged", "--realtime")
    assert found["met"] is True
    assert found["converged"] is True
    assert found["seconds"] >= 1.3
