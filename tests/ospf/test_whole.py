"""Whole instances: what routers tell each other becomes routes."""

from __future__ import annotations

from typing import Literal

import pytest

from fingerpost.ospf.config import NetworkType, OspfInterface
from fingerpost.protocol.events import ShutdownRequested
from fingerpost.rib.events import AnnounceAlike, AnnounceRoutes, WithdrawRoutes

from .network import Network
from .silent import whole


def table(network: Network, router: str) -> dict[str, set[str]]:
    """Prefixes with the interfaces that lead there, as the routing table was told."""
    held: dict[str, set[str]] = {}
    for output in network.outputs[router]:
        match output:
            case AnnounceAlike():
                for prefix in output.prefixes:
                    held[str(prefix)] = {hop.interface or "" for hop in output.like.next_hops}
            case AnnounceRoutes():
                for route in output.routes:
                    held[str(route.prefix)] = {hop.interface or "" for hop in route.next_hops}
            case WithdrawRoutes():
                for prefix in output.prefixes:
                    held.pop(str(prefix), None)
    return held


def ring(version: Literal[2, 3], names: str) -> Network:
    """Routers in a ring, the first joined to the last."""
    network = Network(version, make=whole)
    kind = NetworkType.POINT_TO_POINT
    for number, name in enumerate(names):
        left = names[number - 1]
        one, other = (
            OspfInterface(left, network_type=kind),
            OspfInterface(names[(number + 1) % len(names)], network_type=kind),
        )
        network.router(name, f"10.0.0.{number + 1}", one, other)
    for number, name in enumerate(names):
        right = names[(number + 1) % len(names)]
        texts = [f"10.1.{number}.{end}/24" for end in (1, 2)]
        if version == 3:
            texts = [f"2001:db8:{number}::{end}/64" for end in (1, 2)]
        network.link(name + right, (name, right, texts[0]), (right, name, texts[1]))
    return network


@pytest.mark.parametrize("version", [2, 3])
def test_a_ring_has_routes_both_ways_round_and_one_when_it_is_cut(version: Literal[2, 3]) -> None:
    network = ring(version, "abcd")
    network.run(30)
    far = {"10.1.1.0/24", "10.1.2.0/24"} if version == 2 else {"2001:db8:1::/64", "2001:db8:2::/64"}
    held = table(network, "a")
    assert far <= set(held)
    assert {frozenset(held[prefix]) for prefix in far} == {frozenset("b"), frozenset("d")}
    network.down("a", "d")
    network.down("d", "a")
    network.run(30)
    assert {frozenset(table(network, "a")[prefix]) for prefix in far} == {frozenset("b")}


@pytest.mark.parametrize("version", [2, 3])
def test_who_leaves_politely_is_forgotten_at_once(version: Literal[2, 3]) -> None:
    network = ring(version, "abc")
    network.run(30)
    b = network.routers["b"]
    network.give("b", ShutdownRequested())
    assert table(network, "b") == {}
    network.run(2)
    kinds = {2: 1, 3: 0x2001}
    for name in "ac":
        ospf = network.routers[name]
        lsas = [lsa for _, lsa in ospf.database.entries(ospf.now, None, kinds[version])]
        assert b.router_id not in {int.from_bytes(lsa[8:12], "big") for lsa in lsas}
        assert network.neighbor(name, "b").state < 3  # type: ignore[union-attr]
