"""To whom an LSA goes that is new in the database: RFC 2328 13.3, RFC 5340 4.5.2, RFC 5250 3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.ospf.lsa.compare import compare
from fingerpost.ospf.lsa.header import read_header
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from fingerpost._core import LinkStateDatabase
    from fingerpost.ospf.lsa.header import LsaKey

EXCHANGE, FULL = 1, 3  # states of a neighbour in the database


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was taken: its number in RFC 2328 (13.3 has a name of its own) and why."""

    number: str
    why: str

    def __str__(self) -> str:
        """Say both."""
        return f"{self.number} {self.why}"


def flood(
    database: LinkStateDatabase,
    scope: int,
    key: LsaKey,
    now: int,
    sender: int | None = None,
    trace: list[Step] | None = None,
    *,
    is_refresh: bool = False,
) -> bool:
    """Queue what the database has of `key` to whom it concerns (RFC 2328 13.3).

    `sender` is the neighbour that it came from, None for what we made. Gives whether it goes back
    out of the interface that it came in by. Steps are put behind `trace`. `is_refresh`: it says
    what the instance before said, and waits up to two seconds for others to leave with it; but not
    where it goes back, since it is its own acknowledgment there.
    """
    steps = [] if trace is None else trace
    came_in = None if sender is None else database.neighbor(sender)[0]
    is_back = False
    for interface in database.interfaces(scope):
        if not _adds(database, interface, scope, key, now, sender, steps):
            steps.append(Step("13.3 2", f"interface {interface}: nobody there needs it"))
            continue
        if interface == came_in and sender is not None:
            if database.neighbor(sender)[2]:
                why = f"interface {interface}: a Designated Router sent it, all there have it"
                steps.append(Step("13.3 3", why))
                continue
            if database.is_backup(interface):
                why = f"interface {interface}: the Designated Router will flood it"
                steps.append(Step("13.3 4", why))
                continue
            is_back = True
        waits = is_refresh and interface != came_in
        database.queue(interface, scope, key, now, is_refresh=waits)
        steps.append(Step("13.3 5", f"interface {interface}: queued"))
    return is_back


def _adds(
    database: LinkStateDatabase,
    interface: int,
    scope: int,
    key: LsaKey,
    now: int,
    sender: int | None,
    steps: list[Step],
) -> bool:
    """Put it on the lists of the neighbours of an interface that need it (RFC 2328 13.3 step 1)."""
    version = database.version
    raw = database.find(scope, key, now)
    if raw is None:
        return False
    ours = read_header(Reader(raw, "ospf lsa"), version)
    is_opaque = version == 2 and key.type in (9, 10, 11)
    is_added = False
    for neighbor in database.neighbors(interface):
        _, state, _, takes_opaque = database.neighbor(neighbor)
        if state < EXCHANGE:
            continue  # 1a
        if state < FULL and (asked := database.requested(neighbor, key)) is not None:
            # 1b: it has said which instance it has
            order = compare(ours, read_header(Reader(asked, "ospf lsa"), version)).order
            if order >= 0:
                database.drop_request(neighbor, key)
            if order <= 0:
                steps.append(Step("13.3 1b", f"neighbour {neighbor} has it, or a newer one"))
                continue
        if neighbor == sender:
            continue  # 1c
        if is_opaque and not takes_opaque:
            steps.append(Step("RFC 5250 3", f"neighbour {neighbor} takes nothing opaque"))
            continue
        database.add_unacknowledged(neighbor, scope, key, now)
        steps.append(Step("13.3 1d", f"neighbour {neighbor} has to acknowledge it"))
        is_added = True
    return is_added
