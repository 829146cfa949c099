"""`load` reads router.yaml: a typed tree with the place of every field, or every fault at once.

The life of a file: YAML becomes plain values with their lines (`yaml_tree`), pydantic makes typed
entries of them (`validate`), policies are read (`policies`), names are looked up (`references`).
Whatever is wrong on the way is collected, and none of it hides another fault.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from fingerpost.config import policies, yaml_tree
from fingerpost.config.faults import Fault, FileError, Path
from fingerpost.config.included import include
from fingerpost.config.policy_test import load_tests
from fingerpost.config.references import fault_of, names_in, uses
from fingerpost.config.statics import conflicts
from fingerpost.config.tree import RouterTree
from fingerpost.config.validate import Format
from fingerpost.policy.load import Names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.config.policy_test import PolicyTest
    from fingerpost.config.yaml_tree import Tree
    from fingerpost.policy import Policy, PrefixList

LARGEST = 64 * 1024 * 1024  # bytes
_SECRETIVE = ("key-chains", "authentication", "password", "passwords", "secret")
_OPEN = ("id", "algorithm", "from", "until", "counts-mark", "key-chain")


def hides(path: Path, value: object) -> bool:
    """Whether what stands at a path may be a secret, or hold one."""
    if isinstance(value, dict | list) or any(str(word) in str(value) for word in _SECRETIVE):
        return True
    return any(step in _SECRETIVE for step in path) and path[-1] not in _OPEN


ROUTER = Format(
    RouterTree,
    keeps_count=frozenset({"static", "leaks", "keys", "next-hops", "passwords"}),
    hides=hides,
)


@dataclass(frozen=True, slots=True)
class RouterFile:
    """A file that was read. `source` is what messages call it, `text` all that stood in it.

    `lists` and `policies` are those of the tree, made by `fingerpost.policy`; `tests` are what the
    file expects of them.
    """

    source: str
    text: str = field(repr=False)
    tree: RouterTree
    lists: Mapping[str, PrefixList] = field(repr=False)
    policies: Mapping[str, Policy] = field(repr=False)
    places: Tree = field(repr=False)
    tests: tuple[PolicyTest, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """The name of the router; that of the file where it says none."""
        return self.tree.router.name or FilePath(self.source).name.partition(".")[0] or "router"

    @property
    def folder(self) -> FilePath:
        """Where relative paths in the file start."""
        return FilePath(self.source).parent

    def fault(self, path: Path, message: str) -> Fault:
        """A fault at the place of a field."""
        return self.places.fault(path, message)


def load(source: str | os.PathLike[str]) -> RouterFile:
    """Read a file.

    Raises `FileError` with every fault in it, `OSError` where it cannot be read.
    """
    name = os.fspath(source)
    path = FilePath(source)
    if path.stat().st_size > LARGEST:
        raise FileError(name, [Fault(0, "", f"larger than {LARGEST:,} bytes")])
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        said = f"byte {error.start:,} is no UTF-8; a configuration is text"
        raise FileError(name, [Fault(0, "", said)]) from None
    return loads(text, name)


def loads(text: str, source: str = "router.yaml") -> RouterFile:
    """Read a text; `source` is what messages call it. Raises `FileError` with every fault."""
    return understood(yaml_tree.read(text, source, hides=hides), source, text)


def understood(places: Tree, source: str, text: str = "") -> RouterFile:
    """Read what a tree of plain values says, wherever in a file it stands; faults as for `loads`.

    Values that are faulty are taken out of the tree.
    """
    include(places, source)
    known = names_in(places.value)
    tree = ROUTER.validate(places) or RouterTree()
    lists = policies.load_lists(places, tree.prefix_lists)
    # a list that is faulty as a whole is there all the same: who names it is not at fault
    names = Names(lists, policies.load_as_sets(places, tree.as_sets))
    judges = policies.load_policies(places, tree.policies, names)
    tests = load_tests(places, tree.policy_tests, judges)
    file = RouterFile(source, text, tree, lists, judges, places, tests)
    for use in uses(tree):
        if use.path[0] != "policies" and (message := fault_of(use, known)) is not None:
            places.refuse(use.path, message)
    for path, message in conflicts(tree):
        places.refuse(path, message)
    if places.faults:
        raise FileError(source, places.faults)
    return file
