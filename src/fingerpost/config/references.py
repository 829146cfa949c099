"""Names in a file that mean something elsewhere in it: who uses a policy, a list, a table, a key.

A field says by `Refers` what its value is the name of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.config.models import leaves
from fingerpost.config.names import meant
from fingerpost.config.tree.base import Refers, Thing

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from fingerpost.config.faults import Path
    from fingerpost.config.tree import RouterTree

MAIN = "main"
_ASKS_AS = ("first-as", "origin-as", "path-as", "remote-as")


@dataclass(frozen=True, slots=True)
class Use:
    """At `path` stands `name`, which is the name of a thing that is described elsewhere."""

    thing: Thing
    name: str
    path: Path


def uses(tree: RouterTree) -> Iterator[Use]:
    """Every use of a name, in the order of the models."""
    for leaf in leaves(tree, _refers):
        refers = next((one for one in leaf.info.metadata if isinstance(one, Refers)), None)
        if refers is not None and isinstance(leaf.value, str):
            yield Use(refers.to, leaf.value, leaf.path)
    for name, policy in tree.policies.items():
        yield from _lists_of(policy, ("policies", name))


def _refers(info: FieldInfo) -> bool:
    return any(isinstance(one, Refers) for one in info.metadata)


def _lists_of(value: object, path: Path) -> Iterator[Use]:
    """The prefix lists and AS sets that the plain data of a policy names."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            here = (*path, key)
            if key in ("prefix-list", "next-hop-list") and isinstance(inner, str):
                yield Use(Thing.PREFIX_LIST, inner, here)
            elif key in _ASKS_AS:
                some = inner if isinstance(inner, list) else [inner]
                yield from (Use(Thing.AS_SET, one, here) for one in some if isinstance(one, str))
            else:
                yield from _lists_of(inner, here)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _lists_of(inner, (*path, at))


def names_in(value: object) -> dict[Thing, list[str]]:
    """The names that the plain data of a file gives to things, faulty ones included."""
    top = value if isinstance(value, Mapping) else {}
    found = {}
    for thing in Thing:
        held = top.get(thing.section)
        found[thing] = list(held) if isinstance(held, Mapping) else []
    found[Thing.TABLE] = list(dict.fromkeys((MAIN, *found[Thing.TABLE])))
    return found


def fault_of(use: Use, known: Mapping[Thing, list[str]]) -> str | None:
    """What is wrong with a use; None if the name has a meaning."""
    if use.name in known[use.thing]:
        return None
    none = f"; there is no section {use.thing.section} with one" if not known[use.thing] else ""
    return f"no {use.thing.value} {use.name!r}{meant(use.name, known[use.thing])}{none}"
