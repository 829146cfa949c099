"""How many routes a channel takes, and what is done when there are more."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from fingerpost.errors import UsageError


class OnLimit(Enum):
    """What a channel does with the first route too many."""

    BLOCK = "block"  # keeps what it has, takes no more prefixes
    WARN = "warn"  # takes it and counts
    DISABLE = "disable"  # drops all it has and takes nothing until it is enabled again


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `prefixes` of one channel in its table. Raises `UsageError` for less than none."""

    prefixes: int
    action: OnLimit = OnLimit.BLOCK

    def __post_init__(self) -> None:
        """Refuse a number that means nothing."""
        if self.prefixes < 0:
            raise UsageError(f"limit of {self.prefixes} prefixes, not 0 or more")
