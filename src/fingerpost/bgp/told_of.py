"""What a neighbour is told of a prefix, or for which reason it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fingerpost.bgp.attributes import AttributeSet
from fingerpost.bgp.exporting import Refusal, Told, Why, refusals, written
from fingerpost.bgp.judged import policy_lines
from fingerpost.bgp.listing.attribute_row import attribute_row
from fingerpost.bgp.origination import family_of
from fingerpost.bgp.own_next_hop import own_next_hop
from fingerpost.bgp.path_view import PathFlags
from fingerpost.bgp.peer_tables import terms_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.addr import Prefix
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.path_view import Row
    from fingerpost.bgp.peer import Peer

_WHY: Final = {
    Why.NO_PATH: "there is no path that can be used",
    Why.ORIGIN: "it came from there (RFC 4271 9.2)",
    Why.POLICY: "the export policy refuses it",
    Why.TOO_LONG: "its attributes leave no room for a prefix in a message",
    Why.SUPPRESSED: "an aggregate around it is told in its place (RFC 4271 9.2.2.2)",
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
        reason = _WHY[Why.NO_PATH]
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
    """The core says for what; the readable form says it with the values, and all there is else."""
    why, agreed, held = Why(number), peer.agreed, peer.family(family_of(prefix))
    one = None if agreed is None else agreed.family(family_of(prefix))
    session, said = peer.established, best[3]
    if agreed is None or held is None or one is None or session is None or said is None:
        return _WHY[Why.NO_PATH]
    if session.local is None or why in _ALONE:
        return _WHY[why]
    hop = own_next_hop(bgp.links, session.local, one, peer.interface)
    terms = terms_of(bgp, peer, agreed, one, held, hop)
    source = bgp.peers.get(best[0])
    path = Told(
        AttributeSet.decode(said),
        None if source is None else source.relation,
        is_long_lived=bool(best[4] & PathFlags.LONG_LIVED_STALE),
    )
    found = "; ".join(map(str, refusals(path, terms)))
    if why is Why.NEXT_HOP:
        made = written(path, terms)
        return str(made) if isinstance(made, Refusal) else _NO_HOP
    if found or why is not Why.POLICY:
        return found or why.name.lower().replace("_", " ")
    lines = policy_lines(bgp, peer, held, prefix, said, best[0], is_import=False)
    return "; ".join([_WHY[why], *(f"{one.policy} {one.line}: {one.did}" for one in lines)])


_ALONE: Final = (Why.NO_PATH, Why.ORIGIN, Why.TOO_LONG, Why.SUPPRESSED)
_NO_HOP: Final = "the next hop that its policy set is not one that it could use"


def _fields(row: Mapping[str, Any]) -> dict[str, object]:
    found = {name: row[name] for name in _FIELDS if row[name] not in (None, "")}
    if row["communities"]:
        found["communities"] = " ".join(row["communities"])
    return found
