"""What an instance does with each kind of event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fingerpost.errors import UsageError
from fingerpost.ospf.config import OspfConfig
from fingerpost.protocol.events import (
    AddressesChanged,
    ConfigurationChanged,
    EndAnnounced,
    InterfaceWentDown,
    InterfaceWentUp,
    NeighborReachability,
    PacketReceived,
    RestartRequested,
    ShutdownRequested,
)
from fingerpost.rib.events import RoutesChanged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fingerpost.ospf.machine import Ospf


def _went_up(ospf: Ospf, event: InterfaceWentUp) -> None:
    ospf.links.went_up(event)


def _went_down(ospf: Ospf, event: InterfaceWentDown) -> None:
    ospf.links.went_down(event.name)


def _addresses_changed(ospf: Ospf, event: AddressesChanged) -> None:
    ospf.links.addresses_changed(event)


def _received(ospf: Ospf, event: PacketReceived) -> None:
    if not ospf.reception.take_flooded(event):
        ospf.reception.take(event)


def _reachability(ospf: Ospf, event: NeighborReachability) -> None:
    ospf.liveliness.told(event)


def _routes_changed(ospf: Ospf, event: RoutesChanged) -> None:
    ospf.routing.routes_changed(event, ospf.now)


def _configuration_changed(ospf: Ospf, event: ConfigurationChanged) -> None:
    config = event.config
    if not isinstance(config, OspfConfig):
        raise UsageError(f"ospf is given a {type(config).__name__}, expected an OspfConfig")
    ospf.reconfiguration.take(config)


def _shutdown(ospf: Ospf, event: ShutdownRequested) -> None:
    if event.is_polite:
        ospf.leave()
    ospf.stop()


def _restart(ospf: Ospf, _event: RestartRequested) -> None:
    ospf.restarting.prepare()


def _end(ospf: Ospf, _event: EndAnnounced) -> None:
    ospf.originator.give_way(ospf.now)


# TimePassed has no handler: time passes with every event
HANDLERS: Mapping[type, Callable[[Ospf, Any], None]] = {
    InterfaceWentUp: _went_up,
    NeighborReachability: _reachability,
    InterfaceWentDown: _went_down,
    AddressesChanged: _addresses_changed,
    PacketReceived: _received,
    RoutesChanged: _routes_changed,
    ConfigurationChanged: _configuration_changed,
    RestartRequested: _restart,
    EndAnnounced: _end,
    ShutdownRequested: _shutdown,
}
