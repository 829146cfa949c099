"""Interfaces that are up, as far as sessions and next hops are concerned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.protocol.events import AddressesChanged, InterfaceWentUp

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix


class Links:
    """By name, those that are up."""

    def __init__(self) -> None:
        """None is."""
        self._up: dict[str, InterfaceWentUp] = {}

    def went_up(self, event: InterfaceWentUp) -> None:
        """One carries packets."""
        self._up[event.name] = event

    def went_down(self, name: str) -> None:
        """It carries none any more."""
        self._up.pop(name, None)

    def addresses_changed(self, event: AddressesChanged) -> None:
        """It has other addresses."""
        held = self._up.get(event.name)
        if held is not None:
            self._up[event.name] = InterfaceWentUp(
                held.name,
                event.addresses,
                held.mtu,
                held.is_loopback,
                held.index,
                held.speed,
                held.is_point_to_point,
            )

    def surroundings(self) -> tuple[list[Address], list[Prefix]]:
        """Our addresses, and the networks of links."""
        held = [one for link in self._up.values() for one in link.addresses]
        own = {one.address.without_zone: None for one in held}
        return list(own), list({one.prefix: None for one in held})

    def is_up(self, name: str) -> bool:
        """Whether it carries packets."""
        return name in self._up

    def index(self, name: str) -> int:
        """Its number in next hops, 0 where it has none."""
        held = self._up.get(name)
        return 0 if held is None else held.index

    def named(self, index: int) -> str | None:
        """The interface of a number that is up."""
        return next((one.name for one in self._up.values() if one.index == index), None)

    def of(self, address: Address) -> str | None:
        """The interface that has an address of ours."""
        bare = address.without_zone
        for one in self._up.values():
            if any(held.address.without_zone == bare for held in one.addresses):
                return one.name
        return None

    def toward(self, address: Address) -> str | None:
        """The interface that an address is on the link of, by the networks there."""
        bare = address.without_zone
        for one in self._up.values():
            if any(bare in held.prefix for held in one.addresses):
                return one.name
        return None

    def addresses(self, name: str, version: int) -> list[Address]:
        """The addresses of an interface, link-local ones last."""
        held = self._up.get(name)
        found = [] if held is None else [one.address.without_zone for one in held.addresses]
        of_version = [one for one in found if one.version == version]
        return sorted(of_version, key=lambda one: one.is_link_local)
