"""What stands behind `match` of a statement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fingerpost.policy import values as read
from fingerpost.policy.as_numbers import AsIn
from fingerpost.policy.as_path import AsPath
from fingerpost.policy.attributes import NUMBERS
from fingerpost.policy.communities import Communities
from fingerpost.policy.load_values import (
    Names,
    load_as_numbers,
    load_entry,
    number_or_range,
    told,
)
from fingerpost.policy.match import Condition, InPrefixList, Is, NextHopIn, NextHopInList
from fingerpost.policy.path_match import (
    NONE,
    WORDS,
    NumberIs,
    PathLength,
    PlaceIs,
    PrefixLength,
    WordIs,
)
from fingerpost.policy.prefix_list import PrefixList

RIB_NUMBERS: Final = {"tag": 0xFFFF_FFFF, "metric": 0xFFFF_FFFF, "distance": 255, "version": 6}
_RIB_WORDS: Final = ("source", "protocol", "kind", "learned-from")
_NUMBERS: Final = {name.replace("_", "-"): name for name in NUMBERS}
_LENGTHS: Final = {"as-path-length": 0xFFFF, "prefix-length": 128}
_WORDS: Final = {
    "origin": "origin",
    "route-source": "route_source",
    "rpki": "rov",
    "aspa": "aspa",
}
_PLACES: Final = ("neighbor", "family", "role", "relation")
_AS_PLACES: Final = {"first-as": "first", "origin-as": "origin", "path-as": "any"}
_ROLES: Final = ("provider", "route-server", "route-server-client", "customer", "peer")
_RELATIONS: Final = ("external", "confederation", "internal", "client")
CONDITIONS: Final = (
    *RIB_NUMBERS,
    *_RIB_WORDS,
    "prefix-list",
    "prefix",
    "prefix-length",
    "next-hop",
    "next-hop-list",
    "interface",
    "community",
    "all-communities",
    "as-path",
    "as-path-length",
    *_AS_PLACES,
    *_NUMBERS,
    *_WORDS,
    *_PLACES,
    "remote-as",
)


def load_condition(where: str, key: str, value: object, names: Names) -> Condition:
    """One condition; `where` is the path of the field. Raises `FieldError`."""
    every = read.sequence(where, value)
    if key in RIB_NUMBERS:
        most = RIB_NUMBERS[key]
        return Is(key, tuple(number_or_range(where, one, most) for one in every))
    if key in _RIB_WORDS:
        return Is(key.replace("-", "_"), tuple(read.text(where, one) for one in every))
    if key in _NUMBERS:
        return _number(where, _NUMBERS[key], every)
    if key in _WORDS:
        name = _WORDS[key]
        return WordIs(name, tuple(read.member(where, one, WORDS[name]) for one in every))
    if key in _AS_PLACES:
        return AsIn(_AS_PLACES[key], load_as_numbers(where, every, names))
    if key in _PLACES:
        return _place(where, key, every)
    return _CONDITIONS.get(key, _unknown)(where, key, value, names)


def _unknown(where: str, key: str, value: object, names: Names) -> Condition:
    del value, names
    return read.refuse(where, key, "a condition", CONDITIONS)


def _number(where: str, name: str, every: list[object]) -> Condition:
    most = NUMBERS[name]
    values = (one if one == NONE else number_or_range(where, one, most) for one in every)
    return NumberIs(name, tuple(values))


def _place(where: str, key: str, every: list[object]) -> Condition:
    texts = tuple(read.text(where, one) for one in every)
    allowed = {"role": _ROLES, "relation": _RELATIONS}.get(key)
    if allowed is not None:
        texts = tuple(read.member(where, one, allowed) for one in texts)
    return PlaceIs(key, texts)


def _prefix_list(where: str, key: str, value: object, names: Names) -> Condition:
    name = read.text(where, value)
    lists = names.prefix_lists
    if name not in lists:
        read.refuse(where, name, "a prefix list", lists)
    return InPrefixList(lists[name]) if key == "prefix-list" else NextHopInList(lists[name])


def _prefix(where: str, key: str, value: object, names: Names) -> Condition:
    del key, names
    every = read.sequence(where, value)
    return InPrefixList(PrefixList(where, (load_entry(where, one) for one in every)))


def _next_hop(where: str, key: str, value: object, names: Names) -> Condition:
    del key, names
    return NextHopIn(prefixes=tuple(read.prefix(where, one) for one in read.sequence(where, value)))


def _interface(where: str, key: str, value: object, names: Names) -> Condition:
    del key, names
    return NextHopIn(interfaces=tuple(read.text(where, one) for one in read.sequence(where, value)))


def _communities(where: str, key: str, value: object, names: Names) -> Condition:
    del names
    patterns = tuple(read.text(where, one) for one in read.sequence(where, value))
    return told(where, lambda: Communities(patterns, every=key == "all-communities"))


def _as_path(where: str, key: str, value: object, names: Names) -> Condition:
    del key, names
    first, *others = (read.text(where, one) for one in read.sequence(where, value))
    return told(where, lambda: AsPath(first, tuple(others)))


def _length(where: str, key: str, value: object, names: Names) -> Condition:
    del names
    most = _LENGTHS[key]
    values = tuple(number_or_range(where, one, most) for one in read.sequence(where, value))
    return PathLength(values) if key == "as-path-length" else PrefixLength(values)


def _remote_as(where: str, key: str, value: object, names: Names) -> Condition:
    del key
    found = load_as_numbers(where, read.sequence(where, value), names)
    return PlaceIs("remote_as", tuple(range(first, last + 1) for first, last in found.ranges))


_CONDITIONS: Final[dict[str, Callable[[str, str, object, Names], Condition]]] = {
    "prefix-list": _prefix_list,
    "next-hop-list": _prefix_list,
    "prefix": _prefix,
    "next-hop": _next_hop,
    "interface": _interface,
    "community": _communities,
    "all-communities": _communities,
    "as-path": _as_path,
    "as-path-length": _length,
    "prefix-length": _length,
    "remote-as": _remote_as,
}
