"""From a routing table to a forwarding table: changes become entries, in one batch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fingerpost.rib.changes import ChangeSet

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.fib import Fib
    from fingerpost.forwarding.route import Route
    from fingerpost.rib.events import Change
    from fingerpost.rib.path import Path


def feed(fib: Fib[Route], changes: Iterable[Change]) -> None:
    """Bring a forwarding table up to date; prefixes that say the same share one `Route`.

    Of several changes of one prefix the last counts. Entries of other prefixes stay. A `ChangeSet`
    goes over in columns, without an object for each prefix.
    """
    if isinstance(changes, ChangeSet):
        _feed_columns(fib, changes)
        return
    known: dict[Route, Route] = {}
    put: dict[Prefix, Route] = {}
    drop: dict[Prefix, None] = {}
    for change in changes:
        if change.after is None:
            put.pop(change.prefix, None)
            drop[change.prefix] = None
        else:
            route = change.after.forwarding()
            drop.pop(change.prefix, None)
            put[change.prefix] = known.setdefault(route, route)
    fib.apply(put.items(), drop)


def _feed_columns(fib: Fib[Route], changes: ChangeSet) -> None:
    known: dict[Path, int] = {}
    place_of: list[int | None] = []  # by kind of change
    for _, after in changes.kinds:
        place_of.append(None if after is None else known.setdefault(after, len(known)))
    put = changes.rows.select(place_of)
    drop = changes.rows.select([0 if place is None else None for place in place_of])
    routes = [path.forwarding() for path in known]
    values = [routes[place] for place in memoryview(put.kinds()).cast("I")]
    fib.change_many(put.prefixes(), values, drop.prefixes())
