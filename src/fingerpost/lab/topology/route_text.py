"""Static routes of a lab, as `ip route` writes them: `config.route_text` and three numbers.

`metric` is a kernel's word; `distance` and `tag` are those of a routing process.
"""

from __future__ import annotations

from fingerpost.config import route_text
from fingerpost.forwarding.route import Route
from fingerpost.lab.model import StaticRoute
from fingerpost.rib.distance import DISTANCES, NEVER

_NUMBERS = {"metric": 2**32 - 1, "distance": NEVER - 1, "tag": 2**32 - 1}


def parse(text: str) -> StaticRoute:
    """Read one route; raises `ValueError` saying which word is wrong and what would be right."""
    line = route_text.parse(text, _NUMBERS)
    metric, distance, tag = (line.numbers.get(name, 0) for name in _NUMBERS)
    if "distance" in line.numbers and distance == 0:
        raise ValueError("distance 0 is that of connected networks; write 1 or more")
    route = Route(line.next_hops, kind=line.kind, origin="static", metric=metric)
    return StaticRoute(line.prefix, route, line.passed_over, distance or DISTANCES["static"], tag)
