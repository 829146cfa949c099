"""All that an instance knows, as plain data in a stable order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from fingerpost.rip.route_state import State

if TYPE_CHECKING:
    from fingerpost.rip.interface import Link
    from fingerpost.rip.machine import Rip
    from fingerpost.rip.neighbors import Neighbor
    from fingerpost.rip.route import Entry

Snapshot: TypeAlias = dict[str, Any]


def snapshot_of(rip: Rip) -> Snapshot:
    """Give the model that `show rip` renders; instants are nanoseconds."""
    entries = rip.table.entries
    return {
        "protocol": rip.dialect.name,
        "source": rip.table.source,
        "stopped": rip.is_stopped,
        "next_deadline": rip.next_deadline(),
        "routes": [_route(entries[prefix]) for prefix in sorted(entries)],
        "neighbors": [_neighbor(one) for one in rip.reception.neighbors.all()],
        "interfaces": [_link(rip.links[name]) for name in sorted(rip.links)],
        "faults": {fault.value: n for fault, n in rip.faults.most_common() if n},
    }


def _route(entry: Entry) -> Snapshot:
    metric, tag = entry.told
    local = entry.local if entry.is_ours else None
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
            }
            for path in entry.paths
        ],
        "since": entry.since,
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
        "faults": neighbor.faults,
    }


def _link(link: Link) -> Snapshot:
    config = link.config
    return {
        "name": link.name,
        "up": link.is_up,
        "passive": config.is_passive,
        "loopback": config.is_loopback,
        "cost": config.cost,
        "split_horizon": config.split_horizon.value,
        "sending": config.sending.value,
        "mtu": link.mtu,
        "addresses": [str(one) for one in link.addresses],
        "counters": link.counters.as_dict(),
    }
