"""Changes of a table in the words of the record: a batch is one entry, however large it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.lab.table import said
from fingerpost.rib.changes import ChangeSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fingerpost.rib.events import Change

_NAMED = 3  # prefixes of a batch that are told


def kind_and_detail(changes: Sequence[Change]) -> tuple[str, str]:
    """What an entry of the record says of a batch."""
    if len(changes) == 1:
        return _one(changes[0])
    counts = {"new": 0, "changed": 0, "lost": 0}
    for before, after, count in _counted(changes):
        counts["new" if before is None else "lost" if after is None else "changed"] += count
    names = [str(one.prefix) for one in changes[:_NAMED]]
    if len(changes) > _NAMED:
        names.append(f"{len(changes) - _NAMED:,} more")
    told = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
    return "routes", f"{told}: {', '.join(names)}"


def growth_of(changes: Sequence[Change]) -> int:
    """How many routes a table has more after a batch."""
    return sum(
        ((after is not None) - (before is not None)) * count
        for before, after, count in _counted(changes)
    )


def _counted(changes: Sequence[Change]) -> Iterator[tuple[object, object, int]]:
    """Before and after, and of how many changes; a set of changes counts without making them."""
    if isinstance(changes, ChangeSet):
        for (before, after), count in changes.counts():
            yield before, after, count
    else:
        for one in changes:
            yield one.before, one.after, 1


def _one(change: Change) -> tuple[str, str]:
    if change.after is None:
        return "route lost", str(change.prefix)
    kind = "route learned" if change.before is None else "route changed"
    return kind, f"{change.prefix} {said(change.after.forwarding())}"
