"""Values as JSON has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def plain(value: object) -> object:
    """Numbers, texts and nothing stay; mappings and lists are taken apart; others become text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(held) for key, held in value.items()}
    as_dict = getattr(value, "as_dict", None)
    if callable(as_dict):
        return as_dict()
    if isinstance(value, list | tuple | set | frozenset):
        held: Iterable[object] = value if isinstance(value, list | tuple) else sorted(value)
        return [plain(one) for one in held]
    return str(value)
