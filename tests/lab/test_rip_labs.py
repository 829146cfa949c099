"""RIP in whole networks: lines, rings, backbones and a grid; cuts, loss and chance."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hop_counts import check, expected, learned

from fingerpost.lab.network import Network

S = 1_000_000_000
FAMILIES = pytest.mark.parametrize("protocol", ["rip", "ripng"])
BOTH = ["rip", "ripng"]
BACKBONES = {  # and how many routes their routers learn in both families
    "zoo_Abilene.graphml": 2 * 11 * (11 + 14 - 1) - 2 * 28,
    "zoo_Nsfnet.graphml": None,
    "topohub_sndlib_germany50.json": None,
}


def network_of(
    nodes: list[str],
    links: list[tuple[str, str]],
    *,
    routing: str | list[str] = "rip",
    options: dict[str, Any] | None = None,
    quality: dict[str, str] | None = None,
    **more: Any,  # noqa: ANN401 - fields of a lab file
) -> Network:
    defaults = {"router": options} if options else {}
    return Network.of(
        {
            "name": "net",
            "routing": routing,
            "topology": {
                "defaults": defaults,
                "nodes": {name: {} for name in nodes},
                "links": [{"endpoints": list(ends), **(quality or {})} for ends in links],
            },
            **more,
        }
    )


def line(length: int, **more: Any) -> Network:  # noqa: ANN401
    names = [f"r{at}" for at in range(1, length + 1)]
    return network_of(names, list(pairwise(names)), **more)


def ring(length: int, **more: Any) -> Network:  # noqa: ANN401
    names = [f"r{at}" for at in range(1, length + 1)]
    return network_of(names, list(pairwise([*names, names[0]])), **more)


def grid(width: int, height: int, **more: Any) -> Network:  # noqa: ANN401
    names = {(x, y): f"r{x}-{y}" for x in range(width) for y in range(height)}
    links = [
        (name, names[other])
        for (x, y), name in names.items()
        for other in ((x + 1, y), (x, y + 1))
        if other in names
    ]
    return network_of(list(names.values()), links, **more)


def loopback(network: Network, node: str) -> str:
    return str(network.lab.nodes[node].loopback[0].prefix)


def metric(network: Network, node: str, prefix: str) -> int | None:
    route = network[node].table.get(prefix)
    return None if route is None else route.metric


# -- lines -----------------------------------------------------------------------------------------


@FAMILIES
def test_the_ends_of_a_line_of_15_reach_each_other(protocol: str) -> None:
    network = line(15, routing=protocol).run(until="converged")
    check(network)
    assert metric(network, "r15", loopback(network, "r1")) == 15
    assert network["r1"].ping("r15", count=1)
    assert network["r15"].traceroute("r1").path == tuple(f"r{at}" for at in range(14, 0, -1))


@FAMILIES
def test_the_16th_router_of_a_line_is_too_far(protocol: str) -> None:
    network = line(16, routing=protocol).run(until="converged")
    check(network)
    assert metric(network, "r15", loopback(network, "r1")) == 15
    assert metric(network, "r16", loopback(network, "r1")) is None
    assert not network["r16"].ping("r1", count=1)


@pytest.mark.parametrize("length", [15, 16])
def test_counting_to_infinity_ends_at_16(length: int) -> None:
    """RFC 2453 3.4.2: without split horizon, and when messages are lost, metrics go up."""
    options = {"rip": {"interfaces": {"*": {"split-horizon": "none"}}}}
    network = line(length, options=options, quality={"loss": "30%"}, seed=length)
    network.run(until="10min")
    gone = loopback(network, "r1")
    assert metric(network, "r2", gone) == 2
    network.fail("r1")
    worst = 0
    for _ in range(3600):
        network.run(until=network.now + S)
        seen = [found for name in network if (found := metric(network, name, gone))]
        worst = max([worst, *seen])
        if not seen:
            break
    assert not seen
    assert 2 < worst <= 15


# -- rings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [3, 6, 9])
def test_a_ring_that_is_cut_is_a_line_and_a_ring_again(length: int) -> None:
    network = ring(length, routing=BOTH)
    for change in (None, network.fail, network.restore):
        if change is not None:
            change("r1-r2")
        network.run(until="converged")
        assert network.is_converged
        assert check(network) == sum(map(len, expected(network).values()))


def test_a_router_of_a_ring_goes_and_comes_back() -> None:
    network = ring(6)
    for change in (None, network.fail, network.restore):
        if change is not None:
            change("r4")
        network.run(until="converged")
        check(network)


def test_what_fails_in_one_direction_is_noticed_when_it_times_out() -> None:
    network = ring(5).run(until="converged")
    began = network.now
    network.fail("r1->r2")
    network.run(until=began + 140 * S)
    gone = loopback(network, "r1")
    assert network["r2"].table[gone].metric == 2
    network.run(until="converged")  # RFC 2453 3.8: after 180 s without a word
    assert network["r2"].table[gone].metric == 5
    assert network["r2"].why("r1").path == ("r2", "r3", "r4", "r5", "r1")
    assert network["r1"].why("r2").path == ("r1",)  # it hears r2, and cannot know better


# -- backbones -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BACKBONES)
def test_the_tables_of_a_backbone_are_shortest_paths_by_hops(name: str, shared_data: Path) -> None:
    network = Network.load(shared_data / "topologies" / name, routing=BOTH).run(until="converged")
    count = check(network)
    assert BACKBONES[name] in (None, count)


@pytest.mark.parametrize("seed", range(3))
def test_a_backbone_that_loses_a_tenth_comes_to_the_same_tables(
    seed: int, shared_data: Path
) -> None:
    file = shared_data / "topologies" / "zoo_Abilene.graphml"
    network = Network.load(file, routing=BOTH, seed=seed)
    for link in network.links:
        network.set(link, loss="10%")
    network.run(until="converged")
    check(network)
    network.fail("Chicago-Indianapolis")
    network.run(until="converged")
    check(network)


def test_a_timeline_goes_on_while_protocols_learn(shared_data: Path) -> None:
    network = Network.load(shared_data / "topologies" / "zoo_Abilene.graphml", routing="rip")
    for link in list(network.links)[:4]:
        network.fail(link)
        network.run(until="converged")
        check(network)
        network.restore(link)


# -- a large one -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_grid_that_is_wider_than_infinity_in_both_families() -> None:
    network = grid(16, 6, routing=BOTH).run(until="converged")
    assert check(network) > 45_000


# -- chance ----------------------------------------------------------------------------------------


def frames(seed: int) -> tuple[list[object], list[str]]:
    network = ring(4, routing=BOTH, quality={"loss": "5%", "jitter": "2ms"}, seed=seed)
    with network.capture() as capture:
        network.run(until="100s")
        network.fail("r1-r2")
        network.run(until="300s")
    return list(capture), [str(entry) for entry in network.events]


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert frames(1) == frames(1)
    assert frames(1) != frames(2)


def test_the_bytes_do_not_depend_on_how_python_hashes() -> None:
    script = (
        "import hashlib, sys; sys.path.insert(0, sys.argv[1]); from test_rip_labs import frames;"
        "print(hashlib.sha256(repr(frames(3)).encode()).hexdigest())"
    )
    digests = set()
    for seed in ("1", "2"):
        command = [sys.executable, "-c", script, str(Path(__file__).parent)]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        digests.add(done.stdout)
    assert len(digests) == 1


def test_what_protocols_learn_is_the_same_whatever_the_seed() -> None:
    tables = [learned(ring(5, seed=seed).run(until="converged")) for seed in range(4)]
    assert tables == [tables[0]] * 4
