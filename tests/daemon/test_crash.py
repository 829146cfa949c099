"""A router that is killed: its kernel forwards on, and the next start adopts what it left."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from signal import SIGINT, SIGKILL

import pytest

from daemon.processes import PATIENT, Process, ended, wait
from netns import Namespace, namespaces, require_root, veth

pytestmark = pytest.mark.slow  # whole processes

MIDDLE = f"rip: {{{PATIENT}, interfaces: {{vm: , vs: {{announce-only: true}}}}}}\n"
END = f"rip: {{{PATIENT}, interfaces: {{ve: , lo: {{announce-only: true}}}}}}\n"
NETWORK, TARGET = "10.9.0.0/24", "10.9.0.1"


@pytest.fixture
def chain(short_path: Path) -> Iterator[tuple[Namespace, Process]]:
    """A host, a router in the middle that learned a network by RIP, and its router."""
    require_root("ping")
    with namespaces("host", "middle", "end") as (host, middle, end):
        veth(host, "vh", middle, "vs")
        veth(middle, "vm", end, "ve")
        host.ip("addr add 10.1.0.2/24 dev vh")
        host.ip("route add default via 10.1.0.1")
        middle.ip("addr add 10.1.0.1/24 dev vs")
        middle.ip("addr add 10.2.0.1/24 dev vm")
        end.ip("addr add 10.2.0.2/24 dev ve")
        end.ip(f"addr add {TARGET}/24 dev lo")
        middle.sysctl(net__ipv4__ip_forward=1)
        router = Process(middle, short_path, "middle", MIDDLE)
        other = Process(end, short_path, "end", END)
        with ended(router, other):
            other.start()
            router.start()
            wait(lambda: NETWORK in router.kernel())
            wait(lambda: "10.1.0.0/24" in other.kernel())
            yield host, router


@contextmanager
def pinging(host: Namespace) -> Iterator[list[str]]:
    """Ping all the while; what ping says at its end is appended."""
    said: list[str] = []
    ping = subprocess.Popen(
        ["ip", "netns", "exec", host.name, "ping", "-n", "-q", "-i", "0.01", TARGET],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield said
        time.sleep(0.5)  # what the last change may have broken is seen too
    finally:
        ping.send_signal(SIGINT)
        said.append(ping.communicate(timeout=10)[0])


@contextmanager
def watching(space: Namespace) -> Iterator[list[str]]:
    """Watch the kernel's routes all the while; gives the lines of changes."""
    seen: list[str] = []
    monitor = subprocess.Popen(
        ["ip", "-n", space.name, "monitor", "route"], stdout=subprocess.PIPE, text=True
    )
    try:
        yield seen
    finally:
        monitor.terminate()
        seen += monitor.communicate(timeout=10)[0].splitlines()


def lost(said: list[str]) -> int:
    found = re.search(r"(\d+) packets transmitted, (\d+) received", said[0])
    assert found is not None
    assert int(found[1]) > 20
    return int(found[1]) - int(found[2])


def test_kill_and_restart_lose_no_packet_and_flap_no_route(
    chain: tuple[Namespace, Process],
) -> None:
    host, router = chain
    with pinging(host) as said, watching(router.space) as changes:
        for _ in range(2):
            router.end(SIGKILL)
            assert NETWORK in router.kernel()
            router.start()
            wait(lambda: router.show("routes", NETWORK)["routes"])
    assert lost(said) == 0
    assert [line for line in changes if NETWORK in line] == []


def test_what_is_stale_goes_once_the_router_knows_its_routes(
    chain: tuple[Namespace, Process],
) -> None:
    host, router = chain
    router.end(SIGKILL)
    router.space.ip("route add 10.77.0.0/16 via 10.2.0.2 proto 70 metric 70")
    router.space.ip("route add 10.78.0.0/16 via 10.2.0.2 proto 71 metric 70")
    with pinging(host) as said:
        router.start()
        assert "10.77.0.0/16" in router.kernel()  # not before neighbours had their say
        wait(lambda: "10.77.0.0/16" not in router.kernel(), 30)
    assert lost(said) == 0
    assert "10.78.0.0/16" in router.space.run("ip", "route")  # somebody else's


def _is_in_kernel(router: Process, network: str) -> bool:
    return network in router.kernel()


def test_a_reload_under_traffic_loses_no_packet(chain: tuple[Namespace, Process]) -> None:
    host, router = chain
    with pinging(host) as said, watching(router.space) as changes:
        for network in ("10.50.2.0/24", "10.50.3.0/24"):
            router.write(f"{MIDDLE}static: [blackhole {network}]\n")
            assert "applied" in router.run("apply", str(router.file), "--yes").stdout
            wait(partial(_is_in_kernel, router, network))
    assert lost(said) == 0
    assert [line for line in changes if NETWORK in line] == []
