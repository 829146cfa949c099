"""Files of containerlab: the links that lead to no node are passed over, and said so."""

from __future__ import annotations

import pytest

from fingerpost.lab.model import EndKind, Endpoint
from fingerpost.lab.topology import TopologyError, loads

SPECIAL = """\
topology:
  nodes: {srl1: {kind: nokia_srlinux}, srl2: {kind: nokia_srlinux}}
  links:
    - endpoints: ["srl1:e1-1", "srl2:e1-1"]
    - endpoints: ["srl1:e1-9", "mgmt-net:srl1-e1-9"]
    - endpoints: ["srl1:e1-8", "macvlan:enp0s3"]
    - type: mgmt-net
      endpoint: {node: srl1, interface: e1-7}
      host-interface: srl1-e1-7
    - type: dummy
      endpoint: {node: srl1, interface: e1-6}
    - type: vxlan
      endpoint: {node: srl1, interface: e1-5, mac: 02:c0:fe:00:00:01}
      remote: 10.0.0.18
      vni: 100
      udp-port: 14788
"""


def test_links_that_lead_to_no_node_are_passed_over_with_their_lines() -> None:
    lab = loads(SPECIAL, "some.clab.yml")
    assert [link.name for link in lab.links] == ["srl1-srl2"]
    assert list(lab.nodes["srl1"].interfaces) == ["e1-1"]
    (warning,) = lab.warnings
    for said in ("mgmt-net on line 5", "macvlan on line 6", "mgmt-net on line 7"):
        assert f"links: {said}" in warning
    assert "links: dummy on line 10" in warning
    assert "links: vxlan on line 12" in warning


def test_other_faults_keep_their_line_and_number_beside_links_passed_over() -> None:
    text = (
        SPECIAL
        + """\
    - endpoints: ["srl1:e1-2", "srl3:e1-2"]
    -
timeline: [{at: 1s, fail: srl1-srl9}]
"""
    )
    with pytest.raises(TopologyError) as caught:
        loads(text, "some.clab.yml")
    assert [(fault.line, fault.field) for fault in caught.value.faults] == [
        (17, "topology.links[6].endpoints[1]"),
        (18, "topology.links[7]"),
    ]


def test_a_link_passed_over_does_not_hide_a_name_that_no_link_has() -> None:
    with pytest.raises(TopologyError, match="srl1-srl9"):
        loads(SPECIAL + "timeline: [{at: 1s, fail: srl1-srl9}]\n", "some.clab.yml")


def test_a_node_may_be_called_like_a_special_end() -> None:
    lab = loads("topology: {nodes: {a: , dummy: }, links: [{endpoints: [a, dummy]}]}")
    assert [link.name for link in lab.links] == ["a-dummy"]
    assert lab.warnings == ()


def test_the_long_form_of_a_link_to_this_machine_is_read() -> None:
    lab = loads("""
        topology:
          nodes: {a: }
          links: [{type: host, endpoint: {node: a, interface: e1-1}, host-interface: veth7}]
    """)
    assert lab.links[0].endpoints == (Endpoint("a", "e1-1"), Endpoint("", "veth7", EndKind.DEVICE))
