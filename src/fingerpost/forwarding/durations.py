"""Durations in nanoseconds, as all instants are."""

from __future__ import annotations

MILLISECOND = 1_000_000
SECOND = 1_000 * MILLISECOND
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
