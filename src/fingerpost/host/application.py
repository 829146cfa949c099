"""A program that runs on a host, as ping and traceroute do: a state machine above IP.

It makes whole IP packets and sees every packet of its protocols that arrives, as a raw socket does
(RFC 1122 3.4). It holds no socket, no clock and no host, so a test can drive it by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from fingerpost.forwarding.events import PacketOriginated, TimePassed
    from fingerpost.host.arrival import Arrival


@dataclass(frozen=True, slots=True)
class Started:
    """The host has taken the application up."""


@dataclass(frozen=True, slots=True)
class PacketArrived:
    """A packet of one of its protocols has come."""

    arrival: Arrival


ApplicationEvent: TypeAlias = "Started | PacketArrived | TimePassed"


class Application(Protocol):
    """What a host runs until it `is_done`."""

    @property
    def protocols(self) -> frozenset[int]:
        """The IP protocols whose packets it sees."""
        ...

    @property
    def is_done(self) -> bool:
        """Whether it wants nothing any more; the host then lets go of it."""
        ...

    def receive(self, event: ApplicationEvent, now: int) -> list[PacketOriginated]:
        """Take one event; gives the packets that it sends."""
        ...

    def next_deadline(self) -> int | None:
        """The instant at which `TimePassed` is due; None while nothing waits."""
        ...
