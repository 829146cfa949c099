"""Mappings laid over each other: what a node says beats its kind, and that beats the defaults.

The result is a tree as `config.yaml_tree` reads one, in which every value keeps the line of the
layer that it comes from; `origins` knows the path there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fingerpost.config.faults import dotted
from fingerpost.config.yaml_tree import Tree

if TYPE_CHECKING:
    from fingerpost.config.faults import Path


@dataclass(slots=True)
class Layers:
    """The tree so far, and for each of its fields the path of the layer that said it."""

    line: Callable[[Path], int]
    tree: Tree = field(default_factory=lambda: Tree({}))
    origins: dict[str, Path] = field(default_factory=dict)

    def lay(self, value: Any, origin: Path, at: Path = ()) -> None:  # noqa: ANN401 - any YAML value
        """Put a value that stands at `origin` over what the tree has at `at`.

        Mappings join; anything else takes the place of what was there.
        """
        holder = self._holder(at)
        self._mark(at, origin)
        is_joined = isinstance(value, Mapping) and isinstance(self.at(at), dict)
        if is_joined:
            for key, inner in value.items():
                self.lay(inner, (*origin, key), (*at, key))
            return
        self._forget_below(at)
        copied = self._copied(value, origin, at)
        if holder is None:
            self.tree.value = copied
        else:
            holder[str(at[-1])] = copied

    def at(self, path: Path) -> object:
        """What the tree has at a path; None where there is nothing."""
        value = self.tree.value
        for step in path:
            if not isinstance(value, dict):
                return None
            value = value.get(step)
        return value

    def origin(self, at: Path) -> Path:
        """The path in the file of what the tree has at a path."""
        return self.origins[dotted(at)]

    def origin_of(self, field_name: str) -> str:
        """The field of the file that a field of the tree comes from, as messages name it."""
        best = max((name for name in self.origins if _is_within(field_name, name)), key=len)
        return dotted(self.origins[best]) + field_name[len(best) :]

    def _holder(self, at: Path) -> dict[str, Any] | None:
        """The mapping that holds what is at a path, made where it is not there."""
        if not at:
            return None
        holder = self.tree.value
        for step in at[:-1]:
            inner = holder.get(step)
            if not isinstance(inner, dict):
                inner = holder[step] = {}
            holder = inner
        found: dict[str, Any] = holder
        return found

    def _mark(self, at: Path, origin: Path) -> None:
        self.tree.lines[at] = self.line(origin)
        self.origins[dotted(at)] = origin

    def _forget_below(self, at: Path) -> None:
        for path in [one for one in self.tree.lines if len(one) > len(at) and one[: len(at)] == at]:
            del self.tree.lines[path], self.origins[dotted(path)]

    def _copied(self, value: Any, origin: Path, at: Path) -> Any:  # noqa: ANN401 - any YAML value
        self._mark(at, origin)
        if isinstance(value, Mapping):
            return {k: self._copied(v, (*origin, k), (*at, k)) for k, v in value.items()}
        if isinstance(value, list):
            return [self._copied(v, (*origin, n), (*at, n)) for n, v in enumerate(value)]
        return value


def _is_within(name: str, around: str) -> bool:
    return not around or name == around or name.startswith((f"{around}.", f"{around}["))
