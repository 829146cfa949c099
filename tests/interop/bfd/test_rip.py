"""RIP that asks for BFD, beside BIRD's: its own timeout is three minutes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from daemon.processes import wait
from foreign import bird
from interop.bfd.plan import PATIENCE_S, PEERS, Place, place
from interop.bfd.test_frr import LATE_S
from netns import require_root

OURS = """
router: {name: us, id: 10.255.0.1}
bfd: {min-transmit: 100ms, min-receive: 100ms}
rip:
  interfaces: {lo: {}, left: {bfd: true}}
  timers: {update: 2s, jitter: 0s}
"""
BIRD = """
router id 10.255.0.2;
protocol device { }
protocol direct { ipv4; interface "lo"; }
protocol bfd { interface "right" { min rx interval 100 ms; min tx interval 100 ms; }; }
protocol rip {
  ipv4 { import all; export all; };
  interface "right" { update time 2; bfd yes; };
}
"""
NET = "10.255.0.2"  # as the kernel writes it
OUR_NET = "10.255.0.1/32"


@pytest.fixture(scope="module")
def routers() -> Iterator[Place]:
    require_root("bird")
    with place("") as found:
        found.them.ip("address add 10.255.0.2/32 dev lo")
        found.us.ip("address add 10.255.0.1/32 dev lo")
        with bird(found.them, found.folder, BIRD):
            wait((found.folder / "ctl").exists, PATIENCE_S, "BIRD answers")
            found.router.file.write_text(OURS)
            found.router.client.post("/v1/config/reload", {})
            yield found


def neighbors(routers: Place) -> dict[str, Any]:
    (instance,) = routers.router.client.get("/v1/rip")["instances"]
    return {one["address"]: one["bfd"] for one in instance["status"]["neighbors"]}


def both_know(routers: Place) -> bool:
    there = routers.birdc("show", "route")
    return NET in routers.router.kernel() and OUR_NET in there


def test_a_silent_cable_ends_what_was_learned_over_it_at_both_ends(routers: Place) -> None:
    wait(lambda: both_know(routers), PATIENCE_S, "both have learned")
    wait(lambda: neighbors(routers) == {PEERS[0]: True}, PATIENCE_S, "BFD reaches BIRD")
    session = routers.session()
    assert [one["name"] for one in session["clients"]] == ["rip"]
    shown = routers.router.run("show", "rip", "neighbors").stdout
    assert shown.splitlines()[-1].endswith("up")
    routers.wait_for("detection_ns", 500_000_000)  # BIRD's multiplier is 5
    cut = routers.cable.cut()
    wait(lambda: NET not in routers.router.kernel(), PATIENCE_S, "our route is gone")
    wait(lambda: OUR_NET not in routers.birdc("show", "route"), PATIENCE_S, "BIRD's is gone")
    (down,) = routers.times_of("rip neighbor down")
    assert down < cut + 0.5 + LATE_S
    routers.cable.mend()
    wait(lambda: both_know(routers), PATIENCE_S, "both have learned again")
    wait(lambda: neighbors(routers) == {PEERS[0]: True}, PATIENCE_S, "BFD reaches BIRD again")
