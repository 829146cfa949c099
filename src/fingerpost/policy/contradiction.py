"""Statements that no route can ever fit, since what they ask for excludes itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.policy.match import InPrefixList, Is, NextHopIn
from fingerpost.rib.distance import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.policy.statement import Statement

_UNICAST = "unicast"


def contradiction(statement: Statement) -> str | None:
    """Why no route can ever fit a statement; None if one might."""
    lists = [one.list for one in statement.conditions if isinstance(one, InPrefixList)]
    for held in lists:
        if not any(entry.permits for entry in held.entries):
            return f"{held} permits nothing"
    asked: dict[str, Is] = {}
    for one in statement.conditions:
        if not isinstance(one, Is):
            continue
        if not one.values:
            return f"no {one.field} is given that could fit"
        before = asked.setdefault(one.field, one)
        if not _share(before.values, one.values):
            return f"no {one.field} is both {before} and {one}"
    return _between(asked, statement) or _versions(asked, statement)


def _between(asked: dict[str, Is], statement: Statement) -> str | None:
    """What two fields cannot be together."""
    protocols, sources, kinds = asked.get("protocol"), asked.get("source"), asked.get("kind")
    if protocols is not None and sources is not None:
        of = {kind_of(str(one)) for one in sources.values}
        if not of & set(protocols.values):
            return f"{sources} is not of {protocols}"
    if kinds is not None and _UNICAST not in kinds.values:
        hops = [one for one in statement.conditions if isinstance(one, NextHopIn)]
        if hops:
            return f"routes of {kinds} have no next hop"
    return None


def _versions(asked: dict[str, Is], statement: Statement) -> str | None:
    """Prefixes and next hops of different versions of IP."""
    allowed = {4, 6}
    if (version := asked.get("version")) is not None:
        allowed = {one for one in allowed if _share((one,), version.values)}
    for condition in statement.conditions:
        if not isinstance(condition, InPrefixList):
            continue
        held = {entry.prefix.version for entry in condition.list.entries if entry.permits}
        if not held & allowed:
            among = " or ".join(f"IPv{one}" for one in sorted(allowed)) or "any version"
            return f"{condition.list} permits nothing of {among}"
        allowed &= held
    return None


def _share(one: Iterable[object], other: Iterable[object]) -> bool:
    """Whether two lists of values and ranges have one in common."""
    return any(_meet(a, b) for a in one for b in tuple(other))


def _meet(one: object, other: object) -> bool:
    if isinstance(one, range) and isinstance(other, range):
        return max(one.start, other.start) < min(one.stop, other.stop)
    if isinstance(one, range):
        return other in one
    return one in other if isinstance(other, range) else one == other
