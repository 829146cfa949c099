"""Models of birdwatcher, which looking glasses such as Alice-LG read: neighbours and routes.

The fields are those that Alice-LG's source of type `birdwatcher` parses; numbers that BIRD prints
as text are text here too. Times of day are in UTC.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from fingerpost.api.endpoints.system import installed_version
from fingerpost.bgp.listing.summary import neighbor as neighbor_of

if TYPE_CHECKING:
    from fingerpost.api.daemon import Daemon
    from fingerpost.bgp.listing.route_row import RouteRow
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.peer import Peer

TABLES: Final = ("master4", "master6")
_SECOND: Final = 1_000_000_000
_ORIGINS: Final = {"igp": "IGP", "egp": "EGP", "incomplete": "Incomplete", None: ""}


def envelope() -> dict[str, Any]:
    """What stands around each answer: nothing is from a cache, so it is good from now to now."""
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    cached = {"date": now, "timezone_type": "UTC", "timezone": "UTC"}
    api = {
        "Version": f"fingerpost {installed_version()}",
        "result_from_cache": False,
        "cache_status": {"cached_at": cached, "orig_ttl": 0},
    }
    return {"api": api, "ttl": now}


def past(seconds: float) -> str:
    """The time of day so long ago, in the short form."""
    return f"{datetime.now(UTC) - timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}"


def status(daemon: Daemon) -> dict[str, Any]:
    """Who answers, since when."""
    config = daemon.routing.config
    running = daemon.configuration.history.running
    changed = time.time() if running is None else running.applied / _SECOND
    return {
        "router_id": str(config.router_id or "0.0.0.0"),
        "version": f"fingerpost {installed_version()}",
        "message": "Daemon is up and running" if daemon.is_ready else "starting",
        "current_server": past(0),
        "last_reboot": past((daemon.host.now() - daemon.started) / _SECOND),
        "last_reconfig": past(time.time() - changed),
    }


def protocol(daemon: Daemon, bgp: Bgp, peer: Peer) -> dict[str, Any]:
    """A neighbour as a protocol of BIRD."""
    now = daemon.host.now()
    model = neighbor_of(bgp, peer, now)
    uptime = model["age_s"]
    changed = past((now - daemon.started) / _SECOND if uptime is None else uptime)
    families = model["families"]
    received = sum(one["received"] for one in families)
    accepted = sum(one["accepted"] for one in families)
    agreed = peer.agreed
    return {
        "bird_protocol": "BGP",
        "protocol": peer.name,
        "table": " ".join(TABLES),
        "state": "up" if model["is_established"] else "down" if peer.is_shut else "start",
        "connection": model["state"],
        "bgp_state": model["state"],
        "state_changed": changed,
        "description": peer.config.description,
        "neighbor_address": model["address"] or "",
        "neighbor_as": model["asn"],
        "neighbor_id": "" if agreed is None else _dotted(agreed.router_id),
        "hold_timer": "" if agreed is None else f"{agreed.hold_s}",
        "last_error": model["why_down"] or "",
        "routes": {
            "imported": accepted,
            "filtered": received - accepted,
            "exported": sum(one["told"] for one in families),
            "preferred": sum(_preferred(bgp, peer)),
        },
    }


def _dotted(router_id: int) -> str:
    return ".".join(map(str, router_id.to_bytes(4, "big")))


def _preferred(bgp: Bgp, peer: Peer) -> Iterator[int]:
    """How many of its routes are used, as far as that is counted: all, where nobody else is."""
    for one in peer.config.families:
        _, accepted = bgp.table.peer_counts(peer.number, one.family.code)
        prefixes, paths = bgp.table.counts(one.family.code)
        yield accepted if prefixes == paths else min(accepted, prefixes)


def short(daemon: Daemon, bgp: Bgp, peer: Peer) -> dict[str, Any]:
    """A neighbour in a line."""
    model = protocol(daemon, bgp, peer)
    return {
        "proto": "BGP",
        "table": model["table"],
        "state": model["state"],
        "since": model["state_changed"],
        "info": model["connection"],
    }


def route(row: RouteRow) -> dict[str, Any]:
    """A path as a route of BIRD; `filtered_by` says why one is not taken."""
    own, held = row.own, row.attributes.row
    who = own.get("address") or ""
    made = {
        "network": own["prefix"],
        "from_protocol": own.get("neighbor") or own.get("source") or own.get("to"),
        "gateway": held["next_hop"] or who,
        "interface": "",
        "learnt_from": who,
        "metric": 100 if held["local_preference"] is None else held["local_preference"],
        "age": past(own.get("age_s", 0)),
        "type": ["BGP", "univ"],
        "primary": own.get("state") in (None, "best"),
        "bgp": {
            "origin": _ORIGINS[held["origin"]],
            "as_path": _numbers(held["as_path"]),
            "next_hop": held["next_hop"] or "",
            "local_pref": _text(held["local_preference"]),
            "med": _text(held["med"]),
            "communities": [list(_standard(one)) for one in row.attributes.communities],
            "large_communities": [
                [int(part) for part in one.split(":")] for one in held["large_communities"]
            ],
            "ext_communities": [_extended(one) for one in held["extended_communities"]],
        },
    }
    return made if own.get("refused") is None else {**made, "filtered_by": own["refused"]}


def _numbers(path: str) -> list[str]:
    """Those of sets and confederations too, as a glass shows them in a row."""
    for bracket in "{}()[],":
        path = path.replace(bracket, " ")
    return path.split()


def _text(value: int | None) -> str:
    return "0" if value is None else str(value)


def _standard(community: int) -> tuple[int, int]:
    return community >> 16, community & 0xFFFF


def _extended(text: str) -> list[str]:
    """In three parts, as BIRD has them: kind, and two values."""
    kind, _, rest = text.partition(":")
    one, _, two = rest.rpartition(":")
    return [kind, one, two]
