"""What policies of networks, redistributions and aggregates make of paths that begin here."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from fingerpost.bgp.attributes import AttributeSet, MultiExitDisc, NextHop
from fingerpost.bgp.policy_view import attributes_after, path_attributes
from fingerpost.policy.attributes import LOCAL_AS
from fingerpost.rib.verdict import Context, Direction

if TYPE_CHECKING:
    from fingerpost.bgp.config import BgpConfig
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.verdict import Filter


def after_policy(
    policy: Filter | None, route: RibRoute, octets: bytes, config: BgpConfig
) -> bytes | None:
    """The canonical bytes of a path that a route is told as; None: the policy refuses it.

    The policy sees the route of the table, with its metric, tag and next hop, and the attributes
    that the path has. A metric that it sets is the MULTI_EXIT_DISC, where it sets no `med`.
    """
    if policy is None:
        return octets
    path = AttributeSet.decode(octets)
    attributes: dict[str, object] = {
        **path_attributes(path),
        LOCAL_AS: config.asn,
        "family": f"ipv{route.prefix.version}",
        "relation": "local",
        "route_source": "local",
        "default_local_preference": config.decision.default_local_preference,
    }
    seen = replace(route, attributes=MappingProxyType(attributes))
    verdict = policy.apply(seen, Context(Direction.EXPORT, channel=config.source))
    if not verdict.accepted:
        return None
    made = attributes_after(path, seen, verdict.route)
    if verdict.route.metric != route.metric and made.med == path.med:
        made = made.having(MultiExitDisc(verdict.route.metric))
    hop = made.get(NextHop)
    if hop is not None and not hop.octets:
        made = made.without(NextHop)  # that is ourselves, as without any
    return made.encode()
