"""What a neighbour is told of a prefix, or for which reason it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fingerpost.bgp.judged import policy_lines
from fingerpost.bgp.listing.attribute_row import attribute_row
from fingerpost.bgp.origination import family_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.addr import Prefix
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.path_view import Row
    from fingerpost.bgp.peer import Peer

_POLICY: Final = 8
# by the numbers of the core (rust/core/src/bgp/out/export.rs)
_WHY: Final = {
    1: "there is no path that can be used",
    2: "it came from there (RFC 4271 9.2)",
    3: "it came from inside our AS, and neither of both is a client (RFC 4271 9.2.1, RFC 4456 6)",
    4: "its community no-advertise forbids it (RFC 1997)",
    5: "its community no-export, no-export-subconfed or no-peer forbids it (RFC 1997, RFC 3765)",
    6: "it would be a leak: it is for customers only (RFC 9234 5)",
    7: "an external neighbor without an export policy: give it one (RFC 8212)",
    _POLICY: "the export policy refuses it",
    9: "it is stale for long, and they do not know of that (RFC 9494 4.3)",
    10: "there is no next hop that they could use",
    11: "its attributes leave no room for a prefix in a message",
}
_FIELDS: Final = ("as_path", "next_hop", "med", "local_preference")


def told_of(bgp: Bgp, peer: Peer, prefix: Prefix, best: Row | None) -> dict[str, Any]:
    """As `protocol.instance.Instance.explain_told` has it; `best` is the row of the best path."""
    family = family_of(prefix)
    fields: dict[str, object] = {}
    if peer.agreed is None:
        reason: str | None = f"its session is {peer.state}"
    elif peer.agreed.family(family) is None:
        reason = f"{family} was not agreed on"
    elif best is None:
        reason = _WHY[1]
    else:
        found = bgp.table.told(peer.number, family.code, prefix)
        if found is None:
            reason = "nothing of its family is told to it yet"
        else:
            octets, number = found
            reason = None if octets is not None else _why(bgp, peer, prefix, best, number)
            fields = {} if octets is None else _fields(attribute_row(octets))
    return {"place": peer.name, "is_told": reason is None, "fields": fields, "reason": reason}


def _why(bgp: Bgp, peer: Peer, prefix: Prefix, best: Row, number: int) -> str:
    why = _WHY.get(number, f"reason {number}")
    held = peer.family(family_of(prefix))
    said = best[3]
    if number != _POLICY or held is None or said is None:
        return why
    lines = policy_lines(bgp, peer, held, prefix, said, best[0], is_import=False)
    return "; ".join([why, *(f"{one.policy} {one.line}: {one.did}" for one in lines)])


def _fields(row: Mapping[str, Any]) -> dict[str, object]:
    found = {name: row[name] for name in _FIELDS if row[name] not in (None, "")}
    if row["communities"]:
        found["communities"] = " ".join(row["communities"])
    return found
