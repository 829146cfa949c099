"""`Configuration`: what runs now, what ran before, and whether it is confirmed."""

from __future__ import annotations


class Configuration:
    """The configuration of a daemon."""

    @property
    def unconfirmed_s(self) -> float | None:
        """Seconds until it is rolled back unless it is confirmed; None if it is for good."""
        return None
