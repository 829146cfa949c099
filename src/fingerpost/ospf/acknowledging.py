"""Whether and how a received LSA is acknowledged: RFC 2328 13.5, table 19."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from fingerpost.ospf.lsa.header import HEADER_LENGTH

if TYPE_CHECKING:
    from fingerpost._core import LinkStateDatabase

DESIGNATED = 2  # the role of a neighbour in the database


class Circumstance(Enum):
    """How an LSA came, in the words of the table."""

    FLOODED_BACK = "flooded back out of the receiving interface"
    NOT_FLOODED_BACK = "newer, but not flooded back out of the receiving interface"
    IMPLIED = "a duplicate that is an implied acknowledgment"
    DUPLICATE = "a duplicate that is no implied acknowledgment"
    UNNEEDED = "MaxAge, with no instance here and no neighbour in Exchange or Loading"


class Action(Enum):
    """What is done."""

    NONE = "no acknowledgment"
    DELAYED = "delayed acknowledgment"
    DELAYED_IF_DESIGNATED = "delayed acknowledgment if the Designated Router sent it"
    DIRECT = "direct acknowledgment"


TABLE_19 = {  # in state Backup, in all other states
    Circumstance.FLOODED_BACK: (Action.NONE, Action.NONE),
    Circumstance.NOT_FLOODED_BACK: (Action.DELAYED_IF_DESIGNATED, Action.DELAYED),
    Circumstance.IMPLIED: (Action.DELAYED_IF_DESIGNATED, Action.NONE),
    Circumstance.DUPLICATE: (Action.DIRECT, Action.DIRECT),
    Circumstance.UNNEEDED: (Action.DIRECT, Action.DIRECT),
}


def action(circumstance: Circumstance, *, is_backup: bool, from_designated: bool) -> Action:
    """Look the table up; never `DELAYED_IF_DESIGNATED`."""
    found = TABLE_19[circumstance][0 if is_backup else 1]
    if found is Action.DELAYED_IF_DESIGNATED:
        return Action.DELAYED if from_designated else Action.NONE
    return found


def acknowledge(
    database: LinkStateDatabase, neighbor: int, lsa: bytes, circumstance: Circumstance, now: int
) -> Action:
    """Queue the acknowledgment that the table has for an LSA from a neighbour, if any."""
    interface, _, role, _ = database.neighbor(neighbor)
    done = action(
        circumstance,
        is_backup=database.is_backup(interface),
        from_designated=role == DESIGNATED,
    )
    if done is not Action.NONE:
        is_direct = done is Action.DIRECT
        database.acknowledge(neighbor, lsa[:HEADER_LENGTH], now, is_direct=is_direct)
    return done
