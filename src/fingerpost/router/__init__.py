"""The router: interfaces, tables, protocols and forwarding plane, wired together, no I/O."""

from __future__ import annotations

from fingerpost.router.config import ChannelConfig, ProtocolConfig, RouterConfig, TableConfig
from fingerpost.router.events import (
    ConfigurationChanged,
    FibChanged,
    FromProtocol,
    InterfaceChanged,
    InterfaceRemoved,
    ProtocolStarted,
    ProtocolStopped,
    ShutdownRequested,
    ToProtocol,
)
from fingerpost.router.router import Router
from fingerpost.router.routing import Routing

__all__ = [
    "ChannelConfig",
    "ConfigurationChanged",
    "FibChanged",
    "FromProtocol",
    "InterfaceChanged",
    "InterfaceRemoved",
    "ProtocolConfig",
    "ProtocolStarted",
    "ProtocolStopped",
    "Router",
    "RouterConfig",
    "Routing",
    "ShutdownRequested",
    "TableConfig",
    "ToProtocol",
]
