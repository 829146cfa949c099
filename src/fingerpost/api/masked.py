"""A configuration as it may be shown: its values without its secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fingerpost.config.load import hides
from fingerpost.config.tree.secrets import MASK

if TYPE_CHECKING:
    from fingerpost.config.faults import Path
    from fingerpost.config.load import RouterFile


def masked(file: RouterFile) -> dict[str, Any]:
    """What the file says, as plain data; whatever may be a secret is masked."""
    found = _masked((), file.places.value)
    assert isinstance(found, dict)
    return found


def as_yaml(tree: dict[str, Any]) -> str:
    """What `masked` gave as text; comments are those of the file alone."""
    import yaml

    return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=100)


def _masked(path: Path, value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _masked((*path, key), held) for key, held in value.items()}
    if isinstance(value, list):
        return [_masked((*path, at), held) for at, held in enumerate(value)]
    if value is None or not path:
        return value
    return MASK if hides(path, value) else value
