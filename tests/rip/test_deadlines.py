"""Deadlines in buckets, against the timers with a heap entry each."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.forwarding.neighbor.timers import Timers
from fingerpost.rip.deadlines import Deadlines


@dataclass(slots=True, eq=False)
class Item:
    name: int
    due: int | None = None


STEPS = st.lists(
    st.tuples(st.sampled_from(["start", "stop", "pass"]), st.integers(0, 5), st.integers(0, 9)),
    max_size=60,
)


@given(STEPS)
def test_they_do_what_a_heap_of_all_would_do(steps: list[tuple[str, int, int]]) -> None:
    items = [Item(name) for name in range(6)]
    ours: Deadlines[Item] = Deadlines()
    golden: Timers[int] = Timers()
    now = 0
    for what, name, number in steps:
        if what == "start":
            ours.start(items[name], now + 1 + number)
            golden.start(name, now + 1 + number)
        elif what == "stop":
            ours.stop(items[name])
            golden.stop(name)
        else:
            now += number
            seen = [item.name for item in ours.expired(now)]
            wanted = []
            while (key := golden.take(now)) is not None:
                wanted.append(key)
            assert seen == wanted
        assert ours.next_deadline() == golden.next_deadline()
        assert len(ours) == len(golden)
        assert [item.due for item in items] == [golden.instant(name) for name in range(6)]


def test_who_is_stopped_by_another_that_is_due_does_not_come() -> None:
    first, second, third = Item(1), Item(2), Item(3)
    deadlines: Deadlines[Item] = Deadlines()
    for item in (first, second, third):
        deadlines.start(item, 5)
    seen = []
    for item in deadlines.expired(5):
        seen.append(item)
        deadlines.stop(second)
        deadlines.start(first, 6)
    assert seen == [first, third]
    assert deadlines.next_deadline() == 6


@pytest.mark.parametrize("count", [1, 1000])
def test_what_is_heard_again_and_again_leaves_nothing_behind(count: int) -> None:
    items = [Item(name) for name in range(count)]
    deadlines: Deadlines[Item] = Deadlines()
    for now in range(2000):
        deadlines.start(items[now % count], now + 100_000)
    assert len(deadlines) == count
    assert len(deadlines._heap) <= 2 * count + 65
