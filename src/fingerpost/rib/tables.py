"""`Tables`: several routing tables by name, and leaks that carry routes from one to another.

A leaked route keeps distance and metric; its source is "table:" with the tables that it came
through, nearest first. It never enters a table that it came through already, so leaks may form a
circle without a route going round in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.rib.events import AnnounceRoutes, WithdrawRoutes
from fingerpost.rib.verdict import Context, Direction, Line, Verdict

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.rib.events import Change, RibEvent
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.table import Rib
    from fingerpost.rib.verdict import Filter

_LEAKED = "table:"


@dataclass(frozen=True, slots=True)
class Leak:
    """Routes of the table named `origin` enter the one named `target`, if the policy lets them."""

    origin: str
    target: str
    policy: Filter | None = None


class Tables:
    """Tables by name, with leaks between them."""

    def __init__(self, tables: Mapping[str, Rib], leaks: tuple[Leak, ...] = ()) -> None:
        """Raises `UsageError` for a leak of a table that is not there, or into itself."""
        self.tables = dict(tables)
        self.leaks = leaks
        for leak in leaks:
            for name in (leak.origin, leak.target):
                if name not in self.tables:
                    known = ", ".join(self.tables) or "none"
                    raise UsageError(f"leak of table {name!r}, which is not there; there: {known}")
            if leak.origin == leak.target:
                raise UsageError(f"leak of table {leak.origin!r} into itself")

    def __getitem__(self, name: str) -> Rib:
        """The table of a name; `KeyError` if there is none."""
        return self.tables[name]

    def apply(self, name: str, event: RibEvent, now: int) -> list[tuple[str, Sequence[Change]]]:
        """Tell one table something; gives what changed in it and, step by step, in others."""
        return self.spread(name, self.tables[name].apply(event, now), now)

    def spread(
        self, name: str, changes: Sequence[Change], now: int
    ) -> list[tuple[str, Sequence[Change]]]:
        """Tell others of what has changed in one table; gives that, and what it changed there."""
        told: list[tuple[str, Sequence[Change]]] = []
        work: list[tuple[str, Sequence[Change]]] = [(name, changes)]
        while work:
            origin, changes = work.pop(0)
            if not changes:
                continue
            told.append((origin, changes))
            for leak in self.leaks:
                if leak.origin == origin:
                    events = leaked(leak, changes)
                    work.append((leak.target, self.tables[leak.target].apply_all(events, now)))
        return told


def leaked(leak: Leak, changes: Iterable[Change]) -> list[RibEvent]:
    """What a leak tells its target of changes in its origin."""
    gone: dict[str, list[Prefix]] = {}
    put: list[RibRoute] = []
    for change in changes:
        before = None if change.before is None else _through(leak, change.before, counts=False)
        after = None if change.after is None else _through(leak, change.after, counts=True)
        if before is not None and (after is None or after.source != before.source):
            gone.setdefault(before.source, []).append(change.prefix)
        if after is not None and after != before:
            put.append(after)
    events: list[RibEvent] = [
        WithdrawRoutes(source, tuple(prefixes)) for source, prefixes in gone.items()
    ]
    return [*events, AnnounceRoutes(tuple(put))]


def _through(leak: Leak, route: RibRoute, *, counts: bool) -> RibRoute | None:
    verdict = leak_verdict(leak, route, counts=counts)
    return verdict.route if verdict.accepted else None


def leak_verdict(leak: Leak, route: RibRoute, *, counts: bool = False) -> Verdict:
    """What becomes of a route of the origin on its way to the target, as it is there."""
    came = route.source.removeprefix(_LEAKED).split(",") if _is_leaked(route) else []
    if leak.target in came:
        return Verdict(accepted=False, route=route, trace=(_RETURN,))
    source = _LEAKED + ",".join((leak.origin, *came))
    if leak.policy is None:
        return Verdict(accepted=True, route=replace(route, source=source))
    context = Context(Direction.EXPORT, leak.origin, leak.target, counts=counts)
    verdict = leak.policy.apply(route, context)
    if not verdict.accepted:
        return verdict
    lines = (*route.lines, *verdict.trace)
    return replace(verdict, route=replace(verdict.route, source=source, lines=lines))


def _is_leaked(route: RibRoute) -> bool:
    return route.source.startswith(_LEAKED)


_RETURN = Line("leak", "source", "refused: it came through that table")
