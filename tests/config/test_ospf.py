"""OSPF in a router file: every field arrives, faults say where, and what a change costs."""

from __future__ import annotations

import pytest
from texts import faults_of, file_of

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.config.build import build
from fingerpost.config.check import check
from fingerpost.config.diff import compare
from fingerpost.config.faults import FileError
from fingerpost.ospf import (
    AreaKind,
    AreaRange,
    BfdSettings,
    BorderKind,
    DefaultOrigination,
    GracefulRestart,
    KeyChain,
    NetworkType,
    OspfArea,
    OspfConfig,
    OspfInterface,
    OspfLimits,
    PasswordChain,
    SimplePassword,
    SpfThrottle,
    StaticNeighbor,
    StubRouter,
    TranslatorRole,
    VirtualLink,
)

SECOND = 1_000_000_000
MS = 1_000_000
WHOLE = """
router: {id: 10.255.0.1}
interfaces: {eth3: {passive: true}}
policies: {some: [{then: accept}]}
key-chains:
  k: {keys: {id: 300, secret: hush, algorithm: hmac-sha-256}}
bfd:
ospf:
  router-id: 10.255.0.2
  instance-id: 3
  distance: 90
  distances: {external: 150}
  maximum-paths: 4
  reference-bandwidth: 100000
  rfc1583-compatible: true
  border: standard
  default-route: always
  stub-router: {after-start: 60s}
  graceful-restart: {enabled: true, period: 90s, help: false, help-at-most: 5min, strict: false}
  spf: {initial: 10ms, short: 100ms, long: 2s, learn: 300ms, hold-down: 3s}
  min-ls-interval: 1s
  min-ls-arrival: 500ms
  prefix-suppression: true
  opaque: false
  router-information: true
  limits: {lsas: 5000, neighbors: 16, events: 10}
  redistribute: {static: {metric: 5, metric-type: E1, tag: 9, policy: some}, connected: }
  interfaces:
    eth0:
      area: 0.0.0.2
      type: non-broadcast
      cost: 7
      priority: 0
      hello: 5s
      dead: 15s
      wait: 3s
      retransmit: 2s
      transmit-delay: 2s
      poll: 30s
      mtu-ignore: true
      neighbors: [10.0.0.2, {address: 10.0.0.3, priority: 0}]
      ttl-security: 2
      bfd: {multiplier: 5}
      instance-id: 1
      prefix-suppression: false
      authentication: {key-chain: k, extended: true, keeps-sequence: true}
    eth1: {authentication: {password: hush}}
    eth2: {authentication: {passwords: [{password: one, send: {until: 2027-01-01T00:00:00Z}}]}}
    eth3:
  areas:
    1: {virtual-links: {10.255.0.9: {hello: 2s}}, ranges: {10.1.0.0/16: {cost: 4}}}
    2:
      kind: nssa
      summaries: false
      default-cost: 3
      default-route: true
      ranges: [10.2.0.0/16]
      external-ranges: {10.3.0.0/16: {advertise: false, tag: 8}}
      translator: always
      translator-stability: 10s
      suppress-forwarding: true
"""


def built(text: str, name: str = "ospf") -> OspfConfig:
    settings = build(file_of(text)).protocols[name].settings
    assert isinstance(settings, OspfConfig)
    return settings


