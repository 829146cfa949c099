"""Protocols that follow gateways: asked, told at once, and told again when they move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.forwarding.route import NextHop
from fingerpost.protocol import events
from fingerpost.protocol.events import FollowGateway, GatewayChanged, LeaveGateway
from fingerpost.rib import AnnounceRoutes, RibRoute, WithdrawRoutes
from fingerpost.router import (
    ConfigurationChanged,
    FibChanged,
    InterfaceChanged,
    RouterConfig,
    Routing,
    TableConfig,
)
from router.wires import Wires, interface
from talker import Talker, say, talkers, talking

__all__ = ["talkers"]

pytestmark = pytest.mark.usefixtures("talkers")

NEAR, FAR = Address("10.0.0.9"), Address("192.0.2.1")
P = Prefix("192.0.2.0/24")


def stand(**tables: TableConfig) -> tuple[Wires, Routing, Talker]:
    world = Wires()
    config = RouterConfig(tables=tables, protocols={"talk": talking(), "other": talking()})
    routing = world.router("r", config, eth0="10.0.0.1/24")
    return world, routing, machine(routing)


def machine(routing: Routing, name: str = "talk") -> Talker:
    found = routing.protocols[name].machine
    assert isinstance(found, Talker)
    return found


def ospf(metric: int, via: str = "10.0.0.2", prefix: Prefix = P) -> AnnounceRoutes:
    return AnnounceRoutes((RibRoute(prefix, "ospf", 110, metric, (hop(via),)),))


def hop(via: str) -> NextHop:
    return NextHop("eth0", Address(via))


def test_a_gateway_is_told_of_at_once_and_whenever_it_moves() -> None:
    world, routing, talker = stand()
    world.give("r", say(FollowGateway(NEAR), FollowGateway(FAR)))
    assert talker.gateways == [
        GatewayChanged(NEAR, 0, (NextHop("eth0", NEAR),)),
        GatewayChanged(FAR, None),
    ]
    talker.gateways.clear()
    routing.announce(ospf(7), 1)
    routing.announce(ospf(7), 2)
    routing.announce(ospf(9, "10.0.0.3"), 3)
    routing.announce(WithdrawRoutes("ospf", (P,)), 4)
    assert talker.gateways == [
        GatewayChanged(FAR, 7, (hop("10.0.0.2"),)),
        GatewayChanged(FAR, 9, (hop("10.0.0.3"),)),
        GatewayChanged(FAR, None),
    ]
    talker.gateways.clear()
    world.cut("r", "eth0")
    assert talker.gateways == [GatewayChanged(NEAR, None)]
    assert machine(routing, "other").gateways == []


def test_one_batch_tells_of_a_gateway_once() -> None:
    world, routing, talker = stand()
    world.give("r", say(FollowGateway(FAR)))
    talker.gateways.clear()
    more = [*ospf(3, prefix=Prefix("192.0.0.0/16")).routes, *ospf(4).routes]
    routing.announce(AnnounceRoutes(tuple(more)), 1)
    assert talker.gateways == [GatewayChanged(FAR, 4, (hop("10.0.0.2"),))]


def test_each_who_asks_is_told_and_who_leaves_or_ends_is_not() -> None:
    world, routing, talker = stand()
    other = machine(routing, "other")
    world.give("r", say(FollowGateway(FAR)))
    world.give("r", say(FollowGateway(FAR), to="other"))
    assert talker.gateways == other.gateways == [GatewayChanged(FAR, None)]
    world.give("r", say(LeaveGateway(FAR), LeaveGateway(NEAR)))
    routing.announce(ospf(7), 1)
    assert len(talker.gateways) == 1
    assert len(other.gateways) == 2
    world.give("r", ConfigurationChanged(RouterConfig(protocols={"talk": talking()})))
    routing.announce(ospf(8), 2)
    assert len(other.gateways) == 2
    assert list(routing.tables["main"].resolver.gateways()) == []
    world.give("r", say(FollowGateway(FAR), FollowGateway(FAR)))
    assert talker.gateways[1:] == [GatewayChanged(FAR, 8, (hop("10.0.0.2"),))]


@pytest.mark.parametrize("via_default", [False, True])
def test_a_default_route_counts_only_where_the_table_is_told_so(via_default: bool) -> None:
    world, routing, talker = stand(main=TableConfig(via_default=via_default))
    routing.announce(ospf(5, prefix=Prefix("0.0.0.0/0")), 1)
    world.give("r", say(FollowGateway(FAR)))
    expected = GatewayChanged(FAR, 5, (hop("10.0.0.2"),)) if via_default else None
    assert talker.gateways == [expected or GatewayChanged(FAR, None)]


def test_what_an_instance_announces_itself_counts_too() -> None:
    world, _, talker = stand()
    mine = RibRoute(P, "talk", 200, 30, (hop("10.0.0.4"),))
    world.give("r", say(FollowGateway(FAR), events.AnnounceRoutes((mine,))))
    assert talker.gateways[-1] == GatewayChanged(FAR, 30, (hop("10.0.0.4"),))


def test_routes_that_follow_from_a_gateway_are_forwarded_by_in_the_same_turn() -> None:
    world, routing, talker = stand()

    class Bgp(Talker):
        """Announces a route for as long as its next hop is reachable."""

        def receive(self, event: events.Event, now: int) -> Sequence[events.Output]:
            if isinstance(event, GatewayChanged):
                far = Prefix("198.51.100.0/24")
                if event.metric is None:
                    return [WithdrawRoutes("talk", (far,))]
                return [AnnounceRoutes((RibRoute(far, "talk", 200, 0, (NextHop(None, FAR),)),))]
            return super().receive(event, now)

    routing.protocols["talk"].machine = Bgp(talker.talk)
    world.give("r", say(FollowGateway(FAR)))
    out = [*routing.announce(ospf(7), 1), *routing.announce(WithdrawRoutes("ospf", (P,)), 2)]
    told = [str(change.prefix) for one in out for change in cast("FibChanged", one).changes]
    assert told == ["192.0.2.0/24", "198.51.100.0/24"] * 2


def test_who_makes_a_gateway_move_each_time_it_is_told_of_it_is_stopped() -> None:
    world, routing, talker = stand()

    class Restless(Talker):
        def receive(self, event: events.Event, now: int) -> Sequence[events.Output]:
            if isinstance(event, GatewayChanged):
                metric = 1 + (event.metric or 0)
                return [AnnounceRoutes((RibRoute(P, "talk", 200, metric, (hop("10.0.0.2"),)),))]
            return super().receive(event, now)

    routing.protocols["talk"].machine = Restless(talker.talk)
    world.give("r", say(FollowGateway(FAR)))
    assert [one.kind for one in world.told] == ["gateways do not settle"]
    own = (Interface("10.0.1.1/24"),)
    world.give("r", InterfaceChanged(interface("eth1", own, 2)))  # and all goes on
