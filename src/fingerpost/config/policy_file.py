"""`PolicyFile`: the policies of a file, with their places and their tests.

It may be a whole router.yaml, of which nothing else is looked at, a file of policies alone, or a
Python file with functions that `policy.of` made policies of.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.config import policies, yaml_tree
from fingerpost.config.faults import Fault, FileError, Path, dotted
from fingerpost.config.included import include
from fingerpost.config.policy_test import PolicyTest, load_tests
from fingerpost.policy import FunctionPolicy, Policy, PrefixList
from fingerpost.policy.lint import Finding, findings, shadowed_entries
from fingerpost.policy.load import Names

if TYPE_CHECKING:
    from fingerpost.config.yaml_tree import Tree

AnyPolicy: TypeAlias = Policy | FunctionPolicy
TESTS = "policy-tests"


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """What was read. `source` is what messages call the file."""

    source: str
    policies: Mapping[str, AnyPolicy]
    lists: Mapping[str, PrefixList] = field(default_factory=dict)
    tests: tuple[PolicyTest, ...] = ()
    places: Tree = field(default_factory=lambda: yaml_tree.Tree(), repr=False)

    def line_of(self, finding: Finding) -> tuple[int, int]:
        """The line and the column of what a finding is about."""
        policy = self.policies.get(finding.policy)
        if isinstance(policy, Policy):
            at = [one.name for one in policy.statements].index(finding.line)
            long: Path = ("policies", finding.policy, "statements", at)
            path = long if long in self.places.lines else ("policies", finding.policy, at)
            return self.places.place(path)
        name, at = finding.policy.removeprefix("prefix list "), int(finding.line) - 1
        if name in self.lists:
            return self.places.place(("prefix-lists", name, at))
        # a list inside of a statement is named by its path
        around = next((path for path in self.places.lines if dotted(path) == name), ())
        return self.places.place((*around, at))

    def findings(self) -> list[Finding]:
        """The lines that can never do anything, in the order of the file, each once."""
        found: dict[Finding, None] = {}
        for policy in self.policies.values():
            if isinstance(policy, Policy):
                found |= dict.fromkeys(findings(policy))
        for held in self.lists.values():
            found |= dict.fromkeys(shadowed_entries(held))
        return sorted(found, key=self.line_of)


def load_policies(source: str | os.PathLike[str]) -> PolicyFile:
    """Read a file. Raises `FileError` with every fault in what is looked at, and `OSError`."""
    path = FilePath(source)
    if path.suffix == ".py":
        return PolicyFile(os.fspath(source), _functions(path))
    return read_policies(path.read_text(encoding="utf-8-sig"), os.fspath(source))


def read_policies(text: str, source: str) -> PolicyFile:
    """Read a text of YAML. Raises `FileError` with every fault."""
    places = yaml_tree.read(text, source)
    include(places, source)
    top = places.value if isinstance(places.value, Mapping) else {}
    if places.value is not None and not isinstance(places.value, Mapping):
        raise FileError(source, [Fault(1, "", "write a mapping with policies: in it", 1)])
    lists = policies.load_lists(places, _section(places, top, "prefix-lists"))
    names = Names(lists, policies.load_as_sets(places, _section(places, top, "as-sets")))
    held = policies.load_policies(places, _section(places, top, "policies"), names)
    tests = load_tests(places, top.get(TESTS), held)
    ours = [one for one in places.faults if one.field.startswith(_OURS) or not one.field]
    if ours:
        raise FileError(source, ours)
    return PolicyFile(source, held, lists, tests, places)


_OURS = ("prefix-lists", "as-sets", "policies", TESTS)


def _section(places: Tree, top: Mapping[str, object], name: str) -> Mapping[str, object]:
    held = top.get(name)
    if held is None:
        return {}
    if isinstance(held, Mapping):
        return held
    places.refuse((name,), "write a mapping, `name: ...` lines")
    return {}


def _functions(path: FilePath) -> dict[str, AnyPolicy]:
    """The policies of a Python file, which is run."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise FileError(str(path), [Fault(0, "", "is no Python file")])
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except OSError:
        raise
    except Exception as error:
        said = f"does not run: {type(error).__name__}: {error}"
        raise FileError(str(path), [Fault(0, "", said)]) from error
    return {
        name: one for name, one in vars(module).items() if isinstance(one, Policy | FunctionPolicy)
    }
