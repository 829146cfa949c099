"""How much OSPF floods, counted on the wire: bounded after a change, nothing while all is idle."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import pytest
from ospf_paths import agree, machine

from fingerpost.cli.dissectors import dissectors
from fingerpost.lab.network import Network
from fingerpost.ospf.config import OspfConfig
from fingerpost.ospf.packet import LinkStateUpdate, RawLsa
from fingerpost.ospf.packet.whole import Packet
from fingerpost.wire.dissect import dissect

if TYPE_CHECKING:
    from fingerpost.lab.capture import Capture
    from fingerpost.ospf.lsa.header import LsaHeader

PROTOCOLS = pytest.mark.parametrize("protocol", ["ospf", "ospf3"])
SIZES = pytest.mark.parametrize("size", [3, 5, 8])
STATIC = {"ospf": "192.0.2.0/24", "ospf3": "2001:db8::/48"}
EXTERNAL = {"ospf": 5, "ospf3": 0x4005}
S = 1_000_000_000

Flooded = tuple[str, str, "LsaHeader"]  # link, the end that sent, the LSA


def network_of(size: int, links: list[list[str]], protocol: str) -> Network:
    """A network that has come to rest, whose router r0 tells a static route."""
    told = {
        "routes": [f"{STATIC[protocol]} blackhole"],
        "router": {protocol: {"redistribute": "static"}},
    }
    nodes: dict[str, Any] = {**dict.fromkeys(names(size)), "r0": told}
    spread = [{"endpoints": ends, "delay": "1ms"} for ends in links]
    topology = {"nodes": nodes, "links": spread}
    network = Network.of({"name": "net", "routing": protocol, "topology": topology})
    network.run(until="100s")
    agree(network, protocol)
    return network


def names(size: int) -> list[str]:
    return [f"r{at}" for at in range(size)]


def line(size: int) -> list[list[str]]:
    return [list(ends) for ends in pairwise(names(size))]


def ring(size: int) -> list[list[str]]:
    return [*line(size), [f"r{size - 1}", "r0"]]


def mesh(size: int) -> list[list[str]]:
    return [list(ends) for ends in combinations(names(size), 2)]


def updates(capture: Capture) -> list[list[Flooded]]:
    """The LSAs of every update that was sent."""
    found = []
    for frame in capture:
        packet = dissect(frame.frame, dissectors=dissectors()).layers[-1].value
        if isinstance(packet, Packet) and isinstance(packet.body, LinkStateUpdate):
            lsas = [lsa for lsa in packet.body.lsas() if isinstance(lsa, RawLsa)]
            assert len(lsas) == packet.body.count
            found.append([(frame.link, frame.sender, lsa.header) for lsa in lsas])
    return found


def set_metric(network: Network, protocol: str, metric: int, node: str = "r0") -> None:
    """Let a router tell its static route otherwise: one LSA changes."""
    config = network.lab.nodes[node].router
    assert config is not None
    running = config.protocols[protocol]
    settings = running.settings
    assert isinstance(settings, OspfConfig)
    told = {one: replace(how, metric=metric) for one, how in settings.redistributes.items()}
    changed = replace(running, settings=replace(settings, redistributes=told))
    network.configure(node, replace(config, protocols={**config.protocols, protocol: changed}))


def change(network: Network, protocol: str) -> list[list[Flooded]]:
    """What is flooded in the minute after one LSA has changed."""
    with network.capture() as capture:
        set_metric(network, protocol, 77)
        network.run(until=network.now + 60 * S)
    agree(network, protocol)
    for name in network:
        ospf = machine(network, name, protocol)
        ((_, lsa),) = ospf.database.entries(network.now, 0, EXTERNAL[protocol])
        assert int.from_bytes(lsa[12:16], "big") & 0xFF == 2, "the second instance"
    return updates(capture)


@PROTOCOLS
@SIZES
@pytest.mark.parametrize("shape", [line, ring, mesh])
def test_a_change_crosses_a_link_at_most_once_each_way(
    protocol: str,
    size: int,
    shape: Any,  # noqa: ANN401 - one of the functions above
) -> None:
    """RFC 2328 13.3: a router sends it to all neighbours but the one that it has it from."""
    links = shape(size)
    sent = change(network_of(size, links, protocol), protocol)
    crossed = Counter((link, end) for update in sent for link, end, _ in update)
    assert set(crossed.values()) == {1}
    assert {header.type for update in sent for _, _, header in update} == {EXTERNAL[protocol]}
    assert len(links) <= len(sent) <= 2 * len(links) - (size - 1)
    if shape is line:
        assert len(sent) == size - 1


@PROTOCOLS
@SIZES
def test_a_change_crosses_a_lan_twice_at_most(protocol: str, size: int) -> None:
    """RFC 2328 13.3: to the Designated Router, and by it to all; the Backup keeps silent."""
    network = network_of(size, [names(size)], protocol)
    last = names(size)[-1]
    model = machine(network, "r0", protocol).snapshot(network.now)
    designated = next(one for one in model["interfaces"] if one["name"] == "eth1")["designated"]
    assert designated == machine(network, last, protocol).snapshot(network.now)["router_id"]
    sent = change(network, protocol)
    assert [update[0][1] for update in sent] == ["r0:eth1", f"{last}:eth1"]
    assert [len(update) for update in sent] == [1, 1]


@PROTOCOLS
@pytest.mark.parametrize("shape", [line, ring, mesh, lambda size: [names(size)]])
def test_nothing_is_flooded_while_all_is_idle(
    protocol: str,
    shape: Any,  # noqa: ANN401 - one of the functions above
) -> None:
    """RFC 2328 12.4: an LSA is told again after half an hour, up to four minutes sooner, once."""
    size = 5
    links = shape(size)
    network = network_of(size, links, protocol)
    with network.capture() as capture:
        network.run(until="1550s")
    assert updates(capture) == []
    assert len(capture) > 0, "Hellos"
    before = sequences(network, protocol)
    with network.capture() as capture:
        network.run(until="2000s")
    after = sequences(network, protocol)
    assert after == {key: sequence + 1 for key, sequence in before.items()}
    sent = [one for update in updates(capture) for one in update]
    crossed = Counter((link, end, header.key, header.sequence) for link, end, header in sent)
    assert set(crossed.values()) == {1}
    assert len(sent) <= 2 * len(links) * len(before)
    assert agree(network, protocol) > 0


def sequences(network: Network, protocol: str) -> dict[tuple[int, ...], int]:
    """The sequence number of every LSA, by what it is and where."""
    found: dict[tuple[int, ...], int] = {}
    for name in network:
        ospf = machine(network, name, protocol)
        for scope, lsa in ospf.database.entries(network.now):
            at = int.from_bytes(lsa[12:16], "big")
            own = scope if scope in {one.scope for one in ospf.interfaces.values()} else 0
            key = (own and ospf.router_id, own, *lsa[2:12])
            assert found.setdefault(key, at) == at
    return found
