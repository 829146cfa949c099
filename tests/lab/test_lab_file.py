"""lab.yaml: what it may say, what is filled in, and every fault with its line."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from fingerpost.addr import Interface, Prefix
from fingerpost.lab.model import EndKind, Endpoint, Lab, NodeKind, Routing
from fingerpost.lab.timeline import Fail, LinkTarget, NodeTarget, Restore, SetQuality
from fingerpost.lab.topology import TopologyError, load, loads

REPOSITORY = Path(__file__).resolve().parents[2]

TRIANGLE = """\
topology:
  nodes: {a: , b: , c: }
  links:
    - endpoints: [a, b]
    - endpoints: [b, c]
    - endpoints: [c, a]
"""


def lab_of(text: str) -> Lab:
    return loads(textwrap.dedent(text), "lab.yaml")


def faults_of(text: str) -> list[str]:
    with pytest.raises(TopologyError) as caught:
        lab_of(text)
    return str(caught.value).splitlines()


def addresses(lab: Lab, node: str, interface: str) -> list[str]:
    return [str(one) for one in lab.nodes[node].interfaces[interface].addresses]


def test_everything_that_is_left_out_is_filled_in() -> None:
    lab = loads(TRIANGLE, "triangle.yaml")
    assert lab.name == "triangle"
    assert [link.name for link in lab.links] == ["a-b", "b-c", "c-a"]
    assert lab.links[2].endpoints == (Endpoint("c", "eth2"), Endpoint("a", "eth2"))
    assert addresses(lab, "a", "eth1") == ["10.0.0.0/31", "fd00:0:1::/127"]
    assert addresses(lab, "b", "eth1") == ["10.0.0.1/31", "fd00:0:1::1/127"]
    assert lab.nodes["c"].loopback == (Interface("10.255.0.3/32"), Interface("fd00:0:0:ff::3/128"))
    assert {node.routing for node in lab.nodes.values()} == {Routing.SHORTEST}


def test_the_same_file_gives_the_same_lab() -> None:
    assert loads(TRIANGLE) == loads(TRIANGLE)


def test_given_addresses_are_never_given_out_again() -> None:
    lab = lab_of("""
        topology:
          nodes: {a: {loopback: 10.255.0.1}, b: , c: }
          links:
            - endpoints: ["a:eth1", "b:eth1"]
            - endpoints: ["b:eth2", "c:eth1"]
              ipv4: [10.0.0.1/30, 10.0.0.2/30]
    """)
    assert addresses(lab, "a", "eth1") == ["10.0.0.4/31"]
    assert addresses(lab, "c", "eth1") == ["10.0.0.2/30"]
    assert [str(one) for one in lab.nodes["b"].loopback] == ["10.255.0.2/32"]


def test_the_other_end_is_numbered_in_the_subnet_of_the_one_that_is_given() -> None:
    lab = lab_of("""
        topology:
          nodes: {a: {interfaces: {eth1: 192.168.7.1/24}}, b: , h: {kind: host}}
          links: [{endpoints: ["a:eth1", b, h]}]
    """)
    assert addresses(lab, "b", "eth1") == ["192.168.7.2/24"]
    assert addresses(lab, "h", "eth1") == ["192.168.7.3/24"]
    assert lab.links[0].is_lan


def test_a_host_gets_a_lan_and_a_default_route_through_its_router() -> None:
    lab = lab_of("""
        topology:
          nodes: {r: , h: {kind: host}}
          links: [{endpoints: [h, r]}]
    """)
    host = lab.nodes["h"]
    assert host.kind is NodeKind.HOST
    assert not host.loopback
    assert addresses(lab, "r", "eth1") == ["10.128.0.1/24", "fd00:0:2::1/64"]
    assert addresses(lab, "h", "eth1") == ["10.128.0.2/24", "fd00:0:2::2/64"]
    assert [f"{one.prefix} {one.route}" for one in host.routes] == [
        "0.0.0.0/0 via 10.128.0.1 dev eth1",
        "::/0 via fd00:0:2::1 dev eth1",
    ]


def test_pools_are_configurable() -> None:
    lab = lab_of("""
        numbering: {families: ipv4, link4: 172.16.0.0/24, loopback4: 192.168.0.0/24}
        topology:
          nodes: {a: , b: }
          links: [{endpoints: [a, b]}]
    """)
    assert addresses(lab, "b", "eth1") == ["172.16.0.1/31"]
    assert [str(one) for one in lab.nodes["a"].loopback] == ["192.168.0.1/32"]


def test_a_pool_that_is_too_small_is_a_fault() -> None:
    [fault] = faults_of("""
        numbering: {link4: 172.16.0.0/31}
        topology:
          nodes: {a: , b: , c: }
          links: [{endpoints: [a, b]}, {endpoints: [b, c]}]
    """)
    assert fault.startswith("lab.yaml:2: numbering.link4: 172.16.0.0/31 is too small")


def test_parallel_links_are_told_apart() -> None:
    lab = lab_of("""
        topology:
          nodes: {a: , b: }
          links: [{endpoints: [a, b]}, {endpoints: [b, a]}, {endpoints: [a, b], name: spare}]
    """)
    assert [link.name for link in lab.links] == ["a-b#1", "a-b#2", "spare"]
    assert lab.link("a:eth2").name == "a-b#2"


def test_a_link_may_end_in_a_device_of_the_machine() -> None:
    lab = lab_of("""
        topology:
          nodes: {a: , b: }
          links: [{endpoints: [a, "tap:fp0"]}, {endpoints: ["b:eth1", "host:veth0"]}]
    """)
    assert lab.links[0].endpoints[1] == Endpoint("", "fp0", EndKind.TAP)
    assert lab.links[1].endpoints[1] == Endpoint("", "veth0", EndKind.DEVICE)
    assert addresses(lab, "a", "eth1") == ["10.128.0.1/24", "fd00:0:2::1/64"]


def test_a_bridge_becomes_a_lan() -> None:
    lab = lab_of("""
        topology:
          nodes: {a: , b: , c: , br: {kind: bridge}}
          links:
            - {endpoints: [a, "br:p1"], delay: 1ms}
            - {endpoints: [b, "br:p2"]}
            - {endpoints: ["br:p3", c]}
    """)
    assert list(lab.nodes) == ["a", "b", "c"]
    [lan] = lab.links
    assert lan.name == "br"
    assert lan.nodes == ("a", "b", "c")
    assert lan.leaving(0).delay_ns == 1_000_000
    assert lan.leaving(1).delay_ns == 0


def test_quality_is_read_with_its_units_and_by_direction() -> None:
    lab = lab_of("""
        topology:
          nodes: {a: , b: }
          links:
            - endpoints: [a, b]
              delay: 10ms
              bandwidth: 100Mbit
              queue: 64KB
              loss: 2%
              directions: {b: {delay: 30ms}}
    """)
    [link] = lab.links
    assert link.leaving(0).delay_ns == 10_000_000
    assert link.leaving(1).delay_ns == 30_000_000
    assert link.leaving(1).loss == 0.02
    assert (link.quality.queue_packets, link.quality.queue_bytes) == (None, 64_000)


def test_no_families_means_that_nothing_is_numbered() -> None:
    lab = loads("numbering: {families: []}\n" + TRIANGLE)
    assert not [one for node in lab.nodes.values() for one in node.addresses()]
    lab = loads("numbering: {families: }\n" + TRIANGLE)
    assert len(addresses(lab, "a", "eth1")) == 2


@pytest.mark.parametrize(
    "said",
    ["interfaces: {eth1: {addresses: []}}", "interfaces: {eth1: []}", "addresses: {eth1: []}"],
)
def test_an_empty_list_of_addresses_means_none(said: str) -> None:
    lab = loads(f"topology: {{nodes: {{a: {{{said}}}, b: }}, links: [{{endpoints: [a, b]}}]}}")
    assert addresses(lab, "a", "eth1") == []
    assert addresses(lab, "b", "eth1") == ["10.0.0.0/31", "fd00:0:1::/127"]


def test_an_interface_that_says_nothing_of_addresses_is_numbered() -> None:
    for said in ("{eth1: }", "{eth1: {mtu: 1400}}"):
        nodes = f"{{a: {{interfaces: {said}}}, b: }}"
        text = f"topology: {{nodes: {nodes}, links: [{{endpoints: [a, b]}}]}}"
        assert len(addresses(loads(text), "a", "eth1")) == 2


def test_a_link_whose_ends_have_no_addresses_takes_no_subnet() -> None:
    bare = "{interfaces: {eth1: []}}"
    text = f"topology: {{nodes: {{a: {bare}, b: {bare}}}, links: [{{endpoints: [a, b]}}]}}"
    assert loads(text).links[0].prefixes == ()


def test_kinds_and_defaults_apply_as_in_containerlab() -> None:
    lab = lab_of("""
        topology:
          defaults: {kind: edge, profile: linux}
          kinds: {edge: {kind: router, urpf: strict}}
          nodes: {a: , b: {profile: strict}}
          links: [{endpoints: [a, b]}]
    """)
    assert lab.nodes["a"].profile == "linux"
    assert lab.nodes["b"].profile == "strict"
    assert lab.nodes["a"].interfaces["eth1"].reverse_path.value == "strict"


def test_static_routes_are_read_as_ip_route_writes_them() -> None:
    lab = lab_of("""
        topology:
          nodes:
            a:
              routes:
                - 172.16.0.0/12 via 10.0.0.1 dev eth1 metric 5
                - 10.9.0.0/16 nexthop via 10.0.0.1 weight 3 nexthop via 10.0.0.3
                - 10.10.0.0/16 via 192.168.7.7
                - blackhole 192.0.2.0/24
                - default via fd00:0:1::1
            b:
          links: [{endpoints: [a, b]}, {endpoints: [a, b]}]
    """)
    shown = {str(one.prefix): str(one.route) for one in lab.nodes["a"].routes}
    assert shown == {
        "172.16.0.0/12": "via 10.0.0.1 dev eth1",
        "10.9.0.0/16": "via 10.0.0.1 dev eth1 weight 3, via 10.0.0.3 dev eth2",
        "10.10.0.0/16": "via 192.168.7.7",  # in no subnet of the node: recursive
        "192.0.2.0/24": "blackhole",
        "::/0": "via fd00:0:1::1 dev eth1",
    }
    assert lab.nodes["b"].routing is Routing.NONE  # the file gives routes, so it means these


def test_the_timeline_is_resolved_and_sorted() -> None:
    lab = lab_of(
        TRIANGLE
        + textwrap.dedent("""
        timeline:
          - {at: 30s, restore: b-a}
          - {at: 10s, fail: [a-b, c]}
          - {at: 20s, fail: a->c}
          - {at: 40s, set: {link: "a:eth1", delay: 5ms, from: b}}
    """)
    )
    assert lab.timeline == (
        Fail(10 * 10**9, LinkTarget("a-b")),
        Fail(10 * 10**9, NodeTarget("c")),
        Fail(20 * 10**9, LinkTarget("c-a", "a")),
        Restore(30 * 10**9, LinkTarget("a-b")),
        SetQuality(40 * 10**9, LinkTarget("a-b", "b"), {"delay_ns": 5_000_000}),
    )


def test_expectations_read_back_as_they_were_written() -> None:
    lab = lab_of(
        TRIANGLE
        + textwrap.dedent("""
        expect:
          - reachable: a -> c
          - unreachable: a -> 192.0.2.1
            at: 5s
          - path: a -> b -> c
            after: 7s
          - lost: at most 5 packets from a to c
          - no loop
    """)
    )
    assert [str(one) for one in lab.expectations] == [
        "reachable: a -> c",
        "unreachable: a -> 192.0.2.1",
        "path: a -> b -> c",
        "lost: at most 5 packets from a to c",
        "no loop",
    ]
    assert lab.expectations[1].moment.at_ns == 5 * 10**9
    assert lab.expectations[2].moment.after_ns == 7 * 10**9
    assert lab.expectations[0].moment.line == 9


def test_every_fault_of_a_file_is_told_at_once() -> None:
    assert faults_of("""\
        name: x
        until: 30
        topology:
          nodes:
            a: {kind: ruoter, routes: [10.0.0.1/8 via 192.0.2.1]}
            b: {interfaces: {eth1: 10.0.0.1}}
            a: {}
          links:
            - endpoints: [a]
            - {endpoints: [a, z], dely: 10ms}
            - {endpoints: [a, b], delay: 10, loss: 2}
        timeline:
          - {at: 3s, fail: a-c}
        expect:
          - reachable: a -> bb
          - {pathh: a -> b}
    """) == [
        "lab.yaml:2: until: 30: write a time with its unit: 10ms, 1.5s, 250us, 2min, or converged",
        "lab.yaml:5: topology.nodes.a.kind: 'ruoter': write router, host or bridge; "
        "did you mean 'router'?",
        "lab.yaml:5: topology.nodes.a.routes[0]: '10.0.0.1/8 via 192.0.2.1': '10.0.0.1/8' has "
        "host bits set; the prefix is 10.0.0.0/8",
        "lab.yaml:6: topology.nodes.b.interfaces.eth1.addresses: '10.0.0.1': 10.0.0.1 lacks the "
        "length of its subnet; write 10.0.0.1/24",
        "lab.yaml:7: topology.nodes.a: 'a' stands here already on line 5; keep one",
        "lab.yaml:9: topology.links[0].endpoints: ['a']: a link has at least two endpoints",
        "lab.yaml:10: topology.links[1].dely: no such field; did you mean 'delay'?",
        "lab.yaml:10: topology.links[1].endpoints[1]: no node 'z'; there is a, b",
        "lab.yaml:11: topology.links[2].delay: 10: write a time with its unit: 10ms, 1.5s, "
        "250us, 2min",
        "lab.yaml:11: topology.links[2].loss: 2: write a share in percent: 2%, 0.05%",
        "lab.yaml:15: expect[0].reachable: no node 'bb'; did you mean 'b'?",
        "lab.yaml:16: expect[1].pathh: no such field; did you mean 'path'?",
    ]


def test_a_link_from_a_node_to_itself_is_a_fault() -> None:
    assert faults_of("""
        topology:
          nodes: {a: , b: }
          links:
            - endpoints: [a, b]
            - endpoints: ["a:eth7", "a:eth8"]
    """) == ["lab.yaml:6: topology.links[1]: links a to itself; a link has two nodes"]


def test_a_node_may_stand_twice_on_a_lan() -> None:
    lab = lab_of("topology: {nodes: {a: , b: }, links: [{endpoints: [a, a, b]}]}")
    assert lab.warnings == ()


def test_ends_of_a_link_in_different_subnets_are_warned_of() -> None:
    lab = lab_of("""
        topology:
          nodes: {a: , b: , c: }
          links:
            - {endpoints: [a, b], ipv4: [10.1.0.1/24, 10.2.0.1/24], ipv6: "fd00::1/64"}
            - {endpoints: [a, b, c], ipv4: [10.3.0.1/24, 10.4.0.1/24, 10.3.0.2/25]}
            - {endpoints: [a, b], ipv6: ["fe80::1/64", "fd00:7::1/64"]}
    """)
    assert lab.warnings == (
        "line 5: topology.links[0]: a (10.1.0.1/24) shares no subnet with the other end",
        "line 6: topology.links[1]: b (10.4.0.1/24) shares no subnet with the other ends",
    )


def test_a_pasted_source_address_is_warned_of_with_its_line() -> None:
    lab = lab_of("""
        topology:
          nodes:
            a: {routes: [10.9.0.0/16 via 10.0.0.1 proto static src 10.255.0.1]}
            b:
          links: [{endpoints: [a, b]}]
    """)
    assert lab.warnings == ("line 4: topology.nodes.a.routes[0]: passed over: src 10.255.0.1",)


def test_an_unknown_kind_is_told_the_kinds_once() -> None:
    assert faults_of("topology: {nodes: {a: {kind: qqq}}}") == [
        "lab.yaml:1: topology.nodes.a.kind: 'qqq': write router, host or bridge"
    ]
    assert faults_of("topology: {kinds: {edge: {}}, nodes: {a: {kind: qqq}}}") == [
        "lab.yaml:1: topology.nodes.a.kind: 'qqq': write router, host, bridge or edge"
    ]


def test_at_and_after_together_are_for_lost_packets_only() -> None:
    lab = (
        TRIANGLE
        + """\
