"""Which addresses are ours: unicast, broadcasts of our subnets, and groups we listen to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from fingerpost.addr import Address

if TYPE_CHECKING:
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.forwarding.interface import Interface

LIMITED_BROADCAST = Address("255.255.255.255")
ALL_SYSTEMS = Address("224.0.0.1")
ALL_ROUTERS_IPV4 = Address("224.0.0.2")
ALL_NODES_INTERFACE = Address("ff01::1")
ALL_NODES = Address("ff02::1")
ALL_ROUTERS = Address("ff02::2")


class OwnAddresses:
    """An index of the addresses of a router's interfaces; made anew when they change."""

    def __init__(
        self,
        interfaces: Iterable[Interface],
        *,
        forwards: bool,
        is_usable: Callable[[str, Address], bool] = lambda _interface, _address: True,
        joined: Mapping[str, Iterable[Address]] = MappingProxyType({}),
    ) -> None:
        """`is_usable` leaves out addresses that are still being checked (RFC 4862 5.4).

        `joined`: by interface, groups that somebody joined beside those that every node is in.
        """
        self.unicast: dict[Address, str] = {}
        self.link_local: set[tuple[str, Address]] = set()
        self.broadcasts: dict[Address, str] = {}
        self.zero_hosts: dict[Address, str] = {}  # {network, 0} (RFC 1812 4.2.3.1)
        self.anycasts: dict[Address, str] = {}
        self.unusable: set[Address] = set()  # still being checked, or duplicates
        self._groups: dict[str, set[Address]] = {}
        for interface in interfaces:
            groups = {ALL_SYSTEMS, ALL_NODES, ALL_NODES_INTERFACE, *joined.get(interface.name, ())}
            if forwards:
                groups |= {ALL_ROUTERS_IPV4, ALL_ROUTERS}
            self._groups[interface.name] = groups
            for own in interface.addresses:
                if is_usable(interface.name, own.address):
                    self._add(interface, own, forwards)
                else:
                    self.unusable.add(own.address)
                if own.version == 6:  # also while it is checked: duplicates answer to the group
                    groups.add(own.address.solicited_node)
                if (anycast := _anycast(own, forwards)) is not None:  # RFC 4291 2.7.1
                    groups.add(anycast.solicited_node)

    def _add(self, interface: Interface, own: InterfaceAddress, forwards: bool) -> None:
        if own.address.is_link_local and own.version == 6:
            self.link_local.add((interface.name, own.address))
            return
        self.unicast.setdefault(own.address, interface.name)
        if own.version == 4:
            broadcast = own.prefix.broadcast  # None for /31 and /32 (RFC 3021 2.1)
            if broadcast is not None:
                self.broadcasts[broadcast] = interface.name
                self.zero_hosts[own.prefix.network] = interface.name
        elif (anycast := _anycast(own, forwards)) is not None:
            self.anycasts[anycast] = interface.name

    def owner(self, address: Address, arrived_on: str | None) -> str | None:
        """The interface that has this unicast or anycast address; link-local ones only where they
        are, and only on their link.
        """
        if (found := self.unicast.get(address)) is not None:
            return found
        if arrived_on is not None and (arrived_on, address) in self.link_local:
            return arrived_on
        return self.anycasts.get(address)

    def listens(self, group: Address, interface: str) -> bool:
        """Whether a multicast group is joined on an interface."""
        return group in self._groups.get(interface, ())

    def groups(self, interface: str) -> list[Address]:
        """The groups joined on an interface, in order."""
        return sorted(self._groups.get(interface, ()))


def _anycast(own: InterfaceAddress, forwards: bool) -> Address | None:
    """The subnet-router anycast address beside one of ours (RFC 4291 2.6.1).

    None on a host, on the link-local prefix, and on a /127 (RFC 6164 6).
    """
    if own.version == 4 or own.address.is_link_local or not forwards or own.length >= 127:
        return None
    return own.prefix.network
