"""OSPF by the API: who is not full and why, the database, metrics, and `fingerpost show ospf`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.standing import Running, StandingHost, daemon_on, interface, serving
from fingerpost.addr import Address, Prefix
from fingerpost.api.answers import ProtocolAnswer
from fingerpost.cli import DONE, MISUSED, cli
from fingerpost.ospf.packet import Hello, v2
from fingerpost.protocol.events import PacketReceived
from fingerpost.router.events import ToProtocol

CONFIG = """
router: {name: standing, id: 10.255.0.1}
static: [192.0.2.0/24 blackhole]
ospf:
  interfaces:
    eth0: {type: point-to-point}
    eth1: {area: 1, hello: 5s}
  redistribute: [static]
"""
MASK = 0xFFFFFF00


def hello(router: int, hello_s: int = 10) -> bytes:
    """A Hello of a router of the backbone that hears nobody."""
    body = Hello(hello_s, 40, 2, 1, 0, 0, (), MASK)
    return v2.encode(router, 0, 0, body)


@pytest.fixture
def running(short_path: Path) -> Iterator[Running]:
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"), interface("eth1", 3, "10.0.1.1/24"))
    daemon = daemon_on(host, short_path, CONFIG)
    group = Address("224.0.0.5")
    for name, source, packet in (
        ("eth0", "10.0.0.2", hello(0x0A0A0A02)),
        ("eth0", "10.0.0.3", hello(0x0A0A0A03, 7)),
    ):
        heard = PacketReceived(name, Address(source), group, 1, packet)
        host.receive(ToProtocol("ospf", heard))
    with serving(daemon, short_path) as running:
        yield running


def show(running: Running, *words: str) -> Result:
    return CliRunner().invoke(cli, ["show", "ospf", *words, "--socket", running.client.path])


def test_a_neighbour_says_why_it_is_not_full_and_a_refused_one_why(running: Running) -> None:
    ((one),) = running.client.get("/v1/ospf")["instances"]
    status = one["status"]
    (neighbor,) = status["neighbors"]
    assert (neighbor["router_id"], neighbor["state"]) == ("10.10.10.2", "Init")
    assert "one-way" in neighbor["why_not_full"]
    (refused,) = status["refused"]
    assert (refused["theirs"], refused["ours"]) == ("7 s", "10 s")
    lines = show(running, "neighbors").stdout.splitlines()
    assert lines[1].split()[:3] == ["10.10.10.2", "1", "Init"]
    assert "refused:" in lines
    assert lines[-1].startswith("10.10.10.3")


def test_neighbours_of_all_protocols_have_those_of_ospf(running: Running) -> None:
    found = running.client.get("/v1/neighbors")
    assert [(one["protocol"], one["state"]) for one in found["neighbors"]] == [("ospf", "Init")]
    assert [one["address"] for one in found["ignored"]] == ["10.0.0.3"]
    done = CliRunner().invoke(cli, ["show", "neighbors", "--socket", running.client.path])
    assert "one-way" in done.stdout


def test_the_database_is_asked_for_by_type(running: Running) -> None:
    whole = show(running, "database", "external", "--whole")
    assert whole.exit_code == DONE
    assert "external-LSA 192.0.2.0 of 10.255.0.1" in whole.stdout
    assert "metric" in whole.stdout
    model = json.loads(show(running, "database", "--json").stdout)["instances"][0]
    assert {row["type"] for row in model["lsas"]} >= {"external"}
    assert show(running, "database", "--id", "10.9.9.9").stdout == "no LSA\n"
    assert show(running, "database", "--id", "x").exit_code != DONE
    assert show(running, "routes", "external").exit_code == MISUSED


def test_each_part_is_shown(running: Running) -> None:
    for part in ("status", "interfaces", "routes", "spf", "faults", "events"):
        assert show(running, part).exit_code == DONE
    assert "router id 10.255.0.1" in show(running).stdout
    assert "0.0.0.1" in show(running, "interfaces").stdout


def test_where_ospf_does_not_run_that_is_said(short_path: Path) -> None:
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"))
    daemon = daemon_on(host, short_path, "router: {name: standing}")
    with serving(daemon, short_path) as running:
        assert running.client.get("/v1/ospf") == {"instances": []}
        assert show(running).stdout == "OSPF does not run\n"


def test_packets_and_neighbours_are_counted_as_metrics(running: Running) -> None:
    text = running.client.text("/metrics")
    assert 'fingerpost_ospf_neighbors{protocol="ospf",state="Init"} 1' in text
    assert 'fingerpost_ospf_lsas{protocol="ospf",area="AS"} 1' in text
    assert "fingerpost_ospf_packets_total{" in text
    assert "fingerpost_ospf_faults_total{" in text


@pytest.mark.parametrize("prefix", ["10.0.0.0/24", "198.51.100.0/24"])
def test_answers_of_ospf_are_what_the_api_promises(running: Running, prefix: str) -> None:
    """A way with its LSAs, and a prefix that nobody tells, while somebody is refused."""
    machine = running.daemon.routing.protocols["ospf"].machine
    given = machine.explain(Prefix(prefix)).as_dict()
    answer = ProtocolAnswer.model_validate(given).model_dump()
    assert answer == given
    assert bool(answer["ways"]) != bool(answer["ignored"])
