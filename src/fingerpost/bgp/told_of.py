"""What a neighbour is told of a prefix, path by path, or for which reason it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fingerpost.bgp.exporting import Refused
from fingerpost.bgp.judged import policy_lines
from fingerpost.bgp.listing.attribute_row import attribute_row
from fingerpost.bgp.origination import family_of
from fingerpost.bgp.told_reason import reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fingerpost.addr import Prefix
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.path_view import Row
    from fingerpost.bgp.peer import Peer

_FIELDS: Final = ("as_path", "next_hop", "med", "local_preference")


def told_of(bgp: Bgp, peer: Peer, prefix: Prefix, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """As `protocol.instance.Instance.explain_told` has it; `rows` are those of all paths.

    There is one, or where several paths are told (RFC 7911) one for each that may be chosen.
    """
    family = family_of(prefix)
    agreed = None if peer.agreed is None else peer.agreed.family(family)
    if peer.agreed is None:
        return [_untold(peer, f"its session is {peer.state}")]
    if agreed is None:
        return [_untold(peer, f"{family} was not agreed on")]
    found = bgp.table.told_each(peer.number, family.code, prefix)
    if found is None:
        return [_untold(peer, "nothing of its family is told to it yet")]
    if not found:
        return [_untold(peer, _why(bgp, peer, prefix, None, Refused.NO_PATH))]
    paths = {row[:2]: row for row in rows}
    places = []
    for source, path_id, told_id, octets, number in found:
        row = paths.get((source, path_id))
        if octets is not None:
            fields = _fields(attribute_row(octets))
            if agreed.path_ids_out:
                fields["path_id"] = told_id
            places.append({**_untold(peer, None), "is_told": True, "fields": fields})
            continue
        why = _why(bgp, peer, prefix, row, number)
        named = f"path {_path(row)}: " if agreed.path_ids_out and row is not None else ""
        places.append(_untold(peer, named + why))
    return places


def _untold(peer: Peer, reason: str | None) -> dict[str, Any]:
    return {"place": peer.name, "is_told": False, "fields": {}, "reason": reason}


def _path(row: Row) -> str:
    octets = row[2] if row[3] is None else row[3]
    return attribute_row(octets)["as_path"] or "of our own"


def _why(bgp: Bgp, peer: Peer, prefix: Prefix, row: Row | None, number: int) -> str:
    family = family_of(prefix)
    why = reason_of(bgp, peer, family, row, number)
    held = peer.family(family)
    if held is not None and prefix.length == 0:
        why = "; ".join(filter(None, (bgp.origination.conditions.why_no_default(held), why)))
    if number != Refused.POLICY or held is None or row is None or row[3] is None:
        return why
    lines = policy_lines(bgp, peer, held, prefix, row[3], row[0], is_import=False)
    return "; ".join([why, *(f"{one.policy} {one.line}: {one.did}" for one in lines)])


def _fields(row: Mapping[str, Any]) -> dict[str, object]:
    found = {name: row[name] for name in _FIELDS if row[name] not in (None, "")}
    if row["communities"]:
        found["communities"] = " ".join(row["communities"])
    return found
