"""Static routes of a lab, as `ip route` writes them: those of `config.route_text` with a metric."""

from __future__ import annotations

from fingerpost.config import route_text
from fingerpost.forwarding.route import Route
from fingerpost.lab.model import StaticRoute

MOST_METRIC = 2**32 - 1


def parse(text: str) -> StaticRoute:
    """Read one route; raises `ValueError` saying which word is wrong and what would be right."""
    line = route_text.parse(text, {"metric": MOST_METRIC})
    metric = line.numbers.get("metric", 0)
    route = Route(line.next_hops, kind=line.kind, origin="static", metric=metric)
    return StaticRoute(line.prefix, route, line.passed_over)
