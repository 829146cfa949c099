"""YAML as a tree of plain values that remembers the place of every field.

Scalars follow the core schema of YAML 1.2, so that `no`, `on` and `10:30` are the texts they look
like; a key is always the text that stands there. A key that occurs twice, an unknown tag and an
anchor that contains itself are faults. Aliases and `<<` are followed, the size of what they make
is bounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from fingerpost.config.faults import Fault, FileError, Path, dotted

if TYPE_CHECKING:
    from collections.abc import Callable

    import yaml

MOST_REPEATED = 100_000  # values that aliases may make of what stands in the file
DEEPEST = 100
_SAFE_DEPTH = 5000  # levels that libyaml's composer, which recurses, surely has the stack for

_CORE = {
    "bool": (re.compile(r"true|True|TRUE|false|False|FALSE"), "tTfF"),
    "float": (
        re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?"),
        "-+0123456789.",
    ),
    "int": (re.compile(r"[-+]?[0-9]+"), "-+0123456789"),
    "merge": (re.compile(r"<<"), "<"),
    "null": (re.compile(r"~|null|Null|NULL|"), "~nN\0"),
}


@dataclass(slots=True)
class Tree:
    """The value of a file, and for every path in it the line and the column it stands at.

    `passed_over`: items of lists that were made None on purpose, so that the others keep theirs.
    """

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    columns: dict[Path, int] = field(default_factory=dict)
    passed_over: set[Path] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it that is in the file."""
        return self.place(path)[0]

    def place(self, path: Path) -> tuple[int, int]:
        """The line and the column of a path, or of the nearest thing around it, from 1."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1), self.columns.get(path, 1)


@cache
def _loader() -> type[yaml.SafeLoader]:
    import yaml

    # the C parser where libyaml is: a file of a thousand nodes takes 20 ms instead of 300
    base: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for tag, (pattern, firsts) in _CORE.items():
        whole = re.compile(f"(?:{pattern.pattern})\\Z")
        for first in firsts:
            key = "" if first == "\0" else first
            resolvers.setdefault(key, []).append((f"tag:yaml.org,2002:{tag}", whole))
    return type("CoreLoader", (base,), {"yaml_implicit_resolvers": resolvers})


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
    root = _compose(text, file, error)
    if root is not None:
        reading.tree.value = reading.value(root, ())
    return reading.tree


def _compose(text: str, file: str, error: type[FileError]) -> yaml.Node | None:
    import yaml

    try:
        text.encode()
    except UnicodeEncodeError as wrong:
        line = text.count("\n", 0, wrong.start) + 1
        said = f"not YAML: half a surrogate pair, {text[wrong.start]!a}"
        raise error(file, [Fault(line, "", said)]) from None
    try:
        _refuse_depth(text, file, error)
        loader = _loader()(text)
        try:
            return loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as wrong:
        fault = _fault_at(wrong.problem_mark or wrong.context_mark, "", "")
        said = ", ".join(part for part in (wrong.context, wrong.problem) if part)
        said = f"not YAML: {said}{_hint(text, fault.line)}"
        raise error(file, [replace(fault, message=said)]) from None
    except (yaml.YAMLError, RecursionError) as wrong:
        is_deep = isinstance(wrong, RecursionError)
        said = "nested too deep" if is_deep else str(wrong).partition("\n")[0]
        raise error(file, [Fault(1, "", f"not YAML: {said}")]) from None


def _refuse_depth(text: str, file: str, error: type[FileError]) -> None:
    """Look for nesting that would be too much for the composer, where there can be any."""
    import yaml

    longest = max(map(len, text.splitlines()), default=0)
    # each level has a bracket, or starts further to the right (a list in a mapping need not)
    if text.count("[") + text.count("{") + 2 * longest < _SAFE_DEPTH:
        return
    depth = 0
    for event in yaml.parse(text, Loader=_loader()):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise error(file, [_fault_at(event.start_mark, "", "not YAML: nested too deep")])


def _hint(text: str, line: int) -> str:
    """What is behind the commonest slips."""
    lines = text.splitlines()
    stands = lines[line - 1] if line <= len(lines) else ""
    indent = stands[: len(stands) - len(stands.lstrip())]
    if "\t" in indent:
        return "; indent by spaces, not by tabs"
    if stands.partition(": ")[2].lstrip()[:1] in ("*", "&", "%", "@", "`"):
        return "; a text that starts with a sign is put in quotes"
    return ""


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
            raise self._error(self.file, [_fault_at(mark, dotted(path), what)])
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
        self.tree.faults.append(_fault_at(node.start_mark, dotted(path), message))


class _Mark(Protocol):
    """A place, of either parser, from 0."""

    line: int
    column: int


def _fault_at(mark: _Mark | None, field: str, message: str) -> Fault:
    if mark is None:
        return Fault(1, field, message)
    return Fault(mark.line + 1, field, message, mark.column + 1)
