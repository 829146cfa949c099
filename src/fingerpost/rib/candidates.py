"""What the candidates of a prefix become when a source says something about it."""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING

from fingerpost.rib.best import rank
from fingerpost.rib.path import says_same

if TYPE_CHECKING:
    from fingerpost.rib.path import Path


def with_path(held: tuple[Path, ...], path: Path) -> tuple[Path, ...]:
    """With a path in place of the one that its source had; in order of rank.

    If it says nothing new, that is `held`: the one that came first stays.
    """
    if not held:
        return (path,)
    others = [one for one in held if one.source != path.source]
    if len(others) < len(held):
        (mine,) = (one for one in held if one.source == path.source)
        if says_same(mine, path) and mine.lines == path.lines:
            return held
    insort(others, path, key=rank)
    return tuple(others)


def without_source(held: tuple[Path, ...], source: str) -> tuple[Path, ...]:
    """Without the path of a source; `held` if it has none."""
    left = tuple(one for one in held if one.source != source)
    return left if len(left) < len(held) else held
