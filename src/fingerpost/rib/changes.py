"""`ChangeSet`: what a batch changed, in columns.

A batch that moves a million prefixes changes few different things. Each different thing, a path
before and a path after, is there once; prefixes, and since when each had and has its path, lie in
native columns. To those who go through it a `ChangeSet` is a sequence of `Change`, made as they
go; those who work on many prefixes at once take `groups` or `feed` from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, overload

from fingerpost._core import RibChanges
from fingerpost.rib.events import Change

if TYPE_CHECKING:
    from fingerpost._core import PrefixColumn
    from fingerpost.addr import Prefix
    from fingerpost.rib.path import Path

    Kind = tuple[Path | None, Path | None]

_PAGE: Final = 4096


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Prefixes of one IP version to which the same happened.

    `before` and `after` are what they used, without prefix and instant; None for nothing.
    """

    before: Path | None
    after: Path | None
    prefixes: PrefixColumn


class ChangeSet(Sequence[Change]):
    """The changes of one batch, each prefix once. Equal to any sequence of the same changes."""

    __slots__ = ("kinds", "rows")

    def __init__(self, kinds: Sequence[Kind] = (), rows: RibChanges | None = None) -> None:
        """`rows` has for each change the place in `kinds` of what happened."""
        self.kinds: Final = tuple(kinds)
        self.rows: Final = RibChanges() if rows is None else rows

    def __len__(self) -> int:
        """Count the changes."""
        return len(self.rows)

    def __iter__(self) -> Iterator[Change]:
        """Every change, the prefixes of the batch first and in its order, others sorted."""
        for start in range(0, len(self), _PAGE):
            yield from self._made(start, start + _PAGE)

    @overload
    def __getitem__(self, at: int) -> Change: ...
    @overload
    def __getitem__(self, at: slice) -> list[Change]: ...
    def __getitem__(self, at: int | slice) -> Change | list[Change]:
        """One change, or a list of some."""
        places = range(len(self))[at]
        if isinstance(places, int):
            return self._made(places, places + 1)[0]
        return [self._made(place, place + 1)[0] for place in places]

    def _made(self, start: int, stop: int) -> list[Change]:
        return [
            Change(prefix, _at(was, prefix, before), _at(now, prefix, after))
            for prefix, kind, before, after in self.rows.rows(start, stop)
            for was, now in (self.kinds[kind],)
        ]

    def prefixes(self) -> PrefixColumn:
        """The prefixes, in order of the changes."""
        return self.rows.prefixes()

    def groups(self) -> Iterator[ChangeGroup]:
        """The changes by what happened, prefixes of either IP version apart."""
        for kind, prefixes in self.rows.split(len(self.kinds)):
            yield ChangeGroup(*self.kinds[kind], prefixes)

    def counts(self) -> list[tuple[Kind, int]]:
        """How many changes there are of each kind."""
        return list(zip(self.kinds, self.rows.counts(len(self.kinds)), strict=True))

    def told(self, tell: Callable[[Path | None, Path | None], Kind | None]) -> ChangeSet:
        """The same prefixes with what `tell` makes of before and after.

        Without those of which it makes nothing: None, or None both before and after.
        """
        to: list[int | None] = []
        kinds: list[Kind] = []
        for before, after in self.kinds:
            kind = tell(before, after)
            if kind is None or kind == (None, None):
                to.append(None)
            else:
                to.append(len(kinds))
                kinds.append(kind)
        return ChangeSet(kinds, self.rows.select(to))

    def __add__(self, other: ChangeSet) -> ChangeSet:
        """These changes, and behind them those of another batch."""
        if not isinstance(other, ChangeSet):
            return NotImplemented
        if not other:
            return self
        if not self:
            return other
        return ChangeSet((*self.kinds, *other.kinds), self.rows.joined(other.rows, len(self.kinds)))

    def __eq__(self, other: object) -> bool:
        """Whether the other is a sequence of the same changes."""
        if isinstance(other, ChangeSet | list | tuple):
            return len(self) == len(other) and all(map(Change.__eq__, self, other))
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # as a list, which it stands for

    def __repr__(self) -> str:
        """Say how many; a million would fill the screen."""
        return f"<ChangeSet of {len(self):,} changes>"


def _at(path: Path | None, prefix: Prefix, since: int) -> Any:  # noqa: ANN401
    return None if path is None else path.at(prefix, since)
