"""A router is killed and started again while packets go through: none of them is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from linux.inside import inside
from linux.kernel_stand import GATEWAYS, fib, put
from netns import namespaces, require_root, veth

KILLED = textwrap.dedent("""
    import os, signal
    from fingerpost._core import PrefixColumn
    from fingerpost.addr import Address
    from fingerpost.forwarding.route import NextHop, Route
    from fingerpost.host.linux.kernel_fib import KernelFib
    fib = KernelFib(nexthop_objects=None if {objects} else False)
    fib.adopt()
    route = Route((NextHop("va1", Address("10.1.0.2")), NextHop("va2", Address("10.2.0.2"))))
    fib.want_table(PrefixColumn(["198.51.100.0/24", "203.0.113.0/24"]), route)
    fib.sync()
    os.kill(os.getpid(), signal.SIGKILL)
""")


@pytest.mark.parametrize("objects", [True, False])
def test_no_packet_is_lost_while_a_killed_router_starts_again(objects: bool) -> None:
    require_root("ping")
    with namespaces("host", "router", "far") as (host, router, far):
        veth(host, "vh", router, "vr")
        host.ip("addr add 10.9.0.2/24 dev vh")
        router.ip("addr add 10.9.0.1/24 dev vr")
        host.ip("route add default via 10.9.0.1")
        router.sysctl(net__ipv4__ip_forward=1)
        far.sysctl(net__ipv4__conf__all__rp_filter=0, net__ipv4__conf__default__rp_filter=0)
        for number in (1, 2):
            veth(router, f"va{number}", far, f"vb{number}")
            router.ip(f"addr add 10.{number}.0.1/24 dev va{number}")
            far.ip(f"addr add 10.{number}.0.2/24 dev vb{number}")
        far.ip("addr add 198.51.100.1/32 dev lo")
        far.ip("route add default via 10.1.0.1")

        def killed_run() -> None:
            words = [sys.executable, "-c", KILLED.format(objects=objects)]
            inside_router = ["ip", "netns", "exec", router.name, *words]
            done = subprocess.run(inside_router, timeout=30, check=False, env=os.environ)
            assert done.returncode == -signal.SIGKILL

        killed_run()
        host.run("ping", "-c", "3", "-i", "0.05", "-W", "2", "198.51.100.1")
        pinging = subprocess.Popen(
            ["ip", "netns", "exec", host.name, "ping", "-q", "-i", "0.002", "198.51.100.1"],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            for _ in range(2):
                killed_run()
            with inside(router):
                ours = fib(objects)
                ours.adopt()
                assert ours.drift().kept == 2
                ways = [("g1",), ("g1", "g2"), ("g2",)] * 10
                for names in ways:
                    ours.want([put("198.51.100.0/24", *(GATEWAYS[name] for name in names))])
                    ours.sync()
                ours.sweep()
            left = router.run("ip", "route", "show", "proto", "70")
        finally:
            pinging.send_signal(signal.SIGINT)  # ping prints its count
            told, _ = pinging.communicate(timeout=10)
        assert "203.0.113.0/24" not in left
        assert "via 10.2.0.2 dev va2" in left
        assert " 0% packet loss" in told, told
        assert int(told.split("packets transmitted")[0].split()[-1]) > 40
