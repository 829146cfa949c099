"""Neighbour unreachability detection: every transition of RFC 4861 7.3 and appendix C, one table.

ARP runs the same machine: a request that names its sender is heard as a solicitation is, a reply to
us is a solicited advertisement with Override, since RFC 826 believes the latest; a poll of
RFC 1122 2.3.2.1 (2) is a unicast probe. Where appendix C and 7.2.5 differ, 7.2.5 counts: an
advertisement without Override for another link-layer address makes REACHABLE STALE whether it was
solicited or not, and a solicited one without an address confirms the cached address.

Ours, beside the five states of the RFC: FAILED remembers for a short while that nobody answered,
PERMANENT is an entry that somebody configured.
"""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """What is known of a neighbour (RFC 4861 7.3.2); ABSENT is no entry at all."""

    ABSENT = "-"
    INCOMPLETE = "INCOMPLETE"
    REACHABLE = "REACHABLE"
    STALE = "STALE"
    DELAY = "DELAY"
    PROBE = "PROBE"
    FAILED = "FAILED"
    PERMANENT = "PERMANENT"

    def __str__(self) -> str:
        """The RFC's spelling."""
        return self.value


class Event(Enum):
    """What happens to an entry.

    SAME: the message names the cached link-layer address, or none. OTHER: it names another one (any
    one, where none is cached). HEARD: solicitations, router advertisements, redirects, ARP requests
    and announcements. SOLICITED, UNSOLICITED: advertisements by their S flag; OVERRIDE is another
    address with the O flag, OTHER without it.
    """

    PACKET = "a packet to send"
    TIMEOUT = "the state's timer ended"
    EXHAUSTED = "it ended after the last probe"
    CONFIRMED = "an upper layer makes progress"  # 7.3.1
    HEARD_SAME = "heard, same address"
    HEARD_OTHER = "heard, another address"
    SOLICITED_SAME = "solicited advertisement, same address"
    SOLICITED_OTHER = "solicited advertisement, another address"
    SOLICITED_OVERRIDE = "solicited advertisement, overriding"
    UNSOLICITED_SAME = "unsolicited advertisement, same address"
    UNSOLICITED_OTHER = "unsolicited advertisement, another address"
    UNSOLICITED_OVERRIDE = "unsolicited advertisement, overriding"


class Action(Enum):
    """What a transition does, before the entry is in its new state."""

    QUEUE = "keep the packet"
    ASK = "ask everybody"
    PROBE = "ask the neighbour itself"
    RECORD = "take the address of the message"
    FLUSH = "send what waits"
    FAIL = "report what waits"
    LOSE = "tell that the neighbour is gone"
    RESTART = "start the state's timer again"  # entering another state always starts its own


_A, _S, _E = Action, State, Event
_ABSENT, _INCOMPLETE, _REACHABLE, _STALE = _S.ABSENT, _S.INCOMPLETE, _S.REACHABLE, _S.STALE
_DELAY, _PROBE, _FAILED = _S.DELAY, _S.PROBE, _S.FAILED

# A pair that is not in the table changes nothing.
TABLE: dict[tuple[State, Event], tuple[tuple[Action, ...], State]] = {
    (_ABSENT, _E.PACKET): ((_A.QUEUE, _A.ASK), _INCOMPLETE),
    (_ABSENT, _E.HEARD_OTHER): ((_A.RECORD,), _STALE),
    #
    (_INCOMPLETE, _E.PACKET): ((_A.QUEUE,), _INCOMPLETE),
    (_INCOMPLETE, _E.TIMEOUT): ((_A.ASK, _A.RESTART), _INCOMPLETE),
    (_INCOMPLETE, _E.EXHAUSTED): ((_A.FAIL,), _FAILED),
    (_INCOMPLETE, _E.HEARD_OTHER): ((_A.RECORD, _A.FLUSH), _STALE),
    (_INCOMPLETE, _E.SOLICITED_OTHER): ((_A.RECORD, _A.FLUSH), _REACHABLE),
    (_INCOMPLETE, _E.SOLICITED_OVERRIDE): ((_A.RECORD, _A.FLUSH), _REACHABLE),
    (_INCOMPLETE, _E.UNSOLICITED_OTHER): ((_A.RECORD, _A.FLUSH), _STALE),
    (_INCOMPLETE, _E.UNSOLICITED_OVERRIDE): ((_A.RECORD, _A.FLUSH), _STALE),
    #
    (_REACHABLE, _E.TIMEOUT): ((), _STALE),
    (_REACHABLE, _E.CONFIRMED): ((_A.RESTART,), _REACHABLE),
    (_REACHABLE, _E.HEARD_OTHER): ((_A.RECORD,), _STALE),
    (_REACHABLE, _E.SOLICITED_SAME): ((_A.RESTART,), _REACHABLE),
    (_REACHABLE, _E.SOLICITED_OTHER): ((), _STALE),
    (_REACHABLE, _E.SOLICITED_OVERRIDE): ((_A.RECORD, _A.RESTART), _REACHABLE),
    (_REACHABLE, _E.UNSOLICITED_OTHER): ((), _STALE),
    (_REACHABLE, _E.UNSOLICITED_OVERRIDE): ((_A.RECORD,), _STALE),
    #
    (_STALE, _E.PACKET): ((), _DELAY),
    (_STALE, _E.TIMEOUT): ((), _ABSENT),
    (_STALE, _E.CONFIRMED): ((), _REACHABLE),
    (_STALE, _E.HEARD_OTHER): ((_A.RECORD,), _STALE),
    (_STALE, _E.SOLICITED_SAME): ((), _REACHABLE),
    (_STALE, _E.SOLICITED_OVERRIDE): ((_A.RECORD,), _REACHABLE),
    (_STALE, _E.UNSOLICITED_OVERRIDE): ((_A.RECORD,), _STALE),
    #
    (_DELAY, _E.TIMEOUT): ((_A.PROBE,), _PROBE),
    (_DELAY, _E.CONFIRMED): ((), _REACHABLE),
    (_DELAY, _E.HEARD_OTHER): ((_A.RECORD,), _STALE),
    (_DELAY, _E.SOLICITED_SAME): ((), _REACHABLE),
    (_DELAY, _E.SOLICITED_OVERRIDE): ((_A.RECORD,), _REACHABLE),
    (_DELAY, _E.UNSOLICITED_OVERRIDE): ((_A.RECORD,), _STALE),
    #
    (_PROBE, _E.TIMEOUT): ((_A.PROBE, _A.RESTART), _PROBE),
    (_PROBE, _E.EXHAUSTED): ((_A.LOSE,), _ABSENT),
    (_PROBE, _E.CONFIRMED): ((), _REACHABLE),
    (_PROBE, _E.HEARD_OTHER): ((_A.RECORD,), _STALE),
    (_PROBE, _E.SOLICITED_SAME): ((), _REACHABLE),
    (_PROBE, _E.SOLICITED_OVERRIDE): ((_A.RECORD,), _REACHABLE),
    (_PROBE, _E.UNSOLICITED_OVERRIDE): ((_A.RECORD,), _STALE),
    #
    (_FAILED, _E.TIMEOUT): ((), _ABSENT),
    (_FAILED, _E.HEARD_OTHER): ((_A.RECORD,), _STALE),
}


def step(state: State, event: Event) -> tuple[tuple[Action, ...], State]:
    """What to do and where to go."""
    return TABLE.get((state, event), ((), state))
