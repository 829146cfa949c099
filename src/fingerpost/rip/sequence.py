"""Sequence numbers of signed messages, which may never go down (RFC 4822 2.1)."""

from __future__ import annotations

from typing import Final

from fingerpost.forwarding.durations import SECOND

LAST: Final = 0xFFFF_FFFF


class SequenceNumbers:
    """One row of numbers for all keys and interfaces of an instance.

    The number is the time in seconds, and always one more than the last: a router that starts anew
    knows how far it was as long as its clock does. It stays at the last number there is.
    """

    def __init__(self) -> None:
        """No number was given."""
        self._last = -1

    def next(self, now: int) -> int:
        """Give the number for the messages of an instant in nanoseconds."""
        self._last = min(max(self._last + 1, now // SECOND), LAST)
        return self._last