def test_every_field_of_an_instance_arrives() -> None:
    found = built(WHOLE)
    assert found.router_id == int(Address("10.255.0.2"))
    assert (found.source, found.instance_id, found.distance) == ("ospf", 3, 90)
    assert dict(found.distances) == {"external": 150}
    assert (found.maximum_paths, found.reference_bandwidth) == (4, 100_000)
    assert found.rfc1583_compatible
    assert found.border is BorderKind.STANDARD
    assert found.default == DefaultOrigination(always=True)
    assert found.stub_router == StubRouter(after_start_ns=60 * SECOND)
    assert found.graceful_restart == GracefulRestart(
        is_enabled=True, period_s=90, helps=False, helps_at_most_s=300, is_strict=False
    )
    assert found.throttle == SpfThrottle(10 * MS, 100 * MS, 2000 * MS, 300 * MS, 3000 * MS)
    assert (found.min_ls_interval_ns, found.min_ls_arrival_ns) == (SECOND, SECOND // 2)
    assert found.hides_networks
    assert not found.is_opaque_capable
    assert found.tells_router_information
    assert found.limits == OspfLimits(5000, 16, 10)
    static = found.redistributes["static"]
    assert (static.metric, static.metric_type, static.tag) == (5, 1, 9)
    assert static.policy is not None
    assert found.redistributes["connected"].metric is None


def test_every_field_of_an_interface_arrives() -> None:
    found = built(WHOLE).interface("eth0")
    assert found is not None
    chain = found.authentication
    assert isinstance(chain, KeyChain)
    assert (chain.keys[0].id, chain.extended, chain.keeps_sequence) == (300, True, True)
    assert found == OspfInterface(
        "eth0",
        2,
        NetworkType.NON_BROADCAST,
        7,
        0,
        5,
        15,
        3 * SECOND,
        2 * SECOND,
        2,
        30 * SECOND,
        is_passive=False,
        ignores_mtu=True,
        authentication=chain,
        neighbors=(StaticNeighbor(Address("10.0.0.2")), StaticNeighbor(Address("10.0.0.3"), 0)),
        instance_id=1,
        ttl_security_hops=2,
        bfd=BfdSettings(multiplier=5),
        hides_network=False,
    )


def test_passwords_and_passive_interfaces_arrive() -> None:
    found = built(WHOLE)
    first, second, third = found.interfaces[1:]
    assert first.authentication == SimplePassword(b"hush")
    assert isinstance(second.authentication, PasswordChain)
    assert third.is_passive


def test_every_field_of_an_area_arrives() -> None:
    first, second = built(WHOLE).areas
    far = int(Address("10.255.0.9"))
    assert first == OspfArea(
        1,
        ranges=(AreaRange(Prefix("10.1.0.0/16"), cost=4),),
        virtual_links=(VirtualLink(far, 2, 8),),
    )
    assert second == OspfArea(
        2,
        AreaKind.NSSA,
        has_summaries=False,
        default_cost=3,
        ranges=(AreaRange(Prefix("10.2.0.0/16")),),
        external_ranges=(AreaRange(Prefix("10.3.0.0/16"), is_advertised=False, tag=8),),
        translator=TranslatorRole.ALWAYS,
        translator_stability_ns=10 * SECOND,
        originates_default=True,
        keeps_forwarding=False,
    )


def test_what_is_left_out_has_the_value_of_the_machine() -> None:
    found = built("router: {id: 10.0.0.1}\nospf: {interfaces: {eth0: }}")
    assert found == OspfConfig(int(Address("10.0.0.1")), (OspfInterface("eth0"),), source="ospf")
    assert built("router: {id: 10.0.0.1}\nospf3: ", "ospf3").source == "ospf3"


def test_more_instances_have_names_of_their_own() -> None:
    more = "{blue: {instance-id: 1}, four: {version: 3, instance-id: 64}}"
    text = f"router: {{id: 10.0.0.1}}\nospf-instances: {more}"
    assert set(build(file_of(text)).protocols) == {"ospf:blue", "ospf3:four"}
    assert built(text, "ospf3:four").instance_id == 64


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("ospf: {interfaces: {eth0: {area: x}}}", "1:28: ospf.interfaces.eth0.area: 'x': write "
         "an area as a number or with dots: 0, 10, 0.0.0.10"),
        ("ospf: {interfaces: {eth0: {hello: 1500ms}}}", "1:28: ospf.interfaces.eth0.hello: '1500ms'"
         ": write whole seconds, 1s to 65534s"),
        ("ospf: {interfaces: {eth0: {hello: 10s, dead: 10s}}}", "1:40: ospf.interfaces.eth0.dead: "
         "'10s': write more than hello, which is 10s"),
        ("ospf: {interfaces: {eth0: {retransmit: 0s}}}", "1:28: "
         "ospf.interfaces.eth0.retransmit: '0s': write more than 0s"),
        ("ospf: {interfaces: {eth0: {bfd: 3}}}", "1:28: ospf.interfaces.eth0.bfd: 3: write true, "
         "or times: {multiplier: 5}"),
        ("ospf: {graceful-restart: yes}", "1:8: ospf.graceful-restart: 'yes': write true, or "
         "{enabled: true, period: 2min}"),
        ("ospf: {default-route: yes}", "1:8: ospf.default-route: 'yes': write true, always, or "
         "{always: true, metric: 1}"),
        ("ospf: {areas: {1: {kind: nsa}}}", "1:20: ospf.areas.1.kind: 'nsa': write normal, stub or "
         "nssa; did you mean 'nssa'?"),
        ("ospf: {areas: {1: {virtual-links: true}}}", "1:20: ospf.areas.1.virtual-links: True: "
         "write router ids: [10.255.0.3], or {10.255.0.3: {hello: 5s}}"),
        ("ospf: {interfaces: {eth0: {type: ring}}}", "1:28: ospf.interfaces.eth0.type: 'ring': "
         "write broadcast, non-broadcast, point-to-point, point-to-multipoint or loopback"),
        ("ospf: {areas: {1: {kind: stub, virtual-links: {10.0.0.1: }}}}", "1:16: ospf.areas.1: "
         "virtual links go through normal areas only (RFC 2328 15)"),
        ("ospf: {areas: {1: {external-ranges: [10.0.0.0/8]}}}", "1:16: ospf.areas.1: "
         "external-ranges, default-route and suppress-forwarding are for kind: nssa"),
        ("ospf: {redistribute: {static: {metric-type: 3}}}", "1:32: "
         "ospf.redistribute.static.metric-type: 3: write E1 or E2"),
    ],
)  # fmt: skip
def test_a_fault_says_where_what_and_what_would_be_right(text: str, fault: str) -> None:
    assert faults_of(text) == [fault]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ospf: {interfaces: {eth0: }}", "it has no router id"),
        ("router: {id: 10.0.0.1}\nospf: {areas: {0: {kind: stub}}}", "backbone is always normal"),
        ("router: {id: 10.0.0.1}\nospf3: {interfaces: {eth0: {authentication: {password: p}}}}",
         "password"),
        ("router: {id: 10.0.0.1}\nospf: {interfaces: {eth0: {authentication: {password: longer-"
         "than-8}}}}", "expected 1 to 8"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused_when_it_is_built(text: str, said: str) -> None:
    with pytest.raises(FileError, match=said):
        build(file_of(text))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("ospf: {interfaces: {eth0: {}, eth1: {area: 1}}}", []),
        ("ospf: {interfaces: {eth0: {area: 1}, eth1: {area: 2}}}", ["no-backbone"]),
        ("ospf: {interfaces: {eth0: }, areas: {7: {}}}", ["empty-area"]),
        ("ospf: {interfaces: {eth0: {area: 1}}, areas: {1: {kind: stub}}, redistribute: [static]}",
         ["stub-externals"]),
        ("ospf: {interfaces: {eth0: }}\nospf-instances: {x: {interfaces: {eth0: {area: 2}}}}",
         ["shared-link"]),
        ("ospf: {interfaces: {eth0: , lo: }}\nospf3: {interfaces: {eth0: }}\nospf-instances: "
         "{x: {interfaces: {eth0: {instance-id: 3}, lo: }}}", []),
        ("ospf: {interfaces: {eth0: }, areas: {0: {virtual-links: [10.0.0.1]}}}",
         ["own-virtual-link"]),
        ("ospf: {interfaces: {eth0: }, spf: {short: 2s}}", ["spf-order"]),
        ("ospf: {interfaces: {eth0: {type: non-broadcast}}}", ["no-neighbor"]),
        ("ospf: {interfaces: {eth0: {neighbors: [10.0.0.2]}}}", ["idle-neighbors"]),
        ("ospf3: {interfaces: {eth0: {type: non-broadcast, neighbors: [10.0.0.2]}}}",
         ["wrong-family"]),
        ("ospf: {interfaces: {eth0: {authentication: {password: p}}}}", ["clear-password"]),
        ("ospf: {interfaces: {eth0: }, redistribute: [ospf]}", ["own-source"]),
        ("ospf: {interfaces: {eth0: }, redistribute: [ripng]}", ["wrong-family"]),
        ("ospf: ", ["no-interface"]),
    ],
)  # fmt: skip
def test_what_would_not_work_is_found(text: str, kinds: list[str]) -> None:
    machine = {name: (Interface("10.0.0.1/24"),) for name in ("eth0", "eth1", "lo")}
    found = check(file_of(f"router: {{id: 10.0.0.1}}\n{text}"), machine, 0)
    assert [one.kind for one in found] == kinds


def test_a_change_costs_no_more_than_it_must() -> None:
    before = file_of(WHOLE).tree
    changes = {
        "cost: 7": ("cost: 8", "refeed of ospf on eth0"),
        "area: 0.0.0.2": ("area: 3", "reset of ospf on eth0"),
        "10.1.0.0/16: {cost: 4}": ("10.1.0.0/16: {cost: 5}", "refeed of area 1 of ospf"),
        "{hello: 2s}": ("{hello: 3s}", "reset of virtual link 10.255.0.9 of ospf"),
        "priority: 0\n": ("priority: 1\n", "nothing is interrupted, nothing fed anew"),
        "poll: 30s": ("poll: 31s", "nothing is interrupted, nothing fed anew"),
        "router-id: 10.255.0.2": ("router-id: 10.255.0.3", "reset of ospf"),
    }
    for old, (new, cost) in changes.items():
        assert old in WHOLE
        after = file_of(WHOLE.replace(old, new)).tree
        assert compare(before, after).summary == f"1 change: {cost}"
