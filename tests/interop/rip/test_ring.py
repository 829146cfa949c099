"""RIP and RIPng in a ring with FRR and BIRD: what the kernels have in the end."""

from __future__ import annotations

import subprocess
import time
from functools import cache
from pathlib import Path

import pytest

from interop.rip.ring import ring
from netns import Namespace, require_root

pytestmark = pytest.mark.slow

MIXED = ("fingerpost", "frr", "fingerpost", "bird", "frr")


@cache
def tables_of_frr() -> list[dict[str, frozenset[str]]]:
    """What a ring of FRR alone comes to."""
    with ring(*["frr"] * len(MIXED)) as alone:
        alone.settle()
        return alone.tables()


def test_a_mixed_ring_comes_to_the_tables_of_one_of_frr_alone() -> None:
    with ring(*MIXED) as mixed:
        mixed.settle()
        assert mixed.tables() == tables_of_frr()


def test_links_that_fail_and_return_are_gone_around_with_keys_and_without() -> None:
    with ring(*MIXED, is_signed=True) as mixed:
        mixed.settle()
        for number in (0, 2):
            mixed.link_down(number)
            mixed.settle()
            mixed.link_up(number)
            mixed.settle()


def told_on(space: Namespace, link: str, file: Path) -> dict[str, dict[str, set[int]]]:
    """What is said on a link in one round of updates: speaker, prefix, metrics."""
    words = ["-i", link, "-U", "-w", str(file), "udp port 520"]
    capture = ["ip", "netns", "exec", space.name, "tcpdump", *words]
    process = subprocess.Popen(capture, stderr=subprocess.DEVNULL)
    time.sleep(8)  # more than the update time of 5 s and its jitter
    process.terminate()
    process.wait(10)
    fields = ["-e", "ip.src", "-e", "rip.ip", "-e", "rip.metric"]
    read = ["tshark", "-r", str(file), "-Y", "rip.command == 2", "-T", "fields", *fields]
    text = subprocess.run(read, capture_output=True, text=True, check=True).stdout
    found: dict[str, dict[str, set[int]]] = {}
    for line in text.splitlines():
        speaker, networks, metrics = line.split("\t")
        for network, metric in zip(networks.split(","), metrics.split(","), strict=True):
            found.setdefault(speaker, {}).setdefault(network, set()).add(int(metric))
    return found


def test_nothing_is_told_back_as_reachable_to_where_it_came_from(tmp_path: Path) -> None:
    require_root("tcpdump", "tshark")
    with ring(*MIXED) as mixed:
        mixed.settle()
        ours = mixed.sites[0]
        told = told_on(ours.space, "e0", tmp_path / "e0.pcap")
        assert set(told) == {"10.0.0.1", "10.0.0.2"}
        for site, address in ((ours, "10.0.0.1"), (mixed.sites[1], "10.0.0.2")):
            said = told[address]
            for prefix, links in site.table().items():
                network, _, length = prefix.partition("/")
                if length == "24":  # the IPv4 ones
                    back = said.get(network, set())
                    assert (back <= {16}) is ("e0" in links), (address, prefix)
        assert said_as_poison(told["10.0.0.1"], ours.table())


def said_as_poison(said: dict[str, set[int]], table: dict[str, frozenset[str]]) -> bool:
    """Whether what came by e0 is told back as unreachable, rather than left out."""
    came = [p.partition("/")[0] for p, links in table.items() if p[:3] == "10." and "e0" in links]
    return bool(came) and all(said[network] == {16} for network in came)


@pytest.mark.parametrize("dear", [0, 2])  # FRR and ours, ours and BIRD
def test_a_dear_link_is_gone_around_whoever_makes_it_dear(dear: int) -> None:
    costs = {dear: {f"e{dear}": 5}, (dear + 1) % 5: {f"e{dear}": 5}}
    with ring(*MIXED, costs=costs) as mixed:
        mixed.settle()
