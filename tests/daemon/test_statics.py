"""Static routes of a file, of every kind and of two tables, as the kernel has them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from daemon.processes import Process, ended, two_spaces, wait
from netns import Namespace, require_root

pytestmark = pytest.mark.slow  # whole processes

STATICS = """
tables:
  blue: {kernel-table: 100}
leaks:
  - {from: blue, to: main, policy: tagged}
policies:
  tagged: {otherwise: reject, statements: [{match: {tag: 7}, then: accept}]}
static:
  - 192.0.2.1/32 dev va
  - 192.0.2.2/32 via 10.0.0.2
  - 192.0.2.3/32 via 192.0.2.2
  - 192.0.2.4/32 nexthop via 10.0.0.2 weight 3 nexthop via 10.0.0.3
  - 192.0.2.5/32 blackhole
  - 192.0.2.6/32 unreachable
  - 192.0.2.7/32 prohibit
  - 192.0.2.8/32 via 10.0.0.2
  - 192.0.2.8/32 via 10.1.0.2 distance 200
  - 192.0.2.9/32 via 172.16.0.1
  - 198.51.100.0/24 via 10.0.0.4 dev va table blue tag 7
  - 203.0.113.0/24 via 10.0.0.4 dev va table blue
  - 2001:db8:1::/48 via 2001:db8::2
  - 2001:db8:2::/48 blackhole
  - 2001:db8:3::/48 blackhole table blue
"""


def held(space: Namespace, table: str = "main") -> dict[str, str]:
    """Our routes in a table of the kernel: the ways of each, or its kind."""
    found = {}
    for family in ("-4", "-6"):
        words = ("ip", family, "-j", "route", "show", "table", table, "proto", "70")
        for route in json.loads(space.run(*words) or "[]"):
            hops = route.get("nexthops", [route])
            ways = [
                f"{hop.get('gateway', 'on')} {hop['dev']} {hop.get('weight', 1)}"
                for hop in hops
                if "type" not in route
            ]
            found[route["dst"]] = ", ".join(sorted(ways)) or route["type"]
    return found


def test_every_kind_of_static_route_is_in_the_table_that_its_line_names(short_path: Path) -> None:
    require_root()
    with two_spaces() as (space, other):
        space.ip("link add vc type veth peer name vd netns " + other.name)
        other.ip("link set vd up")
        space.ip("addr add 10.1.0.1/24 dev vc")
        space.ip("link set vc up")
        space.ip("addr add 2001:db8::1/64 dev va nodad")
        router = Process(space, short_path, "statics", STATICS)
        with ended(router):
            router.start()
            main = {
                "192.0.2.1": "on va 1",
                "192.0.2.2": "10.0.0.2 va 1",
                "192.0.2.3": "10.0.0.2 va 1",
                "192.0.2.4": "10.0.0.2 va 3, 10.0.0.3 va 1",
                "192.0.2.5": "blackhole",
                "192.0.2.6": "unreachable",
                "192.0.2.7": "prohibit",
                "192.0.2.8": "10.0.0.2 va 1",
                "198.51.100.0/24": "10.0.0.4 va 1",
                "2001:db8:1::/48": "2001:db8::2 va 1",
                "2001:db8:2::/48": "blackhole",
            }
            wait(lambda: held(space) == main, what=f"{held(space)}")
            blue = {
                "198.51.100.0/24": "10.0.0.4 va 1",
                "203.0.113.0/24": "10.0.0.4 va 1",
                "2001:db8:3::/48": "blackhole",
            }
            assert held(space, "100") == blue
            rows = router.show("routes", "--table", "blue")["routes"]
            assert {row["prefix"]: row["tag"] for row in rows} == {
                "198.51.100.0/24": 7,
                "203.0.113.0/24": 0,
                "2001:db8:3::/48": 0,
            }
            assert "172.16.0.1" in router.run("why-not", "192.0.2.9/32").stdout

            space.ip("link set va down")
            wait(lambda: held(space).get("192.0.2.8") == "10.1.0.2 vc 1")  # the farther one
            assert set(held(space)) == {
                *("192.0.2.5", "192.0.2.6", "192.0.2.7", "192.0.2.8", "2001:db8:2::/48"),
            }
            assert held(space, "100") == {"2001:db8:3::/48": "blackhole"}
            space.ip("link set va up")
            space.ip("addr replace 2001:db8::1/64 dev va nodad")  # the kernel forgot it
            wait(lambda: held(space) == main, what=f"{held(space)}")
            assert held(space, "100") == blue
