"""What becomes of a route when somebody says something about it: all transitions, one table.

RFC 2453 3.8, 3.9.2 and RFC 2080 2.3, 2.4.2 tell them in prose. A route is VALID as long as at least
one router offers it below 16; several that offer the same metric share it. When the last is lost it
is DELETED: it stays with metric 16 until the garbage time ends, so that all neighbours hear of it.
"""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """A learned route (RFC 2453 3.8); ABSENT is none at all."""

    ABSENT = "-"
    VALID = "valid"
    DELETED = "deleted"  # "the deletion process" of RFC 2453 3.8

    def __str__(self) -> str:
        """The word."""
        return self.value


class Event(Enum):
    """What happens to a route. SAME: the router is one that the route goes through.

    Metrics have the cost of the interface added, and none is greater than 16.
    """

    FIRST = "offered where nothing was"
    UNREACHABLE = "said to be unreachable by a router that it does not go through"
    SAME = "offered again as before"
    SAME_BETTER = "offered with a lower metric by its own router"
    SAME_WORSE = "offered with a higher metric by its only router"
    SAME_LOST = "said to be unreachable by its only router"
    SHARER_WORSE = "offered with a higher metric, or lost, by one router of several"
    OTHER_BETTER = "offered with a lower metric by another router"
    OTHER_EQUAL = "offered with the same metric by another router"
    OTHER_EQUAL_FULL = "offered with the same metric by one router too many"
    OTHER_EQUAL_LATE = "offered with the same metric when the old router is overdue"
    OTHER_WORSE = "offered with a higher metric by another router"
    TIMEOUT = "its only router said nothing for the timeout"
    SHARER_TIMEOUT = "one router of several said nothing for the timeout"
    GARBAGE_END = "the garbage time is over"


class Action(Enum):
    """What a transition does."""

    ADOPT = "take this router, and no other"
    SHARE = "take this router too"
    REFRESH = "start its timeout again"
    RELEASE = "leave this router"
    DELETE = "tell that it is unreachable, and start the garbage time"
    FORGET = "remove it"
    IGNORE = "change nothing"


_A, _S, _E = Action, State, Event

# A pair that is not in the table changes nothing.
TABLE: dict[tuple[State, Event], tuple[Action, State]] = {
    (_S.ABSENT, _E.FIRST): (_A.ADOPT, _S.VALID),
    #
    (_S.VALID, _E.SAME): (_A.REFRESH, _S.VALID),
    (_S.VALID, _E.SAME_BETTER): (_A.ADOPT, _S.VALID),
    (_S.VALID, _E.SAME_WORSE): (_A.ADOPT, _S.VALID),
    (_S.VALID, _E.SAME_LOST): (_A.DELETE, _S.DELETED),
    (_S.VALID, _E.SHARER_WORSE): (_A.RELEASE, _S.VALID),
    (_S.VALID, _E.OTHER_BETTER): (_A.ADOPT, _S.VALID),
    (_S.VALID, _E.OTHER_EQUAL): (_A.SHARE, _S.VALID),
    (_S.VALID, _E.OTHER_EQUAL_LATE): (_A.ADOPT, _S.VALID),  # the heuristic of RFC 2453 3.9.2
    (_S.VALID, _E.TIMEOUT): (_A.DELETE, _S.DELETED),
    (_S.VALID, _E.SHARER_TIMEOUT): (_A.RELEASE, _S.VALID),
    #
    (_S.DELETED, _E.FIRST): (_A.ADOPT, _S.VALID),  # RFC 2453 3.8: it replaces the dead one
    (_S.DELETED, _E.GARBAGE_END): (_A.FORGET, _S.ABSENT),
}


def step(state: State, event: Event) -> tuple[Action, State]:
    """What to do and where to go."""
    return TABLE.get((state, event), (Action.IGNORE, state))
