"""The table of states against RFC 4271 8.2.2, written down here once more by event numbers.

Words are what the sentences come to. Those that say "(optionally)" are taken as said where
the attribute of theirs is set.
"""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.bgp.constants import StateError
from fingerpost.bgp.fsm import SUBCODES, Action, Attributes, Event, State, react

STATES = {
    "Idle": State.IDLE,
    "Connect": State.CONNECT,
    "Active": State.ACTIVE,
    "OpenSent": State.OPEN_SENT,
    "OpenConfirm": State.OPEN_CONFIRM,
    "Established": State.ESTABLISHED,
}
EVENTS = dict(enumerate(Event, 1))
WORDS = {
    Action.INITIALIZE: "init",
    Action.RELEASE: "release",
    Action.COUNTER_CLEAR: "counter=0",
    Action.COUNTER_ADD: "counter+1",
    Action.RETRY_START: "retry",
    Action.RETRY_STOP: "retry=0",
    Action.DELAY_START: "delay",
    Action.DELAY_STOP: "delay=0",
    Action.HOLD_LARGE: "hold=large",
    Action.TIMERS_AGREED: "timers",
    Action.HOLD_RESTART: "hold",
    Action.KEEPALIVE_RESTART: "keepalive-timer",
    Action.CONNECT: "connect",
    Action.DROP: "drop",
    Action.REJECT: "reject",
    Action.TRACK: "track",
    Action.SEND_OPEN: "OPEN",
    Action.SEND_KEEPALIVE: "KEEPALIVE",
    Action.NOTIFY: "NOTIFICATION",
    Action.NOTIFY_EARLY: "NOTIFICATION",
    Action.NOTIFY_STATE: "FSM-ERROR",
    Action.COLLIDE: "collide",
    Action.ROUTES_DELETE: "delete",
    Action.UPDATE: "update",
    Action.DAMP: "damp",
}

STARTS = (1, 3, 4, 5, 6, 7)
ENDS = "retry=0 release drop"
FAILS = f"{ENDS} counter+1 damp"
LOSES = f"{ENDS} delete"


