"""Connected routes: the networks in which the interfaces stand.

Each interface is a source of its own ("connected:eth0"). Of two that stand in one network, the one
of lower index is used: its index is the metric. IPv6 link-local networks have no route, for
packets to them name their link. Those of loopbacks are there to be told to others: nobody forwards
by them, as each of their addresses is the router's own. What no host can be outside itself
(127.0.0.0/8, ::1) is none (RFC 1122 3.2.1.3, RFC 4291 2.5.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.events import InterfaceWentDown, InterfaceWentUp
from fingerpost.forwarding.route import NextHop
from fingerpost.rib.distance import DISTANCES
from fingerpost.rib.events import AnnounceRoutes, WithdrawRoutes
from fingerpost.rib.route import RibRoute

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.forwarding.interface import Interface
    from fingerpost.rib.events import RibEvent


class Connected:
    """The connected routes of one table."""

    def __init__(self) -> None:
        """Start without interfaces."""
        self._held: dict[str, dict[Prefix, RibRoute]] = {}

    def set_interface(self, interface: Interface) -> list[RibEvent]:
        """Take an interface as it is now; gives what the table is to be told, no more."""
        source = f"connected:{interface.name}"
        before = self._held.get(interface.name, {})
        after = {
            own.prefix: RibRoute(
                own.prefix,
                source,
                DISTANCES["connected"],
                interface.index,
                (NextHop(interface.name),),
            )
            for own in interface.addresses
            if not (own.address.is_loopback or (own.version == 6 and own.address.is_link_local))
        }
        self._held[interface.name] = after
        turned = InterfaceWentUp if interface.is_up else InterfaceWentDown
        events: list[RibEvent] = [turned(interface.name)]
        if gone := tuple(prefix for prefix in before if prefix not in after):
            events.append(WithdrawRoutes(source, gone))
        if new := tuple(route for prefix, route in after.items() if before.get(prefix) != route):
            events.append(AnnounceRoutes(new))
        return events

    def remove_interface(self, name: str) -> list[RibEvent]:
        """Forget an interface; gives what the table is to be told."""
        gone = tuple(self._held.pop(name, {}))
        return [InterfaceWentDown(name), WithdrawRoutes(f"connected:{name}", gone)]
