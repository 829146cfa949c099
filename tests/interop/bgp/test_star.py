"""Five routers of others around one of ours, each with what it can of options: all at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

import pytest

from daemon.processes import wait
from interop.bgp import written
from interop.bgp.star import RUNS, Run, Star, star

pytestmark = pytest.mark.slow

LATERAL = frozenset({"frr", "openbgpd"})  # our peer and our provider (RFC 9234)
KEY = "a-key-of-us"
PATHS = 4  # to a prefix, where the other takes several
SEVERAL = ("bird", "frr", "gobgp", "openbgpd", "exabgp")
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
      add-path: {{receive: true, send: {PATHS}}}
      graceful-restart: {{restarts: true, time: 20s, long-lived: 100s}}
      timers: {{hold: 30s, idle-hold: 1s, connect-retry: 2s}}
  neighbors:
    10.0.1.2: {{as: 65001, use: all, ttl-security: 1, role: provider, role-strict: true}}
    10.0.2.2: {{as: 65002, use: all, ttl-security: 1, role: peer, role-strict: true}}
    10.0.3.2: {{as: 65003, use: all, ttl-security: 1}}
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
[neighbors.ttl-security.config]
enabled = true
ttl-min = 255
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
EXABGP_CAPABILITIES = (
    "add-path send/receive; graceful-restart 20;"  # one refresh and it closes the session
)


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
    wanted = {
        make: written.expected(cables, make, family, LATERAL, PATHS if make in SEVERAL else 1)
        for make in cables
    }
    five.settle(wanted, family)


def test_several_paths_to_a_prefix_come_with_identifiers(five: Star) -> None:
    """RFC 7911."""
    if "bird" not in five.rays:
        pytest.skip("BIRD is not installed")
    from_bird = [
        one for one in five.paths(written.COMMON)[written.COMMON] if one["from"] == "10.0.1.2"
    ]
    assert len({one["path_id"] for one in from_bird}) == 2
    assert {one["attributes"].get("Communities", "") for one in from_bird} == {"", "65001:7"}


CAN: dict[str, dict[str, object]] = {
    "bird": {"longest": 65_535, "refreshes_enhanced": True, "role": "provider", "restart_s": 20},
    "frr": {"longest": 65_535, "refreshes_enhanced": True, "role": "peer", "hostname": "frr2"},
    "gobgp": {"longest": 4096, "refreshes": True, "role": None, "restart_s": 20},
    "openbgpd": {"longest": 4096, "refreshes_enhanced": True, "role": "customer"},
    "exabgp": {"refreshes": False, "role": None, "restart_s": 20},
}
LONG_S = {"bird": 100, "gobgp": 100}  # the others of Debian do not offer RFC 9494 by family


def test_what_both_can_is_agreed_on(five: Star) -> None:
    for make in five.rays:
        agreed = five.neighbor(make)["agreed"]
        assert agreed["hold_s"] == 30
        assert agreed["as4"]
        assert agreed["graceful_restart"]
        assert {name: agreed[name] for name in CAN[make]} == CAN[make], make
        first = agreed["families"][0]
        assert first["path_ids_in"], make
        assert first["path_ids_out"] is (make in SEVERAL), make
        assert first["long_lived_s"] == LONG_S.get(make, 0), make


def test_others_see_what_we_say_of_ourselves(five: Star) -> None:
    if "frr" in five.rays:
        model = json.loads(five.rays["frr"].ask("show bgp neighbors 10.0.2.1 json"))["10.0.2.1"]
        assert model["hostname"] == "us"
        assert model["remoteRole"] == "peer"
        both = "advertisedAndReceived"
        for name in ("4byteAs", "extendedMessage", "role", "gracefulRestart"):
            assert model["neighborCapabilities"][name] == both, name
        assert model["gracefulRestartInfo"]["nBit"]
    if "bird" in five.rays:
        said = five.rays["bird"].ask("show", "protocols", "all", "fingerpost")
        theirs = said.partition("Neighbor capabilities")[2]
        for line in ("Hostname: us", "Role: provider", "LL stale time: 100", "Enhanced refresh"):
            assert line in theirs


REFRESHES = {
    "bird": ("reload", "in", "fingerpost"),
    "frr": ("clear bgp 10.0.2.1 soft in",),
    "openbgpd": ("neighbor", "10.0.4.1", "refresh"),
}


def test_who_asks_is_told_all_again_and_so_are_we(five: Star) -> None:
    """RFC 2918, RFC 7313."""
    before = {make: five.rays[make].table() for make in five.rays}
    for make, words in REFRESHES.items():
        if make in five.rays:
            five.rays[make].ask(*words)
    asked = [make for make in five.rays if CAN[make].get("refreshes", True)]
    for make in asked:
        five.order("refresh", make)

    def is_done() -> bool:
        told = {make: five.neighbor(make) for make in five.rays}
        heard = [told[make]["refreshes_in"] >= 1 for make in REFRESHES if make in told]
        return all(told[make]["refreshes_out"] >= 1 for make in asked) and all(heard)

    wait(is_done, 10, "refreshes")
    five.settle(before)
    for make in five.rays:
        found = five.neighbor(make)
        assert found["state"] == "Established"
        assert found["sessions"] == 1
        assert found["fault_count"] == 0
        assert all(one["received"] > 0 for one in found["families"])


TEXT = "moving house"
DOWNS = {
    "bird": (("disable fingerpost " + f'"{TEXT}"',), ("enable", "fingerpost")),
    "frr": (
        ("conf t", "router bgp 65002", f"neighbor 10.0.2.1 shutdown message {TEXT}"),
        ("conf t", "router bgp 65002", "no neighbor 10.0.2.1 shutdown"),
    ),
    "openbgpd": (("neighbor", "10.0.4.1", "down", TEXT), ("neighbor", "10.0.4.1", "up")),
}


def test_words_of_a_shutdown_arrive_both_ways(five: Star) -> None:
    """RFC 9003; FRR sends them in a hard reset (RFC 8538)."""
    makes = [make for make in DOWNS if make in five.rays]
    for make in makes:
        five.rays[make].ask(*DOWNS[make][0])

    def said() -> list[bool]:
        told = [five.neighbor(make)["notification_received"] or "" for make in makes]
        return [one.endswith(f"administrative shutdown: {TEXT}") for one in told]

    wait(lambda: all(said()), 30, f"words of {makes}")
    for make in makes:
        five.rays[make].ask(*DOWNS[make][1])
    five.wait_established()
    for make in five.rays:
        five.order("shut", make, "painting the rack")
    wait(lambda: all("painting the rack" in spoken(five, make) for make in makes), 30, "words")
    for make in five.rays:
        five.order("enable", make)
    five.wait_established()


def spoken(star: Star, make: str) -> str:
    ray = star.rays[make]
    if make == "frr":
        return ray.ask("show bgp neighbors 10.0.2.1 json")
    if make == "bird":
        return ray.ask("show", "protocols", "all", "fingerpost") + ray.log()
    return ray.ask("show", "neighbor", "10.0.4.1") + ray.log()
