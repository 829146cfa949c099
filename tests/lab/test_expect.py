"""Expectations: judged by packets where they speak of packets, by tables where of tables."""

from __future__ import annotations

import json
from typing import Any

import pytest
from labs import chain, network

from fingerpost.lab.expect import Judgement


def judged(lab: dict[str, Any]) -> Judgement:
    return network(lab).judge()


def one_of(expectation: object, **more: Any) -> Any:  # noqa: ANN401 - the one verdict
    found = judged(chain(3, expect=[expectation], **more))
    assert len(found) == 1
    return found[0]


CUT = {"timeline": [{"at": "10s", "fail": "r2-r3"}, {"at": "20s", "restore": "r2-r3"}]}


def test_reachable_and_path_hold_on_a_network_that_works() -> None:
    found = judged(
        chain(3, expect=["reachable: a -> z", "path: a -> r1 -> r2 -> r3 -> z", "no loop"])
    )
    assert found
    assert [verdict.reason for verdict in found if "tables" not in verdict.reason] == [
        "a > r1 > r2 > r3 > z"
    ] * 2


@pytest.mark.parametrize(
    ("expectation", "reason"),
    [
        ("unreachable: a -> z", "over IPv4 a > r1 > r2 > r3 > z"),
        ("path: a -> r1 -> r3 -> z", "over IPv4 it is a > r1 > r2 > r3 > z"),
        ("path: z -> a", "over IPv4 it is z > r3 > r2 > r1 > a"),
    ],
)
def test_what_does_not_hold_fails_with_what_was_seen(expectation: str, reason: str) -> None:
    verdict = one_of(expectation)
    assert not verdict
    assert verdict.reason.startswith(reason)
    assert "over IPv6" in verdict.reason, "both families are tried"


def test_a_cut_makes_it_unreachable_for_a_while() -> None:
    found = judged(
        chain(
            3,
            **CUT,
            until="30s",
            expect=[
                {"reachable": "a -> z", "at": "5s"},
                {"unreachable": "a -> z", "at": "12s"},
                {"reachable": "a -> r2", "after": "0s"},
                {"reachable": "a -> z", "at": "29s"},
            ],
        )
    )
    assert found
    after = [v.instant // 10**9 for v in found if "r2" in str(v.expectation)]
    assert after == [0, 10, 20, 30], "at once, after every change, and at the end"


def test_how_far_a_packet_came_is_told() -> None:
    verdict = one_of({"reachable": "a -> z", "at": "12s"}, **CUT)
    assert not verdict
    assert "over IPv4 a > r1 > r2 and no further" in verdict.reason
    assert "(line " in str(verdict)


@pytest.mark.parametrize(("most", "is_met"), [(19, False), (20, True)])
def test_lost_packets_are_counted_over_their_time(most: int, is_met: bool) -> None:
    verdict = one_of(
        {
            "lost": f"at most {most} packets from a to z",
            "every": "100ms",
            "after": "8s",
            "at": "16s",
        },
        timeline=[{"at": "10s", "fail": "r2-r3"}, {"at": "12s", "restore": "r2-r3"}],
    )
    assert bool(verdict) is is_met
    assert verdict.reason == "20 of 81 lost over IPv4, 20 of 81 lost over IPv6"


def test_a_loop_in_the_tables_is_named() -> None:
    lab = chain(2, routing="none", expect=["no loop"])
    lab["topology"]["nodes"]["r1"]["routes"] = ["192.168.9.0/24 via 10.0.0.1"]
    lab["topology"]["nodes"]["r2"]["routes"] = ["192.168.9.0/24 via 10.0.0.0"]
    found = judged(lab)
    assert not found
    assert "r1 -> r2 -> r1" in found[0].reason


def test_a_source_that_is_off_reaches_nobody() -> None:
    off = {"timeline": [{"at": "1s", "fail": "a"}]}
    assert one_of({"unreachable": "a -> z", "at": "2s"}, **off)
    verdict = one_of({"reachable": "a -> z", "at": "2s"}, **off)
    assert not verdict
    assert "a is switched off" in verdict.reason


def test_a_bad_link_does_not_fail_what_it_lets_through_now_and_then() -> None:
    lab = chain(1, expect=["reachable: a -> z"], seed=3)
    lab["topology"]["links"][0]["loss"] = "30%"
    assert judged(lab)


def test_asking_too_late_is_a_failure_that_says_so() -> None:
    net = network(chain(1, expect=[{"reachable": "a -> z", "at": "1s"}]))
    net.run(until="5s")
    verdict = net.judge()[0]
    assert not verdict
    assert "it is 5 s already: not judged" in verdict.reason


def test_nothing_happens_after_the_end_while_packets_are_waited_for() -> None:
    net = network(
        chain(
            1,
            until="5s",
            timeline=[{"at": "1s", "fail": "a-r1"}, {"at": "6s", "restore": "a-r1"}],
            expect=[
                {"lost": "at most 9 packets from a to z", "after": "0s", "at": "4s"},
                {"lost": "at most 9 packets from a to z", "after": "0s", "at": "8s"},
                "unreachable: a -> z",
            ],
        )
    )
    judgement = net.judge()
    assert net.now > 6_000_000_000
    assert [entry.kind for entry in net.events if entry.where == "a-r1"] == ["link failed"]
    assert [str(one) for one in judgement.unreached] == ["lost: at most 9 packets from a to z"]


def test_the_judgement_is_plain_data_and_text() -> None:
    found = judged(chain(1, expect=["reachable: a -> z", "unreachable: a -> z"]))
    assert not found
    assert [v.is_met for v in found] == [True, False]
    assert repr(found).splitlines()[0] == "<1 of 2 expectations met>"
    assert "FAIL" in repr(found)
    assert json.loads(json.dumps([v.as_dict() for v in found]))[0]["met"] is True
    assert len(judged(chain(1))) == 0
    assert judged(chain(1)), "no expectation is not met in vain"


def test_what_is_sent_to_judge_looks_like_no_other_protocol() -> None:
    net = network(chain(1, expect=["reachable: a -> z"]))
    with net.capture() as capture:
        net.judge()
    datagrams = [one.frame[42:] for one in capture if one.frame[23:24] == b"\x11"]
    assert datagrams
    assert all(data.startswith(b"fingerpost") for data in datagrams)
