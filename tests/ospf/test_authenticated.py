"""Adjacencies between routers that authenticate, roll their keys over, restart and disagree."""

from __future__ import annotations

from typing import Literal

import pytest

from fingerpost.ospf.authentication import Authentication, KeyChain, PasswordChain, SimplePassword
from fingerpost.ospf.config import NetworkType, OspfInterface
from fingerpost.ospf.faults import Fault
from fingerpost.ospf.machine import Ospf
from fingerpost.ospf.neighbor import Neighbor
from fingerpost.protocol.events import PacketReceived
from fingerpost.protocol.keys import Algorithm, Key
from fingerpost.protocol.lifetimes import Lifetime

from .network import Network, S
from .silent import silent

Version = Literal[2, 3]
SHA = Algorithm.HMAC_SHA_256
MD5 = KeyChain((Key(1, b"secret"),))
HMAC = KeyChain((Key(1, b"secret", SHA),))
EXTENDED = KeyChain((Key(1, b"secret", SHA),), extended=True)
SIGNING: list[tuple[Version, KeyChain]] = [(2, MD5), (2, HMAC), (2, EXTENDED), (3, HMAC)]
ALL: list[tuple[Version, Authentication]] = [(2, SimplePassword(b"pw")), *SIGNING]
KINDS = [NetworkType.BROADCAST, NetworkType.POINT_TO_POINT]


def router(
    network: Network,
    name: str,
    said: Authentication | None,
    kind: NetworkType = NetworkType.POINT_TO_POINT,
    **config: object,
) -> Ospf:
    one = OspfInterface("eth0", network_type=kind, authentication=said)
    return network.router(name, f"10.0.0.{'ab'.index(name) + 1}", one, **config)


def pair(
    version: Version,
    left: Authentication | None,
    right: Authentication | None,
    kind: NetworkType = NetworkType.POINT_TO_POINT,
    **config: object,
) -> Network:
    network = Network(version, make=silent)
    for name, said in (("a", left), ("b", right)):
        router(network, name, said, kind, **config)
    ends = (("a", "eth0", "192.0.2.1/30"), ("b", "eth0", "192.0.2.2/30"))
    network.link("l", *ends)
    return network


def faults(network: Network) -> list[dict[Fault, int]]:
    return [dict(one.interfaces["eth0"].faults) for one in network.routers.values()]


def refusal(network: Network, name: str) -> str:
    found = network.routers[name].refusals.all()
    return str(found[0].reason) if found else "nothing"


@pytest.mark.parametrize(("version", "said"), ALL)
@pytest.mark.parametrize("kind", KINDS)
def test_routers_with_the_same_keys_become_and_stay_full(
    version: Version, said: Authentication, kind: NetworkType
) -> None:
    network = pair(version, said, said, kind)
    assert network.run_until(lambda: network.is_full("a", "b"), 60)
    network.run(600)
    assert network.is_full("a", "b")
    assert faults(network) == [{}, {}]


@pytest.mark.parametrize(("version", "said"), ALL)
def test_links_that_lose_and_repeat_packets_do_no_harm(
    version: Version, said: Authentication
) -> None:
    network = Network(version, make=silent, loss=0.1, twice=0.3, seed=7)
    for name in "ab":
        router(network, name, said)
    network.link("l", ("a", "eth0", "192.0.2.1/30"), ("b", "eth0", "192.0.2.2/30"))
    assert network.run_until(lambda: network.is_full("a", "b"), 120)
    assert set().union(*faults(network)) <= {Fault.AUTHENTICATION}  # what came twice


@pytest.mark.parametrize(("version", "said"), SIGNING)
def test_keys_roll_over_and_the_adjacency_stays(version: Version, said: KeyChain) -> None:
    algorithm = said.keys[0].algorithm
    old = Key(1, b"old", algorithm, Lifetime(None, 100 * S), Lifetime(None, 130 * S))
    new = Key(2, b"new", algorithm, Lifetime(100 * S, None), Lifetime(70 * S, None))
    chain = KeyChain((old, new), extended=said.extended)
    network = pair(version, chain, chain)
    assert network.run_until(lambda: network.is_full("a", "b"), 60)
    changes = [one.changes for one in neighbors(network)]
    network.run(300)
    assert network.is_full("a", "b")
    assert [one.changes for one in neighbors(network)] == changes
    assert faults(network) == [{}, {}]
    for name in "ab":
        shown = network.routers[name].snapshot(network.now)
        assert shown["interfaces"][0]["authentication"]["key_id"] == 2
        assert shown["neighbors"][0]["authentication"]["key_id"] == 2


