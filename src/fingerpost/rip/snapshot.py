"""All that an instance knows, as plain data in a stable order: the model behind `show rip`.

Instants (`now`, `since`, `heard`) and durations (`..._ns`) are nanoseconds of the instance's clock.
`docs/rip.md` describes the shape; keys are added, never renamed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from fingerpost.rip.keys import Authenticator, KeyChain, PasswordChain, SimplePassword
from fingerpost.rip.route_state import State

if TYPE_CHECKING:
    from fingerpost.rip.interface import Link
    from fingerpost.rip.machine import Rip
    from fingerpost.rip.neighbors import Neighbor
    from fingerpost.rip.route import Entry

Snapshot: TypeAlias = dict[str, Any]


def snapshot_of(rip: Rip, now: int) -> Snapshot:
    """Give the model at an instant."""
    entries = rip.table.entries
    return {**status_of(rip, now), "routes": [route_of(entries[one]) for one in sorted(entries)]}


def status_of(rip: Rip, now: int) -> Snapshot:
    """The model without its routes, of which there may be very many: only their counts."""
    entries = rip.table.entries.values()
    timers = rip.config.timers
    neighbors = rip.reception.neighbors.all(now, timers.timeout_ns)
    clock = rip.config.clock(now)
    return {
        "protocol": rip.dialect.name,
        "source": rip.table.source,
        "now": now,
        "stopped": rip.is_stopped,
        "next_deadline": rip.next_deadline(),
        "timers": {
            "update_ns": timers.update_ns,
            "jitter_ns": timers.jitter_ns,
            "timeout_ns": timers.timeout_ns,
            "garbage_ns": timers.garbage_ns,
        },
        "distance": rip.config.distance,
        "maximum_paths": rip.config.maximum_paths,
        "default_metric": rip.config.default_metric,
        "redistributes": [
            {"source": source, "metric": rule.metric, "tag": rule.tag}
            for source, rule in sorted(rip.config.redistributes.items())
        ],
        "counts": {
            "routes": len(entries),
            "reached": sum(map(_is_reached, entries)),
        },
        "neighbors": [_neighbor(one) for one in neighbors],
        "ignored": [one.as_dict() for one in rip.reception.ignored.all(now, timers.timeout_ns)],
        "interfaces": [_link(rip.links[name], rip, clock) for name in sorted(rip.links)],
        "faults": {fault.value: n for fault, n in rip.faults.most_common() if n},
    }


def _is_reached(entry: Entry) -> bool:
    return entry.ours is not None or (entry.state is State.VALID and not entry.lost_local)


def route_of(entry: Entry) -> Snapshot:
    """One of the routes of the model."""
    metric, tag = entry.told
    local = entry.ours
    deleted = entry.state is State.DELETED or entry.lost_local
    return {
        "prefix": str(entry.prefix),
        "metric": metric,
        "tag": tag,
        "state": "ours" if local else str(State.DELETED if deleted else entry.state),
        "origin": local.source if local else "rip",
        "paths": [
            {
                "interface": path.interface,
                "neighbor": str(path.neighbor),
                "gateway": str(path.gateway),
                "metric": path.metric,
                "heard": path.heard,
                "due": path.due,
            }
            for path in entry.paths
        ],
        "next_hops": [str(hop) for hop in local.next_hops] if local else [],
        "since": entry.since,
        "due": entry.due,
    }


def _neighbor(neighbor: Neighbor) -> Snapshot:
    return {
        "interface": neighbor.interface,
        "address": str(neighbor.address),
        "version": neighbor.version,
        "since": neighbor.since,
        "heard": neighbor.heard,
        "responses": neighbor.responses,
        "entries": neighbor.entries,
        "bad_messages": neighbor.bad_messages,
        "bad_entries": neighbor.bad_entries,
        "bfd": neighbor.is_reached,
    }


def _link(link: Link, rip: Rip, clock: int) -> Snapshot:
    config = link.config
    is_ng = link.version == 6
    return {
        "name": link.name,
        "up": link.is_up,
        "passive": config.is_passive,
        "loopback": config.is_loopback or link.has_no_link,
        "announce_only": config.is_loopback and not link.has_no_link,
        "cost": config.cost,
        "split_horizon": config.split_horizon.value,
        "sending": "RIPng" if is_ng else config.sending.value,
        "accepting": [1] if is_ng else sorted(config.accepting.value),
        "authentication": _authentication(config.authenticator, clock),
        "neighbors": [str(one) for one in config.neighbors],
        "bfd": config.bfd is not None,
        "mtu": link.mtu,
        "addresses": [str(one) for one in link.addresses],
        "next_update": rip.next_update(link.name),
        "counters": link.counters.as_dict(),
    }


def _authentication(keys: Authenticator | None, clock: int) -> Snapshot | None:
    """What signs now; never a secret."""
    match keys:
        case None:
            return None
        case KeyChain():
            signer = keys.sending(clock)
            return {
                "kind": signer.algorithm.value,
                "key": signer.id,
                "keys": [key.id for key in keys.keys],
                "expired": keys.is_expired(clock),
            }
        case SimplePassword() | PasswordChain():
            return {
                "kind": "password",
                "key": None,
                "keys": [],
                "expired": keys.is_expired(clock),
            }
