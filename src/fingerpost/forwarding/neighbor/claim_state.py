"""How an address becomes ours: RFC 5227 2 for IPv4, RFC 4862 5.4 for IPv6, one table for both.

The RFCs differ in numbers and messages only: how often and how far apart is asked, how long the
silence after the last question must be, what an announcement is. `Plan` holds those.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from fingerpost.forwarding.durations import SECOND


class ClaimState(Enum):
    """Where the claim of one address stands."""

    TENTATIVE = "tentative"  # not ours yet: neither used nor answered for
    ANNOUNCED = "announced"  # ours, and not yet announced as often as it should be
    HELD = "held"
    DUPLICATE = "duplicate"  # somebody else's; never used

    def __str__(self) -> str:
        """The word."""
        return self.value


class ClaimEvent(Enum):
    """What happens to a claim."""

    DUE = "time for the next question or announcement"
    LAST = "time, and all questions or announcements have been sent"
    CONFLICT = "somebody else uses the address"


class ClaimAction(Enum):
    """What a transition does."""

    PROBE = "ask whether the address is free"
    TAKE = "use the address from now on"
    ANNOUNCE = "say whose the address is"
    DEFEND = "say it again, unless that was said shortly before"
    GIVE_UP = "tell that the address cannot be used"


_S, _E, _A = ClaimState, ClaimEvent, ClaimAction

# A pair that is not in the table changes nothing.
TABLE: dict[tuple[ClaimState, ClaimEvent], tuple[tuple[ClaimAction, ...], ClaimState]] = {
    (_S.TENTATIVE, _E.DUE): ((_A.PROBE,), _S.TENTATIVE),
    (_S.TENTATIVE, _E.LAST): ((_A.TAKE, _A.ANNOUNCE), _S.ANNOUNCED),
    (_S.TENTATIVE, _E.CONFLICT): ((_A.GIVE_UP,), _S.DUPLICATE),
    (_S.ANNOUNCED, _E.DUE): ((_A.ANNOUNCE,), _S.ANNOUNCED),
    (_S.ANNOUNCED, _E.LAST): ((), _S.HELD),
    (_S.ANNOUNCED, _E.CONFLICT): ((_A.DEFEND,), _S.ANNOUNCED),
    (_S.HELD, _E.CONFLICT): ((_A.DEFEND,), _S.HELD),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How one address is claimed; durations are nanoseconds.

    Before the first of `probes` questions passes a random time up to `wait_ns`, between two of them
    one from `gap_ns`, after the last one `quiet_ns`. Then come `announcements`, `pause_ns` apart.
    Without probes the address is taken at once. `overrides`: announcements replace what others
    believe of the address.
    """

    probes: int
    wait_ns: int
    gap_ns: tuple[int, int]
    quiet_ns: int
    announcements: int
    pause_ns: int
    overrides: bool = True


# RFC 5227 1.1: PROBE_NUM, PROBE_WAIT, PROBE_MIN to PROBE_MAX, ANNOUNCE_WAIT, ANNOUNCE_NUM,
# ANNOUNCE_INTERVAL
PROBE_IPV4 = Plan(3, SECOND, (SECOND, 2 * SECOND), 2 * SECOND, 2, 2 * SECOND)
ANNOUNCE_IPV4 = Plan(0, 0, (0, 0), 0, 2, 2 * SECOND)
SILENT = Plan(0, 0, (0, 0), 0, 0, 0)
MAX_MULTICAST_SOLICIT = 3  # RFC 4861 10
DEFEND_INTERVAL_NS = 10 * SECOND  # RFC 5227 1.1


def check_ipv6(probes: int, retrans_ns: int) -> Plan:
    """The plan of a new IPv6 address (RFC 4862 5.1, 5.4.2; announced once as RFC 9131)."""
    wait_ns = SECOND  # MAX_RTR_SOLICITATION_DELAY
    return Plan(probes, wait_ns, (retrans_ns, retrans_ns), retrans_ns, 1, retrans_ns, False)


def moved_ipv6(retrans_ns: int) -> Plan:
    """The plan of an address whose station has changed (RFC 4861 7.2.6)."""
    return Plan(0, 0, (0, 0), 0, 3, retrans_ns)  # MAX_NEIGHBOR_ADVERTISEMENT
