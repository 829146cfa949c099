"""Packets through a router of ours whose ways are told by FRR and BIRD: IPv4 by IPv6 next hops
(RFC 8950), neighbours without addresses, BFD, and restarts of each that nobody's packets notice
(RFC 4724).
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIGCONT, SIGKILL, SIGSTOP
from time import sleep

import pytest

from daemon.processes import wait
from foreign import bird, frr_daemon
from interop.bgp.star import RUNS, Ray, Star, star
from interop.lossless import lossless
from netns import Namespace

pytestmark = pytest.mark.slow

PING_S = 0.05
OURS = """
bgp:
  as: 65000
  router-id: 10.0.0.1
  requires-policy: false
  families: [ipv4, ipv6]
  templates:
    all:
      graceful-restart: {restarts: true, time: 30s}
      timers: {hold: 90s, idle-hold: 1s, connect-retry: 1s}
  neighbors:
    e1: {as: external, use: all}
    fd00:2::2: {as: 65002, use: all, extended-next-hop: true}
    10.0.3.2: {as: 65003, use: all, bfd: true}
bfd: {min-transmit: 100ms, min-receive: 100ms}
"""
FRR = """
hostname frr
router bgp 65001
 bgp router-id 10.255.0.1
 no bgp ebgp-requires-policy
 no bgp network import-check
 bgp graceful-restart
 bgp graceful-restart preserve-fw-state
 bgp graceful-restart select-defer-time 1
 neighbor w0 interface remote-as external
 neighbor w0 timers connect 1
 neighbor w0 advertisement-interval 0
 address-family ipv4 unicast
  network 10.255.0.1/32
 exit-address-family
 address-family ipv6 unicast
  neighbor w0 activate
  network fd00:ff::1/128
 exit-address-family
