"""A Linux host on one link with our router: it takes its addresses and its route from us.

The link is a TAP device; the router runs in this process, in wall-clock time.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from random import Random

import pytest

from fingerpost.addr import Address
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding import (
    FrameReceived,
    Happened,
    Interface,
    InterfaceWentUp,
    SendFrame,
    TimePassed,
)
from fingerpost.forwarding.neighbor import State
from fingerpost.forwarding.neighbor.advertising import Advertising
from fingerpost.host.tap import TapPort
from fingerpost.router import Router
from fingerpost.wire.mac import Mac
from fingerpost.wire.nd import Preference
from netns import Namespace, namespaces, require_root

pytestmark = pytest.mark.slow
OUR_MAC = Mac("02:00:00:00:00:01")


class Link:
    """Our router at one end of a TAP device whose other end is in a namespace."""

    def __init__(self, host: Namespace, name: str, router: Router) -> None:
        self.host = host
        self.router = router
        self.port = TapPort(name)
        subprocess.run(["ip", "link", "set", name, "netns", host.name], check=True)
        host.ip(f"link set {name} name eth0")
        self.happened: list[Happened] = []

    def begin(self) -> None:
        self._carry(self.router.receive(InterfaceWentUp("eth0"), time.monotonic_ns()))

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not until():
            due = self.router.next_deadline()
            wait = 0.05 if due is None else min((due - time.monotonic_ns()) / 1e9, 0.05)
            if select.select([self.port], [], [], max(wait, 0))[0]:
                for frame in self.port.receive():
                    event = FrameReceived("eth0", frame)
                    self._carry(self.router.receive(event, time.monotonic_ns()))
            due = self.router.next_deadline()
            if due is not None and due <= time.monotonic_ns():
                self._carry(self.router.receive(TimePassed(), time.monotonic_ns()))

    def during(self, *words: str) -> str:
        """Let a command run in the namespace while the router does; gives what it printed."""
        running = subprocess.Popen(
            ["ip", "netns", "exec", self.host.name, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.run(20, lambda: running.poll() is not None)
        said, _ = running.communicate(timeout=5)
        assert running.returncode == 0, said
        return said

    def _carry(self, outputs: Iterable[object]) -> None:
        for output in outputs:
            if isinstance(output, SendFrame):
                self.port.send(output.frame)
            elif isinstance(output, Happened):
                self.happened.append(output)


@pytest.fixture
def link() -> Iterator[Link]:
    require_root("ping")
    advertising = Advertising(
        max_interval_ns=4_000_000_000, link_mtu=1400, hop_limit=33, preference=Preference.HIGH
    )
    interface = Interface(
        "eth0",
        1,
        OUR_MAC,
        addresses=(InterfaceAddress("10.0.0.1/24"), InterfaceAddress("fd00:7::1/64")),
        advertises=True,
        advertising=advertising,
    )
    router = Router("ours", [interface], rng=Random(1))
    with namespaces("host") as (host,):
        made = Link(host, f"fpn{os.getpid()}", router)
        try:
            yield made
        finally:
            made.port.close()


def facts(link: Link, words: str) -> list[dict[str, object]]:
    found = json.loads(link.host.run("ip", "-json", *words.split()) or "[]")
    assert isinstance(found, list)
    return found


def test_a_linux_host_configures_itself_by_our_advertisements(link: Link) -> None:
    link.host.sysctl(net__ipv6__conf__eth0__accept_ra=1, net__ipv6__conf__eth0__addr_gen_mode=0)
    link.host.ip("link set eth0 up")
    link.begin()

    def has_address() -> bool:
        return "fd00:7::" in link.host.ip("-6 addr show dev eth0 scope global -tentative")

    link.run(10, has_address)
    assert has_address()
    (default,) = facts(link, "-6 route show default")
    assert (default["gateway"], default["dev"]) == ("fe80::ff:fe00:1", "eth0")
    assert default["pref"] == "high"
    settings = link.host.run("sysctl", "-n", "net.ipv6.conf.eth0.mtu").strip()
    assert settings == "1400"
    assert link.host.run("sysctl", "-n", "net.ipv6.conf.eth0.hop_limit").strip() == "33"
    said = link.during("ping", "-n", "-c", "2", "-i", "0.2", "-W", "2", "fd00:7::1")
    assert "2 received" in said
    seen = {str(n.address): n for n in link.router.plane.neighbors.snapshot()}
    assert any(address.startswith("fd00:7:") for address in seen)
    (entry,) = [e for e in facts(link, "-6 neigh show") if e["dst"] == "fd00:7::1"]
    assert entry["lladdr"] == str(OUR_MAC)
    assert "router" in entry  # the R flag of our advertisements
    assert link.happened == []


def test_arp_with_linux_both_ways(link: Link) -> None:
    link.host.ip("addr add 10.0.0.2/24 dev eth0")
    link.host.ip("link set eth0 up")
    link.begin()
    said = link.during("ping", "-n", "-c", "2", "-i", "0.2", "-W", "2", "10.0.0.1")
    assert "2 received" in said
    entry = link.router.plane.neighbors.cache.find("eth0", Address("10.0.0.2"))
    assert entry is not None
    assert entry.state in (State.STALE, State.DELAY, State.REACHABLE)
    link.run(8, lambda: entry.state is State.REACHABLE)  # the unicast probe is answered
    assert entry.state is State.REACHABLE


def test_linux_finds_our_address_taken_and_we_find_its(link: Link) -> None:
    link.begin()
    link.run(4)  # ours is checked and in use
    link.host.ip("link set eth0 up")
    link.host.ip("-6 addr add fd00:7::1/64 dev eth0")

    def failed() -> bool:
        return "dadfailed" in link.host.ip("-6 addr show dev eth0")

    link.run(6, failed)
    assert failed()
    link.host.ip("-6 addr add fd00:7::2/64 dev eth0 nodad")
    link.host.ip("addr add 10.0.0.9/24 dev eth0")
    interface = link.router.interfaces["eth0"]
    more = (*interface.addresses, InterfaceAddress("fd00:7::2/64"))
    now = time.monotonic_ns()
    link._carry(link.router.set_interface(replace(interface, addresses=more), now))
    link.run(4, lambda: bool(link.happened))
    assert [o.kind for o in link.happened] == ["duplicate address"]
    assert not link.router.plane.neighbors.is_usable("eth0", Address("fd00:7::2"))
