"""Whatever happens to a router, the answers agree with what it forwards by."""

from __future__ import annotations

import json
from dataclasses import replace
from struct import pack
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fingerpost import policy
from fingerpost.addr import Address, Prefix
from fingerpost.forwarding.route import NextHop
from fingerpost.policy import Policy
from fingerpost.protocol.events import DatagramReceived
from fingerpost.rib import Leak, Limit, OnLimit, StaticRoute
from fingerpost.rip import RipConfig, RipInterface
from fingerpost.router import (
    ChannelConfig,
    ConfigurationChanged,
    ProtocolConfig,
    RouterConfig,
    TableConfig,
    ToProtocol,
)
from router.wires import S, Wires

PREFIXES = [
    Prefix(one)
    for one in ("0.0.0.0/0", "10.0.0.0/24", "10.0.1.0/24", "172.16.0.0/16", "172.16.1.0/24")
]
GATEWAYS = [Address(one) for one in ("10.0.0.7", "10.0.1.7", "172.16.1.1", "172.16.2.2")]
LINKS = {"a": "10.0.0.1/24", "b": "10.0.1.1/24"}
NEIGHBORS = {"a": GATEWAYS[0], "b": GATEWAYS[1]}
RIP = RipConfig(tuple(map(RipInterface, LINKS)))

POLICIES: list[Policy | None] = [
    None,
    *policy.load(
        {
            "policies": {
                "near": [{"name": "near", "match": {"metric": "0-2"}, "set": {"tag": 5}}],
                "wide": {
                    "otherwise": "accept",
                    "statements": [{"match": {"prefix": "0.0.0.0/0 le 16"}, "then": "reject"}],
                },
                "nothing": [],
            }
        }
    ).values(),
]

prefixes = st.sampled_from(PREFIXES)
hops = st.builds(
    NextHop, st.sampled_from([None, *LINKS]), st.sampled_from(GATEWAYS), st.integers(1, 2)
)
judges = st.sampled_from(POLICIES)
limits = st.sampled_from([None, Limit(1), Limit(2), Limit(1, OnLimit.DISABLE)])
statics = st.lists(
    st.builds(
        lambda prefix, hop, distance: StaticRoute(prefix, (hop,), distance=distance),
        prefixes,
        hops,
        st.sampled_from([1, 130, 255]),
    ),
    max_size=3,
)
configurations = st.builds(
    lambda lines, judge, limit, export: RouterConfig(
        tables={
            "main": TableConfig(tuple(lines), export_policy=export),
            "blue": TableConfig((StaticRoute(PREFIXES[3], (NextHop("a"),)),)),
        },
        leaks=(Leak("blue", "main", POLICIES[1]),),
        protocols={
            "rip": ProtocolConfig("rip", RIP, ChannelConfig(judge, limit=limit)),
        },
    ),
    statics,
    judges,
    limits,
    judges,
)
said = st.tuples(
    st.just("say"), st.tuples(st.sampled_from(list(NEIGHBORS)), prefixes, st.integers(1, 16))
)
happenings = st.lists(
    st.one_of(
        said,
        st.tuples(st.just("pass"), st.sampled_from([20, 100, 200])),
        st.tuples(st.sampled_from(["up", "down"]), st.sampled_from(list(LINKS))),
        st.tuples(st.just("configure"), configurations),
    ),
    max_size=12,
)


def response(link: str, prefix: Prefix, metric: int) -> DatagramReceived:
    """What a neighbour says about one prefix (RFC 2453 4)."""
    mask = Prefix(f"0.0.0.0/{prefix.length}").netmask.packed
    entry = pack("!HH4s4s4sI", 2, 0, prefix.network.packed, mask, bytes(4), metric)
    source = NEIGHBORS[link]
    return DatagramReceived(link, source, 520, Address("224.0.0.9"), 1, b"\2\2\0\0" + entry)


def happen(world: Wires, kind: str, what: Any) -> None:  # noqa: ANN401 - by kind
    world.now += 1_000_000
    match kind:
        case "configure":
            lines = {(one.source, one.prefix): one for one in what.tables["main"].statics}
            tables = {**what.tables}
            tables["main"] = replace(tables["main"], statics=tuple(lines.values()))
            world.give("r", ConfigurationChanged(replace(what, tables=tables)))
        case "say":
            link, prefix, metric = what
            world.give("r", ToProtocol("rip", response(link, prefix, metric)))
        case "pass":
            world.run(world.now + what * S)
        case _:
            world.cut("r", what, is_up=kind == "up")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(configurations, happenings)
def test_the_answers_agree_with_what_is_forwarded_by(
    first: RouterConfig, events: list[tuple[str, Any]]
) -> None:
    world = Wires()
    world.router("r", RouterConfig(), **LINKS)
    happen(world, "configure", first)
    for kind, what in events:
        happen(world, kind, what)
    routing, fib = world.routers["r"], world.fibs["r"]
    rib = routing.tables["main"]
    for prefix in PREFIXES:
        why = routing.explain(prefix)
        best = rib.best(prefix)
        assert why.rib.winner == best
        assert why.is_forwarded is (prefix in fib)
        assert [one.route for one in why.rib.candidates] == list(rib.candidates(prefix))
        assert any(one.wins for one in why.rib.candidates) is (best is not None)
        for one in why.rib.candidates:
            assert one.wins or one.why_not is not None or one.decision is not None
        held = {one.source for one in rib.candidates(prefix)}
        assert not held & {one.source for one in why.admissions if one.is_kept_out}
        json.dumps(why.as_dict())
        check_why_not(world, prefix)
    for address in GATEWAYS:
        found, used = routing.explain(address).rib.winner, rib.match(address)
        assert found == used


def check_why_not(world: Wires, prefix: Prefix) -> None:
    """Never is something called used that packets are not forwarded by, nor the other way."""
    routing, fib = world.routers["r"], world.fibs["r"]
    candidates = routing.explain(prefix).rib.candidates
    winners = {one.route.source for one in candidates if one.wins}
    answer = routing.explain_not(prefix)
    assert answer.used is (prefix in fib)
    assert (answer.instead is None) or prefix not in fib
    for source in ("rip", "static", "static:130", "static:255", "connected:a", "table:blue"):
        one = routing.explain_not(prefix, source)
        is_meant = any(w == source or w.partition(":")[0] == source for w in winners)
        assert one.used is (is_meant and prefix in fib)
        assert (one.outcome == "not used") is not is_meant
        assert str(one).splitlines()[0] == f"{prefix} of {source}: {one.outcome}"
        for ending in one.endings:
            assert ending.reason
            assert (ending.end.value == "used") is (ending.source in winners)
        json.dumps(one.as_dict())
