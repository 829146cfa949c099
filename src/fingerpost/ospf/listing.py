"""What there may be very much of, a row at a time: the database, the routes, the calculations.

The models behind `show ospf database`, `routes` and `spf`; `snapshot` has all else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fingerpost.ospf.announcing import EVERYTHING, FIRST_EXTERNAL, PATH_TYPES, TYPE_2
from fingerpost.ospf.dissect.lsas import lsa_field
from fingerpost.ospf.lsa_line import line_of
from fingerpost.ospf.text import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.addr import Address
    from fingerpost.ospf.machine import Ospf
    from fingerpost.wire.dissect.tree import Field

BITS = ((1, "ABR"), (2, "ASBR"), (4, "virtual"))


def database_rows(
    ospf: Ospf,
    now: int,
    *,
    kind: str | None = None,
    link_id: int | None = None,
    router: int | None = None,
    is_whole: bool = False,
) -> Iterator[dict[str, Any]]:
    """The LSAs, sorted by scope and key. `kind` is the name of a type; `is_whole` adds the
    contents, as fields.
    """
    places = _places(ospf)
    for scope, lsa in ospf.database.entries(now):
        line = line_of(lsa, ospf.version)
        if kind is not None and line.type != kind:
            continue
        if link_id not in (None, line.id) or router not in (None, line.router):
            continue
        row: dict[str, Any] = {
            "place": places.get(scope, "AS"),
            **line.as_dict(),
            "is_ours": line.router == ospf.router_id,
        }
        if is_whole:
            whole = lsa_field(lsa, 0, len(lsa), ospf.version)
            row["fields"] = [_plain(one) for one in whole.fields]
        yield row


def _plain(field: Field) -> dict[str, Any]:
    """A field without its place, which means nothing outside of a packet."""
    inner = [_plain(one) for one in field.fields]
    return {"name": field.name, "text": field.text, "fields": inner}


def _places(ospf: Ospf) -> dict[int, str]:
    found = {area.scope: f"area {dotted(area.id)}" for area in ospf.areas.values()}
    found.update((one.scope, f"link {one.name}") for one in ospf.interfaces.values())
    return found


def route_rows(ospf: Ospf) -> Iterator[dict[str, Any]]:
    """The prefixes that can be reached, in order."""
    for prefix, route in ospf.routing.calculator.routes_in(EVERYTHING[ospf.routing.family]):
        kind, cost, type2, area, tag, hops, is_connected = route
        yield {
            "prefix": str(prefix),
            "path_type": PATH_TYPES[kind],
            "cost": cost,
            "type2_cost": type2 if kind in TYPE_2 else None,
            "area": dotted(area) if kind < FIRST_EXTERNAL else None,
            "tag": tag,
            "is_connected": is_connected,
            "next_hops": [_hop(ospf, number, address) for number, address in hops],
        }


def router_rows(ospf: Ospf) -> Iterator[dict[str, Any]]:
    """Border and boundary routers, by area and id."""
    for area in sorted(ospf.areas.values(), key=lambda one: one.id):
        for router, bits, kind, cost, hops in ospf.routing.calculator.routers(area.scope):
            yield {
                "router": dotted(router),
                "area": dotted(area.id),
                "roles": [name for bit, name in BITS if bits & bit],
                "path_type": PATH_TYPES[kind],
                "cost": cost,
                "next_hops": [_hop(ospf, number, address) for number, address in hops],
            }


def spf_model(ospf: Ospf, now: int) -> dict[str, Any]:
    """The calculations that were done, the latest last, and how many of each kind."""
    log = ospf.routing.log
    return {
        "now": now,
        "by_kind": dict(log.by_kind.most_common()),
        "runs": [one.as_dict() for one in log.all()],
    }


def _hop(ospf: Ospf, number: int, address: Address | None) -> str:
    interface = ospf.by_number.get(number)
    name = "" if interface is None else interface.name
    return f"dev {name}" if address is None else f"via {address} dev {name}"
