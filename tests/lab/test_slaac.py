"""Hosts that make their own addresses, of what the routers of the lab advertise (RFC 4862)."""

from __future__ import annotations

import pytest
from labs import network

from fingerpost.addr import Prefix
from fingerpost.lab.topology import TopologyError

LAB = {
    "name": "slaac",
    "numbering": {"families": ["ipv6"]},
    "topology": {
        "nodes": {
            "a": {"kind": "host", "slaac": True},
            "b": {"kind": "host"},
            "r1": {},
            "r2": {},
            "z": {"kind": "host", "slaac": True},
        },
        "links": [
            {"endpoints": ["a", "b", "r1"], "delay": "1ms"},
            {"endpoints": ["r1", "r2"], "delay": "1ms"},
            {"endpoints": ["r2", "z"], "delay": "1ms"},
        ],
    },
}


def test_a_host_has_an_address_and_a_way_out_once_routers_have_spoken() -> None:
    net = network(LAB)
    assert [own.address.is_link_local for own in net["a"].addresses] == [True]
    assert not net["a"].ping("r2", count=1), "it knows no router yet"
    net.run(until="10s")
    made = [own for own in net["a"].addresses if not own.address.is_link_local]
    subnet = Prefix(net["r1"].interfaces["eth1"].addresses[0].prefix)
    assert [own.address in subnet for own in made] == [True]
    assert "::/0" in {str(prefix) for prefix in net["a"].table}
    result = net["a"].ping("z", count=1)
    assert result
    assert result.names[result.replies[0].source] == "z"
    assert net["b"].ping("a", count=1)
    assert net["a"].traceroute("z").path == ("r1", "r2", "z")
    assert {entry.kind for entry in net.events.of("a")} >= {"address added", "route learned"}


def test_routers_advertise_only_where_somebody_listens() -> None:
    net = network(LAB)
    capture = net.capture()
    net.run(until="20s")
    links = {frame.link for frame in capture if frame.frame[54:55] == b"\x86"}
    assert links == {"a-b-r1", "r2-z"}


def test_a_host_that_is_switched_on_again_makes_its_address_anew() -> None:
    net = network(LAB)
    net.run(until="10s")
    net.fail("a")
    net.restore("a")
    assert len(net["a"].addresses) <= 1
    net.run(until="20s")
    assert net["a"].ping("z", count=1)


def test_routers_have_their_addresses_given() -> None:
    with pytest.raises(TopologyError, match=r"nodes\.r\.slaac: is for hosts"):
        network({"topology": {"nodes": {"r": {"slaac": True}}}})


def test_expectations_wait_until_hosts_have_made_their_addresses() -> None:
    expected = [
        "reachable: a -> z",
        "path: a -> r1 -> r2 -> z",
        "lost: at most 0 packets from z to b",
        {"reachable": "a -> z", "at": "1s"},
    ]
    judgement = network({**LAB, "expect": expected}).judge()
    assert {str(one.expectation): bool(one) for one in judgement if one.instant > 10**9} == {
        str(one.expectation): True for one in judgement if one.instant > 10**9
    }
    assert [(one.instant, one.reason) for one in judgement.failed] == [
        (10**9, "a and z have no family of addresses in common yet")
    ]
