"""Virtual time: order, cancelling, chance, and an end to storms."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.lab.scheduler import Scheduler, WorkLimitError


def test_what_is_due_runs_by_instant_then_by_order_of_asking() -> None:
    scheduler = Scheduler()
    ran: list[str] = []
    for instant, name in ((5, "c"), (3, "a"), (5, "d"), (3, "b")):
        scheduler.post(instant, ran.append, name)
    assert scheduler.run_until() == 4
    assert ran == ["a", "b", "c", "d"]
    assert scheduler.now == 5


@given(st.lists(st.integers(0, 20), max_size=60), st.sets(st.integers(0, 59)))
def test_any_mix_runs_in_order_without_the_cancelled(instants: list[int], off: set[int]) -> None:
    scheduler = Scheduler()
    ran: list[tuple[int, int]] = []
    timers = [scheduler.at(t, ran.append, (t, at)) for at, t in enumerate(instants)]
    for at in off & set(range(len(timers))):
        timers[at].cancel()
        timers[at].cancel()
    scheduler.run_until()
    kept = [(t, at) for at, t in enumerate(instants) if at not in off]
    assert ran == sorted(kept)
    assert not any(timer.is_pending for timer in timers)


def test_the_clock_jumps_to_what_is_asked_for_and_no_further() -> None:
    scheduler = Scheduler()
    ran: list[int] = []
    scheduler.post(10, ran.append, 10)
    scheduler.post(11, ran.append, 11)
    scheduler.run_until(10)
    assert (ran, scheduler.now, scheduler.next_deadline()) == ([10], 10, 11)
    scheduler.run_until(30)
    assert (ran, scheduler.now, scheduler.is_idle) == ([10, 11], 30, True)


def test_the_past_is_due_at_once_and_time_never_goes_back() -> None:
    scheduler = Scheduler(now=100)
    seen: list[int] = []
    scheduler.post(5, lambda _: seen.append(scheduler.now), None)
    scheduler.run_until(50)
    assert seen == []
    assert scheduler.now == 100
    scheduler.run_until(100)
    assert seen == [100]


def test_a_run_stops_after_what_makes_its_predicate_true() -> None:
    scheduler = Scheduler()
    ran: list[int] = []
    for at in range(10):
        scheduler.post(at, ran.append, at)
    scheduler.run_until(100, done=lambda: 4 in ran)
    assert ran == [0, 1, 2, 3, 4]
    assert scheduler.now == 4


def test_an_endless_loop_ends_with_an_error_that_names_it() -> None:
    scheduler = Scheduler()

    class Storm:
        name = "link a-b"

        def blow(self, _: object) -> None:
            scheduler.post(scheduler.now, self.blow, None)

    Storm().blow(None)
    with pytest.raises(WorkLimitError, match=r"1,000 events and no end .* link a-b \(1\)"):
        scheduler.run_until(max_events=1000)
    assert scheduler.next_deadline() == 0, "what was due is still due"


def test_many_cancelled_timers_do_not_pile_up() -> None:
    scheduler = Scheduler()
    for _ in range(10_000):
        scheduler.at(10**9, print).cancel()
    assert len(scheduler._heap) < 200
    assert scheduler.next_deadline() is None


def test_chance_depends_on_seed_and_name_alone() -> None:
    draw = "Scheduler(seed=7).random_for('link', 'a-b').getrandbits(64)"
    ask = f"from fingerpost.lab.scheduler import Scheduler; print({draw})"
    drawn = {
        subprocess.run(
            [sys.executable, "-c", ask],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    here = Scheduler(seed=7)
    here.random_for("link", "x").random()
    assert drawn == {f"{here.random_for('link', 'a-b').getrandbits(64)}\n"}
    assert here.random_for("link", "a-b").random() != here.random_for("link", "a", "b").random()
    assert here.random_for("link").random() != Scheduler(seed=8).random_for("link").random()
