"""The table of transitions, over every state and event."""

from __future__ import annotations

import itertools

import pytest

from fingerpost.rip.route_state import TABLE, Action, Event, State, step


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)))
def test_every_pair_has_an_answer(state: State, event: Event) -> None:
    action, after = step(state, event)
    assert (action is Action.IGNORE) is ((state, event) not in TABLE)
    if action is Action.IGNORE:
        assert after is state


def test_each_action_leads_to_its_state() -> None:
    leads = {
        Action.ADOPT: State.VALID,
        Action.SHARE: State.VALID,
        Action.REFRESH: State.VALID,
        Action.RELEASE: State.VALID,
        Action.DELETE: State.DELETED,
        Action.FORGET: State.ABSENT,
    }
    for action, after in TABLE.values():
        assert leads[action] is after
    assert {action for action, _ in TABLE.values()} == set(leads)


def test_what_is_unreachable_never_brings_a_route_to_life() -> None:
    for event in (Event.UNREACHABLE, Event.SAME_LOST, Event.TIMEOUT, Event.GARBAGE_END):
        for state in (State.ABSENT, State.DELETED):
            assert step(state, event)[1] is not State.VALID


def test_states_print_as_words() -> None:
    assert [str(state) for state in State] == ["-", "valid", "deleted"]
