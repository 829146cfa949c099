"""What an instance does with each kind of event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fingerpost.bgp.config import BgpConfig, VrpFile
from fingerpost.bgp.constants import CeaseError
from fingerpost.bgp.fsm import State
from fingerpost.errors import UsageError
from fingerpost.protocol.events import (
    AddressesChanged,
    ConfigurationChanged,
    FileRead,
    GatewayChanged,
    InterfaceWentDown,
    InterfaceWentUp,
    NeighborAsked,
    NeighborReachability,
    PacketReceived,
    RestartRequested,
    RoutesChanged,
    ShutdownRequested,
    StreamAccepted,
    StreamClosed,
    StreamConnected,
    StreamReceived,
    StreamSent,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fingerpost.bgp.machine import Bgp


def _accepted(bgp: Bgp, event: StreamAccepted) -> None:
    peer = bgp.neighbors.at(event.remote, event.interface)
    if peer is None:
        peer = bgp.dynamic.make(event.remote.without_zone)
    if peer is None or not peer.accept(event):
        if peer is not None:
            peer.tally.rejected += 1
        bgp.streams.reject(event)


def _connected(bgp: Bgp, event: StreamConnected) -> None:
    session = bgp.streams.find(event.stream)
    if session is not None and session.peer.address is not None:
        session.opened(event.stream, event.local, session.peer.address)
        session.ports = (event.local_port, session.peer.config.port)
    elif (cache := bgp.validating.find(event.stream)) is not None:
        cache.connected(bgp.now)
    elif (station := bgp.monitoring.find(event.stream)) is not None:
        station.connected()


def _received(bgp: Bgp, event: StreamReceived) -> None:
    session = bgp.streams.find(event.stream)
    if session is None:
        if (cache := bgp.validating.find(event.stream)) is not None:
            cache.received(event.data, bgp.now)
        return
    peer = session.peer
    if session is peer.established:
        bgp.reception.take(peer, session, event.data)
    else:
        session.take(event.data)


def _sent(bgp: Bgp, event: StreamSent) -> None:
    session = bgp.streams.find(event.stream)
    if session is not None:
        session.got_rid(event.octets)
        if session is session.peer.established:
            bgp.sending.went(session.peer, session.unsent)
    elif (station := bgp.monitoring.find(event.stream)) is not None:
        station.went(event.octets)


def _closed(bgp: Bgp, event: StreamClosed) -> None:
    session = bgp.streams.find(event.stream)
    if session is not None:
        session.closed(event.reason)
    elif (cache := bgp.validating.find(event.stream)) is not None:
        cache.closed(event.reason, bgp.now)
    elif (station := bgp.monitoring.find(event.stream)) is not None:
        station.closed(event.reason)


def _went_up(bgp: Bgp, event: InterfaceWentUp) -> None:
    bgp.links.went_up(event)
    _links_changed(bgp, event.name)


def _addresses_changed(bgp: Bgp, event: AddressesChanged) -> None:
    bgp.links.addresses_changed(event)
    _links_changed(bgp, event.name)


def _links_changed(bgp: Bgp, name: str) -> None:
    """Who is on a link that has come is tried at once."""
    _look_around(bgp)
    bgp.unnumbered.went_up(name)
    for peer in bgp.neighbors.on(name):
        if peer.first.state is State.IDLE and not peer.oscillation.failures:
            peer.start()


def _look_around(bgp: Bgp) -> None:
    bgp.next_hops.links_changed()
    bgp.table.set_surroundings(*bgp.links.surroundings())
    bgp.is_dirty = True


def _went_down(bgp: Bgp, event: InterfaceWentDown) -> None:
    """External neighbours on a link that is gone are gone too."""
    there = bgp.neighbors.on(event.name)
    bgp.links.went_down(event.name)
    _look_around(bgp)
    for peer in there:
        session = peer.established
        if session is not None and not peer.relation.is_internal and peer.config.hops == 1:
            peer.lose(f"{event.name} went down")
    bgp.unnumbered.went_down(event.name)


def _configuration_changed(bgp: Bgp, event: ConfigurationChanged) -> None:
    if not isinstance(event.config, BgpConfig):
        raise UsageError(f"bgp is given a {type(event.config).__name__}, expected a BgpConfig")
    bgp.reconfiguration.take(event.config)


def _restart(_bgp: Bgp, _event: RestartRequested) -> None:
    """Neighbours keep our routes when connections end without a word (RFC 4724 4.2)."""


def _shutdown(bgp: Bgp, event: ShutdownRequested) -> None:
    for peer in bgp.peers.values():
        bgp.liveliness.unwatch(peer)
        if event.is_polite:
            peer.stop(CeaseError.ADMINISTRATIVE_SHUTDOWN, peer.config.shutdown_text)
    bgp.end(is_polite=event.is_polite)


def _gateway_changed(bgp: Bgp, event: GatewayChanged) -> None:
    bgp.next_hops.changed(event)


def _packet_received(bgp: Bgp, event: PacketReceived) -> None:
    bgp.unnumbered.take(event)


def _routes_changed(bgp: Bgp, event: RoutesChanged) -> None:
    bgp.origination.apply(event.changes)


def _file_read(bgp: Bgp, event: FileRead) -> None:
    assert isinstance(event.content, VrpFile)
    bgp.validating.take_file(event.content)


def _neighbor_asked(bgp: Bgp, event: NeighborAsked) -> None:
    """Raises `UsageError` for a name that no neighbour has."""
    peer = bgp.neighbors.named(event.name)
    match event.action:
        case "shut":
            peer.stop(CeaseError.ADMINISTRATIVE_SHUTDOWN, event.text)
        case "reset":
            peer.reset(CeaseError.ADMINISTRATIVE_RESET, event.text)
        case "enable":
            peer.enable()
        case "refresh":
            bgp.refreshing.refresh(peer, event.direction)


def _reachability(bgp: Bgp, event: NeighborReachability) -> None:
    bgp.liveliness.told(event)


# TimePassed has no handler: time passes with every event
HANDLERS: Mapping[type, Callable[[Bgp, Any], None]] = {
    StreamReceived: _received,
    StreamSent: _sent,
    StreamAccepted: _accepted,
    StreamConnected: _connected,
    StreamClosed: _closed,
    GatewayChanged: _gateway_changed,
    InterfaceWentUp: _went_up,
    InterfaceWentDown: _went_down,
    AddressesChanged: _addresses_changed,
    PacketReceived: _packet_received,
    RoutesChanged: _routes_changed,
    FileRead: _file_read,
    NeighborAsked: _neighbor_asked,
    NeighborReachability: _reachability,
    ConfigurationChanged: _configuration_changed,
    RestartRequested: _restart,
    ShutdownRequested: _shutdown,
}
