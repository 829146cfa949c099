"""What a router is told to say at its edge has its effect: between whole instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bgp.joined import Net, config, towards
from fingerpost.addr import Prefix
from fingerpost.bgp.attributes import AttributeSet
from fingerpost.bgp.config import Aggregate, Decision, Network
from fingerpost.bgp.family import IPV4

if TYPE_CHECKING:
    from bgp.joined import Node

A, B, C = "10.0.0.1", "10.0.0.2", "10.0.0.3"
P, WHOLE = Prefix("172.16.1.0/24"), Prefix("172.16.0.0/16")
OWN = Network(P, needs_route=False)


def held(node: Node, prefix: Prefix = P) -> AttributeSet:
    """The attributes of the one path that a router has."""
    ((_, _, _, imported, *_),) = node.bgp.table.paths(IPV4.code, prefix)
    assert imported is not None
    return AttributeSet.decode(imported)


def line(net: Net, toward: dict[str, object], back: dict[str, object]) -> tuple[Node, Node]:
    """A of AS 65001 has a prefix; B, which moved from AS 64999 to 65002, tells C of it."""
    net.add(A, config(65001, 1, towards(64999, B), networks=(OWN,)), 1)
    b = net.add(B, config(65002, 2, towards(65001, A, **toward), towards(65003, C, **back)), 2)
    c = net.add(C, config(65003, 3, towards(65002, B)), 3)
    net.begin()
    net.run(5)
    return b, c


def test_a_router_that_moved_goes_by_its_former_as_too() -> None:
    """RFC 7705 3.1: it stands in the path of what comes."""
    b, c = line(Net(), {"local_as": 64999}, {})
    assert str(held(b).as_path) == "64999 65001"
    assert str(held(c).as_path) == "65002 64999 65001"


def test_a_former_as_can_be_kept_out_of_what_comes() -> None:
    """RFC 7705 3.2 ("no-prepend" of many)."""
    b, c = line(Net(), {"local_as": 64999, "prepends_local_as": False}, {})
    assert str(held(b).as_path) == "65001"
    assert str(held(c).as_path) == "65002 65001"


def test_what_is_told_by_a_former_as_has_both_or_that_alone() -> None:
    """RFC 7705 3.1, 3.2 ("replace-as")."""
    for replaces, path in ((False, "64999 65002"), (True, "64999")):
        net = Net()
        a = net.add(A, config(65001, 1, towards(64999, B)), 1)
        moved = towards(65001, A, local_as=64999, replaces_as=replaces)
        net.add(B, config(65002, 2, moved, networks=(OWN,)), 2)
        net.begin()
        net.run(5)
        assert str(held(a).as_path) == path


def test_the_local_preference_of_what_has_none_is_told_inside() -> None:
    net = Net()
    rules = Decision(default_local_preference=170)
    net.add(A, config(65001, 1, towards(65001, B), networks=(OWN,), decision=rules), 1)
    b = net.add(B, config(65001, 2, towards(65001, A)), 2)
    net.begin()
    net.run(5)
    assert held(b).local_preference == 170


def test_an_aggregate_alone_is_told_and_those_inside_again_when_it_is_no_more_alone() -> None:
    """RFC 4271 9.2.2.2."""
    net = Net()
    a = net.add(
        A,
        config(
            65001,
            1,
            towards(65002, B),
            networks=(OWN,),
            aggregates=(Aggregate(WHOLE, summary_only=True),),
        ),
        1,
    )
    b = net.add(B, config(65002, 2, towards(65001, A)), 2)
    net.begin()
    net.run(5)
    assert set(b.routes) == {WHOLE}
    places: Any = a.bgp.explain_told(P, None).as_dict()["places"]
    assert places[0]["reason"] == "an aggregate around it is told in its place (RFC 4271 9.2.2.2)"
    a.reconfigure(aggregates=(Aggregate(WHOLE),))
    net.run(1)
    assert set(b.routes) == {WHOLE, P}
    a.reconfigure(aggregates=())
    net.run(1)
    assert set(b.routes) == {P}
