"""Who is heard, who speaks and is not, and what of it goes into the log at which level."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.standing import Running, StandingHost, daemon_on, interface, serving
from bgp.told_by_hand import established, update
from fingerpost.addr import Address
from fingerpost.cli import DONE, cli
from fingerpost.forwarding.events import Happened
from fingerpost.host.linux.kernel_interface import InterfaceChange
from fingerpost.protocol.events import DatagramReceived, NeighborAsked, StreamAccepted
from fingerpost.rip.packet import RipPacket, Rte
from fingerpost.router.events import ToProtocol

CONFIG = """
router: {name: standing}
key-chains: {k: {keys: [{id: 1, secret: sesame}]}}
rip: {interfaces: {eth0: {authentication: {key-chain: k}}, eth1: }}
"""
BGP = """
router: {name: standing, id: 10.255.0.1}
bgp:
  as: 65000
  requires-policy: false
  neighbors: {10.0.0.2: {as: 65002}, 10.0.0.3: {as: 65003}}
"""
ROUTE = Rte(Address("10.9.0.0"), Address("255.255.0.0"), metric=3)


@pytest.fixture
def running(short_path: Path) -> Iterator[Running]:
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"), interface("eth1", 3, "10.0.1.1/24"))
    daemon = daemon_on(host, short_path, CONFIG)
    payload = RipPacket(command=2, entries=(ROUTE,)).encode()
    for name, source in (("eth0", "10.0.0.2"), ("eth1", "10.0.1.2")):
        heard = DatagramReceived(name, Address(source), 520, Address("224.0.0.9"), 1, payload)
        host.receive(ToProtocol("rip", heard))
    with serving(daemon, short_path) as running:
        yield running


def test_who_is_not_heard_stands_beside_the_neighbors_with_the_reason(running: Running) -> None:
    model = running.client.get("/v1/neighbors")
    assert [one["address"] for one in model["neighbors"]] == ["10.0.1.2"]
    (ignored,) = model["ignored"]
    assert (ignored["protocol"], ignored["interface"]) == ("rip", "eth0")
    assert (ignored["address"], ignored["reason"]) == ("10.0.0.2", "authentication missing")
    shown = CliRunner().invoke(cli, ["show", "neighbors", "--socket", running.client.path])
    assert shown.exit_code == DONE
    assert shown.stdout.splitlines()[-1].endswith("authentication missing")


def test_neighbors_of_bgp_stand_there_too_and_why_one_is_down(short_path: Path) -> None:
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"))
    daemon = daemon_on(host, short_path, BGP)
    established(host, "10.0.0.2", 65002).say(update(("192.0.2.0/24",), (65002,)))
    stranger = StreamAccepted(-99, Address("10.0.0.1"), 179, Address("10.0.0.7"), 50_000)
    host.receive(ToProtocol("bgp", stranger))
    host.receive(ToProtocol("bgp", NeighborAsked("10.0.0.3", "shut")))
    with serving(daemon, short_path) as running:
        model = running.client.get("/v1/neighbors", protocol="bgp")
        up, down = model["neighbors"]
        assert (up["address"], up["state"], up["entries"]) == ("10.0.0.2", "Established", 1)
        assert (up["router_id"], up["responses"]) == ("10.0.0.2", 1)
        assert (down["address"], down["state"], down["why_not_full"]) == (
            *("10.0.0.3", "Idle", "shut"),
        )
        (ignored,) = model["ignored"]
        assert (ignored["address"], ignored["messages"]) == ("10.0.0.7", 1)
        shown = CliRunner().invoke(cli, ["show", "neighbors", "--socket", running.client.path])
    assert "10.0.0.3: shut\n" in shown.stdout
    assert shown.stdout.splitlines()[-1].endswith("no neighbor is configured there")


def test_why_not_names_who_would_have_offered_it(running: Running) -> None:
    words = ["why-not", "10.8.0.0/16", "--socket", running.client.path]
    assert "not heard: 10.0.0.2 on eth0" in CliRunner().invoke(cli, words).stdout


def test_what_goes_wrong_is_a_warning_and_what_comes_is_not(running: Running) -> None:
    told = running.client.get("/v1/log")["records"]
    levels = {one["kind"]: one["level"] for one in told}
    assert levels["rip neighbor up"] == "info"
    assert levels["rip message ignored"] == "warning"
    running.call(lambda: running.daemon.observe((Happened("open failed", "eth0", "taken"),)))
    assert running.client.get("/v1/log", level="warning")["records"][-1]["kind"] == "open failed"
    assert str(running.daemon.journal.records[-1]).endswith("open failed: taken (interface=eth0)")


def test_an_interface_says_why_it_carries_nothing() -> None:
    up = interface("eth0", 2, "10.0.0.1/24")
    down = interface("eth0", 2, is_up=False)
    cut = InterfaceChange(up, down)
    assert (cut.happened, cut.detail) == ("down", "no carrier")
    back = InterfaceChange(down, up)
    assert (back.happened, back.detail) == ("up", "10.0.0.1/24")
    gone = InterfaceChange(up, None)
    assert gone.happened == "gone"
    assert InterfaceChange(up, up).happened is None
    assert InterfaceChange(None, down).happened is None
