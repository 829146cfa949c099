"""Why: each router's own decision, hop by hop, without sending anything."""

from __future__ import annotations

import json

import pytest
from labs import chain, network

from fingerpost.addr import Address
from fingerpost.errors import UsageError

TEXTBOOK = {
    "name": "textbook",
    "numbering": {"families": ["ipv4"]},
    "routing": "none",
    "topology": {
        "nodes": {
            "r": {
                "routes": [
                    "10.0.0.0/8 via 192.168.1.2",
                    "10.1.0.0/16 via 192.168.2.2",
                    "10.1.2.0/24 via 192.168.3.2",
                ],
            },
            **{f"n{n}": {"loopback": ["10.1.2.7"] if n == 3 else False} for n in (1, 2, 3)},
        },
        "links": [
            {"endpoints": ["r", f"n{n}"], "ipv4": [f"192.168.{n}.1/24", f"192.168.{n}.2/24"]}
            for n in (1, 2, 3)
        ],
    },
}


def test_the_longest_match_wins_and_the_losers_are_named() -> None:
    why = network(TEXTBOOK)["r"].why(Address("10.1.2.7"))
    assert why
    assert why.path == ("r", "n3")
    first = why.decisions[0]
    assert first.winner is not None
    assert str(first.winner.prefix) == "10.1.2.0/24"
    assert [str(lost.prefix) for lost in first.losers] == ["10.1.0.0/16", "10.0.0.0/8"]
    assert all(lost.reason for lost in first.losers)
    assert str(why).splitlines()[:3] == [
        "r -> 10.1.2.7 (10.1.2.7): arrives",
        " 1  r: sent from here",
        "    10.1.2.0/24  via 192.168.3.2 dev eth3  wins",
    ]


def test_nothing_is_sent_and_nothing_changes() -> None:
    net = network(chain(3))
    before = json.dumps(net.snapshot())
    assert net["a"].why("z")
    assert net.why("a", "z", family=6)
    assert json.dumps(net.snapshot()) == before
    assert net.scheduler.next_deadline() is None


def test_a_circle_is_named_once() -> None:
    lab = chain(3, routing="none")
    nodes = lab["topology"]["nodes"]
    nodes["r1"]["routes"] = ["0.0.0.0/0 via 10.0.0.1"]
    nodes["r2"]["routes"] = ["0.0.0.0/0 via 10.0.0.3"]
    nodes["r3"]["routes"] = ["0.0.0.0/0 via 10.0.0.2"]
    net = network(lab)
    why = net["a"].why(Address("240.0.0.1"))
    assert not why
    assert why.path == ("a", "r1"), "class E is for nobody"
    why = net["a"].why(Address("203.1.113.1"))
    assert why.circle == ("r3", "r2")
    assert why.verdict == "goes in a circle: r3 > r2 > r3"
    assert why.path == ("a", "r1", "r2", "r3", "r2")


@pytest.mark.parametrize(
    ("fail", "verdict"),
    [
        ("r1-r2", "no route at r1"),
        ("r1->r2", "lost after r1: link r1-r2 carries nothing this way"),
        ("z", "no route at r2"),
    ],
)
def test_what_failed_is_named(fail: str, verdict: str) -> None:
    net = network(chain(2))
    net.fail(fail)
    assert net["a"].why("z").verdict == verdict


def test_an_address_that_nobody_has_ends_at_the_last_router() -> None:
    why = network(chain(1))["a"].why(Address("10.128.1.77"))
    assert why.verdict == "lost after r1: nobody on r1-z answers for 10.128.1.77"
    assert why.path == ("a", "r1")


def test_a_hop_limit_that_ends_is_told_with_the_error_that_is_owed() -> None:
    why = network(chain(2))["a"].why("z", ttl=2)
    assert why.verdict == "hop limit exceeded at r2"
    assert "hop limit" in why.full()
    assert "is told" in why.full()


def test_the_packet_may_be_large_and_uncut() -> None:
    lab = chain(2)
    lab["topology"]["links"][1]["mtu"] = 1400
    net = network(lab)
    assert net["a"].why("z", size=1500)
    why = net["a"].why("z", size=1500, dont_fragment=True)
    assert why.verdict == "larger than the MTU at r1"


def test_the_answer_is_plain_data_too() -> None:
    found = json.loads(json.dumps(network(chain(1))["a"].why("z", method="udp").as_dict()))
    assert found["delivered"] is True
    assert [hop["node"] for hop in found["hops"]] == ["a", "r1", "z"]
    assert found["hops"][0]["link"] == "a-r1"
    assert found["hops"][1]["steps"]


def test_a_link_with_a_smaller_mtu_than_its_interfaces_is_the_end() -> None:
    lab = chain(0)
    lab["topology"]["links"][0]["mtu"] = 1500
    for name in ("a", "z"):
        lab["topology"]["nodes"][name]["interfaces"] = {"eth1": {"mtu": 9000}}
    net = network(lab)
    assert net.why("a", "z", size=1500)
    why = net.why("a", "z", size=8000)
    assert why.verdict == "lost after a: link a-z carries 1500 bytes, not 8000"
    assert bool(why) is bool(net["a"].ping("z", count=1, size=8000 - 28)) is False


def test_a_link_that_loses_everything_is_the_end() -> None:
    net = network(chain(1))
    net.set("r1->z", loss="100%")
    assert net.why("a", "z").verdict == "lost after r1: link r1-z loses everything this way"
    assert net.why("z", "a")


def test_a_sender_that_is_switched_off_says_so() -> None:
    net = network(chain(1))
    net.fail("a")
    assert net.why("a", "z").verdict == "a is switched off"


@pytest.mark.parametrize(("profile", "answers"), [("linux", True), ("lab", False)])
def test_who_answers_for_addresses_of_other_interfaces_is_found_there(
    profile: str, answers: bool
) -> None:
    ends = {"a": ("192.0.2.1", "192.0.2.2"), "b": ("192.0.2.2", "192.0.2.1")}
    nodes = {
        name: {
            "profile": profile,
            "loopback": own,
            "routes": [f"{other} dev eth1"],
            "interfaces": {"eth1": [own.replace("192.0.2.", "198.51.100.") + "/24"]},
        }
        for name, (own, other) in ends.items()
    }
    topology = {"nodes": nodes, "links": [{"endpoints": ["a", "b"]}]}
    net = network({"numbering": {"families": ["ipv6"]}, "topology": topology})
    there = Address("192.0.2.2")
    assert bool(net.why("a", there)) is bool(net["a"].ping(there, count=1)) is answers


@pytest.mark.parametrize("target", ["fe80::1", "fe80::1%eth1", "ff02::1"])
def test_what_is_on_one_link_has_no_way_to_be_told(target: str) -> None:
    net = network(chain(1))
    for ask in (net["a"].why, net["a"].traceroute):
        with pytest.raises(UsageError, match="no router is on the way there; ping it"):
            ask(target)
