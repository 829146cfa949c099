"""Routers that run on the kernel's sockets, in namespaces with a cable between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from fingerpost.addr import Prefix
from fingerpost.api.host import Host
from fingerpost.errors import UsageError
from fingerpost.forwarding.route import RouteKind
from fingerpost.host.linux.runner import LinuxHost
from fingerpost.rib import StaticRoute
from fingerpost.rip import Redistribution
from fingerpost.router import ConfigurationChanged, ProtocolConfig, RouterConfig, TableConfig
from linux.cable import End, cable, wait
from linux.stand import QUICK, Stand, rip, standing
from linux.test_udp import udp
from netns import require_root

NETWORKS = ["10.1.0.0/16", "2001:db8:1::/48"]


@pytest.fixture
def ends() -> Iterator[tuple[End, End]]:
    require_root()
    pairs = (("10.0.0.1/24", "10.0.0.2/24"), ("2001:db8::1/64", "2001:db8::2/64"))
    with cable(*pairs) as both:
        yield both


def both_rips(*interfaces: str, **fields: object) -> dict[str, ProtocolConfig]:
    return {kind: rip(*interfaces, kind=kind, **fields) for kind in ("rip", "ripng")}


def told(*interfaces: str, **fields: object) -> RouterConfig:
    """A router that tells static networks by RIP and RIPng."""
    statics = tuple(StaticRoute(Prefix(text), kind=RouteKind.BLACKHOLE) for text in NETWORKS)
    redistributes = {"static": Redistribution(metric=1)}
    return RouterConfig(
        tables={"main": TableConfig(statics)},
        protocols=both_rips(*interfaces, redistributes=redistributes, **fields),
    )


HEARS = RouterConfig(protocols=both_rips("vb"))
# the kernel tells that a link carries nothing up to a second later: time alone forgets after that
REMEMBERS = RouterConfig(
    protocols=both_rips("vb", timers=replace(QUICK, timeout_ns=60_000_000_000))
)


def knows(stand: Stand, *networks: str) -> bool:
    return set(stand.table.shown) == {*networks}


def test_routes_are_exchanged_over_the_wire_and_leave_with_a_polite_end(
    ends: tuple[End, End],
) -> None:
    with standing(ends[0].space, told("va")) as a, standing(ends[1].space, REMEMBERS) as b:
        wait(lambda: knows(b, *NETWORKS))
        link_local = ends[0].interface.interface.link_local()
        assert link_local is not None
        assert b.table.shown == {
            "10.1.0.0/16": "10.0.0.1 dev vb",
            "2001:db8:1::/48": f"{link_local.address} dev vb",
        }
        a.stop()
        wait(lambda: knows(b), 10)  # long before the routes time out
        assert a.table.shown == {}
        assert a.table.calls[-1] == "withdraw"


def test_an_end_that_is_not_polite_leaves_routes_and_neighbours_as_they_are(
    ends: tuple[End, End],
) -> None:
    with standing(ends[0].space, told("va")) as a, standing(ends[1].space, HEARS) as b:
        wait(lambda: knows(b, *NETWORKS))
        b.stop(is_polite=False)
        a.stop(is_polite=False)
        assert knows(b, *NETWORKS)
        assert knows(a, *NETWORKS)


def test_a_link_that_fails_takes_its_routes_and_gives_them_back(ends: tuple[End, End]) -> None:
    with standing(ends[0].space, told("va")) as a, standing(ends[1].space, REMEMBERS) as b:
        wait(lambda: knows(b, *NETWORKS))
        assert len(b.ask(lambda host: host.endpoints.sockets)) == 2
        ends[0].ip("link set va down")
        wait(lambda: knows(b), 10)
        wait(lambda: b.ask(lambda host: host.endpoints.sockets) == ())
        ends[0].ip("link set va up")
        wait(lambda: knows(b, *NETWORKS))
        assert a.ask(lambda host: host.pump.counters["datagrams"]) > 0


def test_ripng_begins_when_duplicate_address_detection_is_over(ends: tuple[End, End]) -> None:
    with standing(ends[0].space, told("va")), standing(ends[1].space, HEARS) as b:
        wait(lambda: knows(b, *NETWORKS))
        for end in ends:
            end.space.sysctl(**{f"net__ipv6__conf__{end.name}__accept_dad": 1})
            end.ip(f"link set {end.name} down")
        wait(lambda: knows(b))
        for end in ends:
            end.ip(f"link set {end.name} up")
        wait(lambda: knows(b, *NETWORKS), 8)
        # RIP itself may speak before netlink has told that the link is down.
        assert [one for one in b.wrong if "send" in one.kind and "ff02" in one.detail] == []


def test_an_interface_that_is_made_later_is_taken_up(ends: tuple[End, End]) -> None:
    with standing(ends[0].space, told("vx")), standing(ends[1].space, HEARS) as b:
        ends[0].ip("link del va")
        wait(lambda: b.ask(lambda host: [one.name for one in host.watcher.interfaces]) == ["lo"])
        ends[0].ip(f"link add vx type veth peer name vb netns {ends[1].space.name}")
        for end, name, address in ((ends[0], "vx", "10.9.0.1/24"), (ends[1], "vb", "10.9.0.2/24")):
            end.ip(f"addr add {address} dev {name}")
            end.ip(f"link set {name} up")
        wait(lambda: knows(b, *NETWORKS))
        assert b.table.shown["10.1.0.0/16"] == "10.9.0.1 dev vb"


def test_nothing_is_opened_that_the_configuration_does_not_name(ends: tuple[End, End]) -> None:
    space = ends[0].space
    space.ip("link add vc type veth peer name vd")
    space.ip("link set vc up")
    space.ip("link set vd up")
    with standing(space, told("va")) as a:
        wait(lambda: len(a.ask(lambda host: host.endpoints.sockets)) == 2)
        listed = space.run("ss", "-Hulnp")
        assert sorted(line.split()[3] for line in listed.splitlines()) == [
            "0.0.0.0%va:520",
            "[::]%va:521",
        ]
        a.ask(lambda host: host.receive(ConfigurationChanged(RouterConfig())))
        assert space.run("ss", "-Huln") == ""


def test_a_configuration_that_cannot_be_leaves_nothing_open(ends: tuple[End, End]) -> None:
    with pytest.raises(UsageError):
        RouterConfig(protocols={"x": ProtocolConfig("none", None)})
    config = RouterConfig(tables={"main": TableConfig(width=0)})
    with pytest.raises(UsageError), standing(ends[0].space, config):
        pass


def test_a_port_that_is_taken_is_told_and_the_rest_runs(ends: tuple[End, End]) -> None:
    taken = udp(ends[1])
    with standing(ends[0].space, told("va")), standing(ends[1].space, HEARS) as b:
        wait(lambda: knows(b, "2001:db8:1::/48"))
        (first, *_) = b.wrong
        assert (first.kind, first.interface) == ("open failed", "vb")
        assert "UDP port 520 on vb is taken" in first.detail
        assert b.ask(lambda host: host.endpoints.counters["open EADDRINUSE on vb"]) >= 1
    taken.close()


def test_a_table_that_fails_is_told_and_tried_again(ends: tuple[End, End]) -> None:
    with standing(ends[1].space, HEARS) as b:
        b.table.failures = 1
        with standing(ends[0].space, told("va")):
            wait(lambda: b.table.failures == 0)
            wait(lambda: knows(b, *NETWORKS))
            wait(lambda: [one.kind for one in b.wrong] == ["kernel table failed"])
            wait(lambda: b.ask(lambda host: host.tables["main"].counters["batches"]) >= 2)


def test_a_slow_table_holds_nobody_up(ends: tuple[End, End]) -> None:
    with standing(ends[0].space, told("va")), standing(ends[1].space, HEARS) as b:
        b.table.hold.clear()
        wait(lambda: b.table.is_held)
        before = b.ask(lambda host: host.pump.counters["datagrams"])
        wait(lambda: b.ask(lambda host: host.pump.counters["datagrams"]) > before + 3)
        b.table.hold.set()
        wait(lambda: knows(b, *NETWORKS))


def as_the_api_sees_it(host: LinuxHost) -> Host:
    """The type checker holds one against the other."""
    return host


def test_what_the_host_counts_is_plain_data(ends: tuple[End, End]) -> None:
    with standing(ends[0].space, told("va")) as a:
        wait(lambda: a.ask(lambda host: len(host.endpoints.sockets)) == 2)
        shown = a.ask(lambda host: host.snapshot())
        counted = a.ask(lambda host: as_the_api_sees_it(host).counters())
        assert set(counted) == {"netlink", "turns", "sockets", "failures", "kernel main"}
        assert shown["netlink"]["dumps"] == 1
        assert {one["interface"] for one in shown["sockets"]} == {"va"}
