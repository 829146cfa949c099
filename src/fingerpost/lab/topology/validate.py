"""From the tree of a lab file to its typed entries, with every fault on the way.

What is faulty is taken out and the rest validated again, so that one wrong field hides none of the
faults that only the whole file can show (a link to a node that is not there).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from fingerpost.lab.names import meant
from fingerpost.lab.topology.faults import Fault, Path, dotted, shown
from fingerpost.lab.topology.schema import LabFile, known_fields

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from fingerpost.lab.topology.yaml_tree import Tree

_ROUNDS = 8  # of validating what is left; each takes out a level of consequences
KEEP_COUNT = {"links", "timeline", "expect", "routes"}  # lists whose items become None
_SHAPES = {
    "model_type": "write a mapping, `field: value` lines",
    "model_attributes_type": "write a mapping, `field: value` lines",
    "dict_type": "write a mapping, `name: ...` lines",
    "list_type": "write a list, `- ...` lines",
    "too_short": "a link has at least two endpoints",
    "string_type": "write a text",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
}


def validate(tree: Tree) -> LabFile | None:
    """The entries of a file, without what is faulty; faults are added to those of the tree.

    A faulty item of a list stays as None, so that the others keep their number and their line.
    None if nothing is left to look at.
    """
    value = tree.value if tree.value is not None else {}
    _refuse_empty_items(tree, value, ())
    told: set[Path] = set()
    for _ in range(_ROUNDS):
        try:
            return LabFile.model_validate(value)
        except ValidationError as error:
            details = error.errors(include_url=False)
        for detail in details:
            path = tuple(detail["loc"])
            if not _is_told(path, told):
                fault = fault_of(detail, path, value)
                tree.faults.append(Fault(tree.line(path), dotted(path), fault))
        for detail in details:
            place = tuple(detail["loc"])
            if place[:1] in (("expect",), ("timeline",)):
                place = place[:2]  # what is left of a happening would be another one
            told.add(place)
            if not _take_out(value, place[:-1] if detail["type"] == "missing" else place):
                return None
    return None


def _refuse_empty_items(tree: Tree, value: object, path: Path) -> None:
    """Fault every empty item of a list whose items may be taken out."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse_empty_items(tree, inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            place = (*path, at)
            is_faulty = inner is None and place not in tree.passed_over
            if is_faulty and path and path[-1] in KEEP_COUNT:
                tree.faults.append(Fault(tree.line(place), dotted(place), "an empty item"))
            _refuse_empty_items(tree, inner, place)


def _is_told(path: Path, told: set[Path]) -> bool:
    """Whether this fault only follows from having taken out a faulty thing at or below it."""
    return any(one[: len(path)] == path for one in told)


def fault_of(detail: ErrorDetails, path: Path, whole: object) -> str:
    """What is wrong with the field at `path` of a lab file, and what would be right."""
    kind, given = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        known = known_fields(path[:-1])
        return f"no such field{meant(str(path[-1]), known)}"
    if kind == "missing":
        return f"{path[-1]!r} is missing" if len(path) > 1 else _no_topology(whole)
    if kind == "value_error":
        message = str(detail["ctx"]["error"])
        is_shown = isinstance(given, str) and repr(given) in message
        return message if is_shown else f"{shown(given)}: {message}"
    return f"{shown(given)}: {_SHAPES.get(kind, detail['msg'])}"


def _no_topology(whole: object) -> str:
    names = [key for key in ("nodes", "links") if isinstance(whole, dict) and key in whole]
    hint = f"; put {' and '.join(names)} below it" if names else ""
    return f"'topology' is missing: a lab has `topology:` with `nodes:` and `links:`{hint}"


def _take_out(value: Any, path: Path) -> bool:  # noqa: ANN401 - any YAML value
    """Remove the thing at `path`, or what is around it; False where all would go."""
    if not path:
        return False
    holder = value
    for at, step in enumerate(path[:-1]):
        inner = _step(holder, step)
        if not isinstance(inner, dict | list):  # a place inside of what a reader made of a text
            return _take_out(value, path[: at + 1])
        holder = inner
    last = path[-1]
    if isinstance(holder, dict) and last in holder:
        del holder[last]
        return True
    is_item = isinstance(holder, list) and isinstance(last, int) and last < len(holder)
    if is_item and path[-2] in KEEP_COUNT:
        holder[last] = None
        return True
    return _take_out(value, path[:-1])


def _step(value: Any, step: str | int) -> object:  # noqa: ANN401 - any YAML value
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None
