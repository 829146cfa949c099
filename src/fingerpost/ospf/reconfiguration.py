"""Another configuration, with the least disturbance: adjacencies stay unless they cannot.

An interface goes down and comes up again when its area, type, instance or passivity is another, or
the kind of its area. Timers, priority, cost and keys change as it runs; a neighbour that does not
follow is lost by itself. Only another router id or instance id begins everything anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.interface_state import InterfaceEvent
from fingerpost.ospf.neighbor_state import NeighborState

if TYPE_CHECKING:
    from fingerpost.ospf.config import OspfConfig, OspfInterface
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.machine import Ospf

IDENTITY = ("router_id", "instance_id", "min_ls_arrival_ns", "limits")
SHAPE = ("area", "network_type", "instance_id", "is_passive")
SAID = ("hello_s", "dead_s", "priority", "ttl_security_hops")


class Reconfiguration:
    """Takes configurations for an instance."""

    def __init__(self, ospf: Ospf) -> None:
        """Nothing has changed."""
        self._ospf = ospf

    def take(self, config: OspfConfig) -> None:
        """Take a configuration that replaces the one before."""
        ospf = self._ospf
        before = ospf.config
        if _differs(before, config, IDENTITY):
            ospf.begin_anew(config)
            return
        ospf.config = config
        self._take_areas()
        for interface in list(ospf.interfaces.values()):
            if interface.is_virtual:
                continue
            wanted = config.interface(interface.name)
            if wanted is None or wanted.area != interface.area.id:
                ospf.places.remove(interface)
            else:
                self.apply(interface, wanted)
        ospf.virtual_links.configure()
        for name in list(ospf.links.known):
            ospf.links.refresh(name)
        self._drop_areas()
        ospf.originator.configuration_changed(before, ospf.now)
        ospf.routing.configuration_changed(before, ospf.now)

    def apply(self, interface: Interface, wanted: OspfInterface) -> None:
        """Let an interface be configured otherwise."""
        ospf = self._ospf
        before = interface.config
        if before == wanted:
            return
        if _differs(before, wanted, SHAPE):
            ospf.interface_machine.happen(interface, InterfaceEvent.INTERFACE_DOWN)
        interface.config = wanted
        interface.forget_speakers()
        interface.hellos = None
        if before.authentication != wanted.authentication:
            interface.authenticator = ospf.places.authenticator(wanted, interface.network_type)
        ospf.refusals.forget_interface(interface.name)
        ospf.places.tell_database(interface)
        if interface.speaks and _differs(before, wanted, SAID):
            ospf.hellos.tick(interface)
        if before.bfd != wanted.bfd:
            for neighbor in interface.at_least(NeighborState.TWO_WAY):
                ospf.liveliness.watch(neighbor)
        if before.priority != wanted.priority:
            ospf.interface_machine.later(interface, InterfaceEvent.NEIGHBOR_CHANGE)

    def _take_areas(self) -> None:
        """Note what is said of areas; what kind an area is its neighbours have to agree upon."""
        ospf = self._ospf
        for area in ospf.areas.values():
            before, area.config = area.config, ospf.config.area(area.id)
            if before.kind is area.config.kind:
                continue
            for interface in area.interfaces.values():
                ospf.interface_machine.happen(interface, InterfaceEvent.INTERFACE_DOWN)
                ospf.places.tell_database(interface)

    def _drop_areas(self) -> None:
        """Forget the areas that have no interface any more."""
        ospf = self._ospf
        for area in [area for area in ospf.areas.values() if not area.interfaces]:
            del ospf.areas[area.id]
            ospf.database.remove_scope(area.scope)


def _differs(before: object, after: object, names: tuple[str, ...]) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in names)
