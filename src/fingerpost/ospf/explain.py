"""Why a prefix is routed as it is, down to the LSAs (RFC 2328 16).

The ways to a prefix and the rule that decided come from the calculation itself, which is asked
about the data that it decided on; the LSAs that a way rests on are looked up in the database, for
their sequence number and age.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from fingerpost.ospf.announcing import PATH_TYPES
from fingerpost.ospf.lsa_line import LsaLine, lsa_line
from fingerpost.ospf.text import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost._core import _OspfLsa, _OspfRoute
    from fingerpost.addr import Prefix
    from fingerpost.ospf.machine import Ospf

MOST_WAYS, MOST_STEPS, MOST_BESIDE = 20, 200, 10
Way: TypeAlias = dict[str, Any]
_NO_ROUTE = 6


@dataclass(frozen=True, slots=True)
class OspfAnswer:
    """Why a prefix is as it is. `data` are what `Instance` promises besides protocol and prefix.

    Each way has `lsas` beside that: the LSAs that it rests on, the one that names the prefix first;
    `path`: the steps of the shortest path to where that LSA leads, ours first; and `beside`: by
    which other neighbours one comes there, for how much more. `details` are these in words.
    """

    protocol: str
    prefix: Prefix
    text: str
    data: dict[str, object] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {"protocol": self.protocol, "prefix": str(self.prefix), **self.data}

    def __str__(self) -> str:
        """In words."""
        return self.text


def explain(ospf: Ospf, prefix: Prefix) -> OspfAnswer:
    """Say which ways there are, which are used and why, and who is not heard that might know."""
    calculator = ospf.routing.calculator
    found = calculator.candidates(prefix) if prefix.version == ospf.routing.family else []
    ways = [_way(ospf, *one) for one in found[:MOST_WAYS]]
    winners = [one for one in ways if one["wins"]]
    if winners:
        best = winners[0]
        for one in ways:
            if not one["wins"]:
                one["rule"] = _against(one, best)
        state, rule = best["path_type"], _decided(winners, ways)
    elif ways:
        state, rule = "unreachable", f"no way is usable: {ways[0]['rule']}"
    else:
        state, rule = "unknown", "no LSA names it"
    ignored = [
        {
            "interface": one.interface,
            "address": str(one.address),
            "reason": str(one.reason),
            "since": one.since,
            "heard": one.heard,
            "messages": one.packets,
        }
        for one in ospf.refusals.all()
    ]
    data: dict[str, object] = {
        "state": state,
        "rule": rule,
        "since": None,
        "ways": ways,
        "ignored": [] if winners else ignored,
    }
    return OspfAnswer(ospf.dialect.name, prefix, "\n".join(_lines(prefix, data)), data)


def _way(ospf: Ospf, rule: str, route: _OspfRoute, lsas: list[_OspfLsa]) -> Way:
    kind, cost, type2, area, tag, hops, is_connected = route
    wins = rule == "used"
    gateway = next((str(address) for _, address in hops if address is not None), None)
    links = [ospf.by_number[number].name for number, _ in hops if number in ospf.by_number]
    lines = [line for one in lsas if (line := lsa_line(ospf, one)) is not None]
    first = lines[0] if lines else None
    is_ours = first is None or first.router == ospf.router_id
    leads_on = first is not None and wins
    way: Way = {
        "wins": wins,
        "origin": ospf.dialect.name,
        "metric": type2 if kind in (3, 5) else cost,
        "tag": tag,
        "neighbor": None if first is None or is_ours else dotted(first.router),
        "gateway": gateway,
        "interface": ", ".join(dict.fromkeys(links)) or None,
        "rule": None if wins else rule,
        "message": None,
        "path_type": "unusable" if kind == _NO_ROUTE else PATH_TYPES[kind],
        "area": dotted(area),
        "cost": cost,
        "type2_cost": type2 if kind in (3, 5) else None,
        "is_connected": is_connected,
        "next_hops": [_hop_text(ospf, number, address) for number, address in hops],
        "lsas": [line.as_dict() for line in lines],
        "path": list(_path(ospf, lsas)) if leads_on else [],
        "beside": _beside(ospf, lsas) if leads_on else [],
    }
    return {**way, "details": list(way_lines(way))}


def _hop_text(ospf: Ospf, number: int, address: object) -> str:
    interface = ospf.by_number.get(number)
    name = "" if interface is None else interface.name
    return f"dev {name}" if address is None else f"{address} dev {name}"


def _path(ospf: Ospf, lsas: list[_OspfLsa]) -> Iterator[dict[str, object]]:
    """The steps of one shortest path to the router that the way goes through last."""
    scope, _, _, router = lsas[-1]
    if scope == 0:  # an LSA of the AS: the way leads to its router through an area
        return
    vertices = ospf.routing.calculator.path(scope, router)
    if not vertices:
        return
    steps = []
    at = len(vertices) - 1
    while True:
        steps.append(at)
        before = vertices[at][2]
        if not before or len(steps) == MOST_STEPS:
            break
        at = before[0]
    for at in reversed(steps):
        held, distance, _ = vertices[at]
        line: LsaLine | None = None if not held else lsa_line(ospf, held[0])
        if line is not None:
            yield {"distance": distance, "ways_here": len(vertices[at][2]), **line.as_dict()}


def _beside(ospf: Ospf, lsas: list[_OspfLsa]) -> list[dict[str, object]]:
    """The neighbours by which the way to the same router costs more, the cheapest first."""
    scope, _, _, router = lsas[-1]
    ways = ospf.routing.calculator.beside(scope, router)
    more = [(neighbor, cost, cost - ways[0][1]) for neighbor, cost in ways]
    dear = [one for one in more if one[2]][:MOST_BESIDE]
    return [{"neighbor": dotted(one), "cost": cost, "more": diff} for one, cost, diff in dear]


def _decided(winners: list[Way], ways: list[Way]) -> str:
    best = winners[0]
    what = f"{best['path_type']}, {_cost_text(best)}"
    shared = f", shared by {len(winners)} ways" if len(winners) > 1 else ""
    if len(ways) == len(winners):
        return f"the only way: {what}" if len(winners) == 1 else f"{what}{shared}"
    return f"the best by path type and cost (RFC 2328 11, 16.8): {what}{shared}"


def _cost_text(way: Way) -> str:
    if way["type2_cost"] is None:
        return f"cost {way['cost']}"
    return f"cost {way['type2_cost']} of type 2 and {way['cost']} to it"


def _against(way: Way, best: Way) -> str:
    """Why a way lost, with both values where the rule compares some."""
    rule = str(way["rule"])
    match rule:
        case "cost":
            return f"cost {way['cost']}, the best has {best['cost']} (RFC 2328 16.8)"
        case "type 2 cost":
            ours, theirs = way["type2_cost"], best["type2_cost"]
            return f"type 2 cost {ours}, the best has {theirs} (RFC 2328 16.4 step 6)"
        case "path type":
            return f"{way['path_type']}, the best is {best['path_type']} (RFC 2328 11)"
        case "path preference":
            return f"by area {way['area']}, the best by area {best['area']} (RFC 2328 16.4.1)"
    return rule


def _lines(prefix: Prefix, data: dict[str, Any]) -> Iterator[str]:
    yield f"{prefix}: {data['state']}; {data['rule']}"
    for way in data["ways"]:
        verdict = "won: " if way["wins"] else "lost:"
        tail = "" if way["wins"] else f": {way['rule']}"
        yield f"  {verdict} {way['path_type']}, {_cost_text(way)}{tail}"
        for line in way["details"]:
            yield f"    {line}"


def way_lines(way: Way) -> Iterator[str]:
    """The LSAs of a way, the steps of its path, and what it costs by others, a line each."""
    for one in way["lsas"]:
        yield f"by {one['text']}"
    for one in way["path"]:
        more = f", {one['ways_here']} ways" if one["ways_here"] > 1 else ""
        yield f"path {one['distance']:>5}  {one['text']}{more}"
    for one in way["beside"]:
        yield f"not by {one['neighbor']}: cost {one['cost']}, {one['more']} more"
