"""A hundred thousand routes: four routers of others tell them, one of ours passes them on, and all
six have them in the end, attribute by attribute.

BIRD and FRR tell half of them each; OpenBGPD reads thousands of its own too slowly to tell more
than some, ExaBGP is no router of many, and GoBGP takes its own one by one, so that it only hears.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest

from interop.bgp import daemons
from interop.bgp.star import RUNS, Run, Star, star
from interop.bgp.told import Table, Told
from netns import Namespace

pytestmark = pytest.mark.slow

COUNTS = {1: 50_000, 2: 49_800, 4: 100, 5: 100}
KINDS = 8  # so many sets of attributes of each
PATIENCE_S = 100
NEIGHBORS = "".join(
    f"\n    10.0.{at}.2: {{as: 6500{at}, families: ipv4, use: all}}" for at in range(1, 6)
)
OURS = f"""
kernel: {{enabled: false}}
bgp:
  as: 65000
  router-id: 10.0.0.1
  requires-policy: false
  templates: {{all: {{timers: {{idle-hold: 1s, connect-retry: 2s}}}}}}
  neighbors: {NEIGHBORS}
"""


def prefix(number: int, at: int) -> str:
    """The prefixes of the router at a cable."""
    return f"{number}0.{at >> 8}.{at & 255}.0/24"


def community(number: int, at: int) -> str:
    """What its route says."""
    return f"6500{number}:{at % KINDS}"


def bird() -> str:
    pairs = (community(1, at).replace(":", ",") for at in range(COUNTS[1]))
    routes = "".join(
        f"route {prefix(1, at)} blackhole {{ bgp_community.add(({pair})); }};\n"
        for at, pair in enumerate(pairs)
    )
    return f"""
router id 10.0.1.2;
protocol device {{ }}
protocol static {{ ipv4; {routes} }}
protocol bgp fingerpost {{ local 10.0.1.2 as 65001; neighbor 10.0.1.1 as 65000;
  connect retry time 1; ipv4 {{ import all; export all; }}; }}
"""


def frr() -> str:
    maps = "".join(
        f"route-map K{at} permit 10\n set community {community(2, at)}\n" for at in range(KINDS)
    )
    routes = "".join(
        f"  network {prefix(2, at)} route-map K{at % KINDS}\n" for at in range(COUNTS[2])
    )
    return f"""{maps}
router bgp 65002
 bgp router-id 10.0.2.2
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor 10.0.2.1 remote-as 65000
 neighbor 10.0.2.1 timers connect 1
 neighbor 10.0.2.1 advertisement-interval 0
 address-family ipv4 unicast
{routes} exit-address-family
exit
"""


def gobgp() -> str:
    return """
[global.config]
as = 65003
router-id = "10.0.3.2"
[[neighbors]]
[neighbors.config]
neighbor-address = "10.0.3.1"
peer-as = 65000
"""


def openbgpd() -> str:
    routes = "".join(
        f"network {prefix(4, at)} set community {community(4, at)}\n" for at in range(COUNTS[4])
    )
    return f"""
AS 65004
router-id 10.0.4.2
connect-retry 1
{routes}
neighbor 10.0.4.1 {{
  remote-as 65000
}}
allow from any
allow to any
"""


def exabgp() -> tuple[str, str]:
    """The whole of exabgp.conf, and what its helper says."""
    lines = """
neighbor 10.0.5.1 {
  router-id 10.0.5.2; local-address 10.0.5.2; local-as 65005; peer-as 65000;
  family { ipv4 unicast; }
  api { processes [ helper ]; receive { parsed; update; } }
}
"""
    said = "".join(
        f"announce route {prefix(5, at)} next-hop 10.0.5.2 community [ {community(5, at)} ]\n"
        for at in range(COUNTS[5])
    )
    return lines, said


@contextmanager
def run_exabgp(space: Namespace, folder: Path) -> Iterator[None]:
    with daemons.exabgp(space, folder, *exabgp()):
        yield


def expected(found: Star, make: str) -> Table:
    """What all others have told."""
    number = found.rays[make].number
    table: Table = {}
    for other in (ray.number for ray in found.rays.values()):
        if other == number:
            continue
        path, hop = f"65000 6500{other}", f"10.0.{number}.1"
        told = [
            frozenset({Told(path, "IGP", hop, 0, (community(other, at),))}) for at in range(KINDS)
        ]
        for at in range(COUNTS.get(other, 0)):
            table[prefix(other, at)] = told[at % KINDS]
    return table


def test_a_hundred_thousand_routes_reach_everybody_as_they_were_told() -> None:
    others: list[tuple[str, Run]] = [
        ("bird", RUNS["bird"](bird())),
        ("frr", RUNS["frr"](frr())),
        ("gobgp", RUNS["gobgp"](gobgp())),
        ("openbgpd", RUNS["openbgpd"](openbgpd())),
        ("exabgp", run_exabgp),
    ]
    with star(OURS, others, is_first=True) as found:
        found.wait_established(patience_s=PATIENCE_S)
        deadline = monotonic() + PATIENCE_S
        for make, ray in found.rays.items():
            wanted = expected(found, make)
            while (got := ray.table()) != wanted:
                count = sum(got.get(one) != told for one, told in wanted.items())
                assert monotonic() < deadline, f"{make}: {len(got)} prefixes, {count} are wrong"
                sleep(1)
        for ray in found.rays.values():
            (family,) = found.neighbor(ray.make)["families"]
            assert family["accepted"] == COUNTS.get(ray.number, 0)
            assert family["octets_waiting"] == 0
            prefixes = [prefix(ray.number, at) for at in range(0, COUNTS.get(ray.number, 0), 97)]
            for at, paths in enumerate(found.paths(*prefixes).values()):
                (one,) = [one for one in paths if one["from"] == ray.address]
                assert one["attributes"]["Communities"] == community(ray.number, at * 97)
                assert one["attributes"]["AsPath"] == str(ray.asn)
