"""Which interfaces a faulty packet met: the objects of RFC 5837 in extended errors (RFC 4884)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.wire.icmp_extension import InterfaceInformation, InterfaceRole, encode

if TYPE_CHECKING:
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.walk import Walk
    from fingerpost.wire.icmp_extension import ExtensionObject

MOST_NAME = 63  # bytes of an interface name (RFC 5837 4.3)


def who_was_it(walk: Walk) -> tuple[ExtensionObject, ...]:
    """The incoming interface, then the outgoing one and the next hop where they are known."""
    found: list[ExtensionObject] = []
    if walk.interface is not None:
        found.append(_object(walk.interface, InterfaceRole.INCOMING, walk.packet.version))
    if walk.egress is not None:
        found.append(_object(walk.egress, InterfaceRole.OUTGOING, walk.packet.version))
        if walk.gateway is not None:
            found.append(InterfaceInformation(InterfaceRole.NEXT_HOP, address=walk.gateway))
    return tuple(found)


def room_for_quote(room: int, extensions: tuple[ExtensionObject, ...], word: int) -> int:
    """How many bytes of the packet fit into `room`; whole words before extensions (RFC 4884 4)."""
    if not extensions:
        return room
    return (room - len(encode(extensions))) // word * word


def _object(interface: Interface, role: InterfaceRole, version: int) -> InterfaceInformation:
    own = interface.address_of(version)
    name = interface.name.encode()[:MOST_NAME].decode(errors="ignore")
    address = own.address if own is not None else None
    return InterfaceInformation(role, interface.index, address, name, interface.mtu)
