"""What a neighbour is told of a prefix, or for which reason it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fingerpost.bgp.exporting import Refused
from fingerpost.bgp.judged import policy_lines
from fingerpost.bgp.listing.attribute_row import attribute_row
from fingerpost.bgp.origination import family_of
from fingerpost.bgp.told_reason import reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.addr import Prefix
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.path_view import Row
    from fingerpost.bgp.peer import Peer

_FIELDS: Final = ("as_path", "next_hop", "med", "local_preference")


def told_of(bgp: Bgp, peer: Peer, prefix: Prefix, best: Row | None) -> dict[str, Any]:
    """As `protocol.instance.Instance.explain_told` has it; `best` is the row of the best path."""
    family = family_of(prefix)
    fields: dict[str, object] = {}
    if peer.agreed is None:
        reason: str | None = f"its session is {peer.state}"
    elif peer.agreed.family(family) is None:
        reason = f"{family} was not agreed on"
    else:
        found = bgp.table.told(peer.number, family.code, prefix)
        if found is None:
            reason = "nothing of its family is told to it yet"
        else:
            octets, number = found
            reason = None if octets is not None else _why(bgp, peer, prefix, best, number)
            fields = {} if octets is None else _fields(attribute_row(octets))
    return {"place": peer.name, "is_told": reason is None, "fields": fields, "reason": reason}


def _why(bgp: Bgp, peer: Peer, prefix: Prefix, best: Row | None, number: int) -> str:
    family = family_of(prefix)
    why = reason_of(bgp, peer, family, best, number)
    held = peer.family(family)
    if held is not None and prefix.length == 0:
        why = "; ".join(filter(None, (bgp.origination.conditions.why_no_default(held), why)))
    if number != Refused.POLICY or held is None or best is None or best[3] is None:
        return why
    said = best[3]
    lines = policy_lines(bgp, peer, held, prefix, said, best[0], is_import=False)
    return "; ".join([why, *(f"{one.policy} {one.line}: {one.did}" for one in lines)])


def _fields(row: Mapping[str, Any]) -> dict[str, object]:
    found = {name: row[name] for name in _FIELDS if row[name] not in (None, "")}
    if row["communities"]:
        found["communities"] = " ".join(row["communities"])
    return found
