"""Expectations about routes: what they say, when they are met, and what is said when not."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from fingerpost.lab.expect import Verdict
from fingerpost.lab.expectation import RouteHeld, RouteMissing
from fingerpost.lab.network import Network
from fingerpost.lab.topology import TopologyError, loads

DIAMOND: dict[str, Any] = {
    "routing": "rip",
    "topology": {
        "nodes": {"a": {}, "b": {}, "c": {}, "d": {"routes": ["192.0.2.0/24 blackhole"]}},
        "links": [{"endpoints": pair} for pair in (["a", "b"], ["b", "d"], ["a", "c"], ["c", "d"])],
    },
}


def verdict(expectation: object, **more: Any) -> Verdict:  # noqa: ANN401 - fields of a lab file
    judged = Network.of({**DIAMOND, "expect": [expectation], **more}).judge()
    assert len(judged) == 1
    return judged[0]


@pytest.mark.parametrize(
    "expectation",
    [
        {"route": "a -> d via b, c metric 3 proto rip"},
        {"route": "a -> d via c, b"},
        {"route": "a -> d via 10.0.0.1, 10.0.0.5"},
        {"route": "a -> 10.255.0.4/32 metric 3"},
        {"route": {"node": "a", "prefix": "10.0.0.2/31", "via": "b", "protocol": "rip"}},
        {"route": {"node": "a", "to": "10.255.0.2", "via": ["b"], "metric": 2}},
        {"route": "a -> 10.0.0.0/31 proto connected"},
        {"route": "d -> 192.0.2.0/24 proto static"},
        {"no route": "a -> 192.0.2.0/24"},
        {"no route": {"node": "a", "to": "192.0.2.9"}},
        "no route: a -> 10.255.0.4/31",
    ],
)
def test_what_is_so_passes(expectation: object) -> None:
    found = verdict(expectation)
    assert found, found


@pytest.mark.parametrize(
    ("expectation", "reason"),
    [
        ("route: a -> d via b", "10.255.0.4: via b, c"),
        ("route: a -> 10.255.0.2/32 via b, c", "10.255.0.2/32: via b"),
        ("route: a -> d metric 2", "10.255.0.4: metric 3"),
        ("route: a -> d proto static", "10.255.0.4: proto rip"),
        ("route: a -> 10.0.0.0/31 via b", "10.0.0.0/31: via dev eth1"),
        ("route: d -> 192.0.2.0/24 via b", "192.0.2.0/24: via blackhole"),
        ("route: a -> 192.0.2.0/24", "192.0.2.0/24: no route"),
        (
            "no route: b -> d",
            "10.255.0.4: there is 10.255.0.4/32 via 10.0.0.3 dev eth2 proto rip metric 2",
        ),
    ],
)
def test_what_is_not_so_fails_and_says_what_there_is(expectation: str, reason: str) -> None:
    found = verdict(expectation)
    assert not found
    assert found.reason == reason


def test_both_families_are_asked_for_a_node() -> None:
    found = verdict("route: a -> d via b, c metric 3", routing=["rip", "ripng"])
    assert found, found
    assert "proto rip " in found.reason
    assert "proto ripng " in found.reason


def test_routes_are_judged_when_the_file_says() -> None:
    text = """
        routing: rip
        topology:
          nodes: {a: , b: , c: }
          links: [{endpoints: [a, b]}, {endpoints: [b, c]}]
        timeline: [{at: 60s, fail: b-c}]
        expect:
          - {route: a -> c via b, at: 59s}
          - {no route: a -> c, at: 100s}
          - {route: a -> b, after: 30s}
          - {no route: c -> a}
    """
    judged = Network.of(text).judge()
    assert judged, judged
    assert len(judged) == 6  # after 30 s, after the cut, and at the end


def test_a_node_that_is_off_has_no_table_to_judge() -> None:
    found = verdict(
        {"route": "a -> d", "at": "20s"}, timeline=[{"at": "10s", "fail": "a"}], until="30s"
    )
    assert not found
    assert found.reason == "a is switched off"


def test_the_text_says_what_was_read() -> None:
    texts = [
        "route: a -> 10.0.0.2/31 via b, 10.0.0.5 metric 3 proto rip",
        "route: a -> d",
        "no route: a -> 192.0.2.1",
    ]
    lab = loads(yaml.safe_dump({**DIAMOND, "expect": texts}))
    assert [str(one) for one in lab.expectations] == texts
    assert [type(one) for one in lab.expectations] == [RouteHeld, RouteHeld, RouteMissing]


def test_faults_say_what_would_be_right() -> None:
    expectations = [
        "route: a d",
        "route: x -> d",
        "route: a -> 10.0.0.1/31",
        "route: a -> d via nobody",
        "no route: a -> d via b",
        {"route": {"node": "a", "to": "d", "metric": "many"}},
        {"route": {"node": "a"}},
        {"no route": {"node": "a", "to": "d", "prefix": "10.0.0.0/31"}},
    ]
    with pytest.raises(TopologyError) as caught:
        loads(yaml.safe_dump({**DIAMOND, "expect": expectations}))
    right = "write a -> 10.0.0.0/24 via b metric 3 proto rip; all behind the prefix may be left out"
    assert sorted(f"{one.field}: {one.message}" for one in caught.value.faults) == [
        f"expect[0].route: 'a d': {right}",
        "expect[1].route: no node 'x'; there is a, b, c, d",
        "expect[2].route: '10.0.0.1/31' has host bits set; the prefix is 10.0.0.0/31",
        "expect[3].route: no node 'nobody'; there is a, b, c, d",
        "expect[4].no route: there is to be none; write a -> d",
        "expect[5].route.metric: 'many': write a whole number from 0 to 4294967295",
        "expect[6].route: where to? write one of to: and prefix:",
        "expect[7].no route: where to? write one of to: and prefix:",
    ]
