"""Virtual links as interfaces of the backbone (RFC 2328 15, RFC 5340 4.7).

Whoever calculates routes knows whether a link's other end can be reached through its area, at what
cost, and by which addresses; it says so here. Everything else is as on a point-to-point link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.config import NetworkType, OspfInterface
from fingerpost.ospf.constants import BACKBONE, MAX_LINK_METRIC
from fingerpost.ospf.interface_state import InterfaceEvent
from fingerpost.ospf.text import dotted

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.config import VirtualLink
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.machine import Ospf


class VirtualLinks:
    """The virtual links of an instance, by transit area and the router at the other end."""

    def __init__(self, ospf: Ospf) -> None:
        """None is there."""
        self._ospf = ospf

    def up(
        self, transit: Area, link: VirtualLink, cost: int, source: Address, destination: Address
    ) -> Interface:
        """The other end can be reached: begin to speak, or take what has changed about it.

        `source` is ours in packets, `destination` the other end's. Gives the interface.
        """
        ospf = self._ospf
        interface = ospf.virtual.get((transit.id, link.router_id))
        if interface is None:
            interface = ospf.places.interface(settings(transit.id, link), NetworkType.VIRTUAL)
            interface.virtual_end, interface.transit_area = link.router_id, transit.id
            ospf.virtual[transit.id, link.router_id] = interface
        before = (interface.address, interface.far_address, interface.cost)
        interface.address, interface.far_address = source, destination
        interface.cost = min(cost, MAX_LINK_METRIC)
        ospf.places.tell_database(interface)
        ospf.interface_machine.happen(interface, InterfaceEvent.INTERFACE_UP)
        if before != (source, destination, interface.cost):
            ospf.hellos.changed(interface)
            ospf.originator.router_changed(interface.area, ospf.now)
        return interface

    def down(self, transit_id: int, router_id: int) -> None:
        """The other end cannot be reached any more."""
        interface = self._ospf.virtual.get((transit_id, router_id))
        if interface is not None:
            self._ospf.interface_machine.happen(interface, InterfaceEvent.INTERFACE_DOWN)

    def configure(self) -> None:
        """Forget the links that are not configured any more, take what is said of the others."""
        ospf = self._ospf
        said = {
            (area.id, link.router_id): link
            for area in ospf.config.areas
            for link in area.virtual_links
        }
        for place, interface in list(ospf.virtual.items()):
            link = said.get(place)
            if link is None:
                del ospf.virtual[place]
                ospf.places.remove(interface)
            else:
                ospf.reconfiguration.apply(interface, settings(place[0], link))


def settings(transit_id: int, link: VirtualLink) -> OspfInterface:
    """What is said of a virtual link, as of an interface."""
    return OspfInterface(
        f"virtual {dotted(transit_id)} {dotted(link.router_id)}",
        area=BACKBONE,
        network_type=NetworkType.VIRTUAL,
        hello_s=link.hello_s,
        dead_s=link.dead_s,
        retransmit_ns=link.retransmit_ns,
        transmit_delay_s=link.transmit_delay_s,
        authentication=link.authentication,
    )
