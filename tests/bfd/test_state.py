"""The state machine of RFC 5880 6.2 and 6.8: every state and every event, table and machine."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from bfd.single import NEIGHBOR, Single
from fingerpost.bfd import BfdPeer, Diagnostic, State
from fingerpost.bfd.state import RECEIVED, TRANSITIONS, Event, after
from fingerpost.protocol import events as ev


def as_the_rfc_says(state: State, event: Event) -> tuple[State, Diagnostic | None]:
    """RFC 5880 6.8.6, 6.8.4 and 6.8.16 in their own order of questions, not as a table."""
    if event is Event.DISABLED and state is not State.ADMIN_DOWN:
        return State.ADMIN_DOWN, Diagnostic.ADMINISTRATIVELY_DOWN
    if state is State.ADMIN_DOWN:
        return (State.DOWN, None) if event is Event.ENABLED else (state, None)
    if event is Event.PATH_FAILED:
        return State.DOWN, Diagnostic.PATH_DOWN
    if event is Event.DETECTION_TIME_EXPIRED:
        if state in (State.INIT, State.UP):
            return State.DOWN, Diagnostic.DETECTION_TIME_EXPIRED
        return state, None
    if event is Event.RECEIVED_ADMIN_DOWN:
        if state is not State.DOWN:
            return State.DOWN, Diagnostic.NEIGHBOR_SIGNALED_DOWN
        return state, None
    if state is State.DOWN:
        if event is Event.RECEIVED_DOWN:
            return State.INIT, None
        if event is Event.RECEIVED_INIT:
            return State.UP, Diagnostic.NONE
    elif state is State.INIT:
        if event in (Event.RECEIVED_INIT, Event.RECEIVED_UP):
            return State.UP, Diagnostic.NONE
    elif event is Event.RECEIVED_DOWN:
        return State.DOWN, Diagnostic.NEIGHBOR_SIGNALED_DOWN
    return state, None


EVERYTHING = list(product(State, Event))


@pytest.mark.parametrize(("state", "event"), EVERYTHING, ids=str)
def test_the_table_says_what_the_rfc_says(state: State, event: Event) -> None:
    assert after(state, event) == as_the_rfc_says(state, event)


def test_the_table_has_no_line_that_changes_nothing() -> None:
    assert len(TRANSITIONS) == sum(as_the_rfc_says(*one) != (one[0], None) for one in EVERYTHING)


def happen(single: Single, event: Event) -> None:
    """Let an event happen to a machine, by what comes from outside."""
    heard = {one: state for state, one in RECEIVED.items()}
    if event in heard:
        single.hear(single.packet(heard[event]))
    elif event is Event.DETECTION_TIME_EXPIRED:
        single.give(ev.TimePassed(), after=single.session.detection_ns or 1)
    elif event is Event.PATH_FAILED:
        single.give(ev.InterfaceWentDown("eth0"))
    else:
        peer = BfdPeer(NEIGHBOR, is_shut_down=event is Event.DISABLED)
        single.give(ev.ConfigurationChanged(replace(single.bfd.config, peers=(peer,))))


@pytest.mark.parametrize(("state", "event"), EVERYTHING, ids=str)
def test_a_machine_does_what_the_table_says(state: State, event: Event) -> None:
    single = Single()
    single.bring_to(state)
    before = single.session.diagnostic
    happen(single, event)
    wanted, diagnostic = as_the_rfc_says(state, event)
    assert single.is_in(wanted)
    assert single.session.diagnostic == (before if diagnostic is None else diagnostic)
    deadline = single.bfd.next_deadline()
    assert deadline is None or deadline > single.now
    # and the neighbour is told at once what it is now (RFC 5880 6.8.7)
    if event is not Event.PATH_FAILED and wanted is not state:
        assert single.sent[-1].state is wanted
        assert single.sent[-1].diagnostic == single.session.diagnostic


def test_three_events_in_a_row_lead_where_the_table_leads() -> None:
    hearable = [one for one in Event if one is not Event.PATH_FAILED]  # nothing is heard then
    for events in product(hearable, hearable, Event):
        single, state = Single(), State.DOWN
        for event in events:
            happen(single, event)
            state = after(state, event)[0]
            assert single.is_in(state), events


def test_states_and_diagnostics_are_spelled_as_the_rfc_spells_them() -> None:
    assert [str(one) for one in State] == ["AdminDown", "Down", "Init", "Up"]
    assert str(Diagnostic.DETECTION_TIME_EXPIRED) == "Control Detection Time Expired"
    assert str(Diagnostic.NEIGHBOR_SIGNALED_DOWN) == "Neighbor Signaled Session Down"
