"""Areas and interfaces of an instance as they come into being and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.area import Area
from fingerpost.ospf.authentication import SequenceNumbers, make
from fingerpost.ospf.config import AreaKind, NetworkType, OspfInterface
from fingerpost.ospf.interface import Interface
from fingerpost.ospf.interface_state import InterfaceEvent, InterfaceState

if TYPE_CHECKING:
    from fingerpost.ospf.authentication import Authenticator
    from fingerpost.ospf.machine import Ospf


class Places:
    """Makes and forgets areas and interfaces. `sequences` number what all of them sign."""

    def __init__(self, ospf: Ospf, sequences: SequenceNumbers) -> None:
        """There is none."""
        self._ospf = ospf
        self._sequences = sequences

    def area(self, area_id: int) -> Area:
        """The area of an id, which is made if it is not there."""
        ospf = self._ospf
        area = ospf.areas.get(area_id)
        if area is None:
            area = Area(area_id, ospf.new_scope(), ospf.config.area(area_id))
            ospf.areas[area_id] = area
        return area

    def interface(self, config: OspfInterface, network_type: NetworkType) -> Interface:
        """Make an interface of an area; it is down."""
        ospf = self._ospf
        area = self.area(config.area)
        interface = Interface(
            config.name,
            ospf.number_of(config.name),
            ospf.new_scope(),
            area,
            config,
            network_type,
            self.authenticator(config, network_type),
            since=ospf.now,
        )
        ospf.interfaces[config.name] = area.interfaces[config.name] = interface
        ospf.by_number[interface.number] = interface
        return interface

    def authenticator(self, config: OspfInterface, kind: NetworkType) -> Authenticator:
        """Make what signs and judges the packets of an interface."""
        return make(
            config.authentication,
            self._ospf.version,
            numbers=self._sequences,
            by_router=kind in (NetworkType.POINT_TO_POINT, NetworkType.VIRTUAL),
            neighbors=self._ospf.config.limits.neighbors,
        )

    def remove(self, interface: Interface) -> None:
        """Forget an interface that is configured no more."""
        ospf = self._ospf
        ospf.interface_machine.happen(interface, InterfaceEvent.INTERFACE_DOWN)
        ospf.refusals.forget_interface(interface.name)
        ospf.database.remove_interface(interface.number)
        ospf.database.remove_scope(interface.scope)
        del ospf.interfaces[interface.name], ospf.by_number[interface.number]
        del interface.area.interfaces[interface.name]
        ospf.originator.router_changed(interface.area, ospf.now)

    def tell_database(self, interface: Interface) -> None:
        """Tell the database what it has to know of an interface."""
        config = interface.config
        self._ospf.database.set_interface(
            interface.number,
            area=interface.area.scope,
            link=interface.scope,
            is_backup=interface.state is InterfaceState.BACKUP,
            takes_as_scope=interface.area.takes_externals and not interface.is_virtual,
            takes_type_7=interface.area.config.kind is AreaKind.NSSA,
            transmit_delay_s=config.transmit_delay_s,
            retransmit_ns=config.retransmit_ns,
            room=self._ospf.sender.room(interface),
        )
