"""The nodes of a YAML document, composed by libyaml where it is there; errors have their place."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Protocol

from fingerpost.config.faults import Fault, FileError

if TYPE_CHECKING:
    import yaml

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


class _Mark(Protocol):
    """A place, of either parser, from 0."""

    line: int
    column: int


def fault_at(mark: _Mark | None, field: str, message: str) -> Fault:
    """A fault at a mark of the parser; at the start where it has none."""
    if mark is None:
        return Fault(1, field, message)
    return Fault(mark.line + 1, field, message, mark.column + 1)


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


def compose(text: str, file: str, error: type[FileError]) -> yaml.Node | None:
    """The root of the one document of a text; raises `error` where it is no YAML."""
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
        fault = fault_at(wrong.problem_mark or wrong.context_mark, "", "")
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
            raise error(file, [fault_at(event.start_mark, "", "not YAML: nested too deep")])


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
