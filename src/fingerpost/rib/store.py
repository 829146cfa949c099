"""Where a table keeps its candidates: each prefix in a group, each group a list of paths.

All prefixes that have the same candidates are in one group, for whatever is decided about one of
them is decided about all. Groups are numbers; 0 is that of prefixes without candidates. Prefixes,
their groups and since when they have each candidate lie in the core (`_core.RibStore`), which
knows paths as numbers only. What an announcement or a withdrawal makes of a group is said here,
once for each different case (`fingerpost.rib.candidates`); the core does it to every prefix.

The life of a batch: `announce` and `withdraw`; `commit`, which tells what came and went; whoever
decides puts into `used` what each new or changed group uses; `changes`; `finish`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fingerpost._core import RibStore
from fingerpost.addr import Prefix
from fingerpost.rib.candidates import with_path, without_source
from fingerpost.rib.path import Path, Paths

if TYPE_CHECKING:
    from fingerpost._core import PrefixColumn, RibChanges
    from fingerpost.addr import Address
    from fingerpost.rib.route import RibRoute

    Kind = tuple[Path | None, Path | None]

_WITHDRAWAL: Final = 1 << 31  # an operation: the number of a path, or this and that of a source
_PAGE: Final = 4096
_EVERYTHING: Final = (Prefix("0.0.0.0/0"), Prefix("::/0"))


@dataclass(frozen=True, slots=True)
class Turnover:
    """The groups that came and went with a batch, and the paths that are used now or no more."""

    came: list[int]
    went: list[int]
    paths_used: list[Path]
    paths_unused: list[Path]


class Store:
    """The candidates of every prefix; `used[group]` is what its prefixes use of them."""

    def __init__(self) -> None:
        """Start empty."""
        self.native = RibStore()
        self.paths = Paths(self.native)
        self.used: list[Path | None] = [None]
        self._unused: list[Path] = []

    # -- asking --------------------------------------------------------------------------------

    def __len__(self) -> int:
        """Count the prefixes."""
        return len(self.native)

    def __iter__(self) -> Iterator[tuple[Prefix, int]]:
        """Every prefix with its group, in order; the table may change meanwhile."""
        for within in _EVERYTHING:
            after: Prefix | None = None
            while page := self.native.walk(within, after, _PAGE):
                yield from page
                after = page[-1][0]

    @property
    def group_count(self) -> int:
        """How many different sets of candidates there are."""
        return self.native.group_count

    def get(self, prefix: Prefix) -> int:
        """The group of a prefix; 0 if it has no candidates."""
        return self.native.get(prefix)

    def covering(self, address: Address) -> list[tuple[Prefix, int]]:
        """Every prefix that contains an address and its group, longest first."""
        return self.native.covering(address)

    def page(self, within: Prefix, after: Prefix | None, limit: int) -> list[Prefix]:
        """Up to `limit` prefixes inside another that come later than `after`, in order."""
        return [prefix for prefix, _ in self.native.walk(within, after, limit)]

    def paths_of(self, group: int) -> tuple[Path, ...]:
        """The candidates of a group, in order of rank."""
        paths = self.paths
        return tuple(paths[number] for number in self.native.paths(group))

    def groups_of(self, paths: Iterable[Path]) -> list[int]:
        """The groups that have any of these candidates."""
        return self.native.groups_of([path.number for path in paths])

    def members(self, paths: Iterable[Path]) -> PrefixColumn:
        """The prefixes that have any of these candidates, in order."""
        return self.native.members(self.groups_of(paths))

    def count(self, source: str) -> int:
        """How many prefixes have a candidate of a source."""
        return self.native.count_of_source(self.paths.source_number(source))

    def route(self, prefix: Prefix, path: Path) -> RibRoute:
        """A candidate of a prefix, or what was made of it, as a route."""
        return path.at(prefix, self.native.since(prefix, path.number) or 0)

    # -- a batch -------------------------------------------------------------------------------

    def announce(
        self,
        prefixes: Iterable[Prefix],
        paths: Sequence[int] | int,
        since: Sequence[int] | int,
    ) -> None:
        """Give prefixes a path each (its number), or one to all, in place of their sources'."""
        self.native.stage(prefixes, paths, since)
        self._run()

    def withdraw(self, prefixes: Iterable[Prefix], source: str) -> None:
        """Take what a source said about prefixes from them."""
        self.native.stage(prefixes, _WITHDRAWAL | self.paths.source_number(source), 0)
        self._run()

    def _run(self) -> None:
        while (asked := self.native.run()) is not None:
            group, operation = asked
            held = self.paths_of(group)
            if operation & _WITHDRAWAL:
                left = without_source(held, self.paths.source_name(operation & ~_WITHDRAWAL))
            else:
                left = with_path(held, self.paths[operation])
            after = group if left is held else self.native.group([path.number for path in left])
            self.native.teach(group, operation, after)

    def commit(self) -> Turnover:
        """Tell what came and went; groups that came use nothing yet."""
        came, went, used, unused = self.native.commit()
        for group in came:
            if group >= len(self.used):
                self.used.extend([None] * (group + 1 - len(self.used)))
            self.used[group] = None
        self._unused = [self.paths[number] for number in unused]
        return Turnover(came, went, [self.paths[number] for number in used], self._unused)

    def changes(
        self,
        kinds: Iterable[Kind],
        of_pairs: Sequence[int | None],
        rest: Sequence[tuple[int, int]],
        singles: Mapping[Prefix, int | None],
    ) -> RibChanges:
        """The changes of the batch in columns, each with the number of its kind.

        Those prefixes come first that the batch moved, in its order: `of_pairs` says the kind for
        each of `native.pairs()`, None for no change. Then others, sorted: the members of the groups
        in `rest`, each with its kind. `singles` decides about single prefixes, whatever their
        group.
        """
        numbers = [
            (None if was is None else was.number, None if now is None else now.number)
            for was, now in kinds
        ]
        return self.native.changes(numbers, of_pairs, rest, dict(singles))

    def finish(self) -> None:
        """End the batch: what was before it is no longer known."""
        self.native.finish()
        self.paths.release(self._unused)
        self._unused = []
