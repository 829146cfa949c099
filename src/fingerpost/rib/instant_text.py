"""Instants for people: as wall time and age where the clock is known, else as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

_SECOND: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Clock:
    """`now` is the instant of the answer in nanoseconds, `wall` the same since 1970 (UTC).

    Either may be None: without `now` there is no age, without `wall` no time of day.
    """

    now: int | None = None
    wall: int | None = None

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {"now": self.now, "wall": self.wall}

    def text(self, instant: int) -> str:
        """An instant: "1.500 s", "3m12s ago", or "2026-11-22 18:30:12 (3m12s ago)"."""
        if self.now is None:
            return f"{instant / _SECOND:.3f} s"
        past = f"{age(self.now - instant)} ago"
        if self.wall is None:
            return past
        stood = (self.wall - self.now + instant) // _SECOND
        day = datetime.fromtimestamp(stood).astimezone()
        return f"{day:%Y-%m-%d %H:%M:%S} ({past})"


NO_CLOCK: Final = Clock()


def age(duration_ns: int) -> str:
    """A duration in its two largest units: "250ms", "12s", "3m12s", "2h05m", "4d03h"."""
    if duration_ns < 1_000_000:
        return "0s"
    if duration_ns < _SECOND:
        return f"{duration_ns // 1_000_000}ms"
    seconds = duration_ns // _SECOND
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes == 0:
        return f"{seconds}s"
    if hours == 0:
        return f"{minutes}m{seconds % 60:02}s"
    if days == 0:
        return f"{hours}h{minutes % 60:02}m"
    return f"{days}d{hours % 24:02}h"
