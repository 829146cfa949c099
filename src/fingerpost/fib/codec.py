"""Values as bytes and back, without anything that could run code: JSON with tagged objects.

Plain JSON values stand as they are. What JSON lacks is `{"=": kind, "is": ...}`: tuples, bytes,
addresses, prefixes, dictionaries with other keys than text, and the records of our own loaders.
"""

from __future__ import annotations

import base64
import json
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.errors import LoadError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

_TAG = "="
_MRT_ROUTE = (
    *("peer", "peer_as", "path_id", "segments", "origin", "next_hop", "med", "local_pref"),
    *("atomic_aggregate", "aggregator", "communities", "large_communities"),
)
_DUMP = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_PREFIX = b'{"=":"Prefix","is":"'


def encode(value: object) -> bytes:
    """Give the bytes of a value; `UsageError` for a type that they cannot say."""
    if type(value) is Prefix:  # a table of bare prefixes has a million of them
        return b'%s%s"}' % (_PREFIX, str(value).encode())
    tree = value if type(value) is str or type(value) is int else _to_tree(value)
    return _DUMP(tree).encode()


def decode(data: bytes) -> object:
    """Give the value back; `LoadError` for bytes that `encode` never makes."""
    try:
        if data.startswith(_PREFIX):
            return Prefix(data[len(_PREFIX) : -2].decode())
        return _from_tree(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LoadError(f"a stored value does not decode: {data[:60]!r}: {error}") from error


@cache
def _records() -> dict[str, tuple[type, tuple[str, ...]]]:
    """By name: the classes of our own loaders and what they are made from."""
    from fingerpost.fib.load import MrtRoute, NextHop, RouteEntry

    made_from = {kind: tuple(f.name for f in fields(kind)) for kind in (NextHop, RouteEntry)}
    return {kind.__name__: (kind, names) for kind, names in made_from.items()} | {
        "MrtRoute": (MrtRoute, _MRT_ROUTE)
    }


def _to_tree(value: object) -> object:
    if value is None or isinstance(value, (bool, str, int, float)):
        return value
    if isinstance(value, list):
        return [_to_tree(item) for item in value]
    if isinstance(value, dict):
        if _TAG not in value and all(isinstance(key, str) for key in value):
            return {key: _to_tree(item) for key, item in value.items()}
        return _tagged("dict", [[_to_tree(key), _to_tree(item)] for key, item in value.items()])
    if isinstance(value, tuple):
        return _tagged("tuple", [_to_tree(item) for item in value])
    if isinstance(value, bytes):
        return _tagged("bytes", base64.b64encode(value).decode())
    if isinstance(value, (Address, Prefix, Interface)):
        return _tagged(type(value).__name__, str(value))
    name = type(value).__name__
    kind, names = _records().get(name, (None, ()))
    if kind is type(value):
        return _tagged(name, {name: _to_tree(getattr(value, name)) for name in names})
    raise UsageError(
        f"a value of type {name} cannot be stored: {value!r:.60}; use plain types (None, bool, "
        "int, float, str, bytes, tuple, list, dict, addresses) or pass allow_pickle=True"
    )


def _tagged(kind: str, what: object) -> dict[str, object]:
    return {_TAG: kind, "is": what}


def _from_tree(tree: Any) -> object:  # noqa: ANN401 - JSON
    if isinstance(tree, list):
        return [_from_tree(item) for item in tree]
    if not isinstance(tree, dict):
        return tree
    if _TAG not in tree:
        return {key: _from_tree(item) for key, item in tree.items()}
    kind, what = tree[_TAG], tree["is"]
    makers: dict[str, Callable[[], object]] = {
        "tuple": lambda: tuple(_from_tree(item) for item in what),
        "bytes": lambda: base64.b64decode(what, validate=True),
        "dict": lambda: {_from_tree(key): _from_tree(item) for key, item in what},
        "Address": lambda: Address(what),
        "Prefix": lambda: Prefix(what),
        "Interface": lambda: Interface(what),
    }
    if kind in makers:
        return makers[kind]()
    record, _ = _records()[kind]
    return record(**{name: _from_tree(item) for name, item in what.items()})
