"""OSPF that asks for BFD, beside FRR's ospfd and bfdd: its own dead interval is a minute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from daemon.processes import wait
from foreign import frr, require_frr
from interop.bfd.plan import Place, place
from interop.bfd.test_frr import LATE_S

PATIENCE_S = 40.0
OURS = """
router: {name: us, id: 10.255.0.1}
bfd: {min-transmit: 100ms, min-receive: 100ms}
ospf:
  interfaces: {left: {type: point-to-point, hello: 2s, dead: 60s, bfd: true}}
ospf3:
  interfaces: {left: {type: point-to-point, hello: 2s, dead: 60s, bfd: true}}
"""
OSPFD = """
interface right
 ip ospf area 0
 ip ospf network point-to-point
 ip ospf hello-interval 2
 ip ospf dead-interval 60
 ip ospf bfd 3 100 100
exit
interface lo
 ip ospf area 0
exit
router ospf
 ospf router-id 10.255.0.2
exit
"""
OSPF6D = """
interface right
 ipv6 ospf6 area 0
 ipv6 ospf6 network point-to-point
 ipv6 ospf6 hello-interval 2
 ipv6 ospf6 dead-interval 60
 ipv6 ospf6 bfd
exit
router ospf6
 ospf6 router-id 10.255.0.2
exit
"""
NET = "10.255.0.2"  # as the kernel writes it


@pytest.fixture(scope="module")
def routers() -> Iterator[Place]:
    require_frr("bfdd", "ospfd", "ospf6d")
    with place("") as found:
        found.them.ip("address add 10.255.0.2/32 dev lo")
        daemons = {"bfdd": "", "ospfd": OSPFD, "ospf6d": OSPF6D}
        with frr(found.them, found.folder, daemons):
            found.router.file.write_text(OURS)
            found.router.client.post("/v1/config/reload", {})
            yield found


def neighbors(routers: Place) -> dict[str, Any]:
    model = routers.router.client.get("/v1/ospf")
    found = {}
    for one in model["instances"]:
        for neighbor in one["status"]["neighbors"]:
            found[one["name"]] = neighbor
    return found


def are_full(routers: Place) -> bool:
    return {name: one["state"] for name, one in neighbors(routers).items()} == {
        "ospf": "Full",
        "ospf3": "Full",
    }


def test_sessions_follow_adjacencies_and_a_silent_cable_ends_both(routers: Place) -> None:
    wait(lambda: are_full(routers), PATIENCE_S, "both versions are adjacent")
    wait(lambda: set(routers.statuses().values()) == {"Up"}, PATIENCE_S, "sessions are Up")
    clients = [one["name"] for held in routers.model["sessions"] for one in held["clients"]]
    assert sorted(clients) == ["ospf", "ospf3"]
    wait(lambda: NET in routers.router.kernel(), PATIENCE_S, "the route is in the kernel")
    wait(
        lambda: (
            {one["detection_ns"] for one in routers.model["sessions"]} <= {300_000_000, 900_000_000}
        ),
        PATIENCE_S,
        "fast times",
    )
    slowest = max(one["detection_ns"] for one in routers.model["sessions"]) / 1e9
    cut = routers.cable.cut()
    wait(lambda: not neighbors(routers), PATIENCE_S, "OSPF has lost both")
    wait(lambda: NET not in routers.router.kernel(), PATIENCE_S, "the kernel has lost the route")
    downs = routers.times_of("bfd session down")
    assert len(downs) == 2
    assert max(downs) < cut + slowest + LATE_S
    routers.cable.mend()
    wait(lambda: are_full(routers), PATIENCE_S, "both are adjacent again")
    wait(lambda: set(routers.statuses().values()) == {"Up"}, PATIENCE_S, "sessions are Up again")
