"""YAML as a tree of plain values that remembers the place of every field.

Scalars follow the core schema of YAML 1.2, so that `no`, `on` and `10:30` are the texts they look
like; a key is always the text that stands there. A key that occurs twice, an unknown tag and an
anchor that contains itself are faults. Aliases and `<<` are followed, the size of what they make
is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fingerpost.config.faults import Fault, FileError, Path, dotted
from fingerpost.config.yaml_nodes import DEEPEST, compose, fault_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import yaml

MOST_REPEATED = 100_000  # values that aliases may make of what stands in the file


@dataclass(slots=True)
class Tree:
    """The value of a file, and for every path in it the line and the column it stands at.

    `passed_over`: items of lists that were made None on purpose, so that the others keep theirs.
    `included`: of lists that came from other files, where each item stands there.
    """

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    columns: dict[Path, int] = field(default_factory=dict)
    passed_over: set[Path] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    included: dict[Path, list[str]] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it that is in the file."""
        return self.place(path)[0]

    def place(self, path: Path) -> tuple[int, int]:
        """The line and the column of a path, or of the nearest thing around it, from 1."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1), self.columns.get(path, 1)

    def spelled(self, path: Path, names: Sequence[str]) -> Path:
        """The path of a thing with several names, by the one that stands in the file."""
        there = [(*path, name) for name in names if (*path, name) in self.lines]
        return there[0] if there else (*path, names[0])

    def fault(self, path: Path, message: str) -> Fault:
        """A fault at the place of a path."""
        line, column = self.place(path)
        return Fault(line, dotted(path), message, column)

    def refuse(self, path: Path, message: str) -> None:
        """Note a fault at the place of a path."""
        self.faults.append(self.fault(path, message))


def read(
    text: str,
    file: str,
    error: type[FileError] = FileError,
    *,
    hides: Callable[[Path, object], bool] = lambda _path, _value: False,
) -> Tree:
    """Parse one YAML document; raises `error` where it is no YAML at all.

    `hides` tells the paths and values that no message may show.
    """
    reading = _Reading(Tree(), file, error, hides)
    root = compose(text, file, error)
    if root is not None:
        reading.tree.value = reading.value(root, ())
    return reading.tree


class _Reading:
    """The walk over composed nodes; counts what aliases repeat."""

    def __init__(
        self, tree: Tree, file: str, error: type[FileError], hides: Callable[[Path, object], bool]
    ) -> None:
        self.tree, self.file, self._error, self._hides = tree, file, error, hides
        self._seen: set[int] = set()
        self._repeated = 0
        self._around: list[int] = []  # the collections that we are inside of

    def value(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401 - any YAML value
        import yaml

        self._stands(path, node.start_mark)
        self._repeated += id(node) in self._seen
        self._seen.add(id(node))
        is_circle = id(node) in self._around
        if is_circle or self._repeated > MOST_REPEATED or len(path) > DEEPEST:
            what = "contains itself" if is_circle else "too large or too deep"
            mark = node.start_mark
            raise self._error(self.file, [fault_at(mark, dotted(path), what)])
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        self._around.append(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, (*path, at)) for at, item in enumerate(node.value)]
            return self._mapping(node, path)
        finally:
            self._around.pop()

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> object:
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        text: str = node.value
        if kind == "int":
            return int(text) if len(text) <= 40 else text
        if kind == "float":
            return float(text)
        if kind == "bool":
            return text.lower() == "true"
        if kind == "null":
            return None
        if kind not in ("str", "merge"):
            shown = "" if self._hides(path, text) else f" {node.tag!r}"
            self._fault(node, path, f"the tag{shown} means nothing here")
        return text

    def _mapping(self, node: yaml.Node, path: Path) -> dict[str, Any]:
        import yaml

        made: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        first_line: dict[str, int] = {}
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._fault(key, path, "a key is a name, not a list or mapping")
                continue
            name, line = key.value, key.start_mark.line + 1
            if key.tag.endswith(":merge"):
                merged.update(self._merge(item, path))
                continue
            if name in made:
                said = f"{name!r} stands here already on line {first_line[name]}; keep one"
                self._fault(key, (*path, name), said)
                continue
            first_line[name] = line
            self._stands((*path, name), key.start_mark, is_new=True)
            made[name] = self.value(item, (*path, name))
        return {**merged, **made}

    def _merge(self, item: yaml.Node, path: Path) -> dict[str, Any]:
        import yaml

        several = item.value if isinstance(item, yaml.SequenceNode) else [item]
        merged: dict[str, Any] = {}
        for one in reversed(several):  # the first has the last word
            if not isinstance(one, yaml.MappingNode):
                self._fault(one, path, "<< takes a mapping, or a list of mappings")
                continue
            merged.update(self.value(one, path))
        return merged

    def _stands(self, path: Path, mark: yaml.Mark, *, is_new: bool = False) -> None:
        """Note where a path stands: at its key, else at its value; not where it is merged from."""
        if is_new or path not in self.tree.lines:
            self.tree.lines[path] = mark.line + 1
            self.tree.columns[path] = mark.column + 1

    def _fault(self, node: yaml.Node, path: Path, message: str) -> None:
        self.tree.faults.append(fault_at(node.start_mark, dotted(path), message))
