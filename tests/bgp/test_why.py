"""What `why` says of a path that came, by the rules and the policies that the core judged it by."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest
import yaml

from bgp.joined import Net, Node, config, towards
from fingerpost.addr import Address, Interface, Prefix
from fingerpost.bgp import attributes as attr
from fingerpost.bgp.attributes import AttributeSet
from fingerpost.bgp.config import PeerFamily
from fingerpost.bgp.family import IPV4
from fingerpost.policy import Policy, load
from fingerpost.protocol.events import InterfaceWentUp, TimePassed

P = Prefix("192.0.2.0/24")
THEM, US = "10.0.0.1", "10.0.0.2"
PLACE = """
    policies:
      by-path:
        - name: ours in front
          match: {as-path: "^65009_"}
          then: accept
        - name: others
          then: reject
"""


def policy(text: str) -> Policy:
    """The one policy of a text."""
    (found,) = load(yaml.safe_load(dedent(text))).values()
    return found


def way(us: Node) -> dict[str, Any]:
    """The one path, as `why` has it."""
    ways = us.bgp.explain(P).as_dict()["ways"]
    assert isinstance(ways, list)
    (found,) = ways
    assert isinstance(found, dict)
    return found


def told(hop: str | None = None, family: PeerFamily | None = None, **ours: object) -> Node:
    """We, who are told the prefix, with a next hop of the neighbour's choice."""
    net = Net()
    asn = ours.get("local_as", 65002)
    assert isinstance(asn, int)
    theirs = towards(asn, US, families=(PeerFamily(next_hop_unchanged=True),))
    them = net.add(THEM, config(65001, 1, theirs))
    neighbor = towards(65001, THEM, families=(family or PeerFamily(),), **ours)
    us = net.add(US, config(65002, 2, neighbor))
    net.begin()
    us.give(InterfaceWentUp("eth0", (Interface(f"{US}/24"),), index=3))
    net.run(5)
    said = AttributeSet.of(attr.Origin(attr.OriginCode.IGP), attr.AsPath())
    if hop is not None:
        said = said.having(attr.NextHop.of(Address(hop)))
    them.bgp.originate(IPV4, (P,), said.encode(), 1)
    them.give(TimePassed())
    net.run(1)
    return us


@pytest.mark.parametrize(
    ("hop", "reason"),
    [
        (US, "its next hop 10.0.0.2 is ours"),
        ("192.168.9.9", "its next hop 192.168.9.9 is neither the neighbor nor on a link of ours"),
    ],
)
def test_a_next_hop_that_cannot_be_is_named(hop: str, reason: str) -> None:
    """RFC 4271 6.3."""
    assert way(told(hop))["rule"] == f"{reason} (RFC 4271 6.3)"


def test_a_next_hop_is_anybody_s_where_the_neighbor_is_not_on_our_link() -> None:
    assert way(told("192.168.9.9", hops=2))["wins"]


def test_a_policy_sees_the_as_that_we_call_ourselves_in_front() -> None:
    """RFC 7705 3.1."""
    family = PeerFamily(import_policy=policy(PLACE))
    found = way(told(None, family, local_as=65009))
    assert found["wins"]
    assert [one["line"] for one in found["policy"]] == ["ours in front"]
    found = way(told(None, family, local_as=65009, prepends_local_as=False))
    assert found["rule"] == "the import policy refuses it"
    assert [one["line"] for one in found["policy"]] == ["others"]
