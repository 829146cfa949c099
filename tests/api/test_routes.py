"""Routes over the API: pages, streams, filters, and a table that changes meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.standing import Running, StandingHost, daemon_on, interface, serving
from fingerpost.addr import Prefix
from fingerpost.api.client import RefusedError

PREFIXES = [f"10.{i // 256}.{i % 256}.0/24" for i in range(256, 1256)]


@pytest.fixture
def host() -> StandingHost:
    return StandingHost(interface("eth0", 2, "10.0.0.1/24", "fe80::1/64", "2001:db8::1/64"))


@pytest.fixture
def running(host: StandingHost, short_path: Path) -> Iterator[Running]:
    with serving(daemon_on(host, short_path), short_path) as running:
        yield running


def prefixes_of(model: dict[str, list[dict[str, str]]]) -> list[str]:
    return [row["prefix"] for row in model["routes"]]


def test_a_route_has_the_fields_that_the_table_has(host: StandingHost, running: Running) -> None:
    running.call(lambda: host.announce("rip", "192.0.2.0/24"))
    (row,) = running.client.get("/v1/routes", protocol="rip")["routes"]
    assert row.pop("age_s") < 10
    assert row == {
        "prefix": "192.0.2.0/24",
        "protocol": "rip",
        "kind": "unicast",
        "distance": 120,
        "metric": 2,
        "tag": 0,
        "next_hops": [{"gateway": "10.0.0.9", "interface": "eth0", "weight": 1, "onlink": False}],
        "learned_from": None,
        "is_used": True,
    }


def test_pages_give_every_prefix_once_and_in_order(host: StandingHost, running: Running) -> None:
    running.call(lambda: host.announce("rip", *PREFIXES, "2001:db8:1::/48"))
    seen: list[str] = []
    after = None
    while True:
        page = running.client.get("/v1/routes", after=after, limit=300)
        assert len(page["routes"]) <= 300
        seen += prefixes_of(page)
        after = page["next"]
        if after is None:
            break
    expected = ["10.0.0.0/24", *PREFIXES, "2001:db8::/64", "2001:db8:1::/48"]
    assert sorted(map(Prefix, seen)) == sorted(map(Prefix, expected))
    assert len(seen) == len(expected)
    assert [Prefix(one).version for one in seen] == sorted(Prefix(one).version for one in seen)


def test_a_stream_gives_what_is_there_all_the_time_once(
    host: StandingHost, running: Running
) -> None:
    running.call(lambda: host.announce("rip", *PREFIXES))
    lines = running.client.lines("/v1/routes")
    seen = [next(lines)["prefix"]]
    running.call(lambda: host.announce("rip", "10.0.1.0/24", "10.200.0.0/16"))
    seen += [line["prefix"] for line in lines]
    assert set(PREFIXES) <= set(seen)
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"prefix": "10.9.0.0/16"}, ["10.9.0.0/16"]),
        ({"prefix": "10.9.0.0/16", "longer": True}, ["10.9.0.0/16", "10.9.9.0/24"]),
        ({"prefix": "10.8.0.0/15", "longer": True}, ["10.9.0.0/16", "10.9.9.0/24"]),
        ({"prefix": "10.9.9.128/25"}, []),
        ({"address": "10.9.9.7"}, ["10.9.9.0/24"]),
        ({"address": "10.9.1.7"}, ["10.9.0.0/16"]),
        ({"address": "11.0.0.1"}, []),
        ({"family": 6}, ["2001:db8::/64"]),
        ({"protocol": "connected"}, ["10.0.0.0/24", "2001:db8::/64"]),
    ],
)
def test_filters(
    host: StandingHost, running: Running, query: dict[str, object], expected: list[str]
) -> None:
    running.call(lambda: host.announce("rip", "10.9.0.0/16", "10.9.9.0/24"))
    assert prefixes_of(running.client.get("/v1/routes", **query)) == expected
    assert [row["prefix"] for row in running.client.lines("/v1/routes", **query)] == expected


def test_candidates_have_the_winner_first_and_say_who_lost(
    host: StandingHost, running: Running
) -> None:
    running.call(lambda: host.announce("rip", "10.0.0.0/24"))
    rows = running.client.get("/v1/rib", prefix="10.0.0.0/24")["routes"]
    assert [(row["protocol"], row["is_used"]) for row in rows] == [
        ("connected:eth0", True),
        ("rip", False),
    ]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"table": "blue"}, 404),
        ({"prefix": "10.0.0.0/33"}, 422),
        ({"address": "10.0.0"}, 422),
        ({"after": "x"}, 422),
        ({"limit": 0}, 422),
        ({"limit": 1_000_000}, 422),
        ({"family": "x"}, 422),
    ],
)
def test_a_wrong_question_is_a_problem_document(
    running: Running, query: dict[str, object], status: int
) -> None:
    with pytest.raises(RefusedError) as refused:
        running.client.get("/v1/routes", **query)
    problem = refused.value.problem
    assert problem["status"] == status == refused.value.status
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == "/v1/routes"
