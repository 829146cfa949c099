"""The table of neighbour unreachability detection against RFC 4861 7.2.5, 7.3.3 and appendix C.

The model below is written from the RFC's sentences, not from its table: it decides each pair of
state and event by rules.
"""

from __future__ import annotations

import pytest

from fingerpost.forwarding.neighbor.state import TABLE, Action, Event, State, step

NAMES_ANOTHER = {
    Event.HEARD_OTHER,
    Event.SOLICITED_OTHER,
    Event.SOLICITED_OVERRIDE,
    Event.UNSOLICITED_OTHER,
    Event.UNSOLICITED_OVERRIDE,
}
ADVERTISED = {event for event in Event if "advertisement" in event.value}
SOLICITED = {event for event in ADVERTISED if event.value.startswith("solicited")}
HAS_ADDRESS = {State.REACHABLE, State.STALE, State.DELAY, State.PROBE}


def expected(state: State, event: Event) -> State:
    """Where RFC 4861 says that an entry goes."""
    if state is State.PERMANENT:
        return state  # configured by hand: nothing on the link changes it
    if event is Event.PACKET:
        return {State.ABSENT: State.INCOMPLETE, State.STALE: State.DELAY}.get(state, state)
    if event is Event.TIMEOUT:
        return {
            State.REACHABLE: State.STALE,
            State.STALE: State.ABSENT,
            State.DELAY: State.PROBE,
            State.FAILED: State.ABSENT,
        }.get(state, state)
    if event is Event.EXHAUSTED:
        return {State.INCOMPLETE: State.FAILED, State.PROBE: State.ABSENT}.get(state, state)
    if event is Event.CONFIRMED:
        return State.REACHABLE if state in HAS_ADDRESS else state
    if event is Event.HEARD_OTHER:
        return State.STALE  # created, completed or replaced (7.2.3, 6.2.6, 6.3.4, 8.3)
    if state in (State.ABSENT, State.FAILED) or event is Event.HEARD_SAME:
        return state  # 7.2.5: no entry, no interest
    if state is State.INCOMPLETE:  # the Override flag is ignored; an address is needed
        if event not in NAMES_ANOTHER:
            return state
        return State.REACHABLE if event in SOLICITED else State.STALE
    if event in (Event.SOLICITED_OTHER, Event.UNSOLICITED_OTHER):  # 7.2.5 I
        return State.STALE if state is State.REACHABLE else state
    if event in SOLICITED:  # 7.2.5 II
        return State.REACHABLE
    return State.STALE if event is Event.UNSOLICITED_OVERRIDE else state


@pytest.mark.parametrize("event", Event, ids=lambda event: event.name)
@pytest.mark.parametrize("state", State, ids=str)
def test_rfc_4861_7_3_every_event_in_every_state_leads_where_the_rfc_says(
    state: State, event: Event
) -> None:
    actions, after = step(state, event)
    assert after is expected(state, event)
    records = event in NAMES_ANOTHER and (
        state is State.INCOMPLETE
        or event is Event.HEARD_OTHER
        or (event.name.endswith("OVERRIDE") and state in HAS_ADDRESS)
    )
    assert (Action.RECORD in actions) == (records and state is not State.PERMANENT)


def test_rfc_4861_7_2_2_only_what_waits_is_sent_or_reported() -> None:
    for (state, event), (actions, after) in TABLE.items():
        assert (Action.FLUSH in actions) == (
            state is State.INCOMPLETE and after in (State.REACHABLE, State.STALE)
        ), (state, event)
        assert (Action.FAIL in actions) == (after is State.FAILED), (state, event)
        assert (Action.QUEUE in actions) == (event is Event.PACKET and after is State.INCOMPLETE), (
            state,
            event,
        )


def test_questions_are_asked_in_the_states_that_ask_and_count_them() -> None:
    for (state, event), (actions, after) in TABLE.items():
        asks = {Action.ASK, Action.PROBE} & set(actions)
        assert not asks or after in (State.INCOMPLETE, State.PROBE), (state, event)
        if after is State.PROBE and state is not State.PROBE:
            assert Action.PROBE in actions, (state, event)
        assert Action.RESTART not in actions or state is after, (state, event)


def test_a_table_row_that_changes_nothing_is_not_written() -> None:
    for (state, _), (actions, after) in TABLE.items():
        assert actions or after is not state


def test_states_are_spelled_as_in_the_rfc() -> None:
    assert [str(state) for state in State] == [
        *("-", "INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED", "PERMANENT")
    ]
