"""From a file to what a router takes: every field arrives, and what did not change is the same."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from texts import EXAMPLE, file_of

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.config.build import build, continued
from fingerpost.config.load import RouterFile, load, loads
from fingerpost.forwarding.interface import Interface as RouterInterface
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.rib.limit import Limit, OnLimit
from fingerpost.rib.route import RibRoute
from fingerpost.rib.static import StaticRoute
from fingerpost.rip import (
    Accepting,
    Algorithm,
    Key,
    KeyChain,
    Lifetime,
    PasswordChain,
    RipConfig,
    RipInterface,
    RipLimits,
    RipTimers,
    Sending,
    SimplePassword,
    SplitHorizon,
)
from fingerpost.router.config import ProtocolConfig, RouterConfig
from fingerpost.router.events import ConfigurationChanged, FibChanged, InterfaceChanged
from fingerpost.router.routing import Routing
from fingerpost.wire.mac import Mac

SECOND = 1_000_000_000

EVERYTHING = """
interfaces:
  quiet: {passive: true}
  loud: {passive: true}
prefix-lists:
  tens: [permit 10.0.0.0/8 le 32]
policies:
  only-tens: [{match: {prefix-list: tens}}]
  nothing: []
key-chains:
  k:
    counts-mark: true
    forgives-restart: true
    keys:
      - {id: 1, secret: one, algorithm: keyed-md5, send: {until: 1970-01-01T00:00:10Z}}
      - id: 2
        secret: two
        send: {from: 1970-01-01T00:00:10Z}
        accept: {from: 1970-01-01T00:00:05Z}
tables:
  blue: {width: 4, via-default: true, export: nothing}
  red:
leaks: [{from: blue, to: red, policy: only-tens}]
static:
  - 192.0.2.0/24 via 10.0.0.1 distance 200 tag 5
  - 198.51.100.0/24 blackhole table blue
kernel: {export: only-tens}
router: {id: 10.255.0.1}
rip:
  distance: 100
  maximum-paths: 2
  default-route: 3
  redistribute: {static: {metric: 2, tag: 7, policy: only-tens}, connected: }
  timers:
    {update: 10s, jitter: 1s, timeout: 60s, garbage: 40s, triggered-least: 100ms,
     triggered-most: 2s, first-most: 3s}
  limits: {routes: 10, neighbors: 5, refused-offers: 1, requests-per-second: 2}
  channel: {table: blue, import: only-tens, export: nothing, tag: 9, limit: 1000}
  interfaces:
    quiet: {cost: 3, split-horizon: simple, neighbors: [10.0.0.2], send: 1-compatible, receive: 2}
    loud: {passive: false, authentication: {key-chain: k}}
    e2: {send: 1, receive: none, announce-only: true}
    e3:
      authentication:
        passwords: [{password: a}, {password: b, send: {from: 1970-01-01T00:00:01Z}}]
      in: {prefix-list: tens, offset: {by: 2, prefix-list: tens}, policy: only-tens}
      out: {offset: 1}
ripng:
  interfaces: {e3: {cost: 2}}
  channel: {limit: {prefixes: 5, action: disable}}
