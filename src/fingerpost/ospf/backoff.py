"""When to calculate routes: the back-off of RFC 8405, as a table.

The first change after quiet is acted upon at once, or after `initial_ns`. What follows shortly
waits `short_ns`, as the parts of one failure come one by one; when that has gone on for `learn_ns`,
each calculation waits `long_ns`. Nothing for `hold_down_ns`, and it is quiet again.

A state and what happens give what is done and the state that follows (RFC 8405 5.1, 5.2). A pair
that is not in the table cannot come to be: the timer does not run in that state.
"""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.ospf.config import SpfThrottle


class BackoffState(Enum):
    """How much is going on (RFC 8405 4)."""

    QUIET = "QUIET"
    SHORT_WAIT = "SHORT_WAIT"
    LONG_WAIT = "LONG_WAIT"

    def __str__(self) -> str:
        """As the RFC spells it."""
        return self.value


class BackoffEvent(Enum):
    """What happens (RFC 8405 5.3)."""

    IGP_EVENT = "IGP event"
    LEARN_TIMER = "LEARN_TIMER expiration"
    HOLDDOWN_TIMER = "HOLDDOWN_TIMER expiration"


class BackoffTransition(NamedTuple):
    """`delay`: start SPF_TIMER with this one of the throttle's times, unless it runs.

    `holds`: start HOLDDOWN_TIMER anew. `learns`: start LEARN_TIMER; `forgets`: stop it.
    """

    state: BackoffState
    delay: str | None = None
    holds: bool = False
    learns: bool = False
    forgets: bool = False


_QUIET, _SHORT, _LONG = BackoffState

TRANSITIONS: Final[Mapping[tuple[BackoffState, BackoffEvent], BackoffTransition]] = (
    MappingProxyType(
        {
            # transition 1
            (_QUIET, BackoffEvent.IGP_EVENT): BackoffTransition(
                _SHORT, "initial_ns", holds=True, learns=True
            ),
            # transition 2
            (_SHORT, BackoffEvent.IGP_EVENT): BackoffTransition(_SHORT, "short_ns", holds=True),
            # transition 3
            (_SHORT, BackoffEvent.LEARN_TIMER): BackoffTransition(_LONG),
            # transition 4
            (_LONG, BackoffEvent.IGP_EVENT): BackoffTransition(_LONG, "long_ns", holds=True),
            # transition 5
            (_LONG, BackoffEvent.HOLDDOWN_TIMER): BackoffTransition(_QUIET),
            # transition 6
            (_SHORT, BackoffEvent.HOLDDOWN_TIMER): BackoffTransition(_QUIET, forgets=True),
        }
    )
)
"""RFC 8405 5.2."""


class Backoff:
    """The three timers of an instance, and its state. Instants are nanoseconds."""

    def __init__(self, throttle: SpfThrottle) -> None:
        """It is quiet."""
        self.throttle = throttle
        self.state = BackoffState.QUIET
        self.spf_at: int | None = None
        self.hold_down_ends: int | None = None
        self.learn_ends: int | None = None

    def change(self, now: int) -> None:
        """Something has changed that asks for a calculation (an IGP event)."""
        held, learn = self.hold_down_ends, self.learn_ends
        is_running = held is not None and now < held and (learn is None or now < learn)
        if is_running and self.spf_at is not None:
            self.hold_down_ends = now + self.throttle.hold_down_ns  # as below, and often
            return
        self._expire(now)
        self._happen(BackoffEvent.IGP_EVENT, now)

    def is_due(self, now: int) -> bool:
        """Whether to calculate now; SPF_TIMER does not run any more then."""
        self._expire(now)
        if self.spf_at is None or self.spf_at > now:
            return False
        self.spf_at = None
        return True

    def next_deadline(self) -> int | None:
        """When SPF_TIMER ends; the others are looked at when something happens."""
        return self.spf_at

    def _expire(self, now: int) -> None:
        """Let the timers end that had to, in their order."""
        while True:
            learn, hold_down = self.learn_ends, self.hold_down_ends
            if learn is not None and learn <= now and (hold_down is None or learn <= hold_down):
                self.learn_ends = None
                self._happen(BackoffEvent.LEARN_TIMER, learn)
            elif hold_down is not None and hold_down <= now:
                self.hold_down_ends = None
                self._happen(BackoffEvent.HOLDDOWN_TIMER, hold_down)
            else:
                return

    def _happen(self, event: BackoffEvent, now: int) -> None:
        transition = TRANSITIONS[self.state, event]
        throttle = self.throttle
        self.state = transition.state
        if transition.delay is not None and self.spf_at is None:
            self.spf_at = now + int(getattr(throttle, transition.delay))
        if transition.holds:
            self.hold_down_ends = now + throttle.hold_down_ns
        if transition.learns:
            self.learn_ends = now + throttle.learn_ns
        if transition.forgets:
            self.learn_ends = None
