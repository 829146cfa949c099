"""YAML as a tree of plain values that remembers the line of every field.

Scalars follow the core schema of YAML 1.2, so that `no`, `on` and `10:30` are the texts they look
like; a key is always the text that stands there. A key that occurs twice, an unknown tag and an
anchor that contains itself are faults. Aliases and `<<` are followed, the size of what they make
is bounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from fingerpost.lab.topology.faults import Fault, Path, TopologyError, dotted

if TYPE_CHECKING:
    import yaml

MOST_REPEATED = 100_000  # values that aliases may make of what stands in the file
DEEPEST = 100

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
    """The value of a file, and for every path in it the line it stands on.

    `passed_over`: items of lists that were made None on purpose, so that the others keep theirs.
    """

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    passed_over: set[Path] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it that is in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


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


def read(text: str, file: str) -> Tree:
    """Parse one YAML document; raises `TopologyError` where it is no YAML at all."""
    import yaml

    loader = _loader()(text)
    try:
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        said = ", ".join(part for part in (error.context, error.problem) if part)
        raise TopologyError(file, [Fault(line, "", f"not YAML: {said}")]) from None
    except (yaml.YAMLError, RecursionError) as error:
        said = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise TopologyError(file, [Fault(1, "", f"not YAML: {said}")]) from None
    finally:
        loader.dispose()
    reading = _Reading(Tree(), file)
    if root is not None:
        reading.tree.value = reading.value(root, ())
    return reading.tree


class _Reading:
    """The walk over composed nodes; counts what aliases repeat."""

    def __init__(self, tree: Tree, file: str) -> None:
        self.tree, self.file = tree, file
        self._seen: set[int] = set()
        self._repeated = 0
        self._around: list[int] = []  # the collections that we are inside of

    def value(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401 - any YAML value
        import yaml

        line = node.start_mark.line + 1
        self.tree.lines.setdefault(path, line)
        self._repeated += id(node) in self._seen
        self._seen.add(id(node))
        is_circle = id(node) in self._around
        if is_circle or self._repeated > MOST_REPEATED or len(path) > DEEPEST:
            what = "contains itself" if is_circle else "too large or too deep"
            raise TopologyError(self.file, [Fault(line, dotted(path), what)])
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
            self._fault(node, path, f"the tag {node.tag!r} means nothing here")
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
            self.tree.lines[(*path, name)] = line
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

    def _fault(self, node: yaml.Node, path: Path, message: str) -> None:
        self.tree.faults.append(Fault(node.start_mark.line + 1, dotted(path), message))
