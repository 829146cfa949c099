from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.ospf.backoff import TRANSITIONS, Backoff, BackoffEvent, BackoffState
from fingerpost.ospf.config import SpfThrottle

MS = 1_000_000
THROTTLE = SpfThrottle(
    initial_ns=50 * MS,
    short_ns=200 * MS,
    long_ns=5000 * MS,
    learn_ns=500 * MS,
    hold_down_ns=10_000 * MS,
)
QUIET, SHORT, LONG = BackoffState


def runs(changes: list[int], throttle: SpfThrottle = THROTTLE) -> tuple[list[int], Backoff]:
    """The instants (ms) at which routes are calculated, for changes at these (ms)."""
    backoff = Backoff(throttle)
    found = []
    for change in [*changes, None]:
        until = None if change is None else change * MS
        while (due := backoff.next_deadline()) is not None and (until is None or due <= until):
            assert backoff.is_due(due)
            found.append(due // MS)
        if until is not None:
            backoff.change(until)
    return found, backoff


def test_the_first_change_waits_the_initial_delay() -> None:
    """RFC 8405 5.2, transition 1."""
    found, backoff = runs([0])
    assert found == [50]
    assert backoff.state is SHORT


def test_what_follows_shortly_waits_the_short_delay() -> None:
    """RFC 8405 5.2, transition 2."""
    assert runs([0, 60, 100])[0] == [50, 260]


def test_what_goes_on_waits_the_long_delay() -> None:
    """RFC 8405 5.2, transitions 3 and 4."""
    found, backoff = runs([0, 60, 600, 700])
    assert found == [50, 260, 5600]
    assert backoff.state is LONG


def test_changes_while_a_calculation_waits_ask_for_no_other() -> None:
    """RFC 8405 5.2: SPF_TIMER is started only where it does not run."""
    assert runs([0, 10, 20, 30])[0] == [50]


def test_quiet_again_after_hold_down() -> None:
    """RFC 8405 5.2, transitions 5 and 6."""
    assert runs([0, 700, 11_000])[0] == [50, 5700, 11_050]
    few = replace(THROTTLE, initial_ns=0, learn_ns=20_000 * MS)
    assert runs([0, 100, 10_100], few)[0] == [0, 300, 10_100]


def test_each_change_holds_down_anew() -> None:
    """RFC 8405 5.2: HOLDDOWN_TIMER counts from the last change."""
    found, backoff = runs([0, 9000, 18_000])
    assert found == [50, 14_000, 23_000]
    assert backoff.state is LONG


def test_learn_timer_is_stopped_when_it_is_quiet() -> None:
    """RFC 8405 5.2, transition 6: it does not make the next change wait long."""
    slow = replace(THROTTLE, initial_ns=0, learn_ns=12_000 * MS)
    found, backoff = runs([0, 10_000, 12_500], slow)
    assert found == [0, 10_000, 12_700]
    assert backoff.state is SHORT


def test_pairs_that_are_not_in_the_table_cannot_come_to_be() -> None:
    """RFC 8405 5.1: a timer that a state has no rule for does not run in it."""
    absent = set(product(BackoffState, BackoffEvent)) - set(TRANSITIONS)
    assert absent == {
        (QUIET, BackoffEvent.LEARN_TIMER),
        (QUIET, BackoffEvent.HOLDDOWN_TIMER),
        (LONG, BackoffEvent.LEARN_TIMER),
    }


@given(
    st.lists(st.integers(0, 12_000), max_size=40),
    st.builds(
        SpfThrottle,
        initial_ns=st.integers(0, 300).map(lambda ms: ms * MS),
        short_ns=st.integers(0, 500).map(lambda ms: ms * MS),
        long_ns=st.integers(0, 6000).map(lambda ms: ms * MS),
        learn_ns=st.integers(0, 15_000).map(lambda ms: ms * MS),
        hold_down_ns=st.integers(0, 15_000).map(lambda ms: ms * MS),
    ),
)
def test_every_change_is_calculated_within_the_longest_delay(
    gaps: list[int], throttle: SpfThrottle
) -> None:
    """RFC 8405: whatever comes and whatever the times are, nothing is forgotten."""
    changes, at = [], 0
    for gap in gaps:
        at += gap
        changes.append(at)
    found, _ = runs(changes, throttle)
    longest = max(throttle.initial_ns, throttle.short_ns, throttle.long_ns) // MS
    for change in changes:
        assert any(change <= run <= change + longest for run in found)


@pytest.mark.parametrize("state", BackoffState)
def test_states_are_written_as_the_rfc_has_them(state: BackoffState) -> None:
    assert str(state) in ("QUIET", "SHORT_WAIT", "LONG_WAIT")
