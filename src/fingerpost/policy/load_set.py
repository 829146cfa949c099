"""What stands behind `set` of a statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fingerpost.forwarding.route import NextHop
from fingerpost.policy import values as read
from fingerpost.policy.action import Action, Prepend, Set, SetNextHops
from fingerpost.policy.as_numbers import MOST
from fingerpost.policy.attributes import ORIGINS, SETTABLE
from fingerpost.policy.load_match import RIB_NUMBERS
from fingerpost.policy.load_values import NO_NAMES, Names, load_as_numbers, told
from fingerpost.policy.path_action import (
    PREPENDED_MOST,
    TOLD,
    Append,
    Drop,
    InPlaceOf,
    NextHopTold,
    OwnInPlaceOf,
    PrependOwn,
    Remove,
    SetCommunities,
    SetNumber,
    SetOrigin,
    SetToMetric,
)
from fingerpost.policy.path_match import NONE

_NUMBERS: Final = {name.replace("_", "-"): name for name in SETTABLE}
_METRIC: Final = "igp"
ACTIONS: Final = (
    "metric",
    "tag",
    "distance",
    "next-hop",
    "community",
    "add-community",
    "remove-community",
    "prepend-as",
    "prepend-own-as",
    "remove-as",
    "replace-as",
    "origin",
    *_NUMBERS,
)


def load_action(where: str, key: str, value: object, names: Names = NO_NAMES) -> Action:
    """One action; `where` is the path of the field. Raises `FieldError`."""
    every = read.sequence(where, value)
    match key:
        case "metric" | "tag" | "distance":
            return _set(where, key, value)
        case "next-hop":
            if value in TOLD:
                return NextHopTold(str(value))
            return SetNextHops(tuple(NextHop(gateway=read.address(where, one)) for one in every))
        case "community" | "add-community":
            found = tuple(read.text(where, one) for one in every)
            made = SetCommunities if key == "community" else Append
            return told(where, lambda: made(found))
        case "remove-community":
            found = () if value == "all" else tuple(read.text(where, one) for one in every)
            return told(where, lambda: Remove(found))
        case "prepend-as":
            if len(every) > PREPENDED_MOST:
                read.refuse(where, f"{len(every)} numbers", f"{PREPENDED_MOST} at most")
            return Prepend(tuple(read.number(where, one, 1, 0xFFFF_FFFF) for one in every))
        case "prepend-own-as":
            return PrependOwn(read.number(where, value, 1, PREPENDED_MOST))
        case "remove-as":
            return InPlaceOf(load_as_numbers(where, every, names), None)
        case "replace-as":
            return _replace_as(where, value, names)
        case "origin":
            return SetOrigin(read.member(where, value, ORIGINS))
    if key in _NUMBERS:
        return _path_number(where, _NUMBERS[key], value)
    return read.refuse(where, key, "an action", ACTIONS)


def _replace_as(where: str, value: object, names: Names) -> Action:
    """`{as: [...], with: AS}`, or those that our AS comes in place of."""
    if not isinstance(value, Mapping):
        return OwnInPlaceOf(load_as_numbers(where, read.sequence(where, value), names))
    given = read.mapping(where, value, ("as", "with"))
    numbers = load_as_numbers(f"{where}.as", read.sequence(f"{where}.as", given.get("as")), names)
    if "with" not in given:
        return OwnInPlaceOf(numbers)
    return InPlaceOf(numbers, read.number(f"{where}.with", given["with"], 1, MOST))


def _set(where: str, key: str, value: object) -> Set:
    if (by := _difference(value)) is not None:
        return told(where, lambda: Set(key, by, by=True))
    return Set(key, read.number(where, value, 0, RIB_NUMBERS[key]))


def _path_number(where: str, name: str, value: object) -> Action:
    if value == NONE:
        return Drop(name)
    if value == _METRIC:
        if name != "med":
            read.refuse(where, value, "a number: only med can be the metric of the next hop")
        return SetToMetric(name)
    if (by := _difference(value)) is not None:
        return told(where, lambda: SetNumber(name, by, by=True))
    return SetNumber(name, read.number(where, value, 0, SETTABLE[name]))


def _difference(value: object) -> int | None:
    """What "+5" and "-5" add."""
    if isinstance(value, str) and value[:1] in ("+", "-") and value[1:].isdecimal():
        return int(value)
    return None
