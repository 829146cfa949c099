"""A protocol instance that runs in a router: the machine and the channel to its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.protocol import events as protocol_events
from fingerpost.rib.channel import Channel

if TYPE_CHECKING:
    from fingerpost.forwarding.interface import Interface
    from fingerpost.protocol.events import Event
    from fingerpost.protocol.instance import Instance
    from fingerpost.rib.table import Rib
    from fingerpost.router.config import ChannelConfig, ProtocolConfig


@dataclass(slots=True)
class Running:
    """One instance by the name of `name`; `has_routes`: its channel carries something."""

    name: str
    config: ProtocolConfig
    machine: Instance
    channel: Channel
    has_routes: bool = True


def open_channel(source: str, rib: Rib, config: ChannelConfig) -> Channel:
    """The channel of an instance, as its configuration wants it."""
    return Channel(
        source,
        rib,
        config.import_policy,
        config.export_policy,
        config.limit,
        tag=config.tag,
    )


def told_of_interface(before: Interface | None, after: Interface) -> list[Event]:
    """What every protocol is told when an interface is no longer as it was."""
    was_up = before is not None and before.is_up
    if not after.is_up:
        return [protocol_events.InterfaceWentDown(after.name)] if was_up else []
    came = protocol_events.InterfaceWentUp(
        after.name,
        after.addresses,
        after.mtu,
        after.is_loopback,
        after.index,
        after.speed,
        after.is_point_to_point,
    )
    if before is None or not was_up or _nature(before) != _nature(after):
        return [came]
    if before.addresses != after.addresses:
        return [protocol_events.AddressesChanged(after.name, after.addresses)]
    return []


def _nature(interface: Interface) -> tuple[int, bool, int, int | None, bool]:
    """What an interface is, beside its addresses."""
    return (
        interface.mtu,
        interface.is_loopback,
        interface.index,
        interface.speed,
        interface.is_point_to_point,
    )
