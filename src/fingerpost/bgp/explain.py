"""Why a prefix is as it is, and what neighbours are told of it: reasons as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fingerpost.bgp.attributes.attribute import split_canonical
from fingerpost.bgp.decision import Loss, Step, choose
from fingerpost.bgp.judged import Judged, judged_on_import
from fingerpost.bgp.listing.attribute_row import attribute_row
from fingerpost.bgp.origination import Source, family_of
from fingerpost.bgp.path_view import REFUSED, PathFlags, views
from fingerpost.bgp.peer_terms import standing_of
from fingerpost.bgp.refused import why_refused
from fingerpost.bgp.told_of import told_of
from fingerpost.bgp.validated import line_of, validity_of
from fingerpost.forwarding.durations import SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fingerpost.addr import Prefix
    from fingerpost.bgp.family import Family
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.path_view import Row
    from fingerpost.bgp.peer import Peer
    from fingerpost.rib.route import RibRoute

_AS_PATH = 2
_STALE = PathFlags.STALE | PathFlags.LONG_LIVED_STALE


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
    damped = _damped(bgp, prefix)
    for row, way in zip(rows, ways, strict=True):
        if row[4] & REFUSED == PathFlags.DAMPED and row[:2] in damped:
            way["rule"] = damped[row[:2]]
    ways.sort(key=lambda way: way["wins"] is not True)
    best = next((way for way in ways if way["wins"]), None)
    if not ways:
        state, rule = "absent", "no neighbor has told of it"
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
    standings = {row[0]: standing_of(bgp, row[0]) for row in rows}
    outcome = choose(views(rows, standings), bgp.config.decision)
    return {(one.path.peer, one.path.path_id): _loss(one) for one in outcome.losses}


def _loss(one: Loss) -> str:
    section = f" ({one.step.section})" if one.step.section else ""
    if one.step is Step.UNUSABLE:
        return f"{one.value}{section}"
    return f"{one.step.title}: {one.value} against {one.winning}{section}"


def _damped(bgp: Bgp, prefix: Prefix) -> dict[tuple[int, int], str]:
    """What flaps, how much, and when it is used again (RFC 2439)."""
    found = {}
    rows = bgp.table.flapping(family_of(prefix).code, prefix, bgp.now)
    for peer, path_id, penalty, until in rows:
        if until is not None:
            left = max(until - bgp.now, 0) // SECOND
            found[peer, path_id] = (
                f"it flaps, and is damped: penalty {penalty}, used again in {left} s (RFC 2439)"
            )
    return found


def _line(way: dict[str, object]) -> str:
    rule = "" if way["rule"] is None else f": {way['rule']}"
    validity = way["validity"]
    said = f" ({line_of(validity)})" if isinstance(validity, dict) else ""
    return f"{way['neighbor'] or way['origin']} path {way['path']}{said}{rule}"


def _way(bgp: Bgp, prefix: Prefix, row: Row, lost: str | None) -> dict[str, object]:
    number, path_id, received, imported, flags, since, metric, _, is_best = row
    peer = bgp.peers.get(number)
    said = attribute_row(received if imported is None else imported)
    came = said if imported is None else attribute_row(received)
    address = None if peer is None or peer.address is None else str(peer.address)
    is_used = is_best or bool(flags & PathFlags.MULTIPATH)
    path = (value for _, code, value in split_canonical(received) if code == _AS_PATH)
    value = next(path, b"")
    validity = validity_of(bgp, prefix, value, number)
    instant = bgp.first_instant + since * SECOND
    judged = None if peer is None else judged_on_import(bgp, peer, prefix, received)
    refused = None if judged is None or not flags else why_refused(flags, judged.refusals)
    return {
        "wins": is_used,
        "origin": Source.of(path_id).name.lower() if number == 0 else "bgp",
        "metric": 0 if metric is None else metric,
        "tag": 0,
        "neighbor": address,
        "gateway": said["next_hop"],
        "interface": None if peer is None else peer.interface,
        "rule": None if is_used else refused or lost or _UNREACHED,
        "since": instant,
        "path": said["as_path"],
        "validity": validity,
        "stale": bool(flags & _STALE),
        "is_refused": refused is not None,
        "policy": [] if judged is None else [one.as_dict() for one in judged.lines],
        "details": [
            *([] if judged is None else _details(judged, came, said)),
            *([] if validity is None else [line_of(validity)]),
        ],
        "message": None
        if number == 0
        else {
            "kind": "bgp update",
            "received": instant,
            "neighbor": address,
            "interface": None if peer is None else peer.interface,
            "fields": {name: value for name, value in _fields(came) if value not in (None, [], "")}
            | ({"path_id": path_id} if path_id else {}),
        },
    }


_UNREACHED = "no way to its next hop is known (RFC 4271 9.1.2)"
_SHOWN = ("as_path", "next_hop", "origin", "med", "local_preference")
_CHANGED = (*_SHOWN, "weight", "communities", "large_communities", "extended_communities")


def _fields(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in _SHOWN:
        yield name, row[name]
    for name in ("communities", "large_communities"):
        yield name, " ".join(row[name])


def _details(judged: Judged, came: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[str]:
    """What the import policy did to a path."""
    for line in judged.lines:
        yield f"import policy {line.policy} {line.line}: {line.did}"
    for name in _CHANGED:
        if came[name] != said[name]:
            yield f"{name.replace('_', ' ')}: {_shown(came[name])} became {_shown(said[name])}"


def _shown(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value)) or "none"
    return "none" if value in (None, "") else str(value)


def explain_neighbor(bgp: Bgp, prefix: Prefix, peer: Peer) -> dict[str, object]:
    """What became of what one neighbour says of a prefix; `text` says why it is not used.

    `outcome` is "used", "lost", "refused", or "not received".
    """
    family = family_of(prefix)
    answer = explain(bgp, prefix).as_dict()
    rows = bgp.table.paths(family.code, prefix)
    ways: Any = answer["ways"]
    is_its = {str(peer.address)} if any(row[0] == peer.number for row in rows) else set()
    its = [way for way in ways if way["neighbor"] in is_its]
    if its:
        way = its[0]
        outcome = "used" if way["wins"] else "refused" if way["is_refused"] else "lost"
        text = "it is used" if way["wins"] else str(way["rule"])
    else:
        outcome, text = "not received", _why_not_received(peer, family)
    return {"neighbor": peer.name, "outcome": outcome, "text": text, "ways": its}


def _why_not_received(peer: Peer, family: Family) -> str:
    if peer.agreed is None:
        ended = "" if peer.ended is None else f": {peer.ended.reason}"
        return f"its session is {peer.state}{ended}"
    if peer.agreed.family(family) is None:
        return f"{family} was not agreed on"
    return "its session is Established, and it has not told of it"


def explain_told(bgp: Bgp, prefix: Prefix, offered: RibRoute | None) -> BgpAnswer:
    """What each neighbour is told of a prefix, or why it is not."""
    family = family_of(prefix)
    rows = bgp.table.paths(family.code, prefix)
    best = next((row for row in rows if row[-1]), None)
    reason = None if best is not None else "there is no best path to tell"
    if best is None and offered is not None and offered.source != bgp.config.source:
        reason = f"it is a route of {offered.source}, which is neither redistributed nor a network"
    if best is None:
        reason = bgp.origination.conditions.why_no_network(prefix) or reason
    places = [one for peer in bgp.peers.values() for one in told_of(bgp, peer, prefix, rows)]
    if any(one["is_told"] for one in places):
        reason = None  # a default that is given is no best path
    data: dict[str, object] = {
        "protocol": bgp.config.source,
        "prefix": str(prefix),
        "reason": reason,
        "places": places,
    }
    told = [f"  {one['place']}: {'told' if one['is_told'] else one['reason']}" for one in places]
    return BgpAnswer(data, (f"{prefix}: {reason or 'has a best path'}", *told))
