"""Tables, protocols and channels of a router together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fingerpost import policy
from fingerpost.addr import Address, Interface, Prefix
from fingerpost.errors import UsageError
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.protocol.events import JoinGroup, SendDatagram
from fingerpost.protocol.instance import UdpPort
from fingerpost.rib import Leak, Limit, OnLimit, RibRoute, StaticRoute
from fingerpost.rip import Redistribution, RipConfig
from fingerpost.router import (
    ChannelConfig,
    ConfigurationChanged,
    FibChanged,
    FromProtocol,
    InterfaceChanged,
    InterfaceRemoved,
    ProtocolConfig,
    ProtocolStarted,
    ProtocolStopped,
    RouterConfig,
    ShutdownRequested,
    TableConfig,
    ToProtocol,
)
from router.wires import S, Wires, interface
from router.wires import rip as rip_on

FAR = Prefix("203.0.113.0/24")
NONE = RouterConfig()


def config(**fields: object) -> RouterConfig:
    return replace(NONE, **fields)  # type: ignore[arg-type]


def with_rip(*links: str, **fields: object) -> RouterConfig:
    return config(protocols={"rip": rip_on(*links, **fields)})


def static(text: str, via: str, **fields: object) -> StaticRoute:
    hops = (NextHop(gateway=Address(via)),)
    return StaticRoute(Prefix(text), hops, **fields)  # type: ignore[arg-type]


def main(*statics: StaticRoute, **fields: object) -> dict[str, TableConfig]:
    return {"main": TableConfig(statics, **fields)}  # type: ignore[arg-type]


def shown(world: Wires, name: str) -> dict[str, str]:
    return {str(prefix): str(route).partition(" ")[2] for prefix, route in world.fibs[name].items()}


def line_of_three(**fields: object) -> Wires:
    """a - ab - b - bc - c, where a has a static route that RIP tells."""
    world = Wires()
    told = {"static": Redistribution(metric=3)}
    first = config(
        tables=main(StaticRoute(FAR, kind=RouteKind.BLACKHOLE)),
        protocols={"rip": rip_on("ab", redistributes=told, **fields)},
    )
    world.router("a", first, ab="10.0.1.1/24", lan="10.1.0.1/24")
    world.router("b", with_rip("ab", "bc"), ab="10.0.1.2/24", bc="10.0.2.2/24")
    world.router("c", with_rip("bc"), bc="10.0.2.3/24")
    return world


def test_routes_travel_through_protocols_and_tables_to_where_packets_are_forwarded() -> None:
    world = line_of_three()
    world.run(40 * S)
    assert shown(world, "c") == {
        "10.0.2.0/24": "dev bc proto connected:bc [0/1]",
        "10.0.1.0/24": "via 10.0.2.2 dev bc proto rip [120/2]",
        "203.0.113.0/24": "via 10.0.2.2 dev bc proto rip [120/5]",
    }


def test_the_host_hears_what_to_open_before_anything_is_sent() -> None:
    world = line_of_three()
    out = world.out["b"]
    assert ProtocolStarted("rip", (UdpPort(4, 520),)) in out
    started = out.index(ProtocolStarted("rip", (UdpPort(4, 520),)))
    sent = [at for at, one in enumerate(out) if isinstance(one, FromProtocol)]
    assert sent
    assert started < sent[0]
    first = out[sent[0]]
    assert first == FromProtocol("rip", JoinGroup("ab", Address("224.0.0.9")))


def test_what_a_protocol_told_leaves_every_table_when_its_source_goes() -> None:
    world = line_of_three()
    world.run(40 * S)
    held = world.routers["a"].config
    world.give("a", ConfigurationChanged(replace(held, tables={})))
    world.run(50 * S)
    assert FAR not in world.fibs["c"]
    assert FAR not in world.fibs["a"]


def test_the_forwarding_table_hears_before_the_neighbors_do() -> None:
    world = line_of_three()
    world.run(40 * S)
    learned = set()
    for out in world.out.values():
        for at, one in enumerate(out):
            if not isinstance(one, FibChanged):
                continue
            told = {str(c.prefix) for c in one.changes if c.after and c.after.source == "rip"}
            learned |= told
            before = [
                o
                for o in out[:at]
                if isinstance(o, FromProtocol)
                and isinstance(o.output, SendDatagram)
                and any(Prefix(p).network.packed in o.output.payload for p in told)
            ]
            assert not before
    assert str(FAR) in learned


def test_a_link_that_fails_takes_connected_and_learned_routes_with_it() -> None:
    world = line_of_three()
    world.run(40 * S)
    world.cut("c", "bc")
    assert shown(world, "c") == {}
    world.cut("c", "bc", is_up=True)
    world.run(80 * S)
    assert len(shown(world, "c")) == 3


def test_an_interface_that_is_removed_is_gone_for_all() -> None:
    world = line_of_three()
    world.run(40 * S)
    world.give("c", InterfaceRemoved("bc"))
    assert shown(world, "c") == {}
    assert world.give("c", InterfaceRemoved("bc")) == []


def test_import_policy_and_limit_stand_between_protocol_and_table() -> None:
    world = line_of_three()
    lists = {"prefix-lists": {"far": ["permit 203.0.113.0/24"]}}
    refuse = [{"name": "no", "match": {"prefix-list": "far"}, "then": "reject"}]
    held = policy.load({**lists, "policies": {"p": {"otherwise": "accept", "statements": refuse}}})
    guarded = replace(rip_on("bc"), channel=ChannelConfig(import_policy=held["p"]))
    world.give("c", ConfigurationChanged(config(protocols={"rip": guarded})))
    world.run(40 * S)
    assert FAR not in world.fibs["c"]
    answer = str(world.routers["c"].explain_not(FAR))
    assert "policy p line no: reject" in answer
    limited = replace(guarded, channel=ChannelConfig(limit=Limit(1)))
    world.give("c", ConfigurationChanged(config(protocols={"rip": limited})))
    assert len([r for r in world.fibs["c"].values() if r.source == "rip"]) == 1


def with_channel(**fields: object) -> RouterConfig:
    channel = ChannelConfig(**fields)  # type: ignore[arg-type]
    return config(protocols={"rip": replace(rip_on("bc"), channel=channel)})


def learned(world: Wires, name: str) -> int:
    return sum(route.source == "rip" for route in world.fibs[name].values())


def test_a_limit_that_comes_down_ends_the_channel_and_one_that_goes_up_opens_it() -> None:
    world = line_of_three()
    world.run(40 * S)
    assert learned(world, "c") == 2
    world.give("c", ConfigurationChanged(with_channel(limit=Limit(2, OnLimit.DISABLE))))
    assert learned(world, "c") == 2
    world.give("c", ConfigurationChanged(with_channel(limit=Limit(1, OnLimit.DISABLE))))
    assert learned(world, "c") == 0
    world.give("c", ConfigurationChanged(with_channel(limit=Limit(5, OnLimit.DISABLE))))
    world.run(80 * S)
    assert learned(world, "c") == 2
    world.give("c", ConfigurationChanged(with_channel(limit=Limit(1))))
    assert learned(world, "c") == 2  # what is held stays


def test_a_tag_that_changes_is_on_every_route() -> None:
    world = line_of_three()
    world.run(40 * S)
    for tag in (7, 9):
        world.give("c", ConfigurationChanged(with_channel(tag=tag)))
        world.run(world.now + 40 * S)
        assert {r.tag for r in world.fibs["c"].values() if r.source == "rip"} == {tag}


def test_a_policy_before_the_forwarding_table_keeps_routes_in_the_table_alone() -> None:
    world = line_of_three()
    world.run(40 * S)

    @policy.of
    def near_only(route: RibRoute) -> RibRoute | None:
        return route if route.metric < 3 else None

    held = world.routers["c"].config
    world.give("c", ConfigurationChanged(replace(held, tables=main(export_policy=near_only))))
    assert FAR not in world.fibs["c"]
    assert world.routers["c"].tables["main"].best(FAR) is not None
    assert "not forwarded by" in str(world.routers["c"].explain(FAR))
    world.give("c", ConfigurationChanged(held))
    assert FAR in world.fibs["c"]


def test_the_same_configuration_changes_nothing() -> None:
    world = line_of_three()
    world.run(40 * S)
    for name, routing in world.routers.items():
        assert world.give(name, ConfigurationChanged(routing.config)) == []


def test_why_names_the_winner_its_neighbor_and_the_chain() -> None:
    world = line_of_three()
    world.run(40 * S)
    text = str(world.routers["c"].explain("203.0.113.7"))
    assert text.splitlines()[0].startswith("203.0.113.7: 203.0.113.0/24 via 10.0.2.2 dev bc")
    assert "said by rip from 10.0.2.2" in text
    assert "won:  metric 5 from 10.0.2.2 on bc" in text


def test_a_polite_end_tells_the_neighbors_and_empties_the_table() -> None:
    world = line_of_three()
    world.run(40 * S)
    out = world.give("b", ShutdownRequested())
    assert ProtocolStopped("rip") in out
    world.run(41 * S)
    assert FAR not in world.fibs["c"]
    assert not [r for r in world.fibs["b"].values() if r.source == "rip"]
    with pytest.raises(UsageError, match="shut down"):
        world.give("b", ConfigurationChanged(NONE))
    world.give("a", ShutdownRequested())
    assert {route.source.partition(":")[0] for route in world.fibs["a"].values()} == {"connected"}


def test_a_silent_end_leaves_routes_where_they_are() -> None:
    world = line_of_three()
    world.run(40 * S)
    sent = len(world.out["b"])
    world.give("b", ShutdownRequested(is_polite=False))
    assert [type(one) for one in world.out["b"][sent:]] == [ProtocolStopped]
    assert FAR in world.fibs["b"]
    assert FAR in world.fibs["c"]


def test_leaks_and_other_tables_come_with_the_configuration_and_go_with_it() -> None:
    world = Wires()
    blue = TableConfig((StaticRoute(FAR, kind=RouteKind.BLACKHOLE),))
    world.router(
        "a", config(tables={"blue": blue}, leaks=(Leak("blue", "main"),)), ab="10.0.1.1/24"
    )
    assert shown(world, "a")["203.0.113.0/24"] == "blackhole proto table:blue [1/0]"
    world.give("a", ConfigurationChanged(config(tables={"blue": blue})))
    assert shown(world, "a") == {"10.0.1.0/24": "dev ab proto connected:ab [0/1]"}


def test_protocols_come_and_go_with_the_configuration() -> None:
    world = line_of_three()
    world.run(40 * S)
    out = world.give("c", ConfigurationChanged(NONE))
    assert ProtocolStopped("rip") in out
    assert shown(world, "c") == {"10.0.2.0/24": "dev bc proto connected:bc [0/1]"}
    world.give("c", ConfigurationChanged(with_rip("bc")))
    world.run(80 * S)
    assert FAR in world.fibs["c"]


def test_a_floating_static_route_that_is_told_gives_way_to_what_a_neighbor_offers() -> None:
    world = line_of_three()
    floating = static("203.0.113.0/24", "10.3.0.9", distance=200)
    backup = config(
        tables=main(floating),
        protocols={"rip": rip_on("bc", redistributes={"static": Redistribution(metric=4)})},
    )
    world.router("d", backup, bc="10.0.2.4/24", way="10.3.0.1/24")
    world.run(2 * S)
    world.run(60 * S)
    assert world.fibs["d"][FAR].source == "rip"  # though it knew its own first
    assert world.fibs["c"][FAR].learned_from == Address("10.0.2.2")
    world.give("a", ConfigurationChanged(with_rip("ab")))
    world.run(70 * S)
    assert world.fibs["d"][FAR].source == "static:200"
    assert world.fibs["c"][FAR].learned_from == Address("10.0.2.4")
    assert world.fibs["b"][FAR].learned_from == Address("10.0.2.4")


def test_connected_networks_are_told_where_that_is_said() -> None:
    world = line_of_three()
    world.run(40 * S)
    lan = Prefix("10.1.0.0/24")
    assert lan not in world.fibs["c"]
    held = world.routers["a"].config
    told = {"connected": Redistribution(metric=2)}
    changed = replace(held, protocols={"rip": rip_on("ab", redistributes=told)})
    world.give("a", ConfigurationChanged(changed))
    world.run(80 * S)
    assert world.fibs["c"][lan].metric == 4


def test_the_networks_of_loopbacks_are_told_and_nobody_forwards_by_them() -> None:
    world = line_of_three()
    own = (Interface("10.255.0.1/32"), Interface("127.0.0.1/8"), Interface("::1/128"))
    lo = replace(interface("lo", own, 9), is_loopback=True)
    world.give("a", InterfaceChanged(lo))
    assert world.routers["a"].tables["main"].best("10.255.0.1/32") is not None
    assert Prefix("10.255.0.1/32") not in world.fibs["a"]
    assert world.routers["a"].tables["main"].best("127.0.0.0/8") is None
    assert world.routers["a"].tables["main"].best("::1/128") is None
    told = {"connected": Redistribution(metric=1)}
    world.give("a", ConfigurationChanged(with_rip("ab", redistributes=told)))
    world.run(40 * S)
    assert Prefix("10.255.0.1/32") in world.fibs["c"]
    world.give("a", InterfaceRemoved("lo"))
    assert world.routers["a"].tables["main"].best("10.255.0.1/32") is None
    assert not [one for one in world.routers["a"].fed().changes if one.prefix == own[0].prefix]


def test_wrong_configurations_and_names_are_told() -> None:
    with pytest.raises(UsageError, match="protocol x: no kind 'eigrp', expected rip, ripng"):
        config(protocols={"x": ProtocolConfig("eigrp", None)})
    with pytest.raises(UsageError, match="settings are a dict, expected a RipConfig"):
        config(protocols={"x": ProtocolConfig("rip", {})})
    with pytest.raises(UsageError, match="no table 'blue', expected main"):
        config(protocols={"x": ProtocolConfig("rip", RipConfig(), table="blue")})
    world = line_of_three()
    with pytest.raises(UsageError, match="a runs no protocol 'ospf'; it runs rip"):
        world.routers["a"].receive(ToProtocol("ospf", ShutdownRequested()), 0)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="has no table 'blue'; it has main"):
        world.routers["a"].explain(FAR, "blue")
