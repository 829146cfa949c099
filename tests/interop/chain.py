"""A chain of two routers between two hosts: the hosts are Linux, the routers Linux or ours.

    a eth0 --- eth0 r1 eth1 --- eth0 r2 eth1 --- eth0 b
    10.0.1.0/24     10.0.12.0/24 (MTU 1400)     10.0.2.0/24
    2001:db8:1::/64 2001:db8:12::/64            2001:db8:2::/64

r1 has an unreachable, a prohibited and a blackhole route; what else it does not know has no route.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.netns import Namespace, namespaces, veth

SMALL_MTU = 1400
# each host is number 2 of its network, its router number 1
HOSTS = {"a": 1, "b": 2}
ODD_ROUTES = {
    "unreachable": ("198.51.100.0/26", "2001:db8:a::/48"),
    "prohibit": ("198.51.100.64/26", "2001:db8:b::/48"),
    "blackhole": ("198.51.100.128/26", "2001:db8:c::/48"),
}


@dataclass(frozen=True)
class Chain:
    """The two hosts of a chain that runs."""

    a: Namespace
    b: Namespace


def configure_host(host: Namespace, net: int) -> None:
    """Number 2 in its network, everything else by number 1."""
    host.sysctl(net__ipv6__conf__eth0__accept_ra=0)
    host.ip(f"addr add 10.0.{net}.2/24 dev eth0")
    host.ip(f"-6 addr add 2001:db8:{net}::2/64 dev eth0 nodad")
    host.ip("link set eth0 up")
    host.ip(f"route add default via 10.0.{net}.1")
    host.ip(f"-6 route add default via 2001:db8:{net}::1")


@contextmanager
def linux_chain() -> Iterator[Chain]:
    """Both routers are Linux, with its limits on ICMP errors switched off."""
    with namespaces("a", "r1", "r2", "b") as (a, r1, r2, b):
        for router in (r1, r2):
            router.sysctl(
                net__ipv4__ip_forward=1,
                net__ipv6__conf__all__forwarding=1,
                net__ipv4__icmp_ratelimit=0,
                net__ipv4__icmp_ratemask=0,
                net__ipv6__icmp__ratelimit=0,
            )
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
            router.ip(f"-6 addr add 2001:db8:{net}::{host}/64 dev {device} nodad")
        r1.ip("route add 10.0.2.0/24 via 10.0.12.2")
        r1.ip("-6 route add 2001:db8:2::/64 via 2001:db8:12::2")
        r2.ip("route add 10.0.1.0/24 via 10.0.12.1")
        r2.ip("-6 route add 2001:db8:1::/64 via 2001:db8:12::1")
        for kind, (v4, v6) in ODD_ROUTES.items():
            r1.ip(f"route add {kind} {v4}")
            r1.ip(f"-6 route add {kind} {v6}")
        configure_host(a, HOSTS["a"])
        configure_host(b, HOSTS["b"])
        yield Chain(a, b)
