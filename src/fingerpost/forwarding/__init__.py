"""The complete forwarding algorithm: every packet, every error, every step explained."""

from __future__ import annotations

from fingerpost.forwarding.control_plane import UNLIMITED, ControlPlanePolicy, Rate
from fingerpost.forwarding.events import (
    DeliverPacket,
    Event,
    FrameReceived,
    Happened,
    InterfaceWentDown,
    InterfaceWentUp,
    Output,
    PacketOriginated,
    PacketRefused,
    SendFrame,
    TimePassed,
)
from fingerpost.forwarding.forwarder import Forwarder
from fingerpost.forwarding.interface import Interface, ReversePath, Role
from fingerpost.forwarding.neighbor import Claiming, Neighbor, NeighborSettings
from fingerpost.forwarding.neighbor.advertising import Advertising
from fingerpost.forwarding.policy import LAB, LINUX, STRICT, ForwardingPolicy
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.route import (
    BLACKHOLE,
    PROHIBIT,
    UNREACHABLE,
    NextHop,
    Route,
    RouteKind,
)
from fingerpost.forwarding.trace import Candidate, Step, Trace

__all__ = [
    "BLACKHOLE",
    "LAB",
    "LINUX",
    "PROHIBIT",
    "STRICT",
    "UNLIMITED",
    "UNREACHABLE",
    "Advertising",
    "Candidate",
    "Claiming",
    "ControlPlanePolicy",
    "DeliverPacket",
    "Event",
    "Forwarder",
    "ForwardingPolicy",
    "FrameReceived",
    "Happened",
    "Interface",
    "InterfaceWentDown",
    "InterfaceWentUp",
    "Neighbor",
    "NeighborSettings",
    "NextHop",
    "Output",
    "PacketOriginated",
    "PacketRefused",
    "Rate",
    "Reason",
    "ReversePath",
    "Role",
    "Route",
    "RouteKind",
    "SendFrame",
    "Step",
    "TimePassed",
    "Trace",
]