def neighbors(network: Network) -> list[Neighbor]:
    found = [network.neighbor("a", "b"), network.neighbor("b", "a")]
    return [one for one in found if one is not None]


def test_passwords_roll_over_and_the_adjacency_stays() -> None:
    old = SimplePassword(b"old", Lifetime(None, 100 * S), Lifetime(None, 130 * S))
    new = SimplePassword(b"new", Lifetime(100 * S, None), Lifetime(70 * S, None))
    network = pair(2, PasswordChain((old, new)), PasswordChain((old, new)))
    network.run(300)
    assert network.is_full("a", "b")
    assert faults(network) == [{}, {}]


@pytest.mark.parametrize(("version", "said"), SIGNING)
def test_a_router_that_starts_anew_goes_on_counting(version: Version, said: KeyChain) -> None:
    network = pair(version, said, said)
    assert network.run_until(lambda: network.is_full("a", "b"), 60)
    network.run(7)
    router(network, "b", said)
    network.up("b", "eth0")
    assert network.run_until(lambda: network.is_full("a", "b"), 60)
    assert Fault.AUTHENTICATION not in faults(network)[0]


@pytest.mark.parametrize(("version", "said"), SIGNING)
def test_a_router_whose_clock_fell_is_heard_again_when_it_was_thought_dead(
    version: Version, said: KeyChain
) -> None:
    network = pair(version, said, said, epoch_ns=1_000_000 * S)
    assert network.run_until(lambda: network.is_full("a", "b"), 60)
    router(network, "b", said)
    network.up("b", "eth0")
    network.run(20)
    assert faults(network)[0][Fault.AUTHENTICATION] > 0
    assert "sequence number" in refusal(network, "a")
    assert network.run_until(lambda: network.is_full("a", "b"), 100)


@pytest.mark.parametrize(
    ("version", "left", "right", "words"),
    [
        (2, None, MD5, "kind keyed digest (type 2), ours is none (type 0)"),
        (2, MD5, None, "kind none (type 0), ours is keyed digest (type 2)"),
        (
            2,
            SimplePassword(b"x"),
            MD5,
            "kind keyed digest (type 2), ours is simple password (type 1)",
        ),
        (2, SimplePassword(b"x"), SimplePassword(b"yy"), "password a password of 2 bytes, ours"),
        (2, MD5, KeyChain((Key(2, b"secret"),)), "key id key 2, ours is key 1"),
        (2, MD5, KeyChain((Key(1, b"other"),)), "digest "),
        (3, HMAC, None, "kind none (AT-bit clear), ours is authentication trailer"),
        (3, None, HMAC, "kind authentication trailer (AT-bit set), ours is none"),
        (
            3,
            HMAC,
            KeyChain((Key(1, b"secret", SHA),), swapped_protocol_id=True),
            "digest ",
        ),
    ],
)
def test_a_neighbour_that_authenticates_otherwise_says_why(
    version: Version, left: Authentication | None, right: Authentication | None, words: str
) -> None:
    network = pair(version, left, right)
    network.run(30)
    assert refusal(network, "a").startswith(f"is not authentic: {words}")
    assert refusal(network, "b").startswith("is not authentic: ")
    assert network.neighbor("a", "b") is None
    if getattr(right, "swapped_protocol_id", False):
        assert refusal(network, "a").endswith("(it fits with swapped_protocol_id)")


def test_a_checksum_is_judged_where_no_digest_stands_in_for_it() -> None:
    network = pair(2, SimplePassword(b"x"), SimplePassword(b"x"))
    network.capture = []
    network.run(30)
    assert network.is_full("a", "b")
    carried = next(one for one in network.capture if one.router == "b")
    bad = bytearray(carried.packet.payload)
    bad[-1] ^= 1
    sent = carried.packet
    assert sent.source is not None
    event = PacketReceived("eth0", sent.source, sent.destination, sent.hop_limit, bytes(bad))
    network.give("a", event)
    assert faults(network)[0] == {Fault.CHECKSUM: 1}


def test_the_end_of_the_last_key_is_told_once_and_it_stays_in_use() -> None:
    last = KeyChain((Key(1, b"secret", sends=Lifetime(None, 100 * S)),))
    network = pair(2, last, last)
    network.run(99)
    assert not [one for one in network.told if one[2].kind == "keys expired"]
    network.run(300)
    told = [(name, one.interface) for _, name, one in network.told if one.kind == "keys expired"]
    assert sorted(told) == [("a", "eth0"), ("b", "eth0")]
    assert network.is_full("a", "b")
