"""Flooding (RFC 2328 13, RFC 5340 4.5, RFC 5250 3): what becomes of an LSA that came in an update.

The life of an LSA: an update comes in (`receive_update`). The core goes through its LSAs by these
same steps, on the raw bytes. What is ours and newer than what we have it hands up, and that goes
through `receive_lsa` here, step by step with a trace, and is given back for the one who makes our
LSAs to answer (RFC 2328 13.4). `receive_by_steps` takes a whole update that way: it says of every
LSA why it was taken or not, and leaves the database as the core would.

Deviations: the LSA is installed (5c, 5d) before it is flooded (5b), since lists and queues refer to
the database; what comes out is the same. A refresh, which says what the instance before said, is
not flooded at once: it waits at each router up to two seconds for others to travel with, as long as
it is younger than ten minutes. Nothing but the age of what all know already depends on it. DoNotAge
(RFC 1793) is not looked at: we never say that we know demand circuits, so nobody may send it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from fingerpost.ospf.acknowledging import Circumstance, acknowledge
from fingerpost.ospf.constants import MAX_AGE, MAX_SEQUENCE_NUMBER
from fingerpost.ospf.flooding_out import EXCHANGE, Step, flood
from fingerpost.ospf.lsa.checksum import is_right
from fingerpost.ospf.lsa.compare import compare
from fingerpost.ospf.lsa.header import HEADER_LENGTH, LsaHeader, read_header
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from fingerpost._core import LinkStateDatabase, UpdateReceived


class Outcome(Enum):
    """What became of an LSA; the values are the counters of `UpdateReceived`."""

    INSTALLED = "installed"
    DUPLICATE = "duplicates"
    OLDER = "older"
    WRAPPED = "wrapped"
    TOO_SOON = "too_soon"
    UNNEEDED = "unneeded"
    UNKNOWN_TYPE = "unknown_type"
    MISPLACED = "misplaced"
    BAD_CHECKSUM = "bad_checksum"
    REFUSED = "refused"
    BAD_REQUEST = "is_bad_request"


@dataclass(frozen=True, slots=True)
class LsaReceived:
    """What became of an LSA. `scope` is None where its type is not known; `is_own`: it is ours and
    was newer than what we had, so that the one who makes our LSAs has to answer it (RFC 2328 13.4).
    """

    scope: int | None
    lsa: bytes
    outcome: Outcome
    trace: tuple[Step, ...]
    is_changed: bool = False
    is_own: bool = False


class Flooded(NamedTuple):
    """What became of an update: what the core counted, and what it handed up.

    `own` are our own LSAs that others have newer than we had them: scope and bytes. They are
    installed and flooded, and still to be answered (RFC 2328 13.4).
    """

    counts: UpdateReceived
    handed_up: tuple[LsaReceived, ...]
    is_bad_request: bool
    is_loaded: bool
    may_request: bool

    @property
    def own(self) -> tuple[tuple[int, bytes], ...]:
        """Scope and bytes of what is to be answered."""
        return tuple(
            (one.scope, one.lsa) for one in self.handed_up if one.is_own and one.scope is not None
        )

    @property
    def is_changed(self) -> bool:
        """Whether the database says something new (RFC 2328 13.2)."""
        return self.counts.changed > 0 or any(one.is_changed for one in self.handed_up)


def receive_update(database: LinkStateDatabase, neighbor: int, body: bytes, now: int) -> Flooded:
    """Do RFC 2328 13 for the LSAs of an update; those of the core first, then what it hands up.

    `body` is the update behind the packet's header. Raises `UsageError` for a neighbour that was
    never set; any bytes are taken.
    """
    counts = database.receive_update(neighbor, body, now)
    if not (ranges := counts.handed_up):
        return Flooded(counts, (), counts.is_bad_request, counts.is_loaded, counts.may_request)
    done: list[LsaReceived] = []
    is_bad_request = counts.is_bad_request
    for offset, length in ranges:
        done.append(receive_lsa(database, neighbor, body[offset : offset + length], now))
        if done[-1].outcome is Outcome.BAD_REQUEST:
            is_bad_request = True
            break
    return Flooded(
        counts,
        tuple(done),
        is_bad_request,
        database.is_loaded(neighbor),
        database.may_request(neighbor),
    )


def receive_by_steps(
    database: LinkStateDatabase, neighbor: int, body: bytes, now: int
) -> list[LsaReceived]:
    """Do the same for every LSA here, with a trace of each."""
    done: list[LsaReceived] = []
    if database.neighbor(neighbor)[1] < EXCHANGE:
        return done
    at = 4
    for _ in range(int.from_bytes(body[:4], "big") if len(body) >= at else 0):
        length = int.from_bytes(body[at + HEADER_LENGTH - 2 : at + HEADER_LENGTH], "big")
        if len(body) < at + HEADER_LENGTH or not HEADER_LENGTH <= length <= len(body) - at:
            break
        done.append(receive_lsa(database, neighbor, body[at : at + length], now))
        if done[-1].outcome is Outcome.BAD_REQUEST:
            break
        at += length
    return done


def receive_lsa(database: LinkStateDatabase, neighbor: int, lsa: bytes, now: int) -> LsaReceived:
    """Do RFC 2328 13 for one LSA from a neighbour in Exchange or better.

    `lsa` is as long as it says. Raises `UsageError` for a neighbour that was never set.
    """
    return _Reception(database, neighbor, lsa, now).run()


class _Reception:
    """One LSA on its way through the steps of RFC 2328 13."""

    def __init__(self, database: LinkStateDatabase, neighbor: int, lsa: bytes, now: int) -> None:
        self.database, self.neighbor, self.lsa, self.now = database, neighbor, lsa, now
        self.header = read_header(Reader(lsa, "ospf lsa"), database.version)
        self.key = self.header.key
        self.interface = database.neighbor(neighbor)[0]
        self.scope = database.scope_of(self.interface, self.key.type)
        self.trace: list[Step] = []

    def run(self) -> LsaReceived:
        if not is_right(self.lsa):
            return self.end(Outcome.BAD_CHECKSUM, "1", "its checksum is wrong")
        if self.scope is None:
            return self.end(Outcome.UNKNOWN_TYPE, "2", "its type or scope is not known")
        if not self.database.takes(self.interface, self.key.type):
            return self.end(Outcome.MISPLACED, "3", "the area takes no LSAs of its type")
        held = self.database.find(self.scope, self.key, self.now)
        if held is None:
            return self.unheld(self.scope)
        ours = read_header(Reader(held, "ospf lsa"), self.database.version)
        order = compare(self.header, ours)
        if order.order > 0:
            return self.newer(self.scope, f"newer than ours: {order}")
        if self.database.requested(self.neighbor, self.key) is not None:
            why = "asked for, and not newer than ours: BadLSReq"
            return self.end(Outcome.BAD_REQUEST, "6", why)
        if order.order == 0:
            return self.duplicate(self.scope)
        return self.older(self.scope, ours)

    def end(self, outcome: Outcome, number: str, why: str) -> LsaReceived:
        self.note(number, why)
        return LsaReceived(self.scope, self.lsa, outcome, tuple(self.trace))

    def note(self, number: str, why: str) -> None:
        self.trace.append(Step(number, why))

    def acknowledge(self, circumstance: Circumstance) -> None:
        action = acknowledge(self.database, self.neighbor, self.lsa, circumstance, self.now)
        self.note("13.5", f"{circumstance.value}: {action.value}")

    def unheld(self, scope: int) -> LsaReceived:
        if _age(self.header) == MAX_AGE and not self.database.is_exchanging():
            self.acknowledge(Circumstance.UNNEEDED)
            return self.end(Outcome.UNNEEDED, "4", "MaxAge, and there is nothing to take away")
        return self.newer(scope, "there is none of its key")

    def newer(self, scope: int, why: str) -> LsaReceived:
        """Step 5."""
        self.note("5", why)
        arrived = self.database.arrived(scope, self.key)
        if arrived is not None and self.now < arrived + self.database.min_arrival_ns:
            return self.end(Outcome.TOO_SOON, "5a", "MinLSArrival has not passed since the last")
        is_changed = self.database.install(scope, self.lsa, self.now)
        if is_changed is None:
            return self.end(Outcome.REFUSED, "5d", "the database is full")
        self.note("5c", "no retransmission list has the one before it")
        says = "says something new" if is_changed else "says the same as before"
        self.note("5d", f"installed; it {says} (13.2)")
        is_back = flood(
            self.database,
            scope,
            self.key,
            self.now,
            self.neighbor,
            self.trace,
            is_refresh=not is_changed,
        )
        back, not_back = Circumstance.FLOODED_BACK, Circumstance.NOT_FLOODED_BACK
        self.acknowledge(back if is_back else not_back)
        is_own = self.database.is_own(self.key)
        if is_own:
            self.note("5f", "it is ours: to be answered (13.4)")
        self.database.settle(scope, self.key)
        return LsaReceived(
            scope, self.lsa, Outcome.INSTALLED, tuple(self.trace), is_changed, is_own
        )

    def duplicate(self, scope: int) -> LsaReceived:
        """Step 7."""
        if self.database.is_unacknowledged(self.neighbor, scope, self.key):
            self.note("7a", "we waited for its acknowledgment, and this is one")
            self.acknowledge(Circumstance.IMPLIED)
            self.database.drop_unacknowledged(self.neighbor, scope, self.key)
        else:
            self.acknowledge(Circumstance.DUPLICATE)
        return self.end(Outcome.DUPLICATE, "7", "the instance that we have")

    def older(self, scope: int, ours: LsaHeader) -> LsaReceived:
        """Step 8."""
        if _age(ours) == MAX_AGE and ours.sequence == MAX_SEQUENCE_NUMBER:
            return self.end(Outcome.WRAPPED, "8", "ours is about to go, its numbers are used up")
        sent = self.database.sent(scope, self.key)
        if sent is not None and self.now < sent + self.database.min_arrival_ns:
            return self.end(Outcome.OLDER, "8", "ours is newer, and was sent just now")
        self.database.send(self.neighbor, scope, self.key, self.now)
        return self.end(Outcome.OLDER, "8", "ours is newer, and goes to the neighbour")


def _age(header: LsaHeader) -> int:
    return min(header.age & 0x7FFF, MAX_AGE)
