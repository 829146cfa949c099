"""A neighbour that comes and goes is given less of our time (RFC 4271 8.1.1, DampPeerOscillations).

What has failed rests for the idle hold time, which doubles with each failure in a row. One that
cannot be reached at all is not meant: its connections never failed for what was said there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bgp.constants import CeaseError, ErrorCode

if TYPE_CHECKING:
    from fingerpost.bgp.config import Timers
    from fingerpost.bgp.packet import Notification

FAILURES_MOST = 16
"""How many failures in a row are told apart: the idle hold time is the longest long before."""
MEANT = (
    CeaseError.ADMINISTRATIVE_SHUTDOWN,
    CeaseError.PEER_DECONFIGURED,
    CeaseError.ADMINISTRATIVE_RESET,
    CeaseError.CONNECTION_REJECTED,
    CeaseError.OTHER_CONFIGURATION_CHANGE,
    CeaseError.COLLISION,
)
"""Ends that are no failures."""


class Oscillation:
    """How often a neighbour failed in a row, and until when it rests."""

    def __init__(self) -> None:
        """It has not failed."""
        self.failures = 0
        self.failed = 0  # in all
        self._until = 0
        self._is_excused = False

    def judge(self, said: Notification | None) -> None:
        """A session is about to end by a NOTIFICATION, or by none."""
        meant = said if said is None or said.inner is None else said.inner
        is_cease = meant is not None and meant.code == ErrorCode.CEASE
        self._is_excused = is_cease and meant is not None and meant.subcode in MEANT

    def fail(self, timers: Timers, now: int) -> None:
        """Another failure in a row, unless the end was meant."""
        if not self._is_excused:
            self.failures = min(self.failures + 1, FAILURES_MOST)
            self.failed += 1
            self._until = now + self.idle_hold_ns(timers)

    def forgive(self) -> None:
        """It was there for long, or an operator says so."""
        self.failures = 0

    def idle_hold_ns(self, timers: Timers) -> int:
        """For how long it rests now."""
        doubled = timers.idle_hold_ns << max(self.failures - 1, 0)
        return min(doubled, timers.idle_hold_most_ns)

    def lets_in(self, now: int) -> bool:
        """Whether a connection from it is taken: one that failed more than once in a row waits.

        That time does not begin again by attempts that are refused: two that damp each other meet.
        """
        return self.failures <= 1 or now >= self._until
