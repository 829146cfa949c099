"""Options of neighbours: the others have of us what they have of FRR in our place, attribute by
attribute, with what reflection adds (RFC 4456) and confederations (RFC 5065).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest

from daemon.processes import wait
from interop.bgp.star import PATIENCE_S, RUNS, Ray, Run, in_our_place, star
from interop.bgp.told import Table
from netns import Namespace

pytestmark = pytest.mark.slow

STILL_S = 2.0


def bird(at: int, asn: int, us: int, routes: str, more: str = "") -> tuple[str, Run]:
    """One at cable `at` of this AS, to which we are `us`; `routes` as BIRD writes them."""
    return "bird", RUNS["bird"](f"""
router id 10.255.0.{at};
protocol device {{ }}
protocol static told {{ ipv4; {routes} }}
protocol static ways {{ ipv4; route 10.0.0.0/16 via 10.0.{at}.1; }}
protocol bgp fingerpost {{
  local 10.0.{at}.2 as {asn}; neighbor 10.0.{at}.1 as {us};
  connect retry time 1; connect delay time 1; error wait time 1, 2; {more}
  ipv4 {{ import all; export where proto = "told"; next hop self; gateway recursive; }};
}}
""")


def route(prefix: str, *, path: Sequence[int] = (), med: int = 0, community: str = "") -> str:
    """A route of BIRD; `path` is what stands behind its own AS."""
    said = "".join(f"bgp_path.prepend({asn}); " for asn in reversed(path))
    said += f"bgp_med = {med}; " if med else ""
    said += f"bgp_community.add(({community})); " if community else ""
    return f"route {prefix} blackhole {{ {said}}};"


def frr(at: int, asn: int, us: int, prefixes: Sequence[str], more: str = "") -> tuple[str, Run]:
    """The same of FRR; `more` are lines of its `router bgp`."""
    networks = "\n".join(f"  network {prefix} route-map SAID" for prefix in prefixes)
    runs = RUNS["frr"](f"""
route-map SAID permit 10
 set community 6500{at}:1
 set metric {at}0
router bgp {asn}
 bgp router-id 10.255.0.{at}
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor 10.0.{at}.1 remote-as {us}
 neighbor 10.0.{at}.1 timers connect 1
 neighbor 10.0.{at}.1 advertisement-interval 0
{more}
 address-family ipv4 unicast
{networks}
 exit-address-family
exit
""")

    @contextmanager
    def run(space: Namespace, folder: Path) -> Iterator[None]:
        space.ip(f"route add 10.0.0.0/16 via 10.0.{at}.1")
        with runs(space, folder):
            yield

    return "frr", run


@dataclass(frozen=True)
class Plan:
    """Ours, FRR's lines in our place, the others, and how many prefixes each of them hears."""

    ours: str
    theirs: str
    others: tuple[tuple[str, Run], ...]
    counts: dict[str, int]


OPTIONS = Plan(
    """
kernel: {enabled: false}
bgp:
  as: 65000
  router-id: 10.0.0.1
  cluster-id: 10.0.0.9
  requires-policy: false
  templates:
    all: {families: ipv4, timers: {idle-hold: 1s, connect-retry: 1s}}
  aggregates: {10.116.0.0/23: {summary-only: true, keep-communities: false}}
  neighbors:
    10.0.1.2: {as: internal, use: all, route-reflector-client: true, next-hop-self: true}
    10.0.2.2: {as: internal, use: all, route-reflector-client: true, next-hop-self: true}
    10.0.3.2: {as: 65003, use: all, local-as: 64999, replace-as: true, prepend-local-as: false}
    10.0.4.2: {as: 65004, use: all, as-override: true, private-as: removed-all}
    10.0.5.2: {as: 65005, use: all, allow-own-as: 1, default-route: true, hops: 3}
    10.0.6.0/24: {as: 65006, use: all, limit: 100}
""",
    """
router bgp 65000
 bgp router-id 10.0.0.1
 bgp cluster-id 10.0.0.9
 no bgp ebgp-requires-policy
 neighbor SIX peer-group
 neighbor SIX remote-as 65006
 bgp listen range 10.0.6.0/24 peer-group SIX
 neighbor 10.0.1.2 remote-as 65000
 neighbor 10.0.2.2 remote-as 65000
 neighbor 10.0.3.2 remote-as 65003
 neighbor 10.0.3.2 local-as 64999 no-prepend replace-as
 neighbor 10.0.4.2 remote-as 65004
 neighbor 10.0.5.2 remote-as 65005
 neighbor 10.0.5.2 ebgp-multihop 3
 address-family ipv4 unicast
  aggregate-address 10.116.0.0/23 summary-only
  neighbor 10.0.1.2 route-reflector-client
  neighbor 10.0.1.2 next-hop-self
  neighbor 10.0.2.2 route-reflector-client
  neighbor 10.0.2.2 next-hop-self
  neighbor 10.0.4.2 as-override
  neighbor 10.0.4.2 remove-private-AS all
  neighbor 10.0.5.2 allowas-in 1
  neighbor 10.0.5.2 default-originate
  neighbor SIX maximum-prefix 100
 exit-address-family
exit
""",
    (
        bird(1, 65000, 65000, route("10.101.0.0/24", med=11, community="65001,1")),
        frr(2, 65000, 65000, ["10.102.0.0/24"]),
        bird(3, 65003, 64999, route("10.103.0.0/24", med=13)),
        frr(4, 65004, 65000, ["10.104.0.0/24"], " neighbor 10.0.4.1 disable-connected-check"),
        bird(
            5,
            65005,
            65000,
            route("10.105.0.0/24", path=[65000])
            + route("10.105.1.0/24", path=[3356, 65004, 65004])
            + route("10.105.2.0/24", path=[64600, 3356, 64700], community="65535,65281"),
            "multihop 3; allow local as 3;",
        ),
        frr(6, 65006, 65000, ["10.116.0.0/24", "10.116.1.0/24"]),
    ),
    {"bird": 6, "frr": 6, "bird3": 6, "frr4": 6, "bird5": 6, "frr6": 7},
)


