"""What is told only while other prefixes are in the table, or are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bgp.joined import Net, Node, config, towards
from fingerpost import Network
from fingerpost.addr import Address, Prefix
from fingerpost.bgp.attributes import AsPath, AttributeSet, Origin, OriginCode
from fingerpost.bgp.config import Condition, PeerFamily
from fingerpost.bgp.config import Network as OwnNetwork
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.listing.neighbor_row import neighbor_row
from fingerpost.errors import UsageError
from fingerpost.forwarding.route import NextHop
from fingerpost.protocol.events import RoutesChanged, TimePassed
from fingerpost.rib.events import Change
from fingerpost.rib.route import RibRoute

SOURCE, US, RECEIVER = "10.0.0.1", "10.0.0.2", "10.0.0.3"
DEFAULT, UP, OTHER, OURS = map(
    Prefix, ("0.0.0.0/0", "203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24")
)
SAID = AttributeSet.of(Origin(OriginCode.IGP), AsPath()).encode()


class Line:
    """One who says prefixes, we, and one who is given a default on a condition."""

    def __init__(self, condition: Condition | None, *networks: OwnNetwork) -> None:
        self.net = net = Net()
        self.source = net.add(SOURCE, config(65001, 1, towards(65002, US)))
        family = PeerFamily(default_route=True, default_condition=condition)
        to_receiver = towards(65003, RECEIVER, families=(family,))
        to_source = towards(65001, SOURCE)
        self.us = net.add(US, config(65002, 2, to_source, to_receiver, networks=networks))
        self.receiver = net.add(RECEIVER, config(65003, 3, towards(65002, US)))
        net.begin()
        net.run(5)

    def say(self, *prefixes: Prefix) -> None:
        """The source says prefixes."""
        self.source.bgp.originate(IPV4, prefixes, SAID, 1)
        self._pass(self.source)

    def unsay(self, *prefixes: Prefix) -> None:
        """It says them no more."""
        self.source.bgp.retract(IPV4, prefixes, 1)
        self._pass(self.source)

    def route(self, prefix: Prefix, *, is_there: bool) -> None:
        """The routing table has a route of a neighbour protocol, or has it no more."""
        hop = NextHop("eth0", Address("10.9.0.1"))
        route = RibRoute(prefix, "ospf", 110, 0, (hop,))
        change = Change(prefix, None, route) if is_there else Change(prefix, route, None)
        self.us.give(RoutesChanged((change,)))
        self.net.run(1)

    def _pass(self, node: Node) -> None:
        node.give(TimePassed())
        self.net.run(1)

    @property
    def heard(self) -> set[Prefix]:
        """What the receiver routes by."""
        return set(self.receiver.routes)

    def why_not(self, prefix: Prefix) -> tuple[str | None, str | None]:
        """What is said of a prefix, and of the receiver, by `why-not`."""
        answer: dict[str, Any] = self.us.bgp.explain_told(prefix, None).as_dict()
        return answer["reason"], answer["places"][1]["reason"]

    def options(self) -> list[str]:
        """What the receiver's family shows that is not as usual."""
        row = neighbor_row(self.us.bgp, self.us.peer(2), self.net.now)
        options = row["families"][0]["options"]
        assert isinstance(options, list)
        return options


def test_a_default_is_given_while_one_of_some_prefixes_is_there() -> None:
    line = Line(Condition(present=(UP, OTHER)))
    assert line.heard == set()
    text = f"{UP} or {OTHER} is not in the table"
    assert (line.why_not(DEFAULT)[1] or "").startswith(f"it is given no default: {text}")
    assert line.options() == [
        f"default-route while {UP} or {OTHER} is in the table: not told now, {text}"
    ]
    line.say(UP)
    assert line.heard == {DEFAULT, UP}
    assert line.why_not(DEFAULT) == (None, None)
    assert line.options() == [f"default-route while {UP} or {OTHER} is in the table: told now"]
    line.say(OTHER)
    line.unsay(UP)
    assert line.heard == {DEFAULT, OTHER}
    line.unsay(OTHER)
    assert line.heard == set()
    assert DEFAULT not in line.us.routes


def test_a_default_is_given_while_a_prefix_is_missed() -> None:
    line = Line(Condition(absent=(UP,)))
    assert line.heard == {DEFAULT}
    line.say(UP)
    assert line.heard == {UP}
    assert (line.why_not(DEFAULT)[1] or "").startswith(
        f"it is given no default: {UP} is in the table"
    )
    line.unsay(UP)
    assert line.heard == {DEFAULT}


