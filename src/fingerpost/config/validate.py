"""From the tree of a file to its typed entries, with every fault on the way.

What is faulty is taken out and the rest validated again, so that one wrong field hides none of the
faults that only the whole file can show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from fingerpost.config.faults import Path, shown
from fingerpost.config.models import known_fields
from fingerpost.config.names import meant

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from fingerpost.config.yaml_tree import Tree

M = TypeVar("M", bound=BaseModel)

_ROUNDS = 8  # of validating what is left; each takes out a level of consequences
_SHAPES = {
    "model_type": "write a mapping, `field: value` lines",
    "model_attributes_type": "write a mapping, `field: value` lines",
    "dict_type": "write a mapping, `name: ...` lines",
    "list_type": "write a list, `- ...` lines",
    "too_short": "write at least one",
    "string_type": "write a text",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
}


@dataclass(frozen=True, slots=True)
class Format(Generic[M]):
    """One kind of file: its model, and what is said otherwise than elsewhere.

    `keeps_count`: the fields that hold lists whose faulty items become None, so that the others
    keep their number. `whole`: fields of the top whose items go as a whole when a part is faulty.
    `shapes`: what to write, by the error type of pydantic. `missing`: the message for a field of
    the top that is not there. `hides`: the paths and values that no message may show.
    """

    model: type[M]
    keeps_count: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    shapes: dict[str, str] = field(default_factory=dict)
    missing: Callable[[str, object], str] = lambda name, _: f"{name!r} is missing"
    hides: Callable[[Path, object], bool] = lambda _path, _value: False

    def validate(self, tree: Tree) -> M | None:
        """The entries of a file, without what is faulty; faults are added to those of the tree.

        None if nothing is left to look at.
        """
        value = tree.value if tree.value is not None else {}
        self._refuse_empty_items(tree, value, ())
        told: set[Path] = set()
        for _ in range(_ROUNDS):
            try:
                return self.model.model_validate(value)
            except ValidationError as error:
                details = error.errors(include_url=False)
            for detail in details:
                path = _path(detail)
                if not _is_told(path, told):
                    tree.refuse(path, self.fault_of(detail, path, value))
            for detail in details:
                place = _path(detail)
                if place[:1] and place[0] in self.whole:
                    place = place[:2]
                told.add(place)
                place = place[:-1] if detail["type"] == "missing" else place
                if not self._take_out(value, place):
                    return None
        return None

    def fault_of(self, detail: ErrorDetails, path: Path, whole: object) -> str:
        """What is wrong with the field at `path`, and what would be right."""
        kind, given = detail["type"], detail["input"]
        if kind == "extra_forbidden":
            known = known_fields(self.model, path[:-1])
            return f"no such field{meant(str(path[-1]), known)}"
        if kind == "missing":
            name = str(path[-1])
            return f"{name!r} is missing" if len(path) > 1 else self.missing(name, whole)
        is_hidden = self.hides(path, given)
        if kind == "value_error":
            message = str(detail["ctx"]["error"])
            is_shown = isinstance(given, str) and repr(given) in message
            return message if is_shown or is_hidden else f"{shown(given)}: {message}"
        message = self.shapes.get(kind) or _SHAPES.get(kind, detail["msg"])
        return message if is_hidden else f"{shown(given)}: {message}"

    def _refuse_empty_items(self, tree: Tree, value: object, path: Path) -> None:
        """Fault every empty item of a list whose items may be taken out."""
        if isinstance(value, dict):
            for key, inner in value.items():
                self._refuse_empty_items(tree, inner, (*path, key))
        elif isinstance(value, list):
            for at, inner in enumerate(value):
                place = (*path, at)
                is_faulty = inner is None and place not in tree.passed_over
                if is_faulty and path and path[-1] in self.keeps_count:
                    tree.refuse(place, "an empty item")
                self._refuse_empty_items(tree, inner, place)

    def _take_out(self, value: Any, path: Path) -> bool:  # noqa: ANN401 - any YAML value
        """Remove the thing at `path`, or what is around it; False where all would go."""
        if not path:
            return False
        holder = value
        for at, step in enumerate(path[:-1]):
            inner = _step(holder, step)
            if not isinstance(inner, dict | list):  # inside of what a reader made of a text
                return self._take_out(value, path[: at + 1])
            holder = inner
        last = path[-1]
        if isinstance(holder, dict) and last in holder:
            del holder[last]
            return True
        is_item = isinstance(holder, list) and isinstance(last, int) and last < len(holder)
        if is_item and path[-2] in self.keeps_count:
            holder[last] = None
            return True
        return self._take_out(value, path[:-1])


def _path(detail: ErrorDetails) -> Path:
    """Where it is; the name of an entry stands where the entry does."""
    return tuple(step for step in detail["loc"] if step != "[key]")


def _is_told(path: Path, told: set[Path]) -> bool:
    """Whether this fault only follows from having taken out a faulty thing at or below it."""
    return any(one[: len(path)] == path for one in told)


def _step(value: Any, step: str | int) -> object:  # noqa: ANN401 - any YAML value
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None
