"""From a routing table to a forwarding table: changes become entries, in one batch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.fib import Fib
    from fingerpost.forwarding.route import Route
    from fingerpost.rib.events import Change


def feed(fib: Fib[Route], changes: Iterable[Change]) -> None:
    """Bring a forwarding table up to date; prefixes that say the same share one `Route`.

    Of several changes of one prefix the last counts. Entries of other prefixes stay.
    """
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
