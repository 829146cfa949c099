"""Why a neighbor is not told a prefix: the core says which reason, `exporting` says it in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bgp.exporting import Judged, Refusal, Refused, Terms, told
from fingerpost.bgp.own_next_hop import own_next_hop
from fingerpost.bgp.path_view import PathView
from fingerpost.bgp.peer_terms import export_terms, standing_of

if TYPE_CHECKING:
    from fingerpost.bgp.attributes import AttributeSet
    from fingerpost.bgp.family import Family
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.path_view import Row
    from fingerpost.bgp.peer import Peer

# what the rules cannot say again: it rests on what a policy made of the path, or on other prefixes
_PLAINLY: Final = {
    Refused.NO_PATH: "there is no path that can be used (RFC 4271 9.1.3)",
    Refused.POLICY: "the export policy refuses it",
    Refused.NEXT_HOP: "there is no next hop that it could use (RFC 8950 3)",
    Refused.TOO_LONG: "its attributes leave no room for a prefix in a message (RFC 4271 4.3)",
    Refused.SUMMARIZED: "an aggregate around it is told in its place (RFC 4271 9.2.2.2)",
    Refused.BEYOND: "as many better ones may be told as `add-path` says (RFC 7911)",
}


def reason_of(bgp: Bgp, peer: Peer, family: Family, row: Row | None, number: int) -> str:
    """Words for the number that `BgpTable.told_each` gave; `row` is that of the path."""
    refused = Refused(number)
    terms = _terms(bgp, peer, family)
    if refused not in _PLAINLY and row is not None and terms is not None:
        view = PathView.of(row, {row[0]: standing_of(bgp, row[0])})
        found = told(view, terms, _lets_pass)
        if isinstance(found, Refusal) and found.number is refused:
            return f"{found.reason} ({found.section})"
    return _PLAINLY.get(refused, refused.name.lower().replace("_", " "))


def _lets_pass(said: AttributeSet) -> Judged:
    return Judged(said)


def _terms(bgp: Bgp, peer: Peer, family: Family) -> Terms | None:
    session, agreed = peer.established, peer.agreed
    one = None if agreed is None else agreed.family(family)
    if session is None or session.local is None or agreed is None or one is None:
        return None
    hop = own_next_hop(bgp.links, session.local, one, peer.interface)
    return export_terms(bgp, peer, agreed, one, hop)
