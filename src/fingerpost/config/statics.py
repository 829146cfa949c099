"""Static routes of a file that cannot stand beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.config.faults import Path
    from fingerpost.config.tree import RouterTree
    from fingerpost.config.tree.routes import StaticEntry


def conflicts(tree: RouterTree) -> Iterator[tuple[Path, str]]:
    """Lines of one table, prefix and distance that are no next hops of one route."""
    first: dict[tuple[str, Prefix, int], tuple[int, StaticEntry]] = {}
    for at, entry in enumerate(tree.static):
        if entry is None:
            continue
        route = entry.route
        key = entry.table, route.prefix, route.distance
        where, before = first.setdefault(key, (at, entry))
        other = before.route
        if where == at:
            continue
        if (other.kind, other.tag) != (route.kind, route.tag) or not route.next_hops:
            said = f"static[{where}] says {before}, which is another kind or tag"
            yield ("static", at), f"{entry}: {said}; give one of them another distance"