def numbers(text: str) -> list[int]:
    """The events of "9, 12-13, 20"."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


# state: [(events, what is done, next state)]; the last row is "any other event"
RFC = {
    "Idle": [
        ("1, 3, 6", "init counter=0 retry connect", "Connect"),
        ("4, 5, 7", "init counter=0 retry", "Active"),
        ("2, 8", "", "Idle"),
        ("9-29", "", "Idle"),
    ],
    "Connect": [
        ("1, 3-7", "", "Connect"),
        ("2", f"{ENDS} counter=0", "Idle"),
        ("9", "drop retry delay=0 connect", "Connect"),
        ("12", "OPEN hold=large retry=0", "OpenSent"),
        ("14", "", "Connect"),
        ("15", "reject", "Connect"),
        ("16, 17", "retry=0 OPEN hold=large", "OpenSent"),
        ("18", ENDS, "Idle"),
        ("20", "retry=0 delay=0 OPEN KEEPALIVE timers", "OpenConfirm"),
        ("21, 22", f"NOTIFICATION {FAILS}", "Idle"),
        ("24", FAILS, "Idle"),
        ("8, 10, 11, 13, 19, 23, 25-29", FAILS, "Idle"),
    ],
    "Active": [
        ("1, 3-7", "", "Active"),
        ("2", f"{ENDS} counter=0", "Idle"),
        ("9", "retry connect", "Connect"),
        ("12", "retry=0 delay=0 OPEN hold=large", "OpenSent"),
        ("14", "", "Active"),
        ("15", "reject", "Active"),
        ("16, 17", "retry=0 OPEN hold=large", "OpenSent"),
        ("18", "retry delay=0 release counter+1 damp", "Idle"),
        ("20", "retry=0 delay=0 OPEN KEEPALIVE timers", "OpenConfirm"),
        ("21, 22", f"NOTIFICATION {FAILS}", "Idle"),
        ("24", FAILS, "Idle"),
        ("8, 10, 11, 13, 19, 23, 25-29", FAILS, "Idle"),
    ],
    "OpenSent": [
        ("1, 3-7", "", "OpenSent"),
        ("2", f"NOTIFICATION {ENDS} counter=0", "Idle"),
        ("8, 10, 21-23", f"NOTIFICATION {FAILS}", "Idle"),
        ("14, 16, 17", "track", "OpenSent"),
        ("15", "", "OpenSent"),
        ("18", "drop retry", "Active"),
        ("19", "delay=0 retry=0 KEEPALIVE timers", "OpenConfirm"),
        ("24", ENDS, "Idle"),
        ("25", FAILS, "Idle"),  # 6: none is told in answer to a NOTIFICATION
        ("29", f"NOTIFICATION {FAILS}", "Idle"),  # RFC 9687
        ("9, 11-13, 20, 26-28", f"FSM-ERROR {FAILS}", "Idle"),
    ],
    "OpenConfirm": [
        ("1, 3-7", "", "OpenConfirm"),
        ("2", f"NOTIFICATION {ENDS} counter=0", "Idle"),
        ("8, 10, 21-23", f"NOTIFICATION {FAILS}", "Idle"),
        ("11", "KEEPALIVE keepalive-timer", "OpenConfirm"),
        ("14, 16, 17", "track", "OpenConfirm"),
        ("15", "", "OpenConfirm"),
        ("18, 25", FAILS, "Idle"),
        ("24", ENDS, "Idle"),
        ("19", "collide", "OpenConfirm"),
        ("26", "hold", "Established"),
        ("29", f"NOTIFICATION {FAILS}", "Idle"),  # RFC 9687
        ("9, 12, 13, 20, 27, 28", f"FSM-ERROR {FAILS}", "Idle"),
    ],
    "Established": [
        ("1, 3-7", "", "Established"),
        ("2", f"NOTIFICATION {LOSES} counter=0", "Idle"),
        ("8, 10, 23, 28", f"NOTIFICATION {LOSES} counter+1 damp", "Idle"),
        ("11", "KEEPALIVE keepalive-timer", "Established"),
        ("14, 16, 17", "track", "Established"),
        ("15", "", "Established"),
        ("18, 24, 25", f"{LOSES} counter+1", "Idle"),
        ("26", "hold", "Established"),
        ("27", "update hold", "Established"),
        ("21", f"NOTIFICATION {LOSES} counter+1 damp", "Idle"),  # as 6.1 says
        ("29", f"NOTIFICATION {LOSES} counter+1 damp", "Idle"),  # RFC 9687
        # 19 without CollisionDetectEstablishedState
        ("9, 12, 13, 19, 20, 22", f"FSM-ERROR {LOSES} counter+1 damp", "Idle"),
    ],
}
# with the DelayOpen attribute
DELAYED = {
    ("Connect", 16): ("retry=0 delay", "Connect"),
    ("Connect", 17): ("retry=0 delay", "Connect"),
    ("Active", 16): ("retry=0 delay", "Active"),
    ("Active", 17): ("retry=0 delay", "Active"),
}
# while the DelayOpenTimer runs
RUNNING = {
    ("Connect", 18): ("retry delay=0", "Active"),
    ("Connect", 24): (f"{ENDS} delay=0", "Idle"),
    ("Active", 24): (f"{ENDS} delay=0", "Idle"),
    ("Active", 2): (f"NOTIFICATION {ENDS} delay=0 counter=0", "Idle"),
}
EXPECTED = {
    (state, number): (done, after)
    for state, rows in RFC.items()
    for events, done, after in rows
    for number in numbers(events)
}


def test_every_state_says_what_it_does_about_every_event_once() -> None:
    for state, rows in RFC.items():
        told = [one for events, _, _ in rows for one in numbers(events)]
        if state != "Idle":
            assert sorted(told) == list(range(1, 30))
        assert set(told) == set(range(1, 30))


@pytest.mark.parametrize("state", STATES)
def test_the_table_is_that_of_the_rfc(state: str) -> None:
    for number in range(1, 30):
        for delay, runs in product((False, True), repeat=2):
            done, after = EXPECTED[state, number]
            if delay:
                done, after = DELAYED.get((state, number), (done, after))
            if runs:
                done, after = RUNNING.get((state, number), (done, after))
            attributes = Attributes(delay)
            found = react(STATES[state], EVENTS[number], attributes, is_delayed=runs)
            words = {WORDS[one] for one in found.actions}
            where = f"{state}, event {number}, delay {delay}, running {runs}"
            assert found.state is STATES[after], where
            # to stop a timer that does not run does nothing
            assert words - {"delay=0"} == set(done.split()) - {"delay=0"}, where
            if runs:
                assert set(done.split()) <= words, where


def test_optional_attributes_leave_out_what_is_theirs() -> None:
    calm = Attributes(damps_oscillations=False, notifies_without_open=False)
    for state, event in product(State, Event):
        usual, without = react(state, event), react(state, event, calm)
        left = [one for one in usual.actions if one not in (Action.DAMP, Action.NOTIFY_EARLY)]
        assert list(without.actions) == left
        assert without.state is usual.state


def test_events_have_the_numbers_of_the_rfc() -> None:
    assert Event.MANUAL_START.number == 1
    assert Event.CONNECT_RETRY_TIMER_EXPIRES.number == 9
    assert Event.TCP_CONNECTION_FAILS.number == 18
    assert Event.BGP_OPEN.number == 19
    assert Event.UPDATE_MSG_ERR.number == 28
    assert str(Event.TCP_CR_ACKED) == "Tcp_CR_Acked"
    assert str(State.OPEN_CONFIRM) == "OpenConfirm"


def test_a_notification_goes_before_the_connection() -> None:
    for state, event in product(State, Event):
        actions = react(state, event).actions
        told = [at for at, one in enumerate(actions) if WORDS[one] in ("NOTIFICATION", "FSM-ERROR")]
        if told:
            assert told[0] < actions.index(Action.DROP)


def test_errors_of_the_machine_say_in_which_state(  # RFC 6608 3
) -> None:
    assert SUBCODES == {
        State.OPEN_SENT: StateError.IN_OPEN_SENT,
        State.OPEN_CONFIRM: StateError.IN_OPEN_CONFIRM,
        State.ESTABLISHED: StateError.IN_ESTABLISHED,
    }


@given(st.lists(st.sampled_from(list(Event)), max_size=60), st.booleans())
def test_whatever_happens_only_an_open_and_a_keepalive_lead_to_established(
    events: list[Event], delays: bool
) -> None:
    state, runs = State.IDLE, False
    has_sent = has_open = False
    for event in events:
        found = react(state, event, Attributes(delays), is_delayed=runs)
        if Action.SEND_OPEN in found.actions:
            has_sent = True
        if event in (Event.BGP_OPEN, Event.BGP_OPEN_DELAYED) and found.state is not State.IDLE:
            has_open = True
        runs = Action.DELAY_START in found.actions or (
            runs and Action.DELAY_STOP not in found.actions
        )
        if found.state in (State.IDLE, State.CONNECT, State.ACTIVE):
            has_sent = has_open = False
        if found.state is State.ESTABLISHED:
            assert has_sent
            assert has_open
            assert state is State.ESTABLISHED or event is Event.KEEPALIVE_MSG
        if state is State.ESTABLISHED and found.state is not state:
            assert Action.ROUTES_DELETE in found.actions
        state = found.state
