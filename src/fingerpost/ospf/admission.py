"""Which packets are looked into: whose they are, and all that their header is judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.constants import ALL_D_ROUTERS, ALL_SPF_ROUTERS, BACKBONE
from fingerpost.ospf.faults import Fault, Reason
from fingerpost.ospf.text import dotted
from fingerpost.ospf.ttl_security import least

if TYPE_CHECKING:
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.packet import PacketHeader
    from fingerpost.protocol.events import PacketReceived


def receiver(
    ospf: Ospf, event: PacketReceived, header: PacketHeader, held: Interface
) -> Interface | Reason:
    """Give whose packet it is: the interface's, or that of a virtual link through its area."""
    if header.instance_id != ospf.dialect.instance_id(held):
        return Reason(Fault.INSTANCE)
    if header.area_id == held.area.id:
        return held
    if header.area_id != BACKBONE:
        return Reason(Fault.AREA, dotted(header.area_id), dotted(held.area.id))
    # RFC 2328 8.2: the backbone's packets come by a virtual link through the interface's area
    link = ospf.virtual.get((held.area.id, header.router_id))
    if link is not None:
        return link
    if event.source.is_unicast_link_local or event.destination.is_multicast:
        return Reason(Fault.AREA, dotted(header.area_id), dotted(held.area.id))
    return Reason(Fault.NO_VIRTUAL_LINK, dotted(header.router_id))


def refusal(
    ospf: Ospf, event: PacketReceived, header: PacketHeader, interface: Interface
) -> Reason | None:
    """Say why a packet of an interface is not looked into, if so (RFC 2328 8.2, RFC 5340 4.2.2)."""
    if not interface.speaks:
        is_passive = interface.config.is_passive
        return Reason(Fault.PASSIVE if is_passive else Fault.INTERFACE_DOWN)
    reason = _misdirected(ospf, event, interface)
    if reason is not None:
        return reason
    reason = ospf.dialect.refuses(event, interface)
    if reason is not None:
        return reason
    if header.router_id == ospf.router_id:
        return Reason(
            Fault.DUPLICATE_ROUTER_ID,
            f"{dotted(header.router_id)} at {event.source}",
            f"{dotted(ospf.router_id)} at {interface.address}",
        )
    return _unauthentic(ospf, event, header, interface)


def _unauthentic(
    ospf: Ospf, event: PacketReceived, header: PacketHeader, interface: Interface
) -> Reason | None:
    """Judge the kind of authentication before the checksum, which a digest stands in for."""
    authenticator = interface.authenticator
    verdict = authenticator.verify(event.payload, event.source, ospf.config.clock(ospf.now))
    if verdict.check is not None:
        what = verdict.check.value
        hint = f" ({verdict.hint})" if verdict.hint else ""
        return Reason(Fault.AUTHENTICATION, f"{what} {verdict.theirs}", verdict.ours + hint)
    if authenticator.covers_checksum:
        return None
    return ospf.dialect.refuses_checksum(event, header)


def _misdirected(ospf: Ospf, event: PacketReceived, interface: Interface) -> Reason | None:
    """Judge both addresses and the hop limit (RFC 2328 8.2, RFC 5082 3)."""
    if ospf.links.is_own(event.source, interface):
        return Reason(Fault.OWN_SOURCE)
    family = ospf.dialect.family
    destination = event.destination
    if destination == ALL_D_ROUTERS[family]:
        if not interface.elects_us:
            return Reason(Fault.NOT_DESIGNATED, str(destination), str(interface.state))
    elif destination != ALL_SPF_ROUTERS[family] and not ospf.links.is_ours(destination):
        return Reason(Fault.DESTINATION, str(destination))
    hops = None if interface.is_virtual else interface.config.ttl_security_hops
    if hops is None or (event.hop_limit is not None and event.hop_limit >= least(hops)):
        return None
    theirs = "unknown" if event.hop_limit is None else str(event.hop_limit)
    return Reason(Fault.HOP_LIMIT, theirs, f"at least {least(hops)}")
