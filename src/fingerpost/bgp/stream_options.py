"""How connections are opened and taken: hop limits and keys (RFC 5082, RFC 2385, RFC 5925)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.bgp.relation import Relation, expected_relation
from fingerpost.protocol.events import StreamOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.bgp.config import BgpConfig, Neighbor

FARTHEST = 255
"""The hop limit of what was not forwarded (RFC 5082 2.2)."""


def options_of(config: BgpConfig, neighbor: Neighbor) -> StreamOptions:
    """The options of one neighbour.

    An external one is on our link unless `hops` says otherwise: what we send goes no farther.
    """
    security = neighbor.security
    hop_limit = least = None
    if security.ttl_hops is not None:
        hop_limit, least = FARTHEST, FARTHEST + 1 - security.ttl_hops
    elif expected_relation(config, neighbor) is Relation.EXTERNAL:
        hop_limit = neighbor.hops
    return StreamOptions(hop_limit, least, security.md5, security.ao)


def options_by_prefix(config: BgpConfig) -> Iterator[tuple[Prefix, StreamOptions]]:
    """What is asked of those who connect to us."""
    for neighbor in config.neighbors:
        options = options_of(config, neighbor)
        if neighbor.prefix is not None:
            yield neighbor.prefix, options
        elif neighbor.address is not None:
            yield Prefix(str(neighbor.address.without_zone)), options
