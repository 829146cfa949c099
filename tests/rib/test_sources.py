"""Connected and static routes, and several tables with leaks between them."""

from __future__ import annotations

import pytest

from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.addr import Prefix
from fingerpost.errors import UsageError
from fingerpost.forwarding.interface import Interface
from fingerpost.forwarding.route import RouteKind
from fingerpost.rib import Connected, Leak, Rib, StaticRoute, StaticRoutes, Tables
from fingerpost.wire.mac import Mac
from rib.made import announce, hop, route, withdraw

NET = Prefix("203.0.113.0/24")


def interface(name: str, index: int, *addresses: str, up: bool = True) -> Interface:
    held = tuple(map(InterfaceAddress, addresses))
    return Interface(name, index, Mac("02:00:00:00:00:01"), addresses=held, is_up=up)


def used(rib: Rib) -> list[str]:
    return list(map(str, rib))


def test_interfaces_bring_their_networks_and_take_them_along() -> None:
    rib, connected = Rib(), Connected()
    eth0 = interface("eth0", 1, "10.0.0.1/24", "fe80::1/64", "2001:db8::1/64")
    rib.apply_all(connected.set_interface(eth0), 1)
    assert [str(one.prefix) for one in rib] == ["10.0.0.0/24", "2001:db8::/64"]
    rib.apply_all(connected.set_interface(interface("eth0", 1, "10.0.1.1/24")), 2)
    assert used(rib) == ["10.0.1.0/24 dev eth0 proto connected:eth0 [0/1]"]
    assert len(rib.apply_all(connected.set_interface(interface("eth0", 1, up=False)), 3)) == 1
    rib.apply_all(connected.set_interface(interface("eth0", 1, "10.0.1.1/24")), 4)
    assert len(rib.apply_all(connected.remove_interface("eth0"), 5)) == 1
    assert len(rib) == 0


def test_of_two_interfaces_in_one_network_the_lower_index_is_used_until_it_goes() -> None:
    rib, connected = Rib(), Connected()
    for name, index in (("eth7", 7), ("eth3", 3)):
        rib.apply_all(connected.set_interface(interface(name, index, f"10.0.0.{index}/24")), 1)
    assert used(rib) == ["10.0.0.0/24 dev eth3 proto connected:eth3 [0/3]"]
    rib.apply_all(connected.set_interface(interface("eth3", 3, "10.0.0.3/24", up=False)), 2)
    assert used(rib) == ["10.0.0.0/24 dev eth7 proto connected:eth7 [0/7]"]


def test_static_lines_become_one_route_a_distance_and_the_far_one_waits() -> None:
    rib, static = Rib(), StaticRoutes()
    lines = [
        StaticRoute(NET, (hop("eth0"),)),
        StaticRoute(NET, (hop("10.0.0.1@eth1"),)),
        StaticRoute(NET, (hop("eth2"),), distance=250),
        StaticRoute(Prefix("192.0.2.0/24"), kind=RouteKind.PROHIBIT, tag=5),
    ]
    rib.apply_all(static.replace(lines), 1)
    assert used(rib) == [
        "192.0.2.0/24 prohibit proto static [1/0] tag 5",
        "203.0.113.0/24 dev eth0, via 10.0.0.1 dev eth1 proto static [1/0]",
    ]
    events = static.replace(lines[2:])
    assert len(events) == 1
    rib.apply_all(events, 2)
    assert used(rib)[1] == "203.0.113.0/24 dev eth2 proto static:250 [250/0]"
    assert static.replace(lines[2:]) == []


@pytest.mark.parametrize(
    ("hops", "kind", "message"),
    [
        ((), RouteKind.UNICAST, "unicast needs a next hop"),
        ((hop("eth0"),), RouteKind.BLACKHOLE, "blackhole has no next hops"),
    ],
)
def test_static_routes_that_mean_nothing_are_refused(
    hops: tuple[()], kind: RouteKind, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        StaticRoute(NET, hops, kind)


def test_two_static_lines_that_disagree_are_refused_and_nothing_changes() -> None:
    static = StaticRoutes()
    hole = StaticRoute(NET, kind=RouteKind.BLACKHOLE)
    static.replace([hole])
    with pytest.raises(UsageError, match="twice at distance 1"):
        static.replace([hole, StaticRoute(NET, (hop("eth0"),))])
    assert static.replace([hole]) == []


def test_a_leak_carries_routes_and_their_changes_to_another_table() -> None:
    tables = Tables({"red": Rib("red"), "blue": Rib("blue")}, (Leak("red", "blue"),))
    told = tables.apply("red", announce(route(str(NET), "rip", "eth0")), 1)
    assert [name for name, _ in told] == ["red", "blue"]
    assert used(tables["blue"]) == ["203.0.113.0/24 dev eth0 proto table:red [120/0]"]
    tables.apply("red", announce(route(str(NET), "static", "eth1")), 2)
    assert used(tables["blue"]) == ["203.0.113.0/24 dev eth1 proto table:red [1/0]"]
    tables.apply("red", withdraw("static", str(NET)), 3)
    tables.apply("red", withdraw("rip", str(NET)), 4)
    assert len(tables["blue"]) == 0


def test_leaks_in_a_circle_end_and_leave_no_ghost() -> None:
    names = ("a", "b", "c")
    leaks = (Leak("a", "b"), Leak("b", "c"), Leak("c", "a"), Leak("b", "a"))
    tables = Tables({name: Rib(name) for name in names}, leaks)
    tables.apply("a", announce(route(str(NET), "rip", "eth0")), 1)
    assert used(tables["c"]) == ["203.0.113.0/24 dev eth0 proto table:b,a [120/0]"]
    tables.apply("c", announce(route(str(NET), "static", "eth9")), 2)
    assert used(tables["b"]) == ["203.0.113.0/24 dev eth9 proto table:a,c [1/0]"]
    tables.apply("c", withdraw("static", str(NET)), 3)
    tables.apply("a", withdraw("rip", str(NET)), 4)
    assert [len(tables[name]) for name in names] == [0, 0, 0]


def test_leaks_of_tables_that_are_not_there_are_refused() -> None:
    with pytest.raises(UsageError, match="'blue', which is not there; there: red"):
        Tables({"red": Rib("red")}, (Leak("red", "blue"),))
    with pytest.raises(UsageError, match="into itself"):
        Tables({"red": Rib("red")}, (Leak("red", "red"),))
