"""The interfaces as BFD needs to know them: which are up, and whose network an address is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.addr import Interface as InterfaceAddress


@dataclass(slots=True)
class Link:
    """One interface. `is_point_to_point`: it has two ends."""

    name: str
    addresses: tuple[InterfaceAddress, ...] = ()
    is_up: bool = False
    is_point_to_point: bool = False


class Links:
    """The interfaces that are or were up, by name."""

    def __init__(self) -> None:
        """None is known."""
        self._by_name: dict[str, Link] = {}

    def get(self, name: str) -> Link | None:
        """One by its name."""
        return self._by_name.get(name)

    def known(self, name: str) -> Link:
        """One by its name, made if need be."""
        return self._by_name.setdefault(name, Link(name))

    def names(self) -> tuple[str, ...]:
        """All that are known, in order of their coming."""
        return tuple(self._by_name)

    def is_up(self, name: str | None) -> bool:
        """Whether one carries packets; None, all of them together, always does."""
        link = None if name is None else self._by_name.get(name)
        return name is None or (link is not None and link.is_up)

    def towards(self, address: Address) -> str | None:
        """The interface that is up and whose network an address is in, the smallest network."""
        if address.is_link_local:
            return None  # it may be on any of them
        found = [
            (own.length, link.name)
            for link in self._by_name.values()
            if link.is_up
            for own in link.addresses
            if own.version == address.version and address in own.prefix and address != own.address
        ]
        return max(found, key=lambda one: one[0])[1] if found else None

    def _is_own(self, address: Address) -> bool:
        links = (link for link in self._by_name.values() if link.is_up)
        return any(own.address == address for link in links for own in link.addresses)

    def fault(self, interface: str | None, remote: Address, source: Address | None) -> str | None:
        """Why a neighbour cannot be spoken to by an interface; None if it can.

        `interface` None: it is several hops away, by any of them.
        """
        link = None if interface is None else self._by_name.get(interface)
        if interface is not None and (link is None or not link.is_up):
            return f"interface {interface} is down"
        if source is not None:  # of a link without addresses it is that of another one
            return None if self._is_own(source) else f"no interface that is up has {source}"
        if link is None:
            return "it has no address to speak from"
        own = [one.address for one in link.addresses if one.version == remote.version]
        if remote.version == 6 and remote.is_link_local:
            own = [one for one in own if one.is_link_local]
        return None if own else f"interface {interface} has no address to speak from"
