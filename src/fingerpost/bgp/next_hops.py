"""How far next hops are: the core says which it has, the routing table how they are reached.

A next hop on a link of ours by a link-local address is there while its interface is up; all others
are followed as gateways (RFC 4271 9.1.2, RFC 2545 3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.forwarding.route import NextHop
from fingerpost.protocol.events import FollowGateway, GatewayChanged, LeaveGateway

if TYPE_CHECKING:
    from fingerpost.bgp.machine import Bgp

_IPV4, _IPV6 = 4, 16
_SCOPE = 4
FARTHEST = 0xFFFF_FFFF


class NextHops:
    """The next hops of the core's paths, by their canonical octets."""

    def __init__(self, bgp: Bgp) -> None:
        """None is followed."""
        self._bgp = bgp
        self._followed: dict[Address, list[bytes]] = {}
        self._on_link: dict[bytes, int] = {}  # by the number of an interface
        self._metrics: dict[Address, int | None] = {}

    def __len__(self) -> int:
        """How many addresses are followed."""
        return len(self._followed)

    def settle(self) -> None:
        """Follow those that came, leave those that went."""
        came, went = self._bgp.table.next_hop_news()
        for value in went:
            self._leave(value)
        for value in came:
            self._follow(value)

    def changed(self, event: GatewayChanged) -> None:
        """An address is as far now."""
        address = event.address.without_zone
        metric = event.metric if event.metric is None else min(event.metric, FARTHEST)
        self._metrics[address] = metric
        for value in self._followed.get(address, ()):
            self._set(value, metric)

    def links_changed(self) -> None:
        """Interfaces came, went or have other numbers."""
        for value, index in self._on_link.items():
            self._set(value, self._metric_there(index))

    def hop(self, value: bytes) -> NextHop | None:
        """As a route has it; the table resolves a gateway without interface."""
        address, index = split(value)
        if address is None:
            return None
        if not index:
            return NextHop(None, address)
        name = self._bgp.links.named(index)
        return None if name is None else NextHop(name, address, is_onlink=True)

    def _follow(self, value: bytes) -> None:
        address, index = split(value)
        if address is None:
            self._set(value, 0)  # of families that are carried only, in a form of their own
        elif index:
            self._on_link[value] = index
            self._set(value, self._metric_there(index))
        else:
            held = self._followed.setdefault(address, [])
            held.append(value)
            if len(held) == 1:
                self._bgp.put(FollowGateway(address))
            elif address in self._metrics:
                self._set(value, self._metrics[address])

    def _leave(self, value: bytes) -> None:
        if self._on_link.pop(value, None) is not None:
            return
        address, _ = split(value)
        held = None if address is None else self._followed.get(address)
        if address is None or held is None or value not in held:
            return
        held.remove(value)
        if not held:
            del self._followed[address]
            self._metrics.pop(address, None)
            self._bgp.put(LeaveGateway(address))

    def _metric_there(self, index: int) -> int | None:
        return None if self._bgp.links.named(index) is None else 0

    def _set(self, value: bytes, metric: int | None) -> None:
        self._bgp.table.set_next_hop(value, metric)
        self._bgp.is_dirty = True


def split(value: bytes) -> tuple[Address | None, int]:
    """The address that packets are sent to, and the number of its interface, 0 for any.

    None for what is no IP address. `rust/core/src/bgp/next_hops.rs` tells the octets.
    """
    if len(value) == _IPV4 or len(value) == _IPV6:
        return Address(value), 0
    if len(value) == 2 * _IPV6:
        return Address(value[:_IPV6]), 0
    if len(value) in (_IPV6 + _SCOPE, 2 * _IPV6 + _SCOPE):
        index = int.from_bytes(value[-_SCOPE:], "big")
        return Address(value[-_SCOPE - _IPV6 : -_SCOPE]), index
    return None, 0
