"""What another policy would change in a router that runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.standing import Running, StandingHost, daemon_on, interface, serving
from fingerpost.cli import DONE, FAILED, MISUSED, cli
from fingerpost.config.route_asked import parse
from fingerpost.policy import load
from fingerpost.rib.events import AnnounceRoutes
from fingerpost.rip import RipConfig, RipInterface
from fingerpost.rip.filters import judged
from fingerpost.router import ChannelConfig, ConfigurationChanged, ProtocolConfig, RouterConfig

TEXT = "policies: {from-rip: [{name: near, match: {metric: 1-4}, set: {tag: 9}}]}\n"
SHORT = {
    "policies": {"from-rip": [{"name": "near", "match": {"metric": "1-4"}, "set": {"tag": 9}}]}
}
NEAR = {"name": "near", "match": {"metric": "1-4"}, "set": {"tag": 9}}
LINES = [f"10.{metric}.0.0/16 rip metric {metric} via 10.0.0.7 dev eth0" for metric in range(1, 9)]


@pytest.fixture
def running(short_path: Path) -> Iterator[Running]:
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"))
    judge = load({"policies": {"from-rip": [NEAR]}})["from-rip"]
    own = RipConfig((RipInterface("eth0", policy_in=(judged(judge),)),))
    channel = ChannelConfig(import_policy=judge)
    host.receive(
        ConfigurationChanged(RouterConfig(protocols={"rip": ProtocolConfig("rip", own, channel)}))
    )
    one = host.routing.protocols["rip"]
    one.channel.receive(AnnounceRoutes(tuple(map(parse, LINES))), host.now())
    with serving(daemon_on(host, short_path), short_path) as running:
        yield running


def diff(running: Running, folder: Path, text: str, *words: str) -> Result:
    path = folder / "p.yaml"
    path.write_text(text)
    where = ["--socket", running.client.path]
    return CliRunner().invoke(cli, ["policy", "diff", str(path), "from-rip", *words, *where])


def test_every_route_that_comes_to_a_policy_is_given_as_it_is_before_it(running: Running) -> None:
    rows = list(running.client.lines("/v1/policies/routes", name="from-rip"))
    assert {row["place"] for row in rows} == {"rip import"}
    assert sorted(row["route"]["metric"] for row in rows) == list(range(1, 9))
    assert all((row["after"] is None) == (row["route"]["metric"] > 4) for row in rows)
    assert all(row["route"]["tag"] == 0 for row in rows)
    assert {row["after"]["tag"] for row in rows if row["after"]} == {9}


def test_the_same_policy_changes_nothing(running: Running, tmp_path: Path) -> None:
    result = diff(running, tmp_path, TEXT)
    assert (result.exit_code, result.stdout) == (DONE, "rip import: 8 same\n")


def test_what_would_be_accepted_refused_and_changed_is_listed(
    running: Running, tmp_path: Path
) -> None:
    text = TEXT.replace("1-4", "2-5").replace("tag: 9", "tag: 8")
    result = diff(running, tmp_path, text)
    assert result.exit_code == FAILED
    lines = result.stdout.splitlines()
    assert lines[0] == "- 10.1.0.0/16 via 10.0.0.7 dev eth0 proto rip [120/1]"
    assert lines[1] == "    policy from-rip line end: reject, for no line decided"
    assert lines[2] == "~ 10.2.0.0/16 via 10.0.0.7 dev eth0 proto rip [120/2]"
    assert lines[4] == "    tag 9 -> 8"
    assert "+ 10.5.0.0/16 via 10.0.0.7 dev eth0 proto rip [120/5]" in lines
    assert lines[-1] == (
        "rip import: 1 accepted from then on, 3 changed otherwise, 1 refused from then on, 3 same"
    )
    limited = diff(running, tmp_path, text, "--limit", "1")
    assert "and 4 more; --limit lists them" in limited.stdout


def test_a_place_without_a_policy_may_be_asked_about(running: Running, tmp_path: Path) -> None:
    result = diff(running, tmp_path, TEXT, "--at", "forwarding of main")
    assert result.exit_code == FAILED
    assert "~ 10.0.0.0/24 dev eth0 proto connected:eth0 [0/2]" in result.stdout


def test_unknown_policies_and_places_are_misuse(running: Running, tmp_path: Path) -> None:
    result = diff(running, tmp_path, TEXT, "--at", "nowhere")
    assert result.exit_code == MISUSED
    assert "name a place of forwarding of main, rip import, rip export" in result.stderr
    kept = diff(running, tmp_path, TEXT, "--at", "rip in of eth0")
    assert "no routes are kept of those that come to rip in of eth0" in kept.stderr


def test_policies_of_interfaces_are_shown_with_those_of_channels(running: Running) -> None:
    (row,) = running.client.get("/v1/policies")["policies"]
    assert row["used_by"] == ["rip import", "rip in of eth0"]
    hits = row["lines"][0]["hits"]
    list(running.client.lines("/v1/policies/routes", name="from-rip"))
    assert running.client.get("/v1/policies")["policies"][0]["lines"][0]["hits"] == hits
