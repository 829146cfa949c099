"""A router that is killed again and again, whatever it does: its kernel never ceases to forward."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from signal import SIGINT, SIGKILL

import pytest

from daemon.processes import FINGERPOST, PATIENT, Process, ended, wait
from netns import Namespace, namespaces, require_root, veth

pytestmark = pytest.mark.slow  # whole processes

MIDDLE = f"""
rip: {{{PATIENT}, interfaces: {{vm: , vs: {{announce-only: true}}}}}}
ripng: {{{PATIENT}, interfaces: {{vm: , vs: {{announce-only: true}}}}}}
static: [192.0.2.0/24 blackhole]
"""
END = f"""
rip: {{{PATIENT}, interfaces: {{ve: , lo: {{announce-only: true}}}}, redistribute: [static]}}
ripng: {{{PATIENT}, interfaces: {{ve: , lo: {{announce-only: true}}}}}}
static: [{", ".join(f"172.16.{number}.0/24 blackhole" for number in range(250))}]
"""
TARGETS = {"10.9.0.0/24": "10.9.0.1", "2001:db8:9::/64": "2001:db8:9::1"}
KILLS = 8


@pytest.fixture
def chain(short_path: Path) -> Iterator[tuple[Namespace, Process, Process]]:
    """A host, a router in the middle that learns two networks, and the router that has them."""
    require_root("ping")
    with namespaces("host", "middle", "end") as (host, middle, end):
        for space in (host, middle, end):
            space.sysctl(net__ipv6__conf__default__accept_dad=0)
        veth(host, "vh", middle, "vs")
        veth(middle, "vm", end, "ve")
        for space, link, number in ((host, "vh", 12), (middle, "vs", 11), (middle, "vm", 21)):
            space.ip(f"addr add 10.{number // 10}.0.{number % 10}/24 dev {link}")
            space.ip(f"addr add 2001:db8:{number // 10}::{number % 10}/64 dev {link} nodad")
        end.ip("addr add 10.2.0.2/24 dev ve")
        end.ip("addr add 10.9.0.1/24 dev lo")
        end.ip("addr add 2001:db8:9::1/64 dev lo")
        host.ip("route add default via 10.1.0.1")
        host.ip("route add default via 2001:db8:1::1")
        middle.sysctl(net__ipv4__ip_forward=1, net__ipv6__conf__all__forwarding=1)
        router = Process(middle, short_path, "middle", MIDDLE)
        other = Process(end, short_path, "end", END)
        with ended(router, other):
            other.start()
            router.start()
            wait(lambda: set(router.kernel()) >= {*TARGETS, "172.16.249.0/24"})
            wait(lambda: set(other.kernel()) >= {"10.1.0.0/24", "2001:db8:1::/64"})
            yield host, router, other


@contextmanager
def pinged(host: Namespace, target: str) -> Iterator[None]:
    """Ping all the while, and see in the end that every packet came back."""
    words = ["ping", "-n", "-q", "-i", "0.01", target]
    ping = subprocess.Popen(
        ["ip", "netns", "exec", host.name, *words], stdout=subprocess.PIPE, text=True
    )
    try:
        yield
    finally:
        ping.send_signal(SIGINT)
        told = ping.communicate(timeout=10)[0]
    found = re.search(r"(\d+) packets transmitted, (\d+) received", told)
    assert found is not None
    assert int(found[1]) > 100
    assert found[1] == found[2], told


def run_for(router: Process, seconds: float) -> None:
    """Start it, and kill it so long after, whether it answers yet or not."""
    words = [*FINGERPOST, "run", str(router.file), "--socket", str(router.socket)]
    state = ["--state", str(router.folder / f"{router.name}.state")]
    started = subprocess.Popen(
        ["ip", "netns", "exec", router.space.name, *words, *state],
        stderr=subprocess.DEVNULL,
        env=dict(os.environ),
    )
    time.sleep(seconds)
    started.kill()
    assert started.wait(10) == -SIGKILL


def test_whenever_it_is_killed_no_packet_is_lost_and_the_next_start_has_it_all(
    chain: tuple[Namespace, Process, Process],
) -> None:
    host, router, _ = chain
    before = router.kernel()
    with ExitStack() as stack:
        for target in TARGETS.values():
            stack.enter_context(pinged(host, target))
        router.end(SIGKILL)
        rng = Random(4)
        for at in range(KILLS):  # from the first import to a router that has heard its neighbour
            run_for(router, 0.2 + 2.4 * at / KILLS + 0.3 * rng.random())
            assert router.kernel() == before
        router.start()
        wait(lambda: router.show("status")["health"]["status"] == "ok")
        wait(lambda: all(router.show("routes", one)["routes"] for one in TARGETS))
        time.sleep(1)
    assert router.kernel() == before
