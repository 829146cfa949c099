"""BFD in router.yaml: what the file says, what the machine is told, and what would not work."""

from __future__ import annotations

import pytest
from texts import faults_of, file_of

from fingerpost.addr import Address
from fingerpost.bfd import AuthenticationType, BfdConfig, BfdInterface, BfdPeer, BfdTimers
from fingerpost.config.build import build
from fingerpost.config.build_bfd import is_wanted
from fingerpost.config.check import check
from fingerpost.config.diff import compare
from fingerpost.forwarding.route import NextHop
from fingerpost.protocol.events import WatchTimers
from fingerpost.protocol.lifetimes import Lifetime
from fingerpost.rib.static import StaticRoute
from fingerpost.rip import RipConfig

MS = 1_000_000


def config(text: str) -> BfdConfig:
    settings = build(file_of(text)).protocols["bfd"].settings
    assert isinstance(settings, BfdConfig)
    return settings


def static(line: str) -> StaticRoute:
    (entry,) = file_of(f"static: [{line}]").tree.static
    assert entry is not None
    return entry.route


def test_an_empty_section_has_every_default() -> None:
    assert config("bfd:") == BfdConfig()


def test_what_an_interface_or_a_peer_leaves_out_is_as_around_it() -> None:
    found = config("""
bfd:
  min-receive: 50ms
  interfaces:
    eth0: {min-transmit: 100ms}
    eth1: {multiplier: 5, passive: true}
  peers:
    - 10.0.0.2
    - {address: fe80::1, interface: eth0, multiplier: 9, shutdown: true}
    - {address: 10.1.0.2, local: 10.1.0.1, passive: false}
    - {address: 192.0.2.1, local: 10.1.0.1, hops: 4}
""")
    assert found.timers == BfdTimers(300 * MS, 50 * MS, 3)
    assert found.interfaces == (
        BfdInterface("eth0", BfdTimers(100 * MS, 50 * MS, 3)),
        BfdInterface("eth1", BfdTimers(300 * MS, 50 * MS, 5), is_passive=True),
    )
    assert found.peers == (
        BfdPeer(Address("10.0.0.2")),
        BfdPeer(
            Address("fe80::1"), "eth0", None, BfdTimers(100 * MS, 50 * MS, 9), is_shut_down=True
        ),
        BfdPeer(Address("10.1.0.2"), None, Address("10.1.0.1"), is_passive=False),
        BfdPeer(Address("192.0.2.1"), None, Address("10.1.0.1"), hops=4),
    )


def test_keys_have_their_type_and_their_times() -> None:
    (interface,) = config("""
bfd:
  interfaces:
    eth0:
      authentication:
        type: keyed-md5
        keys: {id: 7, secret: sesame, send: {until: "1970-01-01T00:00:09Z"}}
""").interfaces
    assert interface.authentication is not None
    assert interface.authentication.type is AuthenticationType.KEYED_MD5
    (key,) = interface.authentication.keys
    until = Lifetime(None, 9_000_000_000)
    assert (key.id, key.secret, key.sends, key.accepts) == (7, b"sesame", until, until)


@pytest.mark.parametrize(
    "text",
    [
        "static: [10.9.0.0/16 via 10.0.0.2 bfd]",
        "static: [{prefix: 10.9.0.0/16, next-hops: [via 10.0.0.2 bfd]}]",
        "ospf: {interfaces: {eth0: {bfd: true}}}",
        "rip: {interfaces: {eth0: {bfd: true}}}",
        "ripng: {interfaces: {eth0: {bfd: {multiplier: 4}}}}",
        "ospf3: {interfaces: {eth0: {bfd: {multiplier: 4}}}}",
    ],
)
def test_bfd_runs_where_somebody_asks_for_it(text: str) -> None:
    assert is_wanted(file_of(text).tree)
    if text.startswith("static"):
        assert config(text) == BfdConfig()


def test_bfd_does_not_run_where_nobody_asks() -> None:
    text = "static: [10.9.0.0/16 via 10.0.0.2]"
    assert "bfd" not in build(file_of(text)).protocols
    assert not is_wanted(file_of(f"{text}\nospf: {{interfaces: {{eth0: {{bfd: false}}}}}}").tree)


def test_a_static_route_says_which_of_its_next_hops_are_watched() -> None:
    one, other = NextHop(None, Address("10.0.0.2")), NextHop("eth1", Address("10.1.0.2"), 2)
    assert static("10.9.0.0/16 via 10.0.0.2 bfd distance 9").watched == (one,)
    assert static("{prefix: 10.9.0.0/16, via: 10.0.0.2, bfd: true}").watched == (one,)
    both = "nexthop via 10.0.0.2 bfd nexthop via 10.1.0.2 dev eth1 weight 2"
    assert static(f"10.9.0.0/16 {both}").watched == (one,)
    assert static(f"10.9.0.0/16 {both} bfd").watched == (one, other)
    assert static(f"10.9.0.0/16 bfd {both}").watched == (one, other)
    hops = "[via 10.0.0.2, {via: 10.1.0.2, dev: eth1, weight: 2, bfd: false}]"
    found = static(f"{{prefix: 10.9.0.0/16, next-hops: {hops}, bfd: true}}")
    assert found.next_hops == (one, other)
    assert found.watched == (one,)
    assert static("10.9.0.0/16 dev bfd").next_hops == (NextHop("bfd"),)


