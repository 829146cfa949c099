"""A neighbour that restarts is told of as if it were there (RFC 3623 3, RFC 5187 3)."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Literal

import pytest

from fingerpost.ospf.config import GracefulRestart, NetworkType, OspfInterface
from fingerpost.ospf.lsa.grace import GraceLsa
from fingerpost.ospf.lsa.header import LsaKey
from fingerpost.ospf.neighbor import Neighbor
from fingerpost.ospf.neighbor_state import NeighborState
from fingerpost.protocol import events as ev

from .lsas import lsa
from .network import Make, Network
from .silent import silent, whole

VERSIONS = pytest.mark.parametrize("version", [2, 3])
P2P = OspfInterface("eth0", network_type=NetworkType.POINT_TO_POINT)
LAN = OspfInterface("eth0")


def full(
    version: Literal[2, 3],
    one: OspfInterface = P2P,
    restart: GracefulRestart | None = None,
    make: Make = silent,
) -> Network:
    network = Network(version, make=make)
    restart = restart or GracefulRestart()
    for number, name in enumerate("ab", 1):
        network.router(name, f"10.0.0.{number}", one, graceful_restart=restart)
    network.link("l", *[(n, "eth0", f"192.0.2.{i}/24") for i, n in enumerate("ab", 1)])
    assert network.run_until(lambda: network.is_full("a", "b"), 60)
    network.run(5)
    return network


def grace_key(network: Network) -> LsaKey:
    b = network.routers["b"]
    if b.version == 2:
        return LsaKey(9, 3 << 24, b.router_id)
    return LsaKey(0x000B, b.interfaces["eth0"].number, b.router_id)


def ask(network: Network, period_s: int = 100, sequence: int = -0x7FFFFFFF) -> None:
    """Let b say that it restarts."""
    b = network.routers["b"]
    key = grace_key(network)
    body = GraceLsa.of(period_s, 1, 0xC0000202 if b.version == 2 else None).pack()
    made = lsa(
        key.router, id=key.id, kind=key.type, version=b.version, body=body, sequence=sequence
    )
    b.database.originate(b.interfaces["eth0"].scope, made, network.now)
    network.give("b", ev.TimePassed())
    network.run(0.1)


def restart(network: Network, seconds: float) -> None:
    """Let b be gone for a while, and come back knowing nothing."""
    config = network.routers["b"].config
    network.give("b", ev.ShutdownRequested(is_polite=False))
    network.run(seconds)
    network.routers["b"] = silent(config, random.Random("again"), network.version)
    network.up("b", "eth0")


def known(network: Network) -> Neighbor:
    found = network.neighbor("a", "b")
    assert found is not None
    return found


def said(network: Network) -> list[str]:
    return [one.detail for _, router, one in network.told if one.kind == "graceful restart"]


@VERSIONS
@pytest.mark.parametrize("one", [P2P, LAN], ids=["point-to-point", "LAN"])
def test_a_neighbor_in_its_grace_period_stays_adjacent(
    version: Literal[2, 3], one: OspfInterface
) -> None:
    network = full(version, one)
    a = network.routers["a"].interfaces["eth0"]
    before = (a.state, a.designated, a.backup)
    ask(network)
    assert known(network).is_helped
    restart(network, 60)  # longer than the dead interval
    assert known(network).is_adjacent
    assert network.run_until(lambda: network.is_full("a", "b"), 80)
    network.run(2)
    assert known(network).is_adjacent
    assert (a.state, a.designated, a.backup) == before
    b = network.routers["b"]
    b.database.flush(b.interfaces["eth0"].scope, grace_key(network), network.now)
    network.give("b", ev.TimePassed())
    network.run(1)
    assert not known(network).is_helped
    assert known(network).state is NeighborState.FULL
    assert said(network) == [
        "10.0.0.2 restarts and is helped for 99 s (software restart)",
        "10.0.0.2 is not helped any more: it has taken its grace LSA back",
    ]


@VERSIONS
def test_who_is_done_before_we_have_loaded_stays_adjacent_until_we_have(
    version: Literal[2, 3], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has nothing to ask for, and takes its LSA back while answers to us are under way."""
    network = full(version)
    ask(network)
    restart(network, 10)
    b = network.routers["b"]
    news = lsa(kind=1 if version == 2 else 0x2001, version=version, body=bytes(4))
    b.database.originate(b.interfaces["eth0"].area.scope, news, network.now)
    with monkeypatch.context() as patch:
        patch.setattr(b.exchanges, "answer", lambda *_: None)
        assert network.run_until(lambda: network.state("b", "a") is NeighborState.FULL, 30)
        b.database.flush(b.interfaces["eth0"].scope, grace_key(network), network.now)
        network.give("b", ev.TimePassed())
        network.run(1)
        assert known(network).state is NeighborState.LOADING
        assert known(network).is_adjacent
    assert network.run_until(lambda: known(network).state is NeighborState.FULL, 10)
    assert not known(network).is_helped
    assert said(network)[-1].endswith("it has taken its grace LSA back")


