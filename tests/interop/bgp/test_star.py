"""Five routers of others around one of ours, each with what it can of options: all at once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from interop.bgp import written
from interop.bgp.star import RUNS, Run, Star, star

pytestmark = pytest.mark.slow

LATERAL = frozenset({"frr", "openbgpd"})  # our peer and our provider (RFC 9234)
KEY = "a-key-of-us"
OURS = f"""
kernel: {{enabled: false}}
bgp:
  as: 65000
  router-id: 10.0.0.1
  requires-policy: false
  families: [ipv4, ipv6]
  templates:
    all:
      password: {KEY}
      add-path: {{receive: true}}
      graceful-restart: {{restarts: true, time: 20s, long-lived: 100s}}
      timers: {{hold: 30s, idle-hold: 1s, connect-retry: 2s}}
  neighbors:
    10.0.1.2: {{as: 65001, use: all, ttl-security: 1, role: provider, role-strict: true}}
    10.0.2.2: {{as: 65002, use: all, ttl-security: 1, role: peer, role-strict: true}}
    10.0.3.2: {{as: 65003, use: all}}
    10.0.4.2: {{as: 65004, use: all, families: ipv4, ttl-security: 1, role: customer}}
    fd00:4::2: {{as: 65004, use: all, families: ipv6, ttl-security: 1, role: customer}}
    10.0.5.2: {{as: 65005, use: all, ttl-security: 1}}
"""
BIRD = f"""
  password "{KEY}"; ttl security on; hold time 30; connect retry time 1;
  local role customer; require roles on; enable extended messages on;
  graceful restart on; graceful restart time 20; long lived graceful restart on;
"""
FRR = f"""
 neighbor 10.0.2.1 password {KEY}
 neighbor 10.0.2.1 ttl-security hops 1
 neighbor 10.0.2.1 local-role peer strict-mode
 bgp graceful-restart
"""
FRR_FAMILY = """
  neighbor 10.0.2.1 addpath-tx-all-paths
"""
GOBGP = f"""
auth-password = "{KEY}"
[neighbors.graceful-restart.config]
enabled = true
restart-time = 20
long-lived-enabled = true
"""
GOBGP_FAMILY = """
[neighbors.afi-safis.mp-graceful-restart.config]
enabled = true
[neighbors.afi-safis.long-lived-graceful-restart.config]
enabled = true
restart-time = 100
[neighbors.afi-safis.add-paths.config]
receive = true
send-max = 8
"""
OPENBGPD = f"""
  tcp md5sig password {KEY}
  ttl-security yes
  announce policy provider
  announce add-path recv yes
  announce add-path send all
  announce enhanced refresh yes
  announce restart yes
"""
EXABGP = f"""
  md5-password {KEY};
  incoming-ttl 255; outgoing-ttl 255;
"""
EXABGP_CAPABILITIES = "add-path send/receive; graceful-restart 20; route-refresh;"


@pytest.fixture(scope="module")
def five() -> Iterator[Star]:
    """The network, sessions Established."""
    exabgp: Run = partial(written.run_exabgp, 5, EXABGP, EXABGP_CAPABILITIES)
    others = [
        ("bird", RUNS["bird"](written.bird(1, BIRD, "add paths on;"))),
        ("frr", RUNS["frr"](written.frr(2, FRR, FRR_FAMILY))),
        ("gobgp", RUNS["gobgp"](written.gobgp(3, GOBGP, GOBGP_FAMILY))),
        ("openbgpd", RUNS["openbgpd"](written.openbgpd(4, OPENBGPD))),
        ("exabgp", exabgp),
    ]
    with star(OURS, others) as found:
        found.wait_established()
        if "gobgp" in found.rays:
            for line in written.gobgp_routes(3):
                found.rays["gobgp"].ask(*line.split())
        yield found


@pytest.mark.parametrize("family", [4, 6])
def test_what_each_tells_the_others_have_attribute_by_attribute(five: Star, family: int) -> None:
    cables = {make: ray.number for make, ray in five.rays.items()}
    wanted = {make: written.expected(cables, make, family, LATERAL) for make in cables}
    five.settle(wanted, family)


def families(star: Star, make: str) -> dict[str, dict[str, object]]:
    agreed = star.neighbor(make)["agreed"]
    return {one["family"]: one for one in agreed["families"]}


def test_what_both_can_is_agreed_on(five: Star) -> None:
    can = {make: five.neighbor(make)["agreed"] for make in five.rays}
    print(can)