expect:
  - {reachable: a -> b, at: 3s, after: 1s}
  - {lost: at most 1 packets from a to b, at: 3s, after: 1s}
"""
    )
    assert faults_of(lab) == [
        "lab.yaml:8: expect[0].at: goes with lost: only where there is after: too; "
        "keep at: or after:"
    ]


def test_names_that_yaml_1_1_would_turn_into_something_else_stay_names() -> None:
    lab = lab_of("""
        topology:
          nodes: {no: , on: , 10: }
          links: [{endpoints: [no, on]}, {endpoints: [on, 10]}]
    """)
    assert list(lab.nodes) == ["no", "on", "10"]


EXAMPLES = [
    path
    for path in sorted((REPOSITORY / "examples").glob("*.yaml"))
    if not path.stem.startswith("router")
]


@pytest.mark.parametrize("path", EXAMPLES, ids=str)
def test_the_examples_load_without_a_warning(path: Path) -> None:
    assert load(path).warnings == ()


def test_a_subnet_that_is_given_is_used() -> None:
    lab = lab_of("""
        topology:
          nodes: {a: , b: }
          links: [{endpoints: [a, b], prefixes: [10.9.0.0/30]}]
    """)
    assert lab.links[0].prefixes == (Prefix("10.9.0.0/30"),)
    assert addresses(lab, "b", "eth1") == ["10.9.0.2/30"]
