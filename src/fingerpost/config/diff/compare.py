"""`compare`: walks two trees side by side."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from fingerpost.config.diff.change import Change, Difference
from fingerpost.config.diff.subjects import Costs
from fingerpost.config.diff.text import text_of
from fingerpost.config.models import key_of
from fingerpost.config.tree.routes import LeakEntry, StaticEntry

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from fingerpost.config.faults import Path
    from fingerpost.config.tree import RouterTree

_NOTHING: Any = object()
_UNORDERED = ("static", "leaks")  # lists whose order has no meaning


def compare(before: RouterTree, after: RouterTree) -> Difference:
    """What differs between two trees, field by field, in the order of the tree."""
    costs = Costs((before, after))
    changes = []
    for path, old, new, info in _models((), before, after):
        cost, subjects = costs.of(path)
        was = None if old in (_NOTHING, None) else text_of(old, info)
        becomes = None if new in (_NOTHING, None) else text_of(new, info)
        changes.append(Change(path, was, becomes, cost, subjects))
    return Difference(tuple(changes))


Found = Iterator[tuple["Path", Any, Any, "FieldInfo | None"]]


def _values(path: Path, old: object, new: object, info: FieldInfo) -> Found:
    if old == new:
        return
    if isinstance(old, BaseModel) and isinstance(new, BaseModel):
        yield from _models(path, old, new)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _mappings(path, old, new, info)
    elif isinstance(old, list) and isinstance(new, list):
        ordered = path[0] not in _UNORDERED
        yield from (_sequences if ordered else _sets)(path, old, new, info)
    else:
        yield path, old, new, info


def _models(path: Path, old: BaseModel, new: BaseModel) -> Found:
    for name, info in type(new).model_fields.items():
        here = (*path, key_of(name, info))
        yield from _values(here, getattr(old, name), getattr(new, name), info)


def _mappings(
    path: Path, old: Mapping[str, object], new: Mapping[str, object], info: FieldInfo
) -> Found:
    for key in [*old, *(key for key in new if key not in old)]:
        here = (*path, key)
        if key not in new:
            yield here, old[key], _NOTHING, info
        elif key not in old:
            yield here, _NOTHING, new[key], info
        else:
            yield from _values(here, old[key], new[key], info)


def _sequences(path: Path, old: Sequence[Any], new: Sequence[Any], info: FieldInfo) -> Found:
    """Pair what stayed; places are those of the new list, of the old one for what is gone."""
    names = _names(old, new)
    matcher = SequenceMatcher(None, names[: len(old)], names[len(old) :], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        pairs = min(i2 - i1, j2 - j1)
        for offset in range(pairs):
            here = (*path, j1 + offset)
            yield from _values(here, old[i1 + offset], new[j1 + offset], info)
        for at in range(i1 + pairs, i2):
            yield (*path, at), old[at], _NOTHING, info
        for at in range(j1 + pairs, j2):
            yield (*path, at), _NOTHING, new[at], info


def _names(old: Sequence[Any], new: Sequence[Any]) -> list[int]:
    """A number for each item of both lists, the same for those that are equal."""
    by_text: dict[str, list[tuple[Any, int]]] = {}
    names = []
    for at, item in enumerate((*old, *new)):
        alike = by_text.setdefault(text_of(item), [])
        number = next((n for other, n in alike if other == item), at)
        if number == at:
            alike.append((item, at))
        names.append(number)
    return names


def _sets(path: Path, old: Sequence[Any], new: Sequence[Any], info: FieldInfo) -> Found:
    """Pair what says something else of the same thing; all else is gone or new."""
    names = _names(old, new)
    was, becomes = names[: len(old)], names[len(old) :]
    kept, stays = set(becomes), set(was)
    added = [at for at, number in enumerate(becomes) if number not in stays]
    about: dict[Hashable, list[int]] = {}
    for at in reversed(added):
        about.setdefault(_subject(new[at]), []).append(at)
    for at, number in enumerate(was):
        if number in kept:
            continue
        if same := about.get(_subject(old[at])):
            place = same.pop()
            yield (*path, place), old[at], new[place], info
        else:
            yield (*path, at), old[at], _NOTHING, info
    for at in sorted(place for places in about.values() for place in places):
        yield (*path, at), _NOTHING, new[at], info


def _subject(item: object) -> Hashable:
    """What an item of an unordered list says something of."""
    if isinstance(item, StaticEntry):
        return item.table, item.route.prefix
    if isinstance(item, LeakEntry):
        return item.from_, item.to
    return id(item)
