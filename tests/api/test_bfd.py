"""BFD by the API: sessions with why they are down, metrics, and `fingerpost show bfd`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.standing import Running, StandingHost, daemon_on, interface, serving
from fingerpost.addr import Address
from fingerpost.bfd import State
from fingerpost.bfd.packet import ControlPacket
from fingerpost.cli import DONE, cli
from fingerpost.protocol.events import DatagramReceived
from fingerpost.router.events import ToProtocol

CONFIG = """
router: {name: standing}
static: [10.9.0.0/16 via 10.0.0.2 bfd]
bfd:
  interfaces: {eth1: {authentication: {keys: {id: 1, secret: sesame}}}}
  peers: [10.0.1.2, 192.0.2.9]
"""
FIRST = ControlPacket(State.DOWN, 3, 77, 0, 1_000_000, 300_000)


@pytest.fixture
def running(short_path: Path) -> Iterator[Running]:
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"), interface("eth1", 3, "10.0.1.1/24"))
    daemon = daemon_on(host, short_path, CONFIG)
    for name, source in (("eth0", "10.0.0.2"), ("eth1", "10.0.1.2"), ("eth0", "10.0.0.9")):
        target = Address("10.0.0.1")
        heard = DatagramReceived(name, Address(source), 50_000, target, 255, FIRST.encode())
        host.receive(ToProtocol("bfd", heard))
    with serving(daemon, short_path) as running:
        yield running


def show(running: Running, *words: str) -> Result:
    return CliRunner().invoke(cli, ["show", "bfd", *words, "--socket", running.client.path])


def test_each_session_says_who_asks_for_it_and_why_it_is_not_up(running: Running) -> None:
    status = running.client.get("/v1/bfd")["status"]
    near, signed = status["sessions"]
    assert (near["peer"], near["local"], near["status"]) == ("10.0.0.2", "10.0.0.1", "Init")
    assert near["clients"] == [{"name": "static", "key": ""}]
    assert near["remote"]["id"] == 77
    assert near["reason"].startswith("the neighbor speaks and does not hear us")
    assert signed["reason"] == "the neighbor's packets are refused: authentication missing (1)"
    assert signed["counters"]["faults"] == {"authentication missing": 1}
    assert signed["authentication"]["type"] == "Meticulous Keyed SHA1"
    assert [one["peer"] for one in status["waiting"]] == ["192.0.2.9"]
    assert [one["address"] for one in status["strangers"]] == ["10.0.0.9"]
    assert "sesame" not in json.dumps(status)


def test_show_bfd_prints_it_in_the_columns_of_others(running: Running) -> None:
    done = show(running)
    assert done.exit_code == DONE
    lines = done.stdout.splitlines()
    assert lines[0] == "session count: 2"
    assert lines[1].split()[:4] == ["session", "id", "local", "address"]
    assert lines[2].split()[1:5] == ["10.0.0.1", "10.0.0.2", "eth0", "Init"]
    assert lines[-1] == "configuration waits for 192.0.2.9: no network of ours has 192.0.2.9"
    details = show(running, "details").stdout
    assert "10.0.1.2 on eth1\n" in details
    assert "authentication Meticulous Keyed SHA1 key 1" in details
    faults = show(running, "faults").stdout.splitlines()
    assert faults[1].split()[:3] == ["10.0.1.2", "eth1", "1"]
    assert faults[2].endswith("neighbor without a session")
    assert len(show(running, "counters").stdout.splitlines()) == 3
    model = json.loads(show(running, "--json").stdout)["status"]
    assert [one["peer"] for one in model["sessions"]] == ["10.0.0.2", "10.0.1.2"]


def test_where_bfd_does_not_run_that_is_said(short_path: Path) -> None:
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"))
    daemon = daemon_on(host, short_path, "router: {name: standing}")
    with serving(daemon, short_path) as running:
        assert running.client.get("/v1/bfd") == {"status": None}
        assert show(running).stdout == "BFD does not run\n"


def test_sessions_are_counted_as_metrics(running: Running) -> None:
    text = running.client.text("/metrics")
    assert 'fingerpost_bfd_session_up{interface="eth0",peer="10.0.0.2"} 0' in text
    assert 'fingerpost_bfd_packets_total{direction="in",interface="eth0",peer="10.0.0.2"} 1' in text
    assert 'reason="authentication missing"' in text


def test_what_runs_lists_bfd_on_its_interfaces(running: Running) -> None:
    rows = {one["name"]: one for one in running.client.get("/v1/interfaces")["interfaces"]}
    assert rows["eth1"]["protocols"] == ["bfd"]
    assert [one["kind"] for one in running.client.get("/v1/protocols")["protocols"]] == ["bfd"]
