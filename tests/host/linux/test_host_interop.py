"""A router on the kernel beside BIRD and FRR: both kernels' tables, link loss, and the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from fingerpost.forwarding.durations import SECOND
from fingerpost.host.linux.kernel_fib import KernelFib
from fingerpost.rip import RipTimers
from foreign import bird, frr
from linux.cable import End, cable, wait
from linux.stand import standing
from linux.test_host import NETWORKS, told
from netns import Namespace, require_root

THEIRS = ["10.66.0.0/16", "2001:db8:66::/48"]
BIRD = """
router id 10.0.0.2;
protocol device { }
protocol kernel { scan time 2; ipv4 { export all; }; }
protocol kernel { scan time 2; ipv6 { export all; }; }
protocol static { ipv4; route 10.66.0.0/16 blackhole; }
protocol static { ipv6; route 2001:db8:66::/48 blackhole; }
protocol rip {
  ipv4 { import all; export where source = RTS_STATIC; };
  interface "vb" { update time 2; timeout time 12; garbage time 8; };
}
protocol rip ng {
  ipv6 { import all; export where source = RTS_STATIC; };
  interface "vb" { update time 2; timeout time 12; garbage time 8; };
}
"""
RIPD = """
router rip
 network vb
 timers basic 5 30 20
 redistribute kernel
exit
"""
PATIENCE_S = 20
# as theirs: what they tell must not be over before they tell it again
TIMERS = RipTimers(
    update_ns=2 * SECOND, jitter_ns=SECOND // 2, timeout_ns=12 * SECOND, garbage_ns=8 * SECOND
)


@contextmanager
def beside_bird(space: Namespace, folder: Path) -> Iterator[None]:
    with bird(space, folder, BIRD):
        yield


@contextmanager
def beside_frr(space: Namespace, _: Path) -> Iterator[None]:
    for prefix in THEIRS:
        space.ip(f"-{6 if ':' in prefix else 4} route add blackhole {prefix}")
    daemons = {"ripd": RIPD, "ripngd": RIPD.replace("router rip", "router ripng")}
    with TemporaryDirectory(prefix="fp-frr-") as folder, frr(space, Path(folder), daemons):
        yield


def ways(end: End, *prefixes: str) -> list[str]:
    """Where a kernel sends each prefix: the gateway, and the interface; those that it has."""
    found = []
    for prefix in prefixes:
        words = end.space.run("ip", "-6" if ":" in prefix else "-4", "route", "show", prefix)
        if " via " in words:
            found.append(" ".join(words.partition(" via ")[2].split()[:3]))
    return found


def gateways(end: End, *families: int) -> list[str]:
    interface = end.interface
    link_local = interface.interface.link_local()
    assert link_local is not None
    known = {4: str(interface.addresses[0].address), 6: str(link_local.address)}
    return [known[family] for family in families]


@pytest.mark.parametrize("peer", [beside_bird, beside_frr])
def test_both_kernels_forward_by_what_the_other_told(
    peer: Callable[..., AbstractContextManager[None]], tmp_path: Path
) -> None:
    require_root()
    with cable(("10.0.0.1/24", "10.0.0.2/24")) as (us, them), peer(them.space, tmp_path):
        to_them = [f"{one} dev va" for one in gateways(them, 4, 6)]
        to_us = [f"{one} dev vb" for one in gateways(us, 4, 6)]
        with standing(us.space, told("va", timers=TIMERS), make=KernelFib) as host:
            wait(lambda: ways(us, *THEIRS) == to_them, PATIENCE_S)
            wait(lambda: ways(them, *NETWORKS) == to_us, PATIENCE_S)
            them.ip("link set vb down")
            wait(lambda: ways(us, *THEIRS) == [], 10)  # the kernel may take a second
            them.ip("link set vb up")
            wait(lambda: ways(us, *THEIRS) == to_them, PATIENCE_S)
            wait(lambda: ways(them, *NETWORKS) == to_us, PATIENCE_S)
            host.stop()
            assert ways(us, *THEIRS) == []
            wait(lambda: ways(them, *NETWORKS) == [], 3)  # not by a timeout: it was told
            assert host.wrong == []
