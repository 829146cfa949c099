"""Labs whose routers speak BGP, over TCP streams of their virtual hosts."""

from __future__ import annotations

from fingerpost.addr import Address, Prefix
from fingerpost.bgp.machine import Bgp
from fingerpost.lab.network import Network
from fingerpost.lab.topology import loads

LAB = """
name: chain
numbering: {families: [ipv4, ipv6]}
topology:
  nodes:
    a:
      routes: [172.16.9.0/24 blackhole]
      router:
        bgp: {as: 65001, requires-policy: false, networks: [172.16.9.0/24],
              neighbors: {10.0.0.1: {as: 65002}}}
    b:
      router:
        bgp: {as: 65002, requires-policy: false,
              neighbors: {10.0.0.0: {as: 65001}, 10.0.0.3: {as: 65003}}}
    c:
      router:
        bgp: {as: 65003, requires-policy: false, neighbors: {10.0.0.2: {as: external}}}
  links:
    - {endpoints: [a, b]}
    - {endpoints: [b, c]}
"""
P = Prefix("172.16.9.0/24")


def test_a_network_goes_through_an_autonomous_system_and_is_forwarded_by() -> None:
    net = Network(loads(LAB, "test"), seed=1)
    net.run("30s")
    routing = net["c"].router.routing
    assert routing is not None
    machine = routing.protocols["bgp"].machine
    assert isinstance(machine, Bgp)
    (neighbor,) = machine.snapshot()["neighbors"]
    assert neighbor["state"] == "Established"
    route = routing.tables["main"].best(P)
    assert route is not None
    assert (route.source, route.distance) == ("bgp", 20)
    assert [(hop.interface, hop.gateway) for hop in route.next_hops] == [
        ("eth1", Address("10.0.0.2"))
    ]
    assert "as path 65002 65001" in str(routing.explain(P, "main"))