@VERSIONS
def test_who_does_not_come_back_in_time_is_lost(version: Literal[2, 3]) -> None:
    network = full(version)
    ask(network, 70)
    network.give("b", ev.ShutdownRequested(is_polite=False))
    network.run(60)
    assert known(network).is_adjacent
    network.run(11)
    assert network.neighbor("a", "b") is None
    assert said(network)[-1] == "10.0.0.2 is not helped any more: its grace period is over"


@pytest.mark.parametrize("is_strict", [True, False])
def test_a_topology_that_changes_ends_the_help(is_strict: bool) -> None:
    network = full(2, LAN, GracefulRestart(is_strict=is_strict), whole)
    ask(network)
    network.give("b", ev.ShutdownRequested(is_polite=False))
    network.reconfigure("a", interfaces=(replace(LAN, cost=99),))
    network.run(6)
    assert known(network).is_helped != is_strict


@pytest.mark.parametrize(
    ("restarts", "period_s", "why"),
    [
        (GracefulRestart(helps=False), 100, "we help nobody"),
        (GracefulRestart(helps_at_most_s=50), 100, "it asks for more than 50 s"),
    ],
)
def test_an_operator_decides_who_is_helped(
    restarts: GracefulRestart, period_s: int, why: str
) -> None:
    network = full(2, P2P, restarts)
    ask(network, period_s)
    assert not known(network).is_helped
    assert said(network) == [f"10.0.0.2 is not helped: {why}"]


def test_a_period_that_is_told_anew_counts() -> None:
    network = full(2)
    ask(network, 50)
    first = known(network).helped_until
    network.run(5)
    ask(network, 100, -0x7FFFFFFE)
    second = known(network).helped_until
    assert first is not None
    assert second is not None
    assert second > first + 50_000_000_000


def test_a_grace_lsa_without_a_period_asks_for_nothing() -> None:
    network = full(2)
    b = network.routers["b"]
    key = grace_key(network)
    made = lsa(key.router, id=key.id, kind=9, body=b"\0\1\0\7")
    b.database.originate(b.interfaces["eth0"].scope, made, network.now)
    network.give("b", ev.TimePassed())
    network.run(1)
    assert not known(network).is_helped


@VERSIONS
def test_a_refresh_does_not_end_the_help(version: Literal[2, 3]) -> None:
    network = full(version, P2P, GracefulRestart(helps_at_most_s=4000), whole)
    ask(network, 3000)
    network.give("b", ev.ShutdownRequested(is_polite=False))
    network.run(2000)  # longer than LSRefreshTime
    a = network.routers["a"]
    assert a.originator.snapshot()["refreshed"]
    assert known(network).is_helped


@pytest.mark.parametrize(
    ("kind", "scope", "ends"), [(1, "area", True), (10, "area", False), (1, "other", False)]
)
def test_only_what_says_how_packets_go_and_goes_there_ends_the_help(
    kind: int, scope: str, ends: bool
) -> None:
    network = full(2, P2P, make=whole)
    ask(network)
    a = network.routers["a"]
    place = a.areas[0].scope if scope == "area" else a.new_scope()
    a.helping.changed([(place, kind)])
    assert known(network).is_helped != ends
    (help_,) = a.snapshot()["helped"]
    assert help_["why"] == ("the topology has changed" if ends else None)
    assert (help_["ended"] is None) != ends


def test_who_restarts_itself_helps_nobody() -> None:
    network = full(2, P2P, GracefulRestart(is_enabled=True), whole)
    network.give("a", ev.RestartRequested())
    ask(network)
    assert not known(network).is_helped
    assert said(network)[-1] == "10.0.0.2 is not helped: we restart ourselves"
