"""What is remembered of a neighbour's sessions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ended:
    """Why and when a session ended or did not begin; `was_established`: routes were exchanged."""

    instant: int
    reason: str
    was_established: bool


@dataclass(slots=True)
class Tally:
    """What came and went in all sessions of a neighbour."""

    octets_in: int = 0
    octets_out: int = 0
    updates_in: int = 0
    keepalives_in: int = 0
    announced: int = 0
    withdrawn: int = 0
    faults: int = 0
    refreshes_in: int = 0
    refreshes_out: int = 0
    established: int = 0
    rejected: int = 0
