"""Where a table keeps its candidates: a prefix set, and a group for each different set of paths.

All prefixes that have the same candidates are in one `Group`, for whatever is decided about one of
them is decided about all. A prefix costs its place in the prefix set and one in its group.

Changes are staged and take effect together at `commit`, since the prefix set takes many at once
much faster than one after another. The tables know nothing of how it is done; a native store can
take this one's place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fingerpost.fib import Fib
from fingerpost.rib.path import Paths

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.rib.path import Path


class Group:
    """Prefixes that have the same candidates, in order of rank, and what they use of them."""

    __slots__ = ("best", "members", "paths")

    def __init__(self, paths: tuple[Path, ...]) -> None:
        """Start without members; nothing is chosen yet."""
        self.paths = paths
        self.best: Path | None = None
        self.members: set[Prefix] = set()


class Store:
    """The candidates of every prefix."""

    def __init__(self) -> None:
        """Start empty."""
        self.paths = Paths()
        self._table: Fib[Group] = Fib()
        self._groups: dict[tuple[Path, ...], Group] = {}
        self._staged: dict[Prefix, Group | None] = {}
        self._created: list[Group] = []
        self._shrunk: dict[Group, None] = {}

    def __len__(self) -> int:
        """Count the prefixes, staged changes not included."""
        return len(self._table)

    def __iter__(self) -> Iterator[tuple[Prefix, Group]]:
        """Every prefix with its group, in order, staged changes not included."""
        return iter(self._table.items())

    @property
    def group_count(self) -> int:
        """How many different sets of candidates there are."""
        return len(self._groups)

    def get(self, prefix: Prefix) -> Group | None:
        """The group of a prefix, staged changes included."""
        if prefix in self._staged:
            return self._staged[prefix]
        held: Group | None = self._table.get(prefix)
        return held

    def covering(self, address: Address) -> list[tuple[Prefix, Group]]:
        """Every prefix that contains an address, longest first; staged changes not included."""
        found: list[tuple[Prefix, Group]] = self._table.covering(address)
        found.reverse()
        return found

    def page(self, within: Prefix, after: Prefix | None, limit: int) -> list[Prefix]:
        """Up to `limit` prefixes inside another behind `after`, in order; staged ones not."""
        return [prefix for prefix, _ in self._table.page(within, after, limit)]

    def stage(self, prefix: Prefix, paths: tuple[Path, ...]) -> None:
        """Give a prefix these candidates, in order of rank; without any it goes."""
        before = self.get(prefix)
        if before is not None:
            before.members.discard(prefix)
            self._shrunk[before] = None
        if not paths:
            self._staged[prefix] = None
            return
        group = self._groups.get(paths)
        if group is None:
            group = self._groups[paths] = Group(paths)
            self._created.append(group)
        group.members.add(prefix)
        self._staged[prefix] = group

    def commit(self) -> tuple[list[Group], list[Group]]:
        """Let what was staged take effect; gives the groups that came and those that went."""
        put = [(prefix, group) for prefix, group in self._staged.items() if group is not None]
        drop = [prefix for prefix, group in self._staged.items() if group is None]
        self._table.apply(put, drop)
        self._staged.clear()
        fresh = set(self._created)
        came = [group for group in self._created if group.members]
        empty = [group for group in self._shrunk if not group.members]
        for group in empty:
            del self._groups[group.paths]
        self._created.clear()
        self._shrunk.clear()
        return came, [group for group in empty if group not in fresh]
