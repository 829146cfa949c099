"""What a change costs, and what that happens to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fingerpost.config.costs import Changing, Cost
from fingerpost.config.models import field_at, metadata_of
from fingerpost.config.references import Use, uses
from fingerpost.config.tree import RouterTree
from fingerpost.config.tree.base import Thing
from fingerpost.config.tree.root import INSTANCES

if TYPE_CHECKING:
    from fingerpost.config.faults import Path

_SECTIONS = {
    Thing.POLICY.section: Thing.POLICY,
    Thing.PREFIX_LIST.section: Thing.PREFIX_LIST,
    Thing.AS_SET.section: Thing.AS_SET,
}


class Costs:
    """Knows who uses what in two trees, since a policy costs those that ask it."""

    def __init__(self, trees: Iterable[RouterTree]) -> None:
        """Look at every use of a name in all of them."""
        self._users: dict[tuple[Thing, str], list[Use]] = {}
        for tree in trees:
            for use in uses(tree):
                self._users.setdefault((use.thing, use.name), []).append(use)

    def of(self, path: Path) -> tuple[Cost, tuple[str, ...]]:
        """The cost of a change at `path`, and its subjects."""
        thing = _SECTIONS.get(str(path[0]))
        declared = list(self._asked(thing, str(path[1])) if thing else _declared(path))
        cost = max((one.cost for one, _ in declared), key=lambda one: one.rank, default=Cost.NONE)
        if cost is Cost.NONE:
            return cost, ()
        subjects = [_subject(one, at) for one, at in declared if one.cost is cost]
        return cost, tuple(dict.fromkeys(subjects))

    def _asked(self, thing: Thing, name: str) -> Iterable[tuple[Changing, Path]]:
        """What is declared where a policy or list is asked, if by way of a policy."""
        for use in self._users.get((thing, name), ()):
            if use.path[0] == Thing.POLICY.section:
                yield from self._asked(Thing.POLICY, str(use.path[1]))
            else:
                yield from _declared(use.path)


def _declared(path: Path) -> Iterable[tuple[Changing, Path]]:
    """The declaration of the field, or of the nearest one around it that has any."""
    for length in range(len(path), 0, -1):
        info = field_at(RouterTree, path[:length])
        found = next(metadata_of(info, Changing), None) if info is not None else None
        if found is not None:
            return [(found, path)]
    return []


def _subject(declared: Changing, path: Path) -> str:
    if path[0] == INSTANCES and len(path) > 1:
        path = (f"ospf:{path[1]}", *path[2:])  # as the instance is called everywhere else
    steps = [*map(str, path), *[""] * 5]
    return declared.subject.format(*steps)
