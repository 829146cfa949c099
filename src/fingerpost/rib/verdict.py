"""What a policy answers, and what it is asked with: the border between tables and policies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fingerpost.rib.route import RibRoute


class Direction(Enum):
    """Which way a route goes through a channel."""

    IMPORT = "import"  # from its source into the table
    EXPORT = "export"  # from the table to somebody else


@dataclass(frozen=True, slots=True)
class Context:
    """Where a route is when a policy sees it.

    `counts` is how many routes it stands for, by which counters grow; 0 for those who only look.
    """

    direction: Direction = Direction.IMPORT
    table: str = "main"
    channel: str = ""
    counts: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a policy that had a say: which one, and what it did."""

    policy: str
    line: str
    did: str

    def __str__(self) -> str:
        """As a log has it."""
        return f"policy {self.policy} line {self.line}: {self.did}"

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {"policy": self.policy, "line": self.line, "did": self.did}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a route: let through, perhaps changed, or not; and by which lines."""

    accepted: bool
    route: RibRoute
    trace: tuple[Line, ...] = ()


class Filter(Protocol):
    """What a channel asks about each route; `fingerpost.policy` makes them.

    One that never looks at prefix and instant may say so: with `asks_prefix = False` it is asked
    once for routes that are the same but for these.
    """

    @property
    def name(self) -> str:
        """The name that traces show."""

    def apply(self, route: RibRoute, context: Context) -> Verdict:
        """Judge one route."""


def asks_prefix(policy: Filter | None) -> bool:
    """Whether a policy, if there is one, may look at the prefix."""
    return policy is not None and getattr(policy, "asks_prefix", True)