exit
"""
BIRD = """
router id 10.255.0.{number};
graceful restart wait 20;
protocol device {{ scan time 1; }}
protocol direct {{ ipv4; ipv6; interface "lo"; }}
protocol kernel {{ ipv4 {{ export where source = RTS_BGP; }}; graceful restart on; }}
protocol kernel {{ ipv6 {{ export where source = RTS_BGP; }}; graceful restart on; }}
protocol bfd {{ interface "w0" {{ min rx interval 100 ms; min tx interval 100 ms; }}; }}
protocol bgp fingerpost {{
  local {local} as 6500{number}; neighbor {us} as 65000;
  graceful restart on; graceful restart time 30; connect retry time 1; hold time 90;
  error wait time 1, 2;
  ipv4 {{ import all; export all; {channel} }};
  ipv6 {{ import all; export all; }};
  {more}
}}
"""
FAR = BIRD.format(
    number=2, local="fd00:2::2", us="fd00:2::1", channel="extended next hop on;", more=""
)
WATCHED = BIRD.format(number=3, local="10.0.3.2", us="10.0.3.1", channel="", more="bfd on;")


@pytest.fixture(scope="module")
def three() -> Iterator[Star]:
    others = [
        ("frr", RUNS["frr"](FRR)),
        ("bird", RUNS["bird"](FAR)),
        ("bird", RUNS["bird"](WATCHED)),
    ]
    with star(OURS, others, bare={1}) as found:
        if set(found.rays) != {"frr", "bird", "bird3"}:
            pytest.skip("FRR or BIRD is not installed")
        yield found


def hops(space: Namespace, prefix: str) -> set[str]:
    """Whereto a kernel sends, by gateway."""
    family = "-6" if ":" in prefix else "-4"
    rows = json.loads(space.run("ip", "-j", family, "route", "show", prefix) or "[]")
    found = set()
    for row in rows:
        via = row.get("via", {})
        found.add(row.get("gateway", via.get("host", row.get("type", "?"))))
    return found


def reaches(star: Star, start: str, end: str) -> bool:
    """Whether packets of both families go from one loopback to another."""
    return all(
        " 0% packet loss" in ping(star.rays[start], star.rays[end], family, "-c", "1", "-W", "1")
        for family in (4, 6)
    )


def ends(start: Ray, end: Ray, family: int) -> tuple[str, str]:
    head = "10.255.0." if family == 4 else "fd00:ff::"
    return f"{head}{start.number}", f"{head}{end.number}"


def ping(start: Ray, end: Ray, family: int, *more: str) -> str:
    source, destination = ends(start, end, family)
    return start.space.run("ping", "-n", "-q", "-I", source, *more, destination, check=False)


def settle(star: Star) -> None:
    wait(lambda: reaches(star, "frr", "bird"), 30, f"a way from FRR to BIRD: {star.us.log[-3000:]}")


def test_neighbours_without_addresses_find_each_other(three: Star) -> None:
    settle(three)
    found = three.neighbor("e1")
    assert found["state"] == "Established"
    assert found["address"].startswith("fe80:")
    assert found["asn"] == 65001
    assert found["agreed"]["hostname"] == "frr"
    assert found["agreed"]["families"][0]["extended_next_hop"]
    theirs = json.loads(three.rays["frr"].ask("show bgp neighbors w0 json"))["w0"]
    assert theirs["bgpState"] == "Established"


def test_ipv4_goes_by_ipv6_next_hops(three: Star) -> None:
    """RFC 8950, in three kernels."""
    settle(three)
    us, one, two = three.us.space, three.rays["frr"].space, three.rays["bird"].space
    ways = ((us, "10.255.0.1"), (us, "10.255.0.2"), (one, "10.255.0.2"), (one, "fd00:ff::2"))
    for space, prefix in (*ways, (two, "10.255.0.1"), (two, "fd00:ff::1")):
        (gateway,) = hops(space, prefix)
        assert ":" in gateway, prefix
    assert hops(us, "10.255.0.3") == {"10.0.3.2"}


def test_a_neighbour_that_is_silent_is_gone_at_once_by_bfd(three: Star) -> None:
    """RFC 5882 10.2; its hold time is 90 s."""
    three.wait_established("bird3")
    us = three.us.client

    def status() -> list[str]:
        return [one["status"] for one in us.get("/v1/bfd")["status"]["sessions"]]

    wait(lambda: status() == ["Up"], 10, "BFD")
    words = ["ip", "netns", "pids", three.rays["bird3"].space.name]
    (pid,) = map(int, subprocess.run(words, capture_output=True, check=True).stdout.split())
    os.kill(pid, SIGSTOP)
    try:
        wait(lambda: three.neighbor("bird3")["state"] != "Established", 5, "the session is over")
    finally:
        os.kill(pid, SIGCONT)
    assert "bfd down" in three.neighbor("bird3")["last_end"]["reason"]
    three.wait_established("bird3")


@contextmanager
def traffic(star: Star) -> Iterator[None]:
    """Packets of both families go from FRR's loopback to BIRD's all the time; none is lost."""
    settle(star)
    start, end = star.rays["frr"], star.rays["bird"]
    pairs = [ends(start, end, family) for family in (4, 6)]
    with lossless(start.space, pairs, every_s=PING_S, rest_s=0.3):
        yield


def is_back(star: Star, name: str, sessions: int) -> bool:
    found = star.neighbor(name)
    return found["state"] == "Established" and found["sessions"] > sessions and not found["stale"]


def restarts(star: Star) -> bool:
    """Whether FRR has said that its routes may be kept."""
    agreed = star.neighbor("e1")["agreed"]
    return agreed is not None and all(one["keeps"] for one in agreed["families"])


def test_packets_do_not_notice_our_restart(three: Star) -> None:
    """RFC 4724 4.1: FRR and BIRD keep our routes, the kernel what we have put there."""
    three.wait_established("fd00:2::2", "bird3")
    with traffic(three):
        three.us.run("restart")
        assert three.us.process is not None
        three.us.process.wait(15)
        three.us.start()
        wait(lambda: not three.model()["is_waiting"], 20, "the end of the restart")
        sleep(1)
    assert reaches(three, "frr", "bird")


def test_packets_do_not_notice_that_bird_restarts(three: Star) -> None:
    """RFC 4724 4.2."""
    ray = three.rays["bird"]
    before = three.neighbor("fd00:2::2")["sessions"]
    with traffic(three):
        ray.ask("graceful", "restart")
        wait(lambda: bool(three.neighbor("fd00:2::2")["stale"]), 10, "stale routes")
        ray.running.close()
        ray.running.enter_context(bird(ray.space, ray.folder, FAR, "-R"))
        wait(
            lambda: is_back(three, "fd00:2::2", before), 30, f"BIRD is back {three.us.log[-2000:]}"
        )


def test_packets_do_not_notice_that_frr_is_killed(three: Star) -> None:
    """RFC 4724 4.2."""
    ray = three.rays["frr"]
    wait(lambda: restarts(three), 10, "FRR's word that it may restart")
    before = three.neighbor("e1")["sessions"]
    with traffic(three):
        os.kill(int((ray.folder / "bgpd.pid").read_text()), SIGKILL)
        wait(lambda: bool(three.neighbor("e1")["stale"]), 10, "stale routes")
        for path in (ray.folder / "bgpd.vty", ray.folder / "bgpd.pid"):
            path.unlink(missing_ok=True)
        ray.running.enter_context(frr_daemon(ray.space, ray.folder, "bgpd"))
        wait(lambda: is_back(three, "e1", before), 30, f"FRR is back {three.us.log[-2000:]}")
