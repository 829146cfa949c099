"""An instance and its neighbours, a line each: what costs little however much there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fingerpost.bgp.constants import MessageType
from fingerpost.bgp.snapshot import dotted, identity_of, tables_of, told_of

if TYPE_CHECKING:
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.peer import Peer

_SECOND = 1e9


def summary(bgp: Bgp, now: int) -> dict[str, Any]:
    """Who we are, how much is held, and every neighbour in short."""
    return {
        "asn": bgp.config.asn,
        "router_id": dotted(bgp.config.router_id),
        "is_waiting": bgp.is_waiting,
        "tables": tables_of(bgp),
        "memory": bgp.table.memory(),
        "neighbors": [neighbor(bgp, one, now) for one in bgp.peers.values()],
    }


def neighbor(bgp: Bgp, peer: Peer, now: int) -> dict[str, Any]:
    """One neighbour. `age_s`: since its session came, or since the last one ended."""
    session = peer.established or peer.first
    ended = peer.ended
    since = peer.established_at
    if since is None and ended is not None:
        since = ended.instant
    return {
        **identity_of(peer),
        "is_established": peer.established is not None,
        "age_s": None if since is None else (now - since) / _SECOND,
        "why_down": None if peer.established is not None or ended is None else ended.reason,
        "messages_in": sum(session.received[one] for one in MessageType),
        "updates_in": peer.tally.updates_in,
        "octets_in": peer.tally.octets_in,
        "octets_out": peer.tally.octets_out,
        "sessions": peer.tally.established,
        "faults": peer.tally.faults,
        "families": [
            _family(bgp, peer, one.family.code, str(one.family)) for one in peer.config.families
        ],
    }


def _family(bgp: Bgp, peer: Peer, code: int, name: str) -> dict[str, Any]:
    agreed = peer.agreed
    return {
        "family": name,
        "is_agreed": agreed is not None and any(one.family.code == code for one in agreed.families),
        **told_of(bgp, peer, code),
    }
