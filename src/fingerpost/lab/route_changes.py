"""Changes of a table in the words of the record: a batch is one entry, however large it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.lab.table import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerpost.rib.events import Change

_NAMED = 3  # prefixes of a batch that are told


def kind_and_detail(changes: Sequence[Change]) -> tuple[str, str]:
    """What an entry of the record says of a batch."""
    if len(changes) == 1:
        return _one(changes[0])
    new = sum(one.before is None for one in changes)
    gone = sum(one.after is None for one in changes)
    counts = {"new": new, "changed": len(changes) - new - gone, "lost": gone}
    names = [str(one.prefix) for one in changes[:_NAMED]]
    if len(changes) > _NAMED:
        names.append(f"{len(changes) - _NAMED:,} more")
    told = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
    return "routes", f"{told}: {', '.join(names)}"


def _one(change: Change) -> tuple[str, str]:
    if change.after is None:
        return "route lost", str(change.prefix)
    kind = "route learned" if change.before is None else "route changed"
    return kind, f"{change.prefix} {said(change.after.forwarding())}"
