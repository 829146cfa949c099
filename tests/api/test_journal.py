"""The log and the events: order, levels, slow readers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from api.standing import Running, StandingHost, daemon_on, interface, serving
from fingerpost.api.client import RefusedError
from fingerpost.api.endpoints.journal import MOST_READERS
from fingerpost.api.journal import Journal, Level, Record, Subscriber
from fingerpost.forwarding.events import Happened


@pytest.fixture
def host() -> StandingHost:
    return StandingHost(interface("eth0", 2, "10.0.0.1/24"))


@pytest.fixture
def running(host: StandingHost, short_path: Path) -> Iterator[Running]:
    with serving(daemon_on(host, short_path), short_path) as running:
        yield running


def say(running: Running, *texts: str, level: Level = Level.INFO) -> None:
    for text in texts:
        running.call(partial(running.daemon.journal.say, level, "said", text))


def texts(records: list[dict[str, str]]) -> list[str]:
    return [record["text"] for record in records]


def test_the_log_gives_the_last_records_in_order(running: Running) -> None:
    say(running, "one", "two", "three")
    log = running.client.get("/v1/log", limit=2)
    assert texts(log["records"]) == ["two", "three"]
    say(running, "four")
    assert texts(running.client.get("/v1/log", after=log["last"])["records"]) == ["four"]


def test_the_log_leaves_out_lower_levels(running: Running) -> None:
    say(running, "quiet", level=Level.DEBUG)
    say(running, "loud", level=Level.ERROR)
    assert texts(running.client.get("/v1/log")["records"]) == ["loud"]
    assert texts(running.client.get("/v1/log", level="debug")["records"]) == ["quiet", "loud"]


def test_what_the_router_tells_is_in_the_log(host: StandingHost, running: Running) -> None:
    told = Happened("rip bad packet", "eth0", "from 10.0.0.9: version 7")
    running.call(lambda: host.observe((told,)))
    (record,) = running.client.get("/v1/log")["records"]
    assert record["kind"] == "rip bad packet"
    assert record["fields"] == {"interface": "eth0"}


def test_events_come_as_they_happen(host: StandingHost, running: Running) -> None:
    events = running.client.follow("/v1/events", routes=True)
    assert next(events)["kind"] == "subscribed"
    say(running, "one")
    assert next(events)["text"] == "one"
    running.call(lambda: host.announce("rip", "192.0.2.0/24"))
    route = next(events)
    assert route["kind"] == "route"
    assert route["fields"] == {"table": "main", "prefix": "192.0.2.0/24", "change": "new"}


def test_routes_are_told_only_to_who_asked(host: StandingHost, running: Running) -> None:
    events = running.client.follow("/v1/events")
    next(events)
    running.call(lambda: host.announce("rip", "192.0.2.0/24"))
    say(running, "after")
    assert next(events)["text"] == "after"


def test_a_slow_reader_loses_a_counted_number(host: StandingHost, running: Running) -> None:
    events = running.client.follow("/v1/events", routes=True)
    next(events)
    networks = [f"10.{i >> 8}.{i & 255}.0/24" for i in range(256, 5256)]
    running.call(lambda: host.announce("rip", *networks))
    told, gap = 0, None
    while gap is None:
        event = next(events)
        if event["kind"] == "gap":
            gap = event
        else:
            told += 1
    assert told + gap["fields"]["lost"] == 5000
    assert running.daemon.journal.counters["lost"] == gap["fields"]["lost"] > 0
    say(running, "after")
    assert next(events)["text"] == "after"


def test_there_are_not_more_readers_than_can_be_served(running: Running) -> None:
    readers = [running.client.follow("/v1/events") for _ in range(MOST_READERS)]
    for reader in readers:
        next(reader)
    with pytest.raises(RefusedError) as refused:
        next(running.client.follow("/v1/events"))
    assert refused.value.status == 503
    for reader in readers:
        reader.close()  # type: ignore[attr-defined]  # it is a generator


def test_a_reader_without_room_costs_no_work() -> None:
    journal, full = Journal(), Subscriber(Level.INFO, wants_routes=True, room=3)
    made = 0

    def described() -> Iterator[tuple[str, dict[str, object]]]:
        nonlocal made
        for number in range(1_000_000):
            made += 1
            yield f"route {number}", {}

    with journal.subscribed(full):
        journal.tell_routes(1_000_000, described())
        assert made <= 4
        taken, lost = asyncio.run(full.take(1))
    assert (len(taken), lost) == (3, 999_997)


def test_the_ring_is_bounded() -> None:
    journal = Journal(ring=5)
    for number in range(20):
        journal.say(Level.INFO, "said", str(number))
    assert [one.text for one in journal.since(0, Level.INFO, 100)] == ["15", "16", "17", "18", "19"]


def test_a_record_is_a_line_that_sorts_by_time() -> None:
    record = Record(1, 1_700_000_000_123_456_789, Level.WARNING, "said", "text")
    assert str(record) == "2023-11-14T22:13:20.123456Z warning said: text"
