"""Prefix lists and AS sets that stand in files of their own: `customers: {file: customers.txt}`.

One entry a line, as in a list of the router file, `10.0.0.0/8{16,24}` and `10.0.0.0/8+` too; AS
numbers may also stand side by side. What is behind `#` or `!` is a comment. A file that begins with
`{` is JSON as `bgpq4 -j` writes it. Entries take the place of the mapping, so that everything that
reads, compares and checks the tree sees them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from fingerpost.config.faults import Path
    from fingerpost.config.yaml_tree import Tree

LARGEST: Final = 64 << 20
_RANGE: Final = re.compile(r"(\S+?/[0-9]+)(?:\+|\{([0-9]+),([0-9]+)\})")
_COMMENT: Final = re.compile(r"[#!].*")
Items = list[tuple[str, Any]]
"""Where each stands, and what does."""


def include(tree: Tree, source: str) -> None:
    """Put what files say in place of their names; `source` is what names them, they lie beside it.

    A file that cannot be read is a fault of the tree.
    """
    top = tree.value
    if not isinstance(top, Mapping):
        return
    for section, read in (("prefix-lists", _prefixes), ("as-sets", _as_numbers)):
        held = top.get(section)
        if not isinstance(held, dict):
            continue
        for name, value in held.items():
            if isinstance(value, Mapping) and set(value) == {"file"}:
                path = (section, name)
                items = _read(tree, path, FilePath(source).parent, value["file"], read)
                tree.included[path] = [where for where, _ in items]
                held[name] = [one for _, one in items]


def _read(
    tree: Tree, path: Path, folder: FilePath, name: object, read: Callable[[str, str], Items]
) -> Items:
    where = (*path, "file")
    try:
        if not isinstance(name, str):
            tree.refuse(where, f"{name!r}, expected the name of a file")
            return []
        file = folder / name
        if file.stat().st_size > LARGEST:
            tree.refuse(where, f"{name} is larger than {LARGEST:,} bytes")
            return []
        text = file.read_text(encoding="utf-8-sig")
        return _of_json(name, text) if text.lstrip()[:1] == "{" else read(name, text)
    except OSError as error:
        tree.refuse(where, f"cannot read {name}: {error.strerror or error}")
    except UnicodeDecodeError as error:
        tree.refuse(where, f"{name}: byte {error.start:,} is no UTF-8; a list is text")
    except json.JSONDecodeError as error:
        tree.refuse(where, f"{name}:{error.lineno}: {error.msg}, expected JSON as bgpq4 writes it")
    except _NotAListError as error:
        tree.refuse(where, f"{name}: {error}")
    return []


class _NotAListError(Exception):
    """JSON of another form."""


def _lines(name: str, text: str) -> list[tuple[str, str]]:
    """What stands in lines that are not empty, and where."""
    plain = ((at, _COMMENT.sub("", line).strip()) for at, line in enumerate(text.splitlines(), 1))
    return [(f"{name}:{at}", line) for at, line in plain if line]


def _prefixes(name: str, text: str) -> Items:
    return [(where, _RANGE.sub(_words, line.rstrip(",;"))) for where, line in _lines(name, text)]


def _words(found: re.Match[str]) -> str:
    """A range of BIRD's in words."""
    if found[2] is None:
        return f"{found[1]} le {128 if ':' in found[1] else 32}"
    return f"{found[1]} ge {found[2]} le {found[3]}"


def _as_numbers(name: str, text: str) -> Items:
    parted = ((where, line.replace(",", " ").split()) for where, line in _lines(name, text))
    return list(chain.from_iterable(((where, one) for one in some) for where, some in parted))


def _of_json(name: str, text: str) -> Items:
    """The one list of a mapping."""
    lists = [one for one in json.loads(text).values() if isinstance(one, list)]
    if len(lists) != 1:
        raise _NotAListError(f"{len(lists)} lists, expected a mapping with one")
    items = enumerate(lists[0], 1)
    return [(f"{name}, entry {at}", _of_bgpq4(one)) for at, one in items]


_BGPQ4: Final = {"prefix": "prefix", "greater-equal": "ge", "less-equal": "le"}


def _of_bgpq4(one: object) -> object:
    if not isinstance(one, Mapping):
        return one
    return {_BGPQ4.get(key, key): value for key, value in one.items() if key != "exact"}
