"""Interfaces of the host as OSPF uses them: which it speaks on, from which address, at what cost.

What the host tells and what an operator says make the shape of an interface. Where the shape
changes so that neighbours have to be met again, the interface goes down and comes up; every other
change takes effect as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.interface import Interface
from fingerpost.ospf.interface_state import InterfaceEvent, InterfaceState

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.ospf.config import OspfInterface
    from fingerpost.ospf.machine import Ospf
    from fingerpost.protocol.events import AddressesChanged, InterfaceWentUp

UNKNOWN_COST = 10  # where nobody knows the speed
MOST_COST = 0xFFFF
MEGABIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Shape:
    """What neighbours depend on: with another one they have to be met again."""

    network_type: NetworkType
    address: Address | None
    own: InterfaceAddress | None
    is_unnumbered: bool


class Links:
    """The interfaces of the host, those that OSPF does not use among them."""

    def __init__(self, ospf: Ospf) -> None:
        """None is up."""
        self._ospf = ospf
        self.known: dict[str, InterfaceWentUp] = {}
        self._own: frozenset[Address] = frozenset()

    def is_own(self, address: Address, interface: Interface) -> bool:
        """Whether a sender is ourselves; a link-local address is of one link only."""
        if address.is_unicast_link_local:
            return address == interface.address
        return address in self._own

    def is_ours(self, address: Address) -> bool:
        """Whether a packet was sent to an address of ours."""
        return address in self._own

    # ---- what happens to interfaces

    def went_up(self, event: InterfaceWentUp) -> None:
        """One carries packets, or what it is has changed."""
        self.known[event.name] = event
        self._addresses_moved()
        self.refresh(event.name)
        self._borrow_again(event.name)

    def went_down(self, name: str) -> None:
        """One carries nothing any more."""
        self.known.pop(name, None)
        self._addresses_moved()
        self.refresh(name)
        self._borrow_again(name)

    def addresses_changed(self, event: AddressesChanged) -> None:
        """One has other addresses."""
        known = self.known.get(event.name)
        if known is not None:
            self.went_up(replace(known, addresses=event.addresses))

    def _addresses_moved(self) -> None:
        family = self._ospf.dialect.family
        held = [
            one.address.without_zone
            for known in self.known.values()
            for one in known.addresses
            if one.version == family
        ]
        self._own = frozenset(held)
        if family == 4:
            self._ospf.database.set_addresses([int(address) for address in held])

    def _borrow_again(self, name: str) -> None:
        """Let unnumbered interfaces see that another one's addresses have changed."""
        for interface in list(self._ospf.interfaces.values()):
            if interface.is_unnumbered and interface.name != name:
                self.refresh(interface.name)

    # ---- what that means

    def refresh(self, name: str) -> None:
        """Let an interface be as it is configured and as the host has it."""
        ospf = self._ospf
        known = self.known.get(name)
        config = ospf.config.interface(name)
        interface = ospf.interfaces.get(name)
        if known is None or config is None:
            if interface is not None and not interface.is_virtual:
                ospf.interface_machine.happen(interface, InterfaceEvent.INTERFACE_DOWN)
            return
        shape = self._shape(known, config, interface)
        if interface is None:
            interface = ospf.places.interface(config, shape.network_type)
        elif shape != _shape_of(interface):
            ospf.interface_machine.happen(interface, InterfaceEvent.INTERFACE_DOWN)
            interface.authenticator = ospf.places.authenticator(config, shape.network_type)
        self._take(interface, known, config, shape)
        if interface.network_type is NetworkType.LOOPBACK:
            if interface.state is not InterfaceState.LOOPBACK:
                ospf.interface_machine.happen(interface, InterfaceEvent.LOOP_IND)
        elif interface.address is not None:
            ospf.interface_machine.happen(interface, InterfaceEvent.INTERFACE_UP)

    def _take(
        self, interface: Interface, known: InterfaceWentUp, config: OspfInterface, shape: Shape
    ) -> None:
        """Note what is known of an interface, and tell those whom a change concerns."""
        ospf = self._ospf
        before = (interface.addresses, interface.mtu, interface.index, interface.cost)
        interface.config = config
        interface.network_type = shape.network_type
        interface.address, interface.is_unnumbered = shape.address, shape.is_unnumbered
        interface.addresses, interface.mtu, interface.index = _as_known(known)
        interface.cost = cost_of(config, known.speed, interface, ospf.config.reference_bandwidth)
        ospf.interface_machine.expect(interface)
        ospf.places.tell_database(interface)
        if interface.state is InterfaceState.DOWN:
            return
        if before != (interface.addresses, interface.mtu, interface.index, interface.cost):
            ospf.originator.router_changed(interface.area, ospf.now)
            ospf.originator.link_changed(interface, ospf.now)

    def _shape(
        self, known: InterfaceWentUp, config: OspfInterface, interface: Interface | None
    ) -> Shape:
        """Work out the type of the network and where packets come from; that stays if it may."""
        network_type = config.network_type
        if network_type is None:
            network_type = NetworkType.BROADCAST
            if known.is_loopback:
                network_type = NetworkType.LOOPBACK
            elif known.is_point_to_point:
                network_type = NetworkType.POINT_TO_POINT
        dialect = self._ospf.dialect
        address = dialect.source(known.addresses)
        held = [one.address.without_zone for one in known.addresses]
        if interface is not None and address is not None and interface.address in held:
            address = interface.address
        is_unnumbered = False
        if dialect.version == 2 and network_type is NetworkType.POINT_TO_POINT:
            is_unnumbered = address is None or self._is_borrowed(address, known)
            address = self._lender(known.name) if address is None else address
        own = next((a for a in known.addresses if a.address.without_zone == address), None)
        return Shape(network_type, address, own, is_unnumbered)

    def _is_borrowed(self, address: Address, known: InterfaceWentUp) -> bool:
        """Whether another interface has the address too, as an unnumbered one of Linux does."""
        held = next(one for one in known.addresses if one.address == address)
        return held.length == held.bits and any(
            address == one.address
            for other in self.known.values()
            if other.name != known.name
            for one in other.addresses
        )

    def _lender(self, name: str) -> Address | None:
        """The address that an interface without one uses: a loopback's first, then any other's."""
        others = [one for one in self.known.values() if one.name != name]
        for known in sorted(others, key=lambda one: (not one.is_loopback, one.name)):
            for held in known.addresses:
                if held.version == 4 and not held.address.is_loopback:
                    return held.address
        return None


def _shape_of(interface: Interface) -> Shape:
    return Shape(
        interface.network_type,
        interface.address,
        interface.source_prefix,
        interface.is_unnumbered,
    )


def _as_known(known: InterfaceWentUp) -> tuple[tuple[InterfaceAddress, ...], int, int]:
    return known.addresses, known.mtu, known.index


def cost_of(
    config: OspfInterface, speed: int | None, interface: Interface, reference_bandwidth: int
) -> int:
    """The cost of an interface: as it is said, else by its speed in bit/s (RFC 2328 C.3)."""
    if config.cost is not None:
        return config.cost
    if interface.network_type is NetworkType.LOOPBACK:
        return 0
    if not speed:
        return UNKNOWN_COST
    return min(max(reference_bandwidth * MEGABIT // speed, 1), MOST_COST)
