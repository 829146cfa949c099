"""Best paths as routes: what the routing table is told, in batches of what differs in prefix only.

Only IPv4 and IPv6 unicast are routed by. What we said ourselves is no route of ours: the table has
it from who really routes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.bgp.family import IPV4, IPV6, Family
from fingerpost.rib.events import AnnounceAlike, WithdrawRoutes
from fingerpost.rib.route import RibRoute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.bgp.machine import Bgp
    from fingerpost.forwarding.route import NextHop

SLICE = 20_000
"""How many changes are told at a time, so that sessions are not kept waiting."""
SLICES_MOST = 1_000
_ANY = {IPV4: Prefix("0.0.0.0/0"), IPV6: Prefix("::/0")}


class Announcing:
    """Reads what changed and tells it."""

    def __init__(self, bgp: Bgp) -> None:
        """Follow both families from now on."""
        self._bgp = bgp
        self._readers = {family: bgp.table.open_reader(family.code) for family in (IPV4, IPV6)}
        self.is_held = False  # we restart, and the table has what was there before

    def settle(self) -> bool:
        """Tell a slice; True: more is left."""
        if self.is_held:
            return False
        more = [self._tell(family) for family in (IPV4, IPV6)]
        return any(more)

    def _tell(self, family: Family) -> bool:
        bgp = self._bgp
        reached, lost = bgp.table.news(family.code, self._readers[family], SLICE)
        count = len(lost)
        for number, hops, prefixes in reached:
            count += len(prefixes)
            like = self._like(family, number, hops)
            if like is None:
                bgp.put(WithdrawRoutes(bgp.config.source, prefixes))
            else:
                bgp.put(AnnounceAlike(like, prefixes))
            bgp.aggregation.changed(prefixes, reached=True)
        if len(lost):
            bgp.put(WithdrawRoutes(bgp.config.source, lost))
            bgp.aggregation.changed(lost, reached=False)
        return count >= SLICE

    def _like(self, family: Family, number: int, hops: Iterable[bytes]) -> RibRoute | None:
        bgp = self._bgp
        peer = bgp.peers.get(number)
        given = (bgp.next_hops.hop(value) for value in hops)
        next_hops: tuple[NextHop, ...] = tuple(one for one in given if one is not None)
        if peer is None or not next_hops:
            return None
        kind = "internal" if peer.relation.is_internal else "external"
        return RibRoute(
            _ANY[family],
            bgp.config.source,
            bgp.config.distances[kind],
            0,  # MED is BGP's own to compare, and would tear what is alike apart
            next_hops,
            learned_from=peer.address,
        )

    def withdraw_all(self) -> None:
        """Take all that is left out of the routing table: we stop."""
        for _ in range(SLICES_MOST):
            if not self.settle():
                return
