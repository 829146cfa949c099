"""A chain of two routers between two hosts: the hosts are Linux, the routers Linux or ours.

    a eth0 --- eth0 r1 eth1 --- eth0 r2 eth1 --- eth0 b
    10.0.1.0/24     10.0.12.0/24 (MTU 1400)     10.0.2.0/24
    fd00:0:0:1::/64 fd00:0:0:12::/64            fd00:0:0:2::/64

r1 has an unreachable, a prohibited and a blackhole route; what else it does not know has no route.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from netns import Namespace, namespaces, veth

SMALL_MTU = 1400
# each host is number 2 of its network, its router number 1
HOSTS = {"a": 1, "b": 2}
ODD_ROUTES = {
    "unreachable": ("172.16.1.0/24", "fd00:a::/48"),
    "prohibit": ("172.16.2.0/24", "fd00:b::/48"),
    "blackhole": ("172.16.3.0/24", "fd00:c::/48"),
}


@dataclass(frozen=True)
class Chain:
    """The two hosts of a chain that runs."""

    a: Namespace
    b: Namespace


def lift_limits(space: Namespace) -> None:
    """Let Linux answer every packet, however soon the next one comes."""
    space.sysctl(
        net__ipv4__icmp_ratelimit=0, net__ipv4__icmp_ratemask=0, net__ipv6__icmp__ratelimit=0
    )


def configure_host(host: Namespace, net: int) -> None:
    """Number 2 in its network, everything else by number 1."""
    lift_limits(host)
    host.sysctl(net__ipv6__conf__eth0__accept_ra=0)
    host.ip(f"addr add 10.0.{net}.2/24 dev eth0")
    host.ip(f"-6 addr add fd00:0:0:{net}::2/64 dev eth0 nodad")
    host.ip("link set eth0 up")
    host.ip(f"route add default via 10.0.{net}.1")
    host.ip(f"-6 route add default via fd00:0:0:{net}::1")


@contextmanager
def linux_chain() -> Iterator[Chain]:
    """Both routers are Linux, with its limits on ICMP errors switched off."""
    with namespaces("a", "r1", "r2", "b") as (a, r1, r2, b):
        for router in (r1, r2):
            router.sysctl(net__ipv4__ip_forward=1, net__ipv6__conf__all__forwarding=1)
            lift_limits(router)
        veth(a, "eth0", r1, "eth0")
        veth(r1, "eth1", r2, "eth0")
        veth(r2, "eth1", b, "eth0")
        r1.ip(f"link set eth1 mtu {SMALL_MTU}")
        r2.ip(f"link set eth0 mtu {SMALL_MTU}")
        for router, device, net, host in (
            (r1, "eth0", "1", 1),
            (r1, "eth1", "12", 1),
            (r2, "eth0", "12", 2),
            (r2, "eth1", "2", 1),
        ):
            router.ip(f"addr add 10.0.{net}.{host}/24 dev {device}")
            router.ip(f"-6 addr add fd00:0:0:{net}::{host}/64 dev {device} nodad")
        r1.ip("route add 10.0.2.0/24 via 10.0.12.2")
        r1.ip("-6 route add fd00:0:0:2::/64 via fd00:0:0:12::2")
        r2.ip("route add 10.0.1.0/24 via 10.0.12.1")
        r2.ip("-6 route add fd00:0:0:1::/64 via fd00:0:0:12::1")
        for kind, (v4, v6) in ODD_ROUTES.items():
            r1.ip(f"route add {kind} {v4}")
            r1.ip(f"-6 route add {kind} {v6}")
        configure_host(a, HOSTS["a"])
        configure_host(b, HOSTS["b"])
        yield Chain(a, b)


LAB = """
name: chain
topology:
  nodes:
    r1:
      interfaces:
        eth0: {{addresses: [10.0.1.1/24, "fd00:0:0:1::1/64"]}}
        eth1: {{addresses: [10.0.12.1/24, "fd00:0:0:12::1/64"], mtu: 1400}}
      routes:
        - 10.0.2.0/24 via 10.0.12.2
        - fd00:0:0:2::/64 via fd00:0:0:12::2
        - 172.16.1.0/24 unreachable
        - fd00:a::/48 unreachable
        - 172.16.2.0/24 prohibit
        - fd00:b::/48 prohibit
        - 172.16.3.0/24 blackhole
        - fd00:c::/48 blackhole
    r2:
      interfaces:
        eth0: {{addresses: [10.0.12.2/24, "fd00:0:0:12::2/64"], mtu: 1400}}
        eth1: {{addresses: [10.0.2.1/24, "fd00:0:0:2::1/64"]}}
      routes:
        - 10.0.1.0/24 via 10.0.12.1
        - fd00:0:0:1::/64 via fd00:0:0:12::1
  links:
    - endpoints: ["{device}:fpa", "r1:eth0"]
    - endpoints: ["r1:eth1", "r2:eth0"]
      mtu: 1400
    - endpoints: ["r2:eth1", "{device}:fpb"]
"""


@contextmanager
def our_chain(folder: Path, device: str) -> Iterator[Chain]:
    """Both routers are ours; the hosts hang on TAP devices ("tap") or on interfaces ("host")."""
    file = folder / f"{device}.yaml"
    file.write_text(LAB.format(device=device))
    with namespaces("a", "lab", "b") as (a, lab, b):
        if device == "host":
            for name, host in (("fpa", a), ("fpb", b)):
                veth(lab, name, host, "eth0")
        command = ["ip", "netns", "exec", lab.name, sys.executable, "-m", "fingerpost"]
        command += ["lab", "run", str(file), "--realtime", "--until", "300s"]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            if device == "tap":
                for name, host in (("fpa", a), ("fpb", b)):
                    _hand_over(lab, name, host, running)
            configure_host(a, HOSTS["a"])
            configure_host(b, HOSTS["b"])
            yield Chain(a, b)
        finally:
            is_well = running.poll() is None
            running.terminate()
            said, _ = running.communicate(timeout=10)
            assert is_well, said.decode()


def _hand_over(
    lab: Namespace, name: str, host: Namespace, running: subprocess.Popen[bytes]
) -> None:
    """Give a host the kernel's end of a TAP device once it is there."""
    for _ in range(100):
        if name in lab.run("ip", "-o", "link"):
            break
        assert running.poll() is None, running.communicate()[0].decode()
        time.sleep(0.1)
    lab.ip(f"link set {name} netns {host.name}")
    host.ip(f"link set {name} name eth0")
    host.ip("link set eth0 up")
