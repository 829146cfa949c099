"""From which of our addresses we ask, and for which we answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.addr import Address
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor.claims import Claims


class Sources:
    """The usable addresses of a router, as ARP and ND need them."""

    def __init__(self, plane: Forwarder, claims: Claims) -> None:
        """`claims` knows which addresses are not ours yet."""
        self._plane = plane
        self._claims = claims

    def usable(self, interface: Interface, version: int) -> Iterator[InterfaceAddress]:
        """The addresses of a family that the interface may use."""
        unusable = self._claims.unusable
        for own in interface.addresses:
            if own.version == version and (interface.name, own.address) not in unusable:
                yield own

    def answers_for(self, interface: Interface, target: Address, *, is_weak: bool) -> bool:
        """Whether a question for `target` that came in on `interface` is ours to answer."""
        if any(own.address == target for own in self.usable(interface, target.version)):
            return True
        return is_weak and target in self._plane.own.unicast

    def source(
        self, interface: Interface, target: Address, asker: Address | None
    ) -> Address | None:
        """The address to ask from (RFC 4861 7.2.2; RFC 826 leaves it open).

        The sender of the packet that made us ask, if that is an address of the interface; else one
        that shares a subnet with the target; else any. An unnumbered interface borrows an address
        of a loopback, then the router id (RFC 1812 2.2.7). None if there is none.
        """
        own = list(self.usable(interface, target.version))
        if any(held.address == asker for held in own):
            return asker
        for held in own:
            if target in held.prefix:
                return held.address
        if own:
            return own[0].address
        return self._borrowed(target.version)

    def _borrowed(self, version: int) -> Address | None:
        for other in self._plane.interfaces.values():
            if other.is_loopback and (held := other.address_of(version)) is not None:
                return held.address
        router_id = self._plane.router_id
        return router_id if router_id is not None and router_id.version == version else None
