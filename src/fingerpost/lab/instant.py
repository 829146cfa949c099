"""Instants and durations as users write them: "10s", "250ms", or nanoseconds as a number."""

from __future__ import annotations

from fingerpost.config.units import duration_ns
from fingerpost.errors import UsageError

Time = str | int
"""A text with its unit ("1.5s", "20ms"), or nanoseconds."""
CONVERGED = "converged"  # where a run ends: when the tables stand, whenever that is


def nanoseconds(time: Time, what: str = "time") -> int:
    """The nanoseconds of a time; raises `UsageError` that says what would be right."""
    if isinstance(time, int) and not isinstance(time, bool):
        if time < 0:
            raise UsageError(f"{what} {time} is before the start; count nanoseconds from 0")
        return time
    try:
        return duration_ns(time)
    except ValueError as error:
        raise UsageError(f"{what} {time!r}: {error}") from None


def roughly(instant: int) -> str:
    """Seconds to the millisecond."""
    return shown(round(instant, -6))


def shown(instant: int) -> str:
    """Seconds with as many digits as there are: "1.5 s"."""
    return f"{instant / 1e9:.9f}".rstrip("0").rstrip(".") + " s"
