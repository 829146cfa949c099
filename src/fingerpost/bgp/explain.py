"""Why a prefix is as it is, and what neighbours are told of it: reasons as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fingerpost.addr import Address
from fingerpost.bgp.contributions import attributes_in, contribution_of
from fingerpost.bgp.decision import Loss, Step, choose
from fingerpost.bgp.next_hops import split
from fingerpost.bgp.origination import Source, family_of
from fingerpost.bgp.path_view import Standing, views
from fingerpost.bgp.relation import Relation
from fingerpost.bgp.validated import line_of, validity_of
from fingerpost.forwarding.durations import SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerpost.addr import Prefix
    from fingerpost.bgp.family import Family
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.path_view import Row
    from fingerpost.bgp.peer import Peer
    from fingerpost.rib.route import RibRoute

_AS_PATH, _NEXT_HOP, _MED = 2, 3, 4
_OURSELVES = Address("0.0.0.0")
_REFUSED = (
    (1 << 2, "our AS stands in its path (RFC 4271 9.1.2)"),
    (1 << 3, "it went through our cluster already (RFC 4456 8)"),
    (1 << 4, "its path does not begin with the neighbour's AS (RFC 4271 6.3)"),
    (1 << 5, "it would be a leak (RFC 9234 5)"),
    (1 << 6, "the import policy refuses it"),
    (1 << 7, "an external neighbour without an import policy: give it one (RFC 8212)"),
    (1 << 8, "it flaps, and is damped (RFC 2439)"),
    (1 << 10, "its path has an AS_SET (RFC 9774)"),
    (1 << 11, "it is beyond the limit of the neighbour"),
    (1 << 13, "its next hop is ours, or on no link of ours (RFC 4271 6.3)"),
)
_STALE, _LONG_LIVED, _MULTIPATH = 1 << 0, 1 << 1, 1 << 9


@dataclass(frozen=True, slots=True)
class BgpAnswer:
    """Reasons of one prefix; the keys are those of `protocol.instance.Instance`."""

    data: dict[str, object]
    lines: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return self.data

    def __str__(self) -> str:
        """As text."""
        return "\n".join(self.lines)


def explain(bgp: Bgp, prefix: Prefix) -> BgpAnswer:
    """Every path to a prefix: who said it and when, and the step at which it lost."""
    code = family_of(prefix).code
    rows = bgp.table.paths(code, prefix)
    losses = _losses(bgp, rows)
    ways = [_way(bgp, prefix, row, losses.get(row[:2])) for row in rows]
    ways.sort(key=lambda way: way["wins"] is not True)
    best = next((way for way in ways if way["wins"]), None)
    if not ways:
        state, rule = "absent", "no neighbour has told of it"
    elif best is None:
        state, rule = "unused", "no path to it can be used"
    elif len(ways) == 1:
        state, rule = "valid", "it is the only path"
    else:
        state, rule = "valid", "what is left when all others lost (RFC 4271 9.1.2.2)"
    since = None if best is None else best["since"]
    data: dict[str, object] = {
        "protocol": bgp.config.source,
        "prefix": str(prefix),
        "state": state,
        "rule": rule,
        "since": since,
        "ways": ways,
        "ignored": [],
    }
    lines = [f"{prefix}: {state}; {rule}"]
    lines += [f"  {'won' if way['wins'] else 'lost'}: {_line(way)}" for way in ways]
    return BgpAnswer(data, tuple(lines))


def _losses(bgp: Bgp, rows: Sequence[Row]) -> dict[tuple[int, int], str]:
    """Why each path lost that did, with both values."""
    standings = {0: Standing(Relation.INTERNAL, bgp.config.router_id, _OURSELVES)}
    for number, peer in bgp.peers.items():
        router_id = 0 if peer.agreed is None else peer.agreed.router_id
        standings[number] = Standing(peer.relation, router_id, peer.address or _OURSELVES)
    outcome = choose(views(rows, standings), bgp.config.decision)
    return {(one.path.peer, one.path.path_id): _loss(one) for one in outcome.losses}


def _loss(one: Loss) -> str:
    section = f" ({one.step.section})" if one.step.section else ""
    if one.step is Step.UNUSABLE:
        return f"{one.value}{section}"
    return f"{one.step.title}: {one.value} against {one.winning}{section}"


def _line(way: dict[str, object]) -> str:
    rule = "" if way["rule"] is None else f": {way['rule']}"
    validity = way["validity"]
    said = f" ({line_of(validity)})" if isinstance(validity, dict) else ""
    return f"{way['neighbor'] or way['origin']} path {way['path']}{said}{rule}"


def _way(bgp: Bgp, prefix: Prefix, row: Row, lost: str | None) -> dict[str, object]:
    number, path_id, received, imported, flags, since, metric, _, is_best = row
    peer = bgp.peers.get(number)
    said = received if imported is None else imported
    values = dict(attributes_in(said))
    hop = split(values.get(_NEXT_HOP, b""))[0]
    path = " ".join(map(str, contribution_of(said).path))
    address = None if peer is None or peer.address is None else str(peer.address)
    is_used = is_best or bool(flags & _MULTIPATH)
    med = values.get(_MED)
    validity = validity_of(bgp, prefix, values.get(_AS_PATH, b""), number)
    instant = bgp.first_instant + since * SECOND
    return {
        "wins": is_used,
        "origin": Source(path_id).name.lower() if number == 0 else "bgp",
        "metric": metric,
        "tag": 0,
        "neighbor": address,
        "gateway": None if hop is None else str(hop),
        "interface": None if peer is None else peer.interface,
        "rule": None if is_used else _why_lost(flags, lost),
        "since": instant,
        "path": path,
        "validity": validity,
        "stale": bool(flags & (_STALE | _LONG_LIVED)),
        "message": None
        if number == 0
        else {
            "kind": "bgp update",
            "received": instant,
            "neighbor": address,
            "interface": None if peer is None else peer.interface,
            "fields": {
                "as_path": path,
                "next_hop": None if hop is None else str(hop),
                "med": None if med is None else int.from_bytes(med, "big"),
                "path_id": path_id,
            },
        },
    }


def _why_lost(flags: int, lost: str | None) -> str:
    for flag, why in _REFUSED:
        if flags & flag:
            return why
    return lost or "it cannot be used (RFC 4271 9.1.2)"


def explain_told(bgp: Bgp, prefix: Prefix, offered: RibRoute | None) -> BgpAnswer:
    """What each neighbour is told of a prefix, as far as that is known without working it out."""
    family = family_of(prefix)
    views = bgp.table.paths(family.code, prefix)
    best = next((view for view in views if view[-1]), None)
    reason = None if best is not None else "there is no best path to tell"
    if best is None and offered is not None and offered.source != bgp.config.source:
        reason = f"it is a route of {offered.source}, which is neither redistributed nor a network"
    places = [_place(bgp, peer, family, best) for peer in bgp.peers.values()]
    data: dict[str, object] = {
        "protocol": bgp.config.source,
        "prefix": str(prefix),
        "reason": reason,
        "places": places,
    }
    told = [f"  {one['place']}: {'told' if one['is_told'] else one['reason']}" for one in places]
    return BgpAnswer(data, (f"{prefix}: {reason or 'has a best path'}", *told))


def _place(bgp: Bgp, peer: Peer, family: Family, best: tuple[Any, ...] | None) -> dict[str, object]:
    reason = _why_not_told(bgp, peer, family, best)
    fields: dict[str, object] = {}
    if reason is None and best is not None:
        fields = {"as_path": " ".join(map(str, contribution_of(best[3] or best[2]).path))}
    return {"place": peer.name, "is_told": reason is None, "fields": fields, "reason": reason}


def _why_not_told(bgp: Bgp, peer: Peer, family: Family, best: tuple[Any, ...] | None) -> str | None:
    """RFC 4271 9.2, RFC 4456 6, RFC 8212, in the order in which they are looked at."""
    if peer.agreed is None:
        return f"its session is {peer.state}"
    if peer.agreed.family(family) is None:
        return f"{family} was not agreed on"
    if best is None:
        return "there is no best path"
    if best[0] == peer.number:
        return "it came from there"
    source = bgp.peers.get(best[0])
    from_internal = source is not None and source.relation is Relation.INTERNAL
    if from_internal and peer.relation is Relation.INTERNAL:
        return "it came from inside our AS, and neither of both is a client (RFC 4456 6)"
    held = peer.family(family)
    policy = None if held is None else held.export_policy
    if policy is None and bgp.config.needs_policy and peer.relation is Relation.EXTERNAL:
        return "an external neighbour without an export policy: give it one (RFC 8212)"
    return None
