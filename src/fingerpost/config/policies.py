"""Prefix lists and policies of a file, read by `fingerpost.policy`, each fault with its place.

Entries and statements are read one by one; of a faulty statement what is wrong is taken out and the
rest read again, so that all faults are told at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any, TypeVar

from fingerpost.config.faults import Fault, Path, dotted
from fingerpost.errors import UsageError
from fingerpost.policy import AsSet, Entry, Policy, PrefixList
from fingerpost.policy.load import Names, load_entry, load_policy, load_statement
from fingerpost.policy.load_values import as_member
from fingerpost.policy.statement import Statement
from fingerpost.policy.values import FieldError, sequence

if TYPE_CHECKING:
    from fingerpost.config.yaml_tree import Tree

T = TypeVar("T")
_MOST_FAULTS = 50  # of one statement, and of one file of entries


def load_lists(tree: Tree, data: Mapping[str, object]) -> dict[str, PrefixList]:
    """The prefix lists of a file; faults are added to those of the tree."""
    found = {}
    for name, held in data.items():
        path: Path = ("prefix-lists", name)
        items = _told(tree, path, held, sequence) or []
        entries: list[Entry] = []
        for at, item in enumerate(items):
            place = (*path, at) if isinstance(held, list) else path
            entry = _told(tree, place, item, load_entry)
            if entry is not None:
                entries.append(entry)
        found[name] = PrefixList(name, entries)
    return found


def load_as_sets(tree: Tree, data: Mapping[str, object]) -> dict[str, AsSet]:
    """The AS sets of a file; faults are added to those of the tree."""
    found = {}
    for name, held in data.items():
        path: Path = ("as-sets", name)
        members: list[int | range] = []
        for at, item in enumerate(_told(tree, path, held, sequence) or []):
            place = (*path, at) if isinstance(held, list) else path
            member = _told(tree, place, item, as_member)
            if member is not None:
                members.append(member)
        found[name] = AsSet(name, members)
    return found


def load_policies(tree: Tree, data: Mapping[str, object], names: Names) -> dict[str, Policy]:
    """The policies of a file; faults are added to those of the tree."""
    return {name: _policy(tree, name, held, names) for name, held in data.items()}


def _policy(tree: Tree, name: str, data: object, names: Names) -> Policy:
    path: Path = ("policies", name)
    place = path
    items: object = data
    otherwise = Policy(name).otherwise
    if not isinstance(data, list):
        place = (*path, "statements")
        items = data.get("statements", []) if isinstance(data, Mapping) else []
        head = {**data, "statements": []} if isinstance(data, Mapping) else data
        read = _told(tree, path, head, lambda where, one: load_policy(name, one, Names(), where))
        otherwise = read.otherwise if read is not None else otherwise
    statements: list[Statement] = []
    for at, item in enumerate(_told(tree, place, items, sequence) or []):
        read_one = _statement_reader(names, str(10 * (at + 1)))
        here = (*place, at) if isinstance(items, list) else place
        statement = _told(tree, here, item, read_one)
        if statement is not None:
            statements.append(statement)
    policy = _told(tree, path, None, lambda *_: Policy(name, statements, otherwise=otherwise))
    return Policy(name) if policy is None else policy


def _statement_reader(names: Names, name: str) -> Callable[[str, object], Statement]:
    return lambda where, value: load_statement(where, value, names, name)


def _told(tree: Tree, path: Path, value: object, read: Callable[[str, Any], T]) -> T | None:
    """Read a value; None if it is faulty, after every fault in it is told."""
    where = dotted(path)
    value = deepcopy(value)
    for _ in range(_MOST_FAULTS):
        try:
            return read(where, value)
        except FieldError as error:
            if (there := tree.included.get(path[:-1])) and isinstance(path[-1], int):
                _told_there(tree, path[:-1], there[path[-1]], error.said)
                return None
            place = _place(value, path, error.where.removeprefix(where))
            line, column = tree.place(place)
            tree.faults.append(Fault(line, error.where, error.said, column))
        except UsageError as error:
            tree.refuse(path, str(error))
            return None
        if not _take_out(value, place[len(path) :]):
            return None
        if not isinstance(value, Mapping) or not value:
            return None
    return None


def _told_there(tree: Tree, path: Path, where: str, said: str) -> None:
    """A fault of another file, with its place there; of many the first are told."""
    faults = sum(one.field == dotted(path) for one in tree.faults)
    if faults < _MOST_FAULTS:
        tree.refuse(path, f"{where}: {said}")


def _place(value: object, path: Path, rest: str) -> Path:
    """The path of what a reader calls by the tail `rest`, as far as it is there."""
    while rest:
        step: str | int | None = None
        if isinstance(value, Mapping):
            fitting = [key for key in value if re.match(rf"\.{re.escape(key)}(?=[.\[]|$)", rest)]
            step = max(fitting, key=len, default=None)
            text = f".{step}"
        elif isinstance(value, list) and (match := re.match(r"\[([0-9]+)\]", rest)):
            step = int(match[1]) if int(match[1]) < len(value) else None
            text = match[0]
        if step is None:
            break
        path, rest = (*path, step), rest[len(text) :]
        value = value[step]  # type: ignore[index]
    return path


def _take_out(value: object, steps: Path) -> bool:
    """Remove a field of a mapping; what is in a list goes with its field."""
    holder: Any = value
    fields: list[tuple[Any, str | int]] = []
    for step in steps:
        if isinstance(holder, Mapping):
            fields.append((holder, step))
        holder = holder[step]
    if not fields:
        return False
    held, last = fields[-1]
    del held[last]
    return True
