"""From which of our addresses we ask, and for which we answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.neighbor.nd_frame import nd_packet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.addr import Address
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor.claims import Claims
    from fingerpost.forwarding.neighbor.nd_frame import Message


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

    def link_local(self, interface: Interface) -> InterfaceAddress | None:
        """The usable IPv6 link-local address of an interface."""
        held = (own for own in self.usable(interface, 6) if own.address.is_link_local)
        return next(held, None)

    def answers_for(self, interface: Interface, target: Address, *, is_weak: bool) -> bool:
        """Whether a question for `target` that came in on `interface` is ours to answer.

        An unnumbered interface speaks with addresses of others (RFC 1812 2.2.7), so it answers for
        them too: whoever heard it there asks for it there.
        """
        if any(own.address == target for own in self.usable(interface, target.version)):
            return True
        lends = target.version == 4 and not any(own.version == 4 for own in interface.addresses)
        return (is_weak or lends) and target in self._plane.own.unicast

    def source(
        self, interface: Interface, target: Address, asker: Address | None
    ) -> Address | None:
        """The address to ask from (RFC 4861 7.2.2; RFC 826 leaves it open).

        The sender of the packet that made us ask, if that is an address of the interface; else one
        that shares a subnet with the target; else any. An unnumbered interface borrows an IPv4
        address of a loopback, then the router id (RFC 1812 2.2.7). None if there is none.
        """
        own = list(self.usable(interface, target.version))
        if any(held.address == asker for held in own):
            return asker
        for held in own:
            if target in held.prefix:
                return held.address
        if own:
            return own[0].address
        return self._borrowed() if target.version == 4 else None

    def _borrowed(self) -> Address | None:
        for other in self._plane.interfaces.values():
            if other.is_loopback and (held := other.address_of(4)) is not None:
                return held.address
        router_id = self._plane.router_id
        return router_id if router_id is not None and router_id.version == 4 else None

    def is_anycast(self, interface: Interface, target: Address) -> bool:
        """Whether `target` is a subnet-router anycast address of the interface (RFC 4291 2.6.1)."""
        return self._plane.own.anycasts.get(target) == interface.name

    def originate(
        self,
        interface: Interface,
        source: Address,
        destination: Address,
        message: Message,
        now: int,
        out: list[Output],
    ) -> None:
        """Send an ND message to a neighbour that must be asked for its station first."""
        packet = nd_packet(source, destination, message)
        self._plane.originate(packet, now, out, interface.name)
