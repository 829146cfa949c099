"""Names of a package that are imported when they are asked for (PEP 562)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def late(package: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package, given the modules that its names are in."""

    def find(name: str) -> Any:  # noqa: ANN401 - type checkers read the imports beside it
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(names[name]), name)
        setattr(import_module(package), name, found)
        return found

    return find
