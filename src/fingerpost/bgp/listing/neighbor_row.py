"""One neighbour with all that is known of it: its state, what was said, what was agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fingerpost.bgp.conditions import condition_text
from fingerpost.bgp.constants import CapabilityCode
from fingerpost.bgp.dissect.capabilities import capability_text
from fingerpost.bgp.relation import lacks_policy
from fingerpost.bgp.snapshot import dotted, neighbor_of
from fingerpost.forwarding.durations import SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.bgp.config import PeerFamily
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.packet import Open
    from fingerpost.bgp.peer import Peer
    from fingerpost.rib.verdict import Filter

_CAPABILITIES = {int(one): one.name.lower().replace("_", " ") for one in CapabilityCode}


def neighbor_row(bgp: Bgp, peer: Peer, now: int) -> dict[str, Any]:
    """The model of the snapshot, with both OPENs, what is configured, and what was made of it."""
    session = peer.established or peer.first
    config = peer.config
    model: dict[str, Any] = dict(neighbor_of(bgp, peer, now))
    rows: list[dict[str, Any]] = model["families"]
    for row, family in zip(rows, config.families, strict=True):
        row |= _configured(bgp, peer, family)
    return {
        **model,
        "local_as": config.local_as,
        "hops": config.hops,
        "ttl_hops": config.security.ttl_hops,
        "authentication": _authentication(peer),
        "ao_keys": [
            {"ids": f"{one.send_id}/{one.receive_id}", "algorithm": one.algorithm}
            for one in config.security.ao
        ],
        "bfd": config.bfd is not None,
        "timers": {
            "hold_s": config.timers.hold_s,
            "connect_retry_s": config.timers.connect_retry_ns / SECOND,
            "idle_hold_s": config.timers.idle_hold_ns / SECOND,
            "advertisement_s": config.timers.advertisement_ns / SECOND,
        },
        "ours": None if session.ours is None else _open(session.ours),
        "theirs": None if session.theirs is None else _open(session.theirs),
    }


def _open(said: Open) -> dict[str, Any]:
    return {
        "asn": said.asn,
        "hold_s": said.hold_s,
        "router_id": dotted(said.router_id),
        "capabilities": [
            {
                "code": one.code,
                "name": _CAPABILITIES.get(one.code, f"capability {one.code}"),
                "text": capability_text(one),
            }
            for one in said.capabilities
        ],
    }


def _authentication(peer: Peer) -> str | None:
    security = peer.config.security
    if security.md5 is not None:
        return "md5"
    return "ao" if security.ao else None


def _configured(bgp: Bgp, peer: Peer, one: PeerFamily) -> dict[str, Any]:
    limit = one.limit
    return {
        "import_policy": _policy(bgp, peer, one.import_policy),
        "export_policy": _policy(bgp, peer, one.export_policy),
        "limit": None
        if limit is None
        else {
            "prefixes": limit.prefixes,
            "beyond": limit.beyond.value,
            "warning_percent": limit.warning_percent,
        },
        "options": list(_options(bgp, one)),
    }


def _policy(bgp: Bgp, peer: Peer, policy: Filter | None) -> str:
    """Its name; without one "all", or "none" where one is needed (RFC 8212)."""
    if policy is not None:
        return str(getattr(policy, "name", policy))
    is_nothing = lacks_policy(bgp.config, peer.relation, policy)
    return "none (RFC 8212)" if is_nothing else "all"


def _options(bgp: Bgp, one: PeerFamily) -> Iterator[str]:
    """What is not as it is for everybody, in the words of router files."""
    if one.next_hop_self is not None:
        said = "reflected" if one.reflects_as_self else str(one.next_hop_self).lower()
        yield f"next-hop-self: {said}"
    if one.add_path.receives or one.add_path.sends:
        yield f"add-path: receives {str(one.add_path.receives).lower()}, sends {one.add_path.sends}"
    if one.private_as.value != "kept":
        yield f"private-as: {one.private_as.value}"
    if one.default_route and one.default_condition is not None:
        why = bgp.origination.conditions.missed(one.default_condition)
        now = "told now" if why is None else f"not told now, {why}"
        yield f"default-route {condition_text(one.default_condition)}: {now}"
    for name, is_on in (
        ("next-hop-unchanged", one.next_hop_unchanged),
        ("as-override", one.as_override),
        ("default-route", one.default_route and one.default_condition is None),
        ("extended-next-hop", one.extended_next_hop),
        ("no communities", not one.sends_communities),
        ("damped", one.damping is not None),
    ):
        if is_on:
            yield name
    for name, number in (("allow-own-as", one.allow_own_as), ("weight", one.weight)):
        if number:
            yield f"{name}: {number}"
