"""Intervals that change, and the Poll Sequences that tell of it (RFC 5880 6.5, 6.8.3, 6.8.10-12).

A rate that goes down, or a neighbour that is given less time, waits for the Final bit while the
session is Up; all else is done at once. What changes while a Poll Sequence is under way is told by
another one behind it, since the Final bit may answer what was said before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bfd.constants import SLOW_NS
from fingerpost.bfd.state import State

if TYPE_CHECKING:
    from fingerpost.bfd.session import Session


def begin(session: Session) -> None:
    """Let a new session have its intervals, of which nobody knows yet."""
    timing = session.timing
    timing.min_transmit_ns, timing.min_receive_ns = _wanted(session)
    timing.settle()


def retime(session: Session) -> None:
    """Let a session have the intervals of its settings and its state; ask if they are others."""
    timing, (transmit_ns, receive_ns) = session.timing, _wanted(session)
    if (transmit_ns, receive_ns) == (timing.min_transmit_ns, timing.min_receive_ns):
        return
    timing.min_transmit_ns, timing.min_receive_ns = transmit_ns, receive_ns
    if session.state is not State.UP:
        timing.transmit_in_effect_ns, timing.receive_in_effect_ns = transmit_ns, receive_ns
    else:
        timing.transmit_in_effect_ns = min(timing.transmit_in_effect_ns, transmit_ns)
        timing.receive_in_effect_ns = max(timing.receive_in_effect_ns, receive_ns)
    _poll(session)


def finish_poll(session: Session) -> None:
    """The Final bit has come (RFC 5880 6.5); one that nobody asked for means nothing."""
    timing = session.timing
    if not timing.is_polling:
        return
    if timing.owes_poll:
        timing.owes_poll = False
        session.counters.polls_out += 1
    else:
        timing.settle()


def jittered(interval_ns: int, drawn: int, multiplier: int) -> int:
    """An interval less a part of it: up to 25 %, and at least 10 % if a single lost packet ends
    the session (RFC 5880 6.8.7). `drawn` is from 0 to 65535.
    """
    if multiplier == 1:
        return interval_ns * 9 // 10 - interval_ns * 15 * drawn // (100 << 16)
    return interval_ns - interval_ns * drawn // (4 << 16)


def _wanted(session: Session) -> tuple[int, int]:
    """What the session should say of itself: slow while it is not Up (RFC 5880 6.8.3)."""
    timers = session.settings.timers
    is_up = session.state is State.UP
    transmit_ns = timers.min_transmit_ns if is_up else max(timers.min_transmit_ns, SLOW_NS)
    return transmit_ns, timers.min_receive_ns


def _poll(session: Session) -> None:
    timing = session.timing
    if not session.remote.discriminator:
        timing.settle()  # there is nobody to ask
    elif timing.is_polling:
        timing.owes_poll = True
    else:
        timing.is_polling = True
        session.counters.polls_out += 1
