"""All that an instance knows of its sessions, as plain data: the model behind `show bgp`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from fingerpost.bgp.constants import MessageType
from fingerpost.bgp.timers import Timer

if TYPE_CHECKING:
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.negotiation import Agreed
    from fingerpost.bgp.peer import Peer
    from fingerpost.bgp.session import Session


class Snapshot(TypedDict):
    """Keys in this order; instants and durations are nanoseconds."""

    protocol: str
    asn: int
    router_id: str
    now: int
    is_waiting: bool
    neighbors: list[dict[str, object]]
    tables: list[dict[str, object]]
    networks: list[str]
    redistributed: int
    aggregates: list[dict[str, object]]
    next_hops: int
    connections: int
    rejected: int
    strangers: list[dict[str, object]]
    rpki: dict[str, object] | None
    bmp: list[dict[str, object]]
    mrt: dict[str, object] | None
    memory: int


def dotted(router_id: int) -> str:
    """A BGP identifier as people write it."""
    return ".".join(str(octet) for octet in router_id.to_bytes(4, "big"))


def snapshot_of(bgp: Bgp, now: int) -> Snapshot:
    """As of an instant."""
    return {
        "protocol": bgp.config.source,
        "asn": bgp.config.asn,
        "router_id": dotted(bgp.config.router_id),
        "now": now,
        "is_waiting": bgp.is_waiting,
        "neighbors": [neighbor_of(bgp, one, now) for one in bgp.peers.values()],
        "tables": tables_of(bgp),
        "networks": [str(one) for one in sorted(bgp.origination.networks)],
        "redistributed": len(bgp.origination.redistributed),
        "aggregates": [
            {
                "prefix": str(one.prefix),
                "contributors": len(bgp.aggregation.contributors(one.prefix)),
            }
            for one in bgp.config.aggregates
        ],
        "next_hops": len(bgp.next_hops),
        "connections": len(bgp.streams),
        "rejected": bgp.streams.rejected,
        "strangers": [
            {"address": str(address), "connections": count, "last": last}
            for address, (count, last) in bgp.streams.strangers.items()
        ],
        "rpki": bgp.validating.snapshot(),
        "bmp": bgp.monitoring.snapshot(),
        "mrt": bgp.recording.snapshot(),
        "memory": bgp.table.memory(),
    }


def identity_of(peer: Peer) -> dict[str, Any]:
    """Who a neighbour is and how it fares: what every model of one begins with."""
    return {
        "name": peer.name,
        "description": peer.config.description,
        "address": None if peer.address is None else str(peer.address),
        "interface": peer.interface,
        "asn": peer.asn,
        "relation": peer.relation.name.lower(),
        "state": str(peer.state),
        "is_shut": peer.is_shut,
        "is_dynamic": peer.is_dynamic,
        "is_over_limit": peer.is_over_limit,
    }


def told_of(bgp: Bgp, peer: Peer, code: int) -> dict[str, Any]:
    """How many prefixes of a family it told, and is told."""
    received, accepted = bgp.table.peer_counts(peer.number, code)
    told, waiting = bgp.table.told_counts(peer.number, code)
    return {"received": received, "accepted": accepted, "told": told, "octets_waiting": waiting}


def tables_of(bgp: Bgp) -> list[dict[str, Any]]:
    """How much is held, by family."""
    families = {one.family for held in bgp.config.neighbors for one in held.families}
    tables: list[dict[str, Any]] = []
    for family in sorted(families | set(bgp.config.families)):
        prefixes, paths = bgp.table.counts(family.code)
        tables.append({"family": str(family), "prefixes": prefixes, "paths": paths})
    return tables


def neighbor_of(bgp: Bgp, peer: Peer, now: int) -> dict[str, object]:
    """One neighbour, as of an instant."""
    session = peer.established or peer.first
    ended, tally = peer.ended, peer.tally
    rest = bgp.timers.instant((Timer.IDLE_HOLD, peer, None))
    return {
        **identity_of(peer),
        "is_passive": peer.config.is_passive,
        "established_at": peer.established_at,
        "uptime": None if peer.established_at is None else now - peer.established_at,
        "resting_until": rest,
        "failures": peer.oscillation.failures,
        "connect_retry_counter": peer.retry_counter,
        "connections": [_session(bgp, one) for one in peer.sessions],
        "agreed": None if session.agreed is None else _agreed(session.agreed),
        "last_end": None
        if ended is None
        else {
            "instant": ended.instant,
            "reason": ended.reason,
            "was_established": ended.was_established,
        },
        "notification_sent": _text(peer.sent_notification),
        "notification_received": _text(peer.received_notification),
        "families": [
            _family(bgp, peer, one.family.code, str(one.family)) for one in peer.config.families
        ],
        "stale": {
            str(family): "for long" if is_long else "for now"
            for family, is_long in peer.keeping.stale.items()
        },
        "octets_in": tally.octets_in,
        "octets_out": tally.octets_out,
        "updates_in": tally.updates_in,
        "keepalives_in": tally.keepalives_in,
        "announced": tally.announced,
        "withdrawn": tally.withdrawn,
        "refreshes_in": tally.refreshes_in,
        "refreshes_out": tally.refreshes_out,
        "sessions": tally.established,
        "failed": peer.oscillation.failed,
        "rejected": tally.rejected,
        "fault_count": tally.faults,
        "faults": [
            {
                "instant": instant,
                "action": action,
                "subcode": subcode,
                "attribute": attribute,
                "reason": reason,
                "octets": octets.hex(),
            }
            for instant, action, subcode, attribute, reason, octets in peer.faults
        ],
    }


def _text(one: object) -> str | None:
    return None if one is None else str(one)


def _session(bgp: Bgp, session: Session) -> dict[str, object]:
    def due(timer: Timer) -> int | None:
        return bgp.timers.instant((timer, session, None))

    return {
        "state": str(session.state),
        "is_incoming": session.is_incoming,
        "local": None if session.local is None else str(session.local),
        "remote": None if session.remote is None else str(session.remote),
        "began": session.began,
        "unsent": session.unsent,
        "hold_time": session.hold_ns,
        "hold_until": due(Timer.HOLD),
        "keepalive_at": due(Timer.KEEPALIVE),
        "connect_retry_at": due(Timer.CONNECT_RETRY),
        "send_hold_until": due(Timer.SEND_HOLD),
        "received": {one.name.lower(): session.received[one] for one in MessageType},
        "sent": {one.name.lower(): session.sent[one] for one in MessageType},
    }


def _family(bgp: Bgp, peer: Peer, code: int, name: str) -> dict[str, object]:
    return {
        "family": name,
        **told_of(bgp, peer, code),
        "blocked": bgp.table.peer_blocked(peer.number, code),
    }


def _agreed(agreed: Agreed) -> dict[str, object]:
    return {
        "router_id": dotted(agreed.router_id),
        "hold_s": agreed.hold_s,
        "as4": agreed.as4,
        "longest": agreed.longest_out,
        "refreshes": agreed.refreshes,
        "refreshes_enhanced": agreed.refreshes_enhanced,
        "role": None if agreed.role is None else agreed.role.name.lower(),
        "graceful_restart": agreed.restarts,
        "restart_s": agreed.restart_s,
        "hostname": agreed.hostname,
        "version": agreed.version,
        "families": [
            {
                "family": str(one.family),
                "path_ids_in": one.path_ids_in,
                "path_ids_out": one.path_ids_out,
                "extended_next_hop": one.extended_next_hop,
                "keeps": one.keeps,
                "long_lived_s": one.long_lived_s,
            }
            for one in agreed.families
        ],
    }
