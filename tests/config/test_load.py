"""router.yaml read: what the tree holds, and that nothing but the own error ever comes out."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from texts import EXAMPLE, faults_of, file_of

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.config.faults import Fault, FileError
from fingerpost.config.load import load, loads
from fingerpost.config.tree import RouterTree
from fingerpost.config.tree.system import Level, OnExit
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.host.linux.kernel_fib import PROTOCOL
from fingerpost.rib.limit import OnLimit
from fingerpost.rib.static import StaticRoute
from fingerpost.rip.config import SplitHorizon

SECOND = 1_000_000_000


def routes(text: str) -> list[StaticRoute]:
    file = file_of(f"static:\n  - {text}\ntables: {{blue: }}")
    return [entry.route for entry in file.tree.static if entry is not None]


def test_an_empty_file_is_a_router_with_every_default() -> None:
    tree = file_of("").tree
    assert tree == RouterTree()
    assert tree.rip is None
    assert tree.kernel.protocol == PROTOCOL
    assert tree.kernel.on_exit is OnExit.WITHDRAW
    assert tree.rollback.keep == 50


def test_the_example_says_what_it_says() -> None:
    file = load(EXAMPLE)
    tree = file.tree
    assert file.name == "gate"
    assert file.folder == EXAMPLE.parent
    assert tree.router.id == Address("10.255.0.1")
    assert tree.router.log.level is Level.INFO
    assert tree.interfaces["eth0"].addresses[0] == Interface("10.1.0.1/24")
    assert [str(one) for one in tree.static] == [
        "0.0.0.0/0 via 198.51.100.1",
        "0.0.0.0/0 dev ppp0 distance 200",
        "10.64.0.0/12 nexthop via 10.1.0.7 weight 2 nexthop via 10.1.0.8",
        "10.0.0.0/8 blackhole tag 10",
        "192.0.2.0/24 via 10.0.12.2",
    ]
    assert tree.rip is not None
    assert tree.rip.timers.update == 30 * SECOND
    assert tree.rip.channel.limit is not None
    assert tree.rip.channel.limit.action is OnLimit.BLOCK
    assert tree.rip.interfaces["eth1"].split_horizon is SplitHorizon.POISONED
    assert tree.ripng is not None
    assert set(tree.ripng.interfaces) == {"eth0", "eth1"}
    assert tree.api.metrics == (Address("127.0.0.1"), 9100)
    assert list(file.policies) == ["from-upstairs", "to-upstairs"]
    assert file.lists["ours"].permits("10.1.2.0/24")


@pytest.mark.parametrize(
    ("text", "route"),
    [
        (
            "192.0.2.0/24 via 10.0.0.1 dev eth0 distance 200 tag 5",
            StaticRoute(
                Prefix("192.0.2.0/24"), (NextHop("eth0", Address("10.0.0.1")),), distance=200, tag=5
            ),
        ),
        (
            "{prefix: 192.0.2.0/24, via: 10.0.0.1, dev: eth0, distance: 200, tag: 5}",
            StaticRoute(
                Prefix("192.0.2.0/24"), (NextHop("eth0", Address("10.0.0.1")),), distance=200, tag=5
            ),
        ),
        (
            "{prefix: 10.0.0.0/8, next-hops: [via 10.1.0.1 weight 2, {dev: eth1}]}",
            StaticRoute(
                Prefix("10.0.0.0/8"), (NextHop(None, Address("10.1.0.1"), 2), NextHop("eth1"))
            ),
        ),
        (
            "192.0.2.0/24 via 10.0.0.1 dev eth0 onlink",
            StaticRoute(Prefix("192.0.2.0/24"), (NextHop("eth0", Address("10.0.0.1"), 1, True),)),
        ),
        (
            "{prefix: 192.0.2.0/24, via: 10.0.0.1, dev: eth0, onlink: true}",
            StaticRoute(Prefix("192.0.2.0/24"), (NextHop("eth0", Address("10.0.0.1"), 1, True),)),
        ),
        (
            "{prefix: 192.0.2.0/24, next-hops: [{via: 10.0.0.1, dev: a, onlink: true}, dev b]}",
            StaticRoute(
                Prefix("192.0.2.0/24"), (NextHop("a", Address("10.0.0.1"), 1, True), NextHop("b"))
            ),
        ),
        (
            "{prefix: default, via: 'fe80::1', dev: eth0}",
            StaticRoute(Prefix("::/0"), (NextHop("eth0", Address("fe80::1")),)),
        ),
        ("default dev eth0", StaticRoute(Prefix("0.0.0.0/0"), (NextHop("eth0"),))),
        (
            "unreachable 192.0.2.0/24",
            StaticRoute(Prefix("192.0.2.0/24"), kind=RouteKind.UNREACHABLE),
        ),
        (
            "{prefix: 192.0.2.0/24, kind: prohibit}",
            StaticRoute(Prefix("192.0.2.0/24"), kind=RouteKind.PROHIBIT),
        ),
    ],
)
def test_a_static_route_has_a_short_and_a_long_form(text: str, route: StaticRoute) -> None:
    assert routes(text) == [route]


def test_a_static_route_may_be_of_another_table() -> None:
    file = file_of("static: [10.0.0.0/8 dev eth0 table blue tag 3]\ntables: {blue: }")
    (entry,) = file.tree.static
    assert entry is not None
    assert (entry.table, entry.route.tag) == ("blue", 3)
    assert str(entry) == "10.0.0.0/8 dev eth0 tag 3 table blue"


def test_the_text_of_a_static_route_reads_as_the_same_route() -> None:
    held = load(EXAMPLE).tree.static
    assert held
    for entry in held:
        assert routes(str(entry)) == [entry.route if entry is not None else None]


SECTIONS = [info.alias for info in RouterTree.model_fields.values()]


def test_sections_may_be_empty() -> None:
    # BGP is of some AS, which nothing stands for
    tree = file_of("\n".join(f"{name}:" for name in SECTIONS if name != "bgp")).tree
    assert tree.rip is not None
    nothing = dict.fromkeys(("rip", "ripng", "ospf", "ospf3", "bfd"))
    assert tree.model_copy(update=nothing) == RouterTree()


def test_sources_of_redistribution_may_be_a_list() -> None:
    one = file_of("rip: {redistribute: [static, connected]}").tree.rip
    other = file_of("rip: {redistribute: {static: , connected: {}}}").tree.rip
    assert one == other


def test_merged_mappings_are_read_like_others() -> None:
    tree = file_of("""
        rip:
          interfaces:
            eth0: &common {cost: 3, split-horizon: simple}
            eth1: {<<: *common, cost: 5}
    """).tree
    assert tree.rip is not None
    assert tree.rip.interfaces["eth1"].cost == 5
    assert tree.rip.interfaces["eth1"].split_horizon is SplitHorizon.SIMPLE


def test_an_instant_counts_nanoseconds_of_universal_time() -> None:
    chain = file_of("""
        key-chains:
          k:
            keys: [{id: 1, secret: s, send: {from: "1970-01-01T02:00:00.5+01:00"}}]
    """).tree.key_chains["k"]
    (key,) = chain.keys
    assert key is not None
    assert key.send.from_ == 3600 * SECOND + SECOND // 2
    assert key.accepts == key.send


def test_a_file_that_is_no_text_or_too_large_is_told(tmp_path: Path) -> None:
    path = tmp_path / "router.yaml"
    path.write_bytes(b"router: \xff")
    with pytest.raises(FileError, match="byte 8 is no UTF-8"):
        load(path)
    with path.open("wb") as file:
        os.ftruncate(file.fileno(), 64 * 1024 * 1024 + 1)
    with pytest.raises(FileError, match="larger than"):
        load(path)


def test_a_file_that_is_not_there_is_not_our_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.yaml")


def test_a_file_names_the_router_that_says_no_name() -> None:
    assert loads("", "/etc/fingerpost/gate.old.yaml").name == "gate"


KEYS = [
    *("router", "interfaces", "static", "prefix-lists", "policies", "key-chains", "tables"),
    *("leaks", "rip", "ripng", "kernel", "api", "rollback", "eth0", "keys", "id", "secret", "send"),
    *("authentication", "password", "in", "offset", "policy", "statements", "match", "then", "via"),
    *("prefix", "next-hops", "channel", "limit", "redistribute", "timers", "update", "name", "log"),
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["10.0.0.0/8 via 10.0.0.1", "10.0.0.1", "30s", "main", "accept", "2", "::/0"]),
)
TREES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=25,
)


def faults_in(text: str) -> tuple[Fault, ...]:
    try:
        loads(text)
    except FileError as error:
        return error.faults
    return ()


BREAKS = "\r\n|[\n\r\x85\u2028\u2029]"  # what ends a line in YAML


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # on busy machines
@given(st.dictionaries(st.sampled_from(KEYS), TREES, max_size=5))
@example({"interfaces": {"\x85": None}})
def test_any_tree_gives_a_file_or_the_own_error(value: dict[str, object]) -> None:
    text = yaml.safe_dump(value, allow_unicode=True)
    lines = len(re.split(BREAKS, text))
    assert all(1 <= fault.line <= lines for fault in faults_in(text))


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"%@`#,? \n\t\x00\ud800ü1.~<"), max_size=40))
def test_any_text_gives_a_file_or_the_own_error(text: str) -> None:
    lines = len(text.splitlines()) + 1
    assert all(1 <= fault.line <= lines for fault in faults_in(text))


def test_ten_thousand_routes_and_prefixes_are_read() -> None:
    lines = [f"  - 10.{n >> 8}.{n & 255}.0/24 via 192.0.2.1" for n in range(10_000)]
    entries = [f"    - permit 10.{n >> 8}.{n & 255}.0/24" for n in range(10_000)]
    text = "\n".join(["static:", *lines, "prefix-lists:", "  l:", *entries])
    file = loads(text)
    assert len(file.tree.static) == 10_000
    assert len(file.lists["l"].entries) == 10_000


def test_faults_in_merged_mappings_are_told_where_they_stand() -> None:
    faults = faults_of("""
        rip:
          interfaces:
            eth0: &common {cost: 30}
            eth1: {<<: *common}
    """)
    assert faults == [
        "4:20: rip.interfaces.eth0.cost: 30: write a whole number from 1 to 15",
        "4:20: rip.interfaces.eth1.cost: 30: write a whole number from 1 to 15",
    ]
