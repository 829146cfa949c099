"""A router that is refused is remembered with the reason and both values, on both sides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import pytest

from fingerpost.addr import Address
from fingerpost.ospf.authentication import KeyChain, SimplePassword
from fingerpost.ospf.config import AreaKind, NetworkType, OspfArea, OspfInterface
from fingerpost.ospf.faults import Fault
from fingerpost.protocol import events as ev
from fingerpost.protocol.keys import Algorithm, Key

from .network import Network
from .silent import silent

LAN = OspfInterface("eth0")
P2P = OspfInterface("eth0", network_type=NetworkType.POINT_TO_POINT)


def met(
    one: OspfInterface,
    other: OspfInterface,
    version: Literal[2, 3] = 2,
    *,
    addresses: tuple[str, str] = ("192.0.2.1/24", "192.0.2.2/24"),
    areas: tuple[OspfArea | None, OspfArea | None] = (None, None),
    ids: tuple[str, str] = ("10.0.0.1", "10.0.0.2"),
) -> Network:
    """Two routers after a minute."""
    network = Network(version, make=silent)
    for name, router_id, interface, area in zip("ab", ids, (one, other), areas, strict=True):
        network.router(name, router_id, interface, areas=(area,) if area else ())
    network.link("l", ("a", "eth0", addresses[0]), ("b", "eth0", addresses[1]))
    network.run(60)
    return network


def refused(network: Network, router: str) -> list[tuple[str, str, str]]:
    shown: list[dict[str, Any]] = network.routers[router].snapshot()["refused"]
    return [(one["reason"], one["theirs"], one["ours"]) for one in shown]


CASES = {
    "hello": (replace(LAN, hello_s=5), "hello-interval", "10 s", "5 s"),
    "dead": (replace(LAN, dead_s=60), "dead-interval", "40 s", "60 s"),
    "area": (replace(LAN, area=7), "area", "0.0.0.0", "0.0.0.7"),
}


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("case", CASES)
def test_what_both_must_have_alike_is_named_with_both_values(
    version: Literal[2, 3], case: str
) -> None:
    ours, reason, theirs, own = CASES[case]
    network = met(ours, LAN, version)
    assert refused(network, "a") == [(reason, theirs, own)]
    assert refused(network, "b") == [(reason, own, theirs)]
    assert not network.routers["a"].interfaces["eth0"].neighbors


def test_another_mask_is_named() -> None:
    network = met(LAN, LAN, addresses=("192.0.2.1/24", "192.0.2.2/25"))
    assert refused(network, "a") == [("mask", "255.255.255.128", "255.255.255.0")]


def test_masks_mean_nothing_on_point_to_point_links() -> None:
    network = met(P2P, P2P, addresses=("192.0.2.1/24", "198.51.100.2/25"))
    assert network.is_full("a", "b")


def test_a_sender_of_another_network_is_named() -> None:
    network = met(LAN, LAN, addresses=("192.0.2.1/24", "198.51.100.2/24"))
    assert refused(network, "a") == [("network", "198.51.100.2", "192.0.2.0/24")]


@pytest.mark.parametrize("version", [2, 3])
def test_a_stub_area_is_the_same_for_all(version: Literal[2, 3]) -> None:
    stub = OspfArea(1, AreaKind.STUB)
    inside = replace(LAN, area=1)
    network = met(inside, inside, version, areas=(stub, None))
    assert refused(network, "a") == [("stub-area", "E bit set", "E bit clear")]
    network = met(inside, inside, version, areas=(stub, OspfArea(1, AreaKind.NSSA)))
    assert refused(network, "a") == [("nssa", "N bit set", "N bit clear")]
    network = met(inside, inside, version, areas=(stub, stub))
    assert network.is_full("a", "b")


@pytest.mark.parametrize("version", [2, 3])
def test_two_routers_of_one_id_are_named(version: Literal[2, 3]) -> None:
    network = met(LAN, LAN, version, ids=("10.0.0.1", "10.0.0.1"))
    ((reason, theirs, ours),) = refused(network, "a")
    assert reason == "duplicate-router-id"
    assert theirs.startswith("10.0.0.1 at ")
    assert ours.startswith("10.0.0.1 at ")


def chain(secret: bytes, number: int = 1) -> KeyChain:
    return KeyChain((Key(number, secret, Algorithm.HMAC_SHA_256),))


def signed(secret: bytes, number: int = 1) -> OspfInterface:
    return replace(LAN, authentication=chain(secret, number))


@pytest.mark.parametrize("version", [2, 3])
def test_authentication_says_which_check_failed(version: Literal[2, 3]) -> None:
    assert met(signed(b"a"), signed(b"a"), version).is_full("a", "b")
    for other, what in ((signed(b"b"), "digest"), (signed(b"a", 2), "key id"), (LAN, "kind")):
        network = met(signed(b"a"), other, version)
        ((reason, theirs, _),) = refused(network, "a")
        assert reason == "authentication"
        assert theirs.startswith(what)


def test_passwords_are_compared() -> None:
    def one(word: bytes) -> OspfInterface:
        return replace(LAN, authentication=SimplePassword(word))

    assert met(one(b"word"), one(b"word")).is_full("a", "b")
    assert refused(met(one(b"word"), one(b"other")), "a")[0][0] == "authentication"


@pytest.mark.parametrize("version", [2, 3])
def test_ttl_security_takes_packets_of_the_same_link_only(version: Literal[2, 3]) -> None:
    near = replace(LAN, ttl_security_hops=1)
    assert met(near, near, version).is_full("a", "b")
    assert refused(met(near, LAN, version), "a") == [("hop-limit", "1", "at least 255")]


@pytest.mark.parametrize("version", [2, 3])
def test_other_instances_on_a_link_are_no_fault(version: Literal[2, 3]) -> None:
    network = met(replace(LAN, instance_id=1), replace(LAN, area=3), version)
    assert refused(network, "a") == []
    assert network.routers["a"].interfaces["eth0"].faults[Fault.INSTANCE] > 0
    same = replace(LAN, instance_id=9)
    assert met(same, same, version).is_full("a", "b")


def test_one_way_says_whom_it_hears() -> None:
    network = met(LAN, LAN)
    network.unplug(("a", "eth0"))
    network.give("b", ev.InterfaceWentDown("eth0"))
    network.up("b", "eth0")
    network.plug("l", ("a", "eth0"))
    b = network.routers["b"].interfaces["eth0"]
    network.give("b", ev.TimePassed())
    # only b's packets arrive
    network._groups["b", "eth0"].clear()
    network.run(25)
    shown = network.routers["a"].snapshot()["neighbors"][0]
    assert b.speaks
    assert shown["state"] == "Init"
    assert shown["why_not_full"].startswith("one-way: its Hellos name nobody, not us")


def test_another_network_type_is_suspected_from_the_hellos() -> None:
    network = met(P2P, LAN, addresses=("192.0.2.1/24", "192.0.2.2/24"))
    network.run(60)
    shown = {name: network.routers[name].snapshot()["neighbors"][0] for name in "ab"}
    assert shown["a"]["suspicions"] == [
        "seems to have another network type: broadcast, ours is point-to-point"
    ]
    assert shown["b"]["suspicions"] == [
        "seems to have another network type: point-to-point, ours is broadcast"
    ]


def test_a_refusal_is_forgotten_when_the_hello_is_taken() -> None:
    network = met(replace(LAN, hello_s=5), LAN)
    assert refused(network, "a")
    network.reconfigure("a", interfaces=(LAN,))
    network.run(60)
    assert refused(network, "a") == []
    assert network.is_full("a", "b")


def test_refusals_are_bounded() -> None:
    network = met(LAN, LAN)
    a = network.routers["a"]
    other = network.routers["b"].interfaces["eth0"].hellos
    assert other is not None
    hello = bytearray(other[0].payload)
    for number in range(600):
        hello[4:8] = (0x0A010000 + number).to_bytes(4, "big")
        payload = bytes(hello)
        source = Address("192.0.2.9")
        event = ev.PacketReceived("eth0", source, Address("224.0.0.5"), 1, payload)
        network.give("a", event)
    assert len(a.refusals.all()) == 256
