"""The difference of two tables, by one pass over both in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from fingerpost.addr import Prefix

if TYPE_CHECKING:
    from fingerpost.fib.table import Fib

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Diff(Generic[V]):
    """What turns one table into another; each part in the order of prefixes."""

    added: tuple[tuple[Prefix, V], ...]
    removed: tuple[tuple[Prefix, V], ...]
    changed: tuple[tuple[Prefix, V, V], ...]
    """Prefix, value before, value after."""

    def __bool__(self) -> bool:
        """Whether the tables differ."""
        return bool(self.added or self.removed or self.changed)

    def __str__(self) -> str:
        """A line a prefix, marked as in a unified diff."""
        lines = [(prefix, f"- {prefix} {value}") for prefix, value in self.removed]
        lines += [(prefix, f"+ {prefix} {value}") for prefix, value in self.added]
        lines += [(prefix, f"~ {prefix} {old} -> {new}") for prefix, old, new in self.changed]
        return "\n".join(line for _, line in sorted(lines, key=lambda line: line[0]))


def compare(old: Fib[V], new: Fib[V]) -> Diff[V]:
    """What turns `old` into `new`. Values are compared with `==`, identical ones not at all."""
    added, removed, common = old.compare_prefixes(new)
    changed = tuple(
        (prefix, before, after)
        for prefix, before, after in common
        if before is not after and before != after
    )
    return Diff(tuple(added), tuple(removed), changed)