CONFEDERATION = Plan(
    """
kernel: {enabled: false}
bgp:
  as: 64512
  router-id: 10.0.0.1
  confederation: {id: 65000, members: [64513, 64514]}
  requires-policy: false
  templates:
    all: {families: ipv4, timers: {idle-hold: 1s, connect-retry: 1s}}
  neighbors:
    10.0.1.2: {as: 64513, use: all}
    10.0.2.2: {as: 64512, use: all}
    10.0.3.2: {as: 65003, use: all}
    10.0.4.2: {as: 65004, use: all}
    10.0.5.2: {as: 64514, use: all}
""",
    """
router bgp 64512
 bgp router-id 10.0.0.1
 bgp confederation identifier 65000
 bgp confederation peers 64513 64514
 no bgp ebgp-requires-policy
 neighbor 10.0.1.2 remote-as 64513
 neighbor 10.0.2.2 remote-as 64512
 neighbor 10.0.3.2 remote-as 65003
 neighbor 10.0.4.2 remote-as 65004
 neighbor 10.0.5.2 remote-as 64514
exit
""",
    (
        bird(
            1,
            64513,
            64512,
            route("10.101.0.0/24", med=11, community="65535,65283") + route("10.101.1.0/24"),
            "confederation 65000; confederation member yes;",
        ),
        frr(2, 64512, 64512, ["10.102.0.0/24"]),
        bird(3, 65003, 65000, route("10.103.0.0/24", path=[3356], med=13)),
        frr(4, 65004, 65000, ["10.104.0.0/24"]),
        frr(
            5,
            64514,
            64512,
            ["10.105.0.0/24"],
            " bgp confederation identifier 65000\n bgp confederation peers 64512 64513",
        ),
    ),
    {"bird": 4, "frr": 5, "bird3": 4, "frr4": 4, "frr5": 4},
)


def tables(rays: dict[str, Ray]) -> dict[str, Table]:
    """What they have, without their own routes, which FRR tells back to some."""
    return {
        name: {to: told for to, told in ray.table().items() if to[:6] != f"10.10{ray.number}"}
        for name, ray in rays.items()
    }


def reflected(rays: dict[str, Ray]) -> list[str]:
    """Who brought a route into our AS and by which clusters, as the clients have it."""
    said = rays["bird"].ask("show", "route", "all", "10.102.0.0/24")
    found = [
        line.strip() for line in said.splitlines() if "originator" in line or "cluster" in line
    ]
    (path,) = json.loads(rays["frr"].ask("show bgp ipv4 unicast 10.101.0.0/24 json"))["paths"]
    return [*found, path["originatorId"], *path["clusterList"]["list"]]


def standing(rays: dict[str, Ray], counts: dict[str, int]) -> dict[str, Table]:
    """What the others have when nothing changes any more."""

    def is_complete() -> bool:
        return {name: len(table) for name, table in tables(rays).items()} == counts

    try:
        wait(is_complete, PATIENCE_S, "FRR's network")
    except AssertionError:
        raise AssertionError({name: sorted(one) for name, one in tables(rays).items()}) from None
    found, since = tables(rays), monotonic()
    while monotonic() < since + STILL_S:
        sleep(0.2)
        if (now := tables(rays)) != found:
            found, since = now, monotonic()
    return found


@pytest.mark.parametrize("plan", [OPTIONS, CONFEDERATION], ids=["options", "confederation"])
def test_the_others_have_of_us_what_they_have_of_frr(plan: Plan) -> None:
    with (
        in_our_place(RUNS["frr"](plan.theirs), plan.others) as rays,
        star(plan.ours, plan.others) as ours,
    ):
        if len(rays) < len(plan.others):
            pytest.skip("BIRD or FRR is not installed")
        with ThreadPoolExecutor(1) as beside:
            theirs = beside.submit(standing, rays, plan.counts)
            wanted = theirs.result()
        with suppress(AssertionError):
            wait(lambda: tables(ours.rays) == wanted, PATIENCE_S)
        assert tables(ours.rays) == wanted
        if plan is OPTIONS:
            assert reflected(ours.rays) == reflected(rays)
