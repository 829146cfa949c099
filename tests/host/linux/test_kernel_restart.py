"""What a router that was killed leaves behind forwards on, and is taken over or removed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator

import pytest

from fingerpost._core import PrefixColumn
from fingerpost.addr import Address
from fingerpost.forwarding.route import NextHop, Route, RouteKind
from fingerpost.host.linux.kernel_fib import METRIC, PROTOCOL
from linux.kernel_stand import GATEWAYS, Stand, drop, expected, fib, put, standing

G1, G2, SIX1, SIX2, LINK = (GATEWAYS[name] for name in ("g1", "g2", "six1", "six2", "link"))
ON1, ON2, ONSIX = (GATEWAYS[name] for name in ("on1", "on2", "onsix"))
LEFT = {
    "192.0.2.0/24": (G1,),
    "198.51.100.0/24": (G1, G2),
    "203.0.113.0/24": (SIX1,),
    "2001:db8:f::/48": (SIX1, SIX2),
    "172.16.0.1/32": (ON1,),
    "172.16.8.0/24": (ON1, ON2),
    "2001:db8:f00::1/128": (ONSIX,),
}


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing() as made:
        yield made


@pytest.fixture(params=[True, False], ids=["objects", "plain"])
def by_object(request: pytest.FixtureRequest) -> bool:
    made: bool = request.param
    return made


@pytest.fixture
def left(stand: Stand, by_object: bool) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The routes of a run that ended without a word; with a blackhole in each family."""
    earlier = fib(by_object)
    earlier.want([put(prefix, *hops) for prefix, hops in LEFT.items()])
    blackholes = ("10.200.0.0/16", "2001:db8:dead::/48")
    earlier.want([put(prefix, kind=RouteKind.BLACKHOLE) for prefix in blackholes])
    earlier.sync()
    found = stand.routes()
    assert len(found) == len(LEFT) + 2
    return found