@pytest.mark.parametrize(
    "line",
    [
        "10.9.0.0/16 via 10.0.0.2 bfd",
        "10.9.0.0/16 via 10.0.0.2 dev eth0 bfd distance 9",
        "10.9.0.0/16 nexthop via 10.0.0.2 bfd nexthop via 10.0.0.3",
        "10.9.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.0.3 bfd",
    ],
)
def test_its_text_reads_as_the_same_route(line: str) -> None:
    (entry,) = file_of(f"static: [{line}]").tree.static
    assert str(entry) == line
    assert entry is not None
    assert static(str(entry)) == entry.route


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("static: [10.9.0.0/16 dev eth0 bfd]", "bfd watches a gateway, and dev eth0 has none"),
        ("static: [10.9.0.0/16 blackhole bfd]", "bfd watches a gateway, and blackhole has none"),
        ("static: [{prefix: 10.9.0.0/16, dev: eth0, bfd: true}]", "and dev eth0 has none"),
        ("static: [{prefix: 10.9.0.0/16, kind: prohibit, bfd: true}]", "and prohibit has none"),
        ("bfd: {min-receive: 10ns}", "write whole microseconds, from 1us to about 71min"),
        ("bfd: {min-receive: 0}", "write whole microseconds"),
        ("bfd: {interfaces: {eth0: {min-transmit: 2h}}}", "write whole microseconds"),
        ("bfd: {multiplier: 0}", "write a whole number from 1 to 255"),
        ("bfd: {peers: [224.0.0.1]}", "224.0.0.1 is nobody's address"),
        ("bfd: {peers: [fe80::1]}", "fe80::1 is link-local; say on which link"),
        ("bfd: {peers: [{address: 10.0.0.2, local: 'fe80::1'}]}", "of another IP version"),
        ("bfd: {interfaces: {eth0: {authentication: {keys: []}}}}", "keys"),
        ("bfd: {peers: [{address: 192.0.2.1, hops: 3}]}", "needs local, and has no interface"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_be_right(text: str, said: str) -> None:
    (fault,) = faults_of(text)
    assert said in str(fault)


def findings(text: str) -> list[str]:
    text = f"interfaces: {{eth0: {{addresses: 10.0.0.1/24}}}}\n{text}"
    return [f"{one.severity.value} {one.kind}" for one in check(file_of(text))]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("bfd: {peers: [10.0.9.2]}", "warning far-neighbor"),
        ("bfd: {peers: [10.0.0.1]}", "error own-neighbor"),
        ("rip: {interfaces: {eth0: {announce-only: true, bfd: true}}}", "warning idle-bfd"),
        ("bfd: {peers: [10.0.0.2, 10.0.0.2]}", "error duplicate-peer"),
        ("bfd: {min-transmit: 1ms}", "warning fast-bfd"),
        ("bfd: {interfaces: {eth7: }}", "warning unlisted-interface"),
        ("bfd: {interfaces: {eth0: {authentication: {type: simple, keys: {id: 1, secret: "
         "'env:X'}}}}}", "note clear-password"),
        ("bfd: {interfaces: {eth0: {authentication: {keys: [{id: 1, secret: 'env:X'}, {id: 1, "
         "secret: 'env:Y'}]}}}}", "error duplicate-key"),
    ],
)  # fmt: skip
def test_what_would_not_work_is_found(text: str, finding: str) -> None:
    assert findings(text) == [finding]


def test_what_works_is_not_complained_about() -> None:
    assert findings("bfd: {peers: [10.0.0.2]}\nstatic: [10.9.0.0/16 via 10.0.0.3 bfd]") == []


@pytest.mark.parametrize(
    ("before", "after", "cost"),
    [
        ("min-receive: 50ms", "min-receive: 60ms", "none"),
        ("peers: [10.0.0.2]", "peers: [10.0.0.3]", "none"),
        ("interfaces: {eth0: {passive: true}}", "interfaces: {eth0: }", "none"),
        (
            "peers: [{address: 10.0.0.2, shutdown: true}]",
            "peers: [{address: 10.0.0.2, shutdown: false}]",
            "reset",
        ),
    ],
)
def test_a_change_says_what_it_costs(before: str, after: str, cost: str) -> None:
    one, other = (file_of(f"bfd: {{{text}}}").tree for text in (before, after))
    difference = compare(one, other)
    assert difference.changes
    assert {change.cost.value for change in difference.changes} == {cost}


def test_rip_says_how_its_neighbors_are_watched() -> None:
    text = "rip: {interfaces: {eth0: {bfd: {min-transmit: 50ms}}, eth1: {bfd: true}, eth2: }}"
    settings = build(file_of(text)).protocols["rip"].settings
    assert isinstance(settings, RipConfig)
    assert [one.bfd for one in settings.interfaces] == [
        WatchTimers(min_transmit_ns=50_000_000),
        WatchTimers(),
        None,
    ]