def test_both_conditions_have_to_hold() -> None:
    line = Line(Condition((UP,), (OTHER,)))
    line.say(UP)
    assert DEFAULT in line.heard
    line.say(OTHER)
    assert DEFAULT not in line.heard


def test_what_others_route_counts_too() -> None:
    line = Line(Condition((UP,)))
    line.route(UP, is_there=True)
    assert line.heard == {DEFAULT}
    line.say(UP)
    line.route(UP, is_there=False)
    assert line.heard == {DEFAULT, UP}
    line.unsay(UP)
    assert line.heard == set()


def test_without_the_condition_holding_another_default_is_told() -> None:
    line = Line(Condition((UP,)))
    line.say(DEFAULT)
    told = line.receiver.bgp.table.paths(IPV4.code, DEFAULT)[0][2]
    assert str(AttributeSet.decode(told).as_path) == "65002 65001"
    line.say(UP)
    told = line.receiver.bgp.table.paths(IPV4.code, DEFAULT)[0][2]
    assert str(AttributeSet.decode(told).as_path) == "65002"


def test_a_network_on_a_condition() -> None:
    line = Line(None, OwnNetwork(OURS, needs_route=False, condition=Condition(absent=(UP,))))
    assert line.heard == {DEFAULT, OURS}
    line.say(UP)
    assert line.heard == {DEFAULT, UP}
    assert line.why_not(OURS)[0] == f"the network {OURS} is not told: {UP} is in the table"
    line.unsay(UP)
    assert line.heard == {DEFAULT, OURS}


def test_a_network_may_rest_on_itself_at_a_neighbor() -> None:
    """It is the best path then, and hides the one that it rests on."""
    line = Line(None, OwnNetwork(OURS, needs_route=False, condition=Condition(present=(OURS,))))
    assert OURS not in line.heard
    line.say(OURS)
    before = line.receiver.peer().tally.updates_in
    told = line.receiver.bgp.table.paths(IPV4.code, OURS)[0][2]
    assert str(AttributeSet.decode(told).as_path) == "65002"
    line.net.run(60)
    assert line.receiver.peer().tally.updates_in == before
    line.unsay(OURS)
    assert OURS not in line.heard


def test_another_configuration_has_other_conditions() -> None:
    line = Line(Condition((UP,)))
    line.say(OTHER)
    assert DEFAULT not in line.heard
    us = line.us.bgp.config
    for condition, is_given in ((Condition((OTHER,)), True), (Condition((), (OTHER,)), False)):
        family = PeerFamily(default_route=True, default_condition=condition)
        to_receiver = towards(65003, RECEIVER, families=(family,))
        line.us.reconfigure(neighbors=(us.neighbors[0], to_receiver))
        line.net.run(1)
        assert (DEFAULT in line.heard) == is_given
    assert line.receiver.peer().tally.established == 1


def test_nothing_is_told_before_the_table_has_told_of_a_new_condition() -> None:
    """What a router does: the configuration first, then all that its table has."""
    line = Line(Condition((OTHER,)))
    line.route(UP, is_there=True)
    before = line.receiver.peer().tally.updates_in
    family = PeerFamily(default_route=True, default_condition=Condition((), (UP,)))
    to_receiver = towards(65003, RECEIVER, families=(family,))
    line.us.reconfigure(neighbors=(line.us.bgp.config.neighbors[0], to_receiver))
    assert f"whether {UP} is there is not known" in (line.why_not(DEFAULT)[1] or "")
    line.route(UP, is_there=True)
    assert line.receiver.peer().tally.updates_in == before
    line.route(UP, is_there=False)
    assert line.heard == {DEFAULT}


@pytest.mark.parametrize(("word", "is_given"), [("if-present", True), ("if-absent", False)])
def test_a_router_knows_by_all_of_its_table(word: str, is_given: bool, tmp_path: Path) -> None:
    """Here by a static route; router files and labs say it alike."""
    file = tmp_path / "two.yaml"
    given = f"{{node: a, bgp: {{default-route: {{{word}: {UP}}}}}}}"
    file.write_text(f"""
        routing: bgp
        topology:
          nodes:
            a: {{as: 65001, routes: [{UP} blackhole]}}
            b: {{as: 65002}}
          links: [{{endpoints: [{given}, b]}}]
    """)
    net = Network.load(file)
    assert net.run().is_converged
    routing = net["b"].router.routing
    assert routing is not None
    assert (f"{DEFAULT} via" in str(routing.explain(DEFAULT))) == is_given


def test_a_condition_asks_something() -> None:
    with pytest.raises(UsageError, match="names no prefix"):
        Condition()