def test_a_killed_process_leaves_its_routes(stand: Stand) -> None:
    script = textwrap.dedent("""
        import os, signal
        from fingerpost._core import PrefixColumn
        from fingerpost.addr import Address
        from fingerpost.forwarding.route import NextHop, Route
        from fingerpost.host.linux.kernel_fib import KernelFib
        fib = KernelFib()
        route = Route((NextHop("va1", Address("10.1.0.2")),))
        fib.want_table(PrefixColumn(["192.0.2.0/24", "198.51.100.0/24"]), route)
        fib.sync()
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    done = subprocess.run([sys.executable, "-c", script], timeout=30, check=False, env=os.environ)
    assert done.returncode == -signal.SIGKILL
    ours = fib()
    assert ours.adopt().strange == 2
    ours.want([put("192.0.2.0/24", G1)])
    assert not ours.sync()
    assert ours.sweep().deleted == 1
    assert stand.routes() == {"192.0.2.0/24": expected((G1,))}


@pytest.mark.usefixtures("left")
def test_nothing_is_removed_before_the_router_has_converged(stand: Stand, by_object: bool) -> None:
    before = stand.routes()
    ours = fib(by_object)
    found = ours.adopt()
    assert (found.strange, found.missing, found.changed) == (len(before), 0, 0)
    assert not ours.sync()
    assert not ours.drift().missing
    assert stand.routes() == before
    assert ours.why("192.0.2.0/24").is_spared
    assert "left by an earlier run" in str(ours.why("192.0.2.0/24"))


@pytest.mark.usefixtures("left")
def test_what_is_wanted_again_is_not_touched(stand: Stand, by_object: bool) -> None:
    ours = fib(by_object)
    ours.adopt()
    ours.want([put(prefix, *hops) for prefix, hops in LEFT.items()])
    blackholes = ("10.200.0.0/16", "2001:db8:dead::/48")
    ours.want([put(prefix, kind=RouteKind.BLACKHOLE) for prefix in blackholes])
    before = stand.routes()
    assert not ours.sync()
    assert not ours.sweep()
    assert stand.routes() == before
    assert not ours.drift().is_drift


@pytest.mark.usefixtures("left")
def test_what_is_wanted_otherwise_is_replaced_and_the_rest_goes_at_the_sweep(
    stand: Stand, by_object: bool
) -> None:
    ours = fib(by_object)
    ours.adopt()
    ours.want([put("192.0.2.0/24", G2), put("10.7.0.0/16", G1)])
    done = ours.sync()
    assert (done.added, done.replaced, done.deleted) == (1, 1, 0)
    assert len(stand.routes()) == len(LEFT) + 3
    assert ours.sweep().deleted == len(LEFT) + 1
    assert stand.routes() == {"192.0.2.0/24": expected((G2,)), "10.7.0.0/16": expected((G1,))}
    objects = stand.ip(f"nexthop show proto {PROTOCOL}").splitlines()
    assert len(objects) == (2 if by_object else 0)


@pytest.mark.usefixtures("left")
def test_a_route_that_is_withdrawn_before_the_sweep_goes_at_once(
    stand: Stand, by_object: bool
) -> None:
    ours = fib(by_object)
    ours.adopt()
    ours.want([put("192.0.2.0/24", G1)])
    ours.sync()
    ours.want([drop("192.0.2.0/24")])
    assert ours.sync().deleted == 1
    assert "192.0.2.0/24" not in stand.routes()


@pytest.mark.usefixtures("left")
def test_a_run_without_nexthop_objects_takes_over_from_one_with_them(
    stand: Stand, by_object: bool
) -> None:
    ours = fib(not by_object)
    ours.adopt()
    ours.want([put(prefix, *hops) for prefix, hops in LEFT.items()])
    assert ours.sync().replaced == len(LEFT)
    ours.sweep()
    assert stand.routes() == {prefix: expected(hops) for prefix, hops in LEFT.items()}
    assert not ours.drift().is_drift
    assert bool(stand.ip(f"nexthop show proto {PROTOCOL}")) is not by_object


def test_routes_of_a_run_with_another_metric_go_at_the_sweep(stand: Stand) -> None:
    earlier = fib(metric=METRIC + 1)
    earlier.want([put("192.0.2.0/24", G1), put("2001:db8:f::/48", SIX1), put("10.7.0.0/16", LINK)])
    earlier.sync()
    ours = fib()
    assert ours.adopt().strays == 3
    ours.want([put("192.0.2.0/24", G1)])
    ours.sync()
    assert len(stand.routes()) == 3
    assert ours.sweep().deleted == 3
    assert stand.ip(f"route show proto {PROTOCOL} metric {METRIC + 1}") == ""
    assert stand.routes() == {"192.0.2.0/24": expected((G1,))}


def test_foreign_routes_and_objects_survive_all_that_we_do(stand: Stand) -> None:
    stand.ip("nexthop add id 7 via 10.1.0.2 dev va1 proto 188")
    stand.ip("route add 192.0.2.0/24 via 10.2.0.2 proto 188 metric 20")
    stand.ip("route add 198.51.100.0/24 nhid 7 proto 188")
    stand.ip("route add 203.0.113.0/24 dev va1 proto static")
    stand.ip("-6 route add 2001:db8:f::/48 via 2001:db8:1::2 proto 188")
    foreign = stand.routes("proto 188") | stand.routes("proto static")
    kernels = stand.routes("proto kernel")
    for _ in range(2):
        ours = fib()
        ours.adopt()
        ours.want([put(prefix, G1, G2) for prefix in foreign if ":" not in prefix])
        ours.want([put("2001:db8:f::/48", SIX2)])
        ours.sync()
        ours.sweep()
        assert len(stand.routes()) == 4
    ours.withdraw()
    assert stand.routes() == {}
    assert stand.routes("proto 188") | stand.routes("proto static") == foreign
    assert stand.routes("proto kernel") == kernels
    assert stand.ip("nexthop show proto 188").startswith("id 7 ")


def test_a_hundred_runs_leave_no_objects_behind(stand: Stand) -> None:
    many = PrefixColumn([f"172.16.{at}.0/24" for at in range(200)])
    for at in range(100):
        ours = fib()
        ours.adopt()
        ours.want_table(many, Route((NextHop("va1", Address(f"10.1.0.{2 + at % 7}")), G2)))
        ours.sync()
        ours.sweep()
    assert len(stand.ip(f"nexthop show proto {PROTOCOL}").splitlines()) == 3
    assert len(stand.routes()) == 200


HALF_WAY = textwrap.dedent("""
    from fingerpost._core import PrefixColumn
    from fingerpost.addr import Address
    from fingerpost.forwarding.route import NextHop, Route
    from fingerpost.host.linux.kernel_fib import KernelFib
    fib = KernelFib(nexthop_objects=None if {objects} else False)
    column = PrefixColumn(f"20.{{at >> 8}}.{{at & 255}}.0/24" for at in range({many}))
    fib.adopt()
    fib.want_table(column, Route((NextHop("va1", Address("10.1.0.2")),)))
    print("filling", flush=True)
    fib.sync()
    print("filled", flush=True)
""")


def test_a_kill_in_the_middle_of_a_fill_leaves_a_part_that_the_next_run_completes(
    stand: Stand, by_object: bool
) -> None:
    many, held = 60_000, 0
    script = HALF_WAY.format(objects=by_object, many=many)
    for after_ms in (20, 10, 40, 5, 80):  # until it was in the middle
        stand.ip(f"route flush proto {PROTOCOL}")
        filling = subprocess.Popen(
            ["ip", "netns", "exec", stand.space.name, sys.executable, "-c", script],
            stdout=subprocess.PIPE,
            env=os.environ,
        )
        assert filling.stdout is not None
        assert filling.stdout.readline() == b"filling\n"
        time.sleep(after_ms / 1000)
        filling.kill()
        filling.communicate(timeout=30)
        held = len(stand.space.run("ip", "route", "show", "proto", str(PROTOCOL)).splitlines())
        if 0 < held < many:
            break
    assert 0 < held < many
    ours = fib(by_object)
    column = PrefixColumn(f"20.{at >> 8}.{at & 255}.0/24" for at in range(many))
    ours.want_table(column, Route((G1,)))
    done = ours.sync()
    assert (done.added, done.refused) == (many - held, 0)
    ours.sweep()
    assert ours.drift().kept == many