"""


def rip_of(config: RouterConfig) -> RipConfig:
    settings = config.protocols["rip"].settings
    assert isinstance(settings, RipConfig)
    return settings


@pytest.fixture(scope="module")
def everything() -> RouterConfig:
    return build(loads(EVERYTHING), {}, epoch_ns=77)


def test_an_empty_file_is_an_empty_configuration() -> None:
    config = build(file_of(""))
    assert config.router_id is None
    assert config.protocols == {}
    assert config.table("main").statics == ()


def test_tables_statics_and_leaks_arrive(everything: RouterConfig) -> None:
    config = everything
    assert config.router_id == Address("10.255.0.1")
    assert config.table("main").statics == (
        StaticRoute(
            Prefix("192.0.2.0/24"), (NextHop(gateway=Address("10.0.0.1")),), distance=200, tag=5
        ),
    )
    blue = config.table("blue")
    assert blue.statics == (StaticRoute(Prefix("198.51.100.0/24"), kind=RouteKind.BLACKHOLE),)
    assert (blue.width, blue.via_default) == (4, True)
    (leak,) = config.leaks
    assert (leak.origin, leak.target) == ("blue", "red")
    assert leak.policy is not None
    assert leak.policy.name == "only-tens"


def test_a_table_exports_by_its_own_policy_or_by_that_of_the_kernel(
    everything: RouterConfig,
) -> None:
    names = {}
    for name in ("main", "blue", "red"):
        policy = everything.table(name).export_policy
        names[name] = None if policy is None else policy.name
    assert names == {"main": "only-tens", "blue": "nothing", "red": "only-tens"}


def test_the_channel_of_a_protocol_arrives(everything: RouterConfig) -> None:
    protocol = everything.protocols["rip"]
    assert (protocol.kind, protocol.table) == ("rip", "blue")
    channel = protocol.channel
    assert channel.import_policy is not None
    assert channel.export_policy is not None
    assert (channel.import_policy.name, channel.export_policy.name) == ("only-tens", "nothing")
    assert channel.limit == Limit(1000)
    assert channel.tag == 9
    assert everything.protocols["ripng"].channel.limit == Limit(5, OnLimit.DISABLE)


def test_what_is_said_about_rip_arrives(everything: RouterConfig) -> None:
    rip = rip_of(everything)
    assert (rip.distance, rip.maximum_paths, rip.default_metric) == (100, 2, 3)
    assert rip.timers == RipTimers(
        10 * SECOND,
        1 * SECOND,
        60 * SECOND,
        40 * SECOND,
        SECOND // 10,
        2 * SECOND,
        3 * SECOND,
    )
    assert rip.limits == RipLimits(10, 5, 1, 2)
    assert rip.epoch_ns == 77
    assert list(rip.redistributes) == ["static", "connected"]
    static = rip.redistributes["static"]
    assert (static.metric, static.tag, len(static.policy)) == (2, 7, 1)


def test_what_is_said_about_an_interface_arrives(everything: RouterConfig) -> None:
    rip = rip_of(everything)
    assert rip.interface("quiet") == RipInterface(
        "quiet",
        cost=3,
        is_passive=True,  # of the section interfaces
        split_horizon=SplitHorizon.SIMPLE,
        sending=Sending.RIP_1_COMPATIBLE,
        accepting=Accepting.RIP_2,
        neighbors=(Address("10.0.0.2"),),
    )
    loud, last = rip.interface("loud"), rip.interface("e2")
    assert loud is not None
    assert not loud.is_passive  # RIP says so itself
    assert last == RipInterface(
        "e2", is_loopback=True, sending=Sending.RIP_1, accepting=Accepting.NONE
    )


def test_keys_and_passwords_arrive_with_their_times(everything: RouterConfig) -> None:
    rip = rip_of(everything)
    loud, e3 = rip.interface("loud"), rip.interface("e3")
    assert loud is not None
    assert e3 is not None
    first = Lifetime(None, 10 * SECOND)
    second = Lifetime(10 * SECOND, None), Lifetime(5 * SECOND, None)
    assert loud.authenticator == KeyChain(
        (
            Key(1, b"one", Algorithm.KEYED_MD5, first, first),
            Key(2, b"two", Algorithm.HMAC_SHA_256, *second),
        ),
        counts_mark=True,
        forgives_restart=True,
    )
    later = Lifetime(SECOND, None)
    assert e3.authenticator == PasswordChain(
        (SimplePassword(b"a"), SimplePassword(b"b", later, later))
    )


@pytest.mark.parametrize(("prefix", "metric"), [("10.1.0.0/16", 5), ("192.0.2.0/24", None)])
def test_filters_work_in_the_order_list_offset_policy(
    everything: RouterConfig, prefix: str, metric: int | None
) -> None:
    entry = rip_of(everything).interface("e3")
    assert entry is not None
    route: RibRoute | None = RibRoute(Prefix(prefix), "rip", 120, 3, (NextHop("e3"),))
    for step in entry.policy_in:
        route = step(route) if route is not None else None
    assert (None if route is None else route.metric) == metric
    assert len(entry.policy_out) == 1


def test_the_same_text_is_the_same_configuration_to_a_router_that_goes_on() -> None:
    running, file = loads(EVERYTHING), loads(EVERYTHING)
    assert build(file, {}) == build(running, {})
    goes_on = continued(running, file)
    assert all(goes_on.policies[name] is held for name, held in running.policies.items())
    assert all(goes_on.lists[name] is held for name, held in running.lists.items())


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("permit 10.0.0.0/8 le 32", "permit 10.0.0.0/8 le 24", {"nothing"}),
        ("nothing: []", "nothing: [{then: reject}]", {"only-tens"}),
        ("cost: 3", "cost: 4", {"nothing", "only-tens"}),
    ],
)
def test_only_policies_that_say_something_else_are_new(old: str, new: str, same: set[str]) -> None:
    running = loads(EVERYTHING)
    file = continued(running, loads(EVERYTHING.replace(old, new)))
    kept = {name for name in file.policies if file.policies[name] is running.policies[name]}
    assert kept == same
    assert list(file.policies) == ["only-tens", "nothing"]


def test_a_policy_lives_on_through_many_readings() -> None:
    first = running = loads(EVERYTHING)
    for cost in range(4, 8):
        text = EVERYTHING.replace("cost: 3", f"cost: {cost}")
        running = continued(running, loads(text))
    assert running.policies["nothing"] is first.policies["nothing"]
    assert running.tree != first.tree


def interface(name: str, address: str, index: int) -> RouterInterface:
    mac = Mac(bytes([2, 0, 0, 0, 0, index]))
    return RouterInterface(name, index, mac, addresses=(Interface(address),))


def test_a_router_takes_it_and_forwards_by_it(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    (tmp_path / "router.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "rip.key").write_text("sesame\n", encoding="utf-8")
    file = load(tmp_path / "router.yaml")
    routing = Routing(file.name, random.Random(1))
    config = build(file, {"RIP_KEY_2": "open"})
    routing.receive(ConfigurationChanged(config), 0)
    for index, (name, address) in enumerate(
        [("eth0", "10.1.0.1/24"), ("eth1", "10.0.12.1/30"), ("eth2", "198.51.100.2/30")], start=1
    ):
        routing.receive(InterfaceChanged(interface(name, address, index)), SECOND)
    main = routing.tables["main"]
    assert str(main.best(Prefix("0.0.0.0/0"))).startswith("0.0.0.0/0 via 198.51.100.1 dev eth2")
    assert str(main.best(Prefix("10.0.0.0/8"))).startswith("10.0.0.0/8 blackhole")

    again = continued(file, load(tmp_path / "router.yaml"))
    outputs = routing.receive(ConfigurationChanged(build(again, {"RIP_KEY_2": "open"})), 2 * SECOND)
    assert outputs == []  # nothing differs, so nothing happens

    other = continued(again, edited(file, "- default via 198.51.100.1\n", "# none\n"))
    outputs = routing.receive(ConfigurationChanged(build(other, {"RIP_KEY_2": "open"})), 3 * SECOND)
    changed = [one for one in outputs if isinstance(one, FibChanged)]
    assert [str(change.prefix) for one in changed for change in one.changes] == ["0.0.0.0/0"]


def edited(file: RouterFile, old: str, new: str) -> RouterFile:
    assert old in file.text
    return loads(file.text.replace(old, new), file.source)


def test_protocols_are_of_the_kinds_that_a_router_runs(everything: RouterConfig) -> None:
    assert [type(one) for one in everything.protocols.values()] == [ProtocolConfig] * 2
    assert list(everything.protocols) == ["rip", "ripng"]
