"""Values of policy files that several fields have: ranges of numbers, prefix lists, AS sets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from fingerpost.errors import UsageError
from fingerpost.policy import values as read
from fingerpost.policy.as_numbers import MOST, AsSet, several
from fingerpost.policy.prefix_list import Entry, PrefixList

T = TypeVar("T")
_BOUND: Final = re.compile(r"(<=|>=|<|>)\s*([0-9]+)")


@dataclass(frozen=True, slots=True)
class Names:
    """What statements may name."""

    prefix_lists: Mapping[str, PrefixList] = field(default_factory=dict)
    as_sets: Mapping[str, AsSet] = field(default_factory=dict)


NO_NAMES: Final = Names()


def told(where: str, make: Callable[[], T]) -> T:
    """Make a value; what it refuses is said with the field."""
    try:
        return make()
    except read.FieldError:
        raise
    except UsageError as error:
        raise read.FieldError(where, str(error)) from error


def number_or_range(where: str, value: object, most: int) -> int | range:
    """A number, or a text: "1-5" means every number from 1 to 5, "<5", "<=5", ">5", ">=5"."""
    if not isinstance(value, str):
        return read.number(where, value, 0, most)
    bound = _BOUND.fullmatch(value)
    if bound is not None:
        number = read.number(where, int(bound[2]), 0, most)
        found = {
            "<": range(number),
            "<=": range(number + 1),
            ">": range(number + 1, most + 1),
            ">=": range(number, most + 1),
        }[bound[1]]
        if not found:
            read.refuse(where, value, f"something that a number from 0 to {most} can be")
        return found
    return _range(where, value, most, "a number, a range like 1-5, or a bound like <5 or >=5")


def _range(where: str, text: str, most: int, wanted: str) -> range:
    """Every number of "1-5"."""
    first, dash, last = text.partition("-")
    if not (dash and first.isdecimal() and last.isdecimal() and int(first) <= int(last)):
        read.refuse(where, text, wanted)
    return range(int(first), read.number(where, int(last), 0, most) + 1)


def load_lists(data: object, where: str = "prefix-lists") -> dict[str, PrefixList]:
    """Every prefix list of a mapping from names to lists of entries."""
    return {
        name: PrefixList(
            name,
            (
                load_entry(f"{where}.{name}[{place}]", entry)
                for place, entry in enumerate(read.sequence(f"{where}.{name}", entries))
            ),
        )
        for name, entries in read.mapping(where, data).items()
    }


def load_entry(where: str, data: object) -> Entry:
    """One line of a prefix list: a text, or a mapping."""
    if isinstance(data, str):
        data = _entry_words(where, data)
    held = read.mapping(where, data, ("prefix", "ge", "le", "action"))
    prefix = read.prefix(f"{where}.prefix", held.get("prefix"))
    ge, le = (
        None if held.get(key) is None else read.number(f"{where}.{key}", held[key], 0, prefix.bits)
        for key in ("ge", "le")
    )
    action = read.member(f"{where}.action", held.get("action", "permit"), ("permit", "deny"))
    return told(where, lambda: Entry(prefix, ge, le, action == "permit"))


def _entry_words(where: str, line: str) -> dict[str, object]:
    """Read `[permit|deny] PREFIX [ge N] [le N]`."""
    words = line.split()
    held: dict[str, object] = {}
    if words and words[0] in ("permit", "deny"):
        held["action"] = words.pop(0)
    if len(words) not in (1, 3, 5):
        read.refuse(where, line, "like 'permit 10.0.0.0/8 ge 16 le 24'")
    held["prefix"] = words.pop(0)
    for key, value in zip(words[::2], words[1::2], strict=True):
        if key not in ("ge", "le") or key in held or not (value.isascii() and value.isdigit()):
            read.refuse(where, line, "like 'permit 10.0.0.0/8 ge 16 le 24'")
        held[key] = int(value)
    return held


def load_as_sets(data: object, where: str = "as-sets") -> dict[str, AsSet]:
    """Every AS set of a mapping from names to lists of members."""
    return {
        name: AsSet(
            name,
            (
                as_member(f"{where}.{name}[{place}]", one)
                for place, one in enumerate(read.sequence(f"{where}.{name}", members))
            ),
        )
        for name, members in read.mapping(where, data).items()
    }


def as_member(where: str, value: object) -> int | range:
    """An AS number, `AS65000` too, or a range of such: "64512-65534"."""
    if isinstance(value, str):
        text = value[2:] if value[:2].upper() == "AS" else value
        if text.isdecimal():
            return read.number(where, int(text), 1, MOST)
        return _range(where, text, MOST, "an AS number such as 65000, or a range like 64512-65534")
    return read.number(where, value, 1, MOST)


def load_as_numbers(where: str, every: list[object], names: Names) -> AsSet:
    """Sets by their names, numbers and ranges, as one."""
    sets, members = list[AsSet](), list[int | range]()
    for one in every:
        if isinstance(one, str) and one in names.as_sets:
            sets.append(names.as_sets[one])
        elif isinstance(one, str) and not one[:1].isdigit() and one[:2].upper() != "AS":
            read.refuse(where, one, "an AS number or the name of an as-set", names.as_sets)
        else:
            members.append(as_member(where, one))
    return several(sets, members)
