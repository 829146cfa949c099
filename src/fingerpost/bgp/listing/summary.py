"""An instance and its neighbours, a line each: what costs little however much there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fingerpost.bgp.constants import MessageType
from fingerpost.bgp.snapshot import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.peer import Peer

_SECOND = 1e9


def summary(bgp: Bgp, now: int) -> dict[str, Any]:
    """Who we are, how much is held, and every neighbour in short."""
    return {
        "asn": bgp.config.asn,
        "router_id": dotted(bgp.config.router_id),
        "is_waiting": bgp.is_waiting,
        "tables": list(_tables(bgp)),
        "memory": bgp.table.memory(),
        "neighbors": [neighbor(bgp, one, now) for one in bgp.peers.values()],
    }


def _tables(bgp: Bgp) -> Iterator[dict[str, Any]]:
    families = {one.family for held in bgp.config.neighbors for one in held.families}
    for family in sorted(families | set(bgp.config.families)):
        prefixes, paths = bgp.table.counts(family.code)
        yield {"family": str(family), "prefixes": prefixes, "paths": paths}


def neighbor(bgp: Bgp, peer: Peer, now: int) -> dict[str, Any]:
    """One neighbour. `age_s`: since its session came, or since the last one ended."""
    session = peer.established or peer.first
    ended = peer.ended
    since = peer.established_at
    if since is None and ended is not None:
        since = ended.instant
    return {
        "name": peer.name,
        "description": peer.config.description,
        "address": None if peer.address is None else str(peer.address),
        "interface": peer.interface,
        "asn": peer.asn,
        "relation": peer.relation.name.lower(),
        "state": str(peer.state),
        "is_established": peer.established is not None,
        "is_shut": peer.is_shut,
        "is_over_limit": peer.is_over_limit,
        "is_dynamic": peer.is_dynamic,
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
    received, accepted = bgp.table.peer_counts(peer.number, code)
    told, waiting = bgp.table.told_counts(peer.number, code)
    agreed = peer.agreed
    return {
        "family": name,
        "is_agreed": agreed is not None and any(one.family.code == code for one in agreed.families),
        "received": received,
        "accepted": accepted,
        "told": told,
        "octets_waiting": waiting,
    }
