"""Neighbours that nobody named: whoever connects from a prefix, up to a number of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.bgp.peer import Peer

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.bgp.config import Neighbor
    from fingerpost.bgp.machine import Bgp


class Dynamic:
    """Makes them when they come, and forgets them when they go."""

    def __init__(self, bgp: Bgp) -> None:
        """None is there."""
        self._bgp = bgp
        self._of: dict[str, dict[Address, Peer]] = {}  # by the name of the neighbour of the prefix
        self.refused = 0

    def count(self, name: str) -> int:
        """How many are there of a configured neighbour."""
        return len(self._of.get(name, ()))

    def make(self, address: Address) -> Peer | None:
        """A neighbour for who connects; None if no prefix has him, or too many are there."""
        template = self._template(address)
        if template is None or not template.is_enabled:
            return None
        held = self._of.setdefault(template.name, {})
        unknown = sum(len(of) for of in self._of.values()) - self._established()
        if len(held) >= template.most or unknown >= self._bgp.config.connections_most:
            self.refused += 1
            return None
        config = replace(template, name=f"{template.name}:{address}", prefix=None, address=address)
        peer = self._bgp.neighbors.add(config, is_dynamic=True)
        if peer is not None:
            held[address] = peer
        return peer

    def ended(self, peer: Peer) -> None:
        """The session of one is over, or never began: it is gone, but for routes that are kept."""
        if peer.keeping.stale:
            return
        for held in self._of.values():
            if peer.address is not None and held.get(peer.address) is peer:
                del held[peer.address]
        self._bgp.neighbors.leaves(peer)

    def _template(self, address: Address) -> Neighbor | None:
        fits = [
            one
            for one in self._bgp.config.neighbors
            if one.prefix is not None and address in one.prefix
        ]
        return max(
            fits, key=lambda one: 0 if one.prefix is None else one.prefix.length, default=None
        )

    def _established(self) -> int:
        return sum(
            one.established is not None for held in self._of.values() for one in held.values()
        )
