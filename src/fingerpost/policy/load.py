"""Policies and prefix lists from plain data, as a YAML file holds them.

```yaml
prefix-lists:
  customers:
    - permit 10.0.0.0/8 ge 16 le 24
    - {prefix: 192.0.2.0/24, action: deny}
policies:
  from-rip:
    otherwise: reject
    statements:
      - name: customers
        match: {prefix-list: customers, metric: 1-5}
        set: {tag: 120, metric: +2}
        then: accept
```

Every fault is a `UsageError` that names the field: "policies.from-rip.statements[0].then".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from fingerpost.errors import UsageError
from fingerpost.forwarding.route import NextHop
from fingerpost.policy import values as read
from fingerpost.policy.action import Action, Append, Outcome, Prepend, Remove, Set, SetNextHops
from fingerpost.policy.attributes import AsPath, Communities
from fingerpost.policy.match import Condition, InPrefixList, Is, NextHopIn
from fingerpost.policy.policy import Policy
from fingerpost.policy.prefix_list import Entry, PrefixList
from fingerpost.policy.statement import Statement

T = TypeVar("T")
Lists = Mapping[str, PrefixList]

_ENDS: Final = ("accept", "reject")
_OUTCOMES: Final = {outcome.value: outcome for outcome in Outcome}
_MOST: Final = {"tag": 0xFFFF_FFFF, "metric": 0xFFFF_FFFF, "distance": 255, "version": 6}
_WORDS: Final = ("source", "protocol", "kind", "learned-from")
CONDITIONS: Final = (
    *_MOST,
    *_WORDS,
    "prefix-list",
    "prefix",
    "next-hop",
    "interface",
    "community",
    "all-communities",
    "as-path",
)
ACTIONS: Final = (
    "metric",
    "tag",
    "distance",
    "next-hop",
    "add-community",
    "remove-community",
    "prepend-as",
)


def load(data: object, where: str = "") -> dict[str, Policy]:
    """Every policy of a mapping with `policies` and, where they need them, `prefix-lists`."""
    top = read.mapping(where or "policy file", data, ("prefix-lists", "policies"))
    prefix = f"{where}." if where else ""
    lists = load_lists(top.get("prefix-lists", {}), f"{prefix}prefix-lists")
    held = read.mapping(f"{prefix}policies", top.get("policies", {}))
    return {
        name: load_policy(name, value, lists, f"{prefix}policies.{name}")
        for name, value in held.items()
    }


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


def load_policy(name: str, data: object, lists: Lists, where: str) -> Policy:
    """One policy; a bare list is its statements."""
    if isinstance(data, list | tuple):
        data = {"statements": data}
    held = read.mapping(where, data, ("otherwise", "statements"))
    otherwise = read.member(f"{where}.otherwise", held.get("otherwise", "reject"), _ENDS)
    statements = [
        load_statement(f"{where}.statements[{place}]", value, lists, str(10 * (place + 1)))
        for place, value in enumerate(
            read.sequence(f"{where}.statements", held.get("statements", []))
        )
    ]
    return _told(where, lambda: Policy(name, statements, otherwise=_OUTCOMES[otherwise]))


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
    return _told(where, lambda: Entry(prefix, ge, le, action == "permit"))


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


def load_statement(where: str, data: object, lists: Lists, name: str) -> Statement:
    """One statement of a policy; `name` is its name where it has none of its own."""
    held = read.mapping(where, data, ("name", "match", "set", "then"))
    if "name" in held:
        name = read.text(f"{where}.name", held["name"])
    match = read.mapping(f"{where}.match", held.get("match", {}))
    actions = read.mapping(f"{where}.set", held.get("set", {}))
    then = read.member(f"{where}.then", held.get("then", "accept"), _OUTCOMES)
    return Statement(
        name,
        tuple(_condition(f"{where}.match.{key}", key, match[key], lists) for key in match),
        tuple(_action(f"{where}.set.{key}", key, actions[key]) for key in actions),
        _OUTCOMES[then],
    )


def _condition(where: str, key: str, value: object, lists: Lists) -> Condition:
    every = read.sequence(where, value)
    if key in _MOST:
        return Is(key, tuple(_number_or_range(where, one, _MOST[key]) for one in every))
    if key in _WORDS:
        return Is(key.replace("-", "_"), tuple(read.text(where, one) for one in every))
    match key:
        case "prefix-list":
            name = read.text(where, value)
            if name not in lists:
                read.refuse(where, name, "a prefix list", lists)
            return InPrefixList(lists[name])
        case "prefix":
            return InPrefixList(PrefixList(where, (load_entry(where, one) for one in every)))
        case "next-hop":
            return NextHopIn(prefixes=tuple(read.prefix(where, one) for one in every))
        case "interface":
            return NextHopIn(interfaces=tuple(read.text(where, one) for one in every))
        case "community" | "all-communities":
            patterns = tuple(read.text(where, one) for one in every)
            return _told(where, lambda: Communities(patterns, every=key == "all-communities"))
        case "as-path":
            return _told(where, lambda: AsPath(read.text(where, value)))
    return read.refuse(where, key, "a condition", CONDITIONS)


def _action(where: str, key: str, value: object) -> Action:
    every = read.sequence(where, value)
    match key:
        case "metric" | "tag" | "distance":
            return _set(where, key, value)
        case "next-hop":
            return SetNextHops(tuple(NextHop(gateway=read.address(where, one)) for one in every))
        case "add-community":
            found = tuple(read.text(where, one) for one in every)
            _told(where, lambda: Communities(found))
            return Append(found)
        case "remove-community":
            return Remove(() if value == "all" else tuple(read.text(where, one) for one in every))
        case "prepend-as":
            return Prepend(tuple(read.number(where, one, 1, 0xFFFF_FFFF) for one in every))
    return read.refuse(where, key, "an action", ACTIONS)


def _set(where: str, key: str, value: object) -> Set:
    most = _MOST[key]
    if isinstance(value, str) and value[:1] in ("+", "-") and value[1:].isdecimal():
        return _told(where, lambda: Set(key, int(value), by=True))
    return Set(key, read.number(where, value, 0, most))


def _number_or_range(where: str, value: object, most: int) -> int | range:
    """A number, or a text "1-5" that means every number from 1 to 5."""
    if isinstance(value, str):
        first, dash, last = value.partition("-")
        if not (dash and first.isdecimal() and last.isdecimal() and int(first) <= int(last)):
            read.refuse(where, value, "a number or a range like 1-5")
        return range(int(first), read.number(where, int(last), 0, most) + 1)
    return read.number(where, value, 0, most)


def _told(where: str, make: Callable[[], T]) -> T:
    """Make a value; what it refuses is said with the field."""
    try:
        return make()
    except UsageError as error:
        raise read.FieldError(where, str(error)) from error
