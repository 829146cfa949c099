"""What the answers to `why` and `why-not` both ask of a router."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.rib.difference import differences

if TYPE_CHECKING:
    from fingerpost.rib.explain import RibTrace
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.table import Rib
    from fingerpost.rib.verdict import Verdict
    from fingerpost.router.routing import Routing
    from fingerpost.router.running import Running


def table_of(routing: Routing, table: str) -> Rib:
    """A table by name; raises `UsageError` with the names there are."""
    try:
        return routing.tables[table]
    except KeyError:
        known = ", ".join(routing.tables.tables)
        raise UsageError(f"{routing.name} has no table {table!r}; it has {known}") from None


def instances(routing: Routing, table: str) -> list[Running]:
    """The protocol instances that feed a table."""
    running = routing.protocols.values()
    return [one for one in running if one.has_routes and one.config.table == table]


def forwarded(routing: Routing, table: str, trace: RibTrace) -> Verdict | None:
    """What becomes of the winner on its way to the forwarding table; None without one."""
    winner = trace.winner
    return None if winner is None else routing.forwarding[table].export_verdict(winner)


def export_model(route: RibRoute | None, verdict: Verdict | None) -> dict[str, object] | None:
    """The verdict on a route's way out of the table as plain data."""
    if route is None or verdict is None:
        return None
    changes = differences(route, verdict.route) if verdict.accepted else ()
    return {
        "is_accepted": verdict.accepted,
        "policy": [one.as_dict() for one in verdict.trace],
        "changes": [one.as_dict() for one in changes],
    }
