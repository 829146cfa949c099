"""What an operator says about RIP, with the values of the RFCs as defaults.

A policy is a function from a route to the route that is meant, or None for none: offset lists,
distribute lists and `fingerpost.policy` all have this form (`filters`). One that comes in sees the
metric with the interface's cost added; what a policy makes greater than 16 is 16.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.forwarding.durations import SECOND
from fingerpost.protocol.events import WatchTimers
from fingerpost.rib.distance import DISTANCES
from fingerpost.rib.route import RibRoute
from fingerpost.rip.constants import INFINITY
from fingerpost.rip.keys import Authenticator

RoutePolicy: TypeAlias = Callable[[RibRoute], RibRoute | None]


class SplitHorizon(Enum):
    """What is said to the link that a route came from (RFC 2453 3.4.3, RFC 2080 2.6)."""

    NONE = "none"
    SIMPLE = "simple"  # nothing
    POISONED = "poisoned"  # that it cannot be reached


class Sending(Enum):
    """Version and form of what is sent (RFC 2453 5.1)."""

    RIP_1 = "RIP-1"
    RIP_1_COMPATIBLE = "RIP-1 compatibility"  # version 2 by broadcast
    RIP_2 = "RIP-2"  # by multicast


class Accepting(Enum):
    """Versions that are heard (RFC 2453 5.1)."""

    RIP_1 = frozenset({1})
    RIP_2 = frozenset({2})
    BOTH = frozenset({1, 2})
    NONE = frozenset[int]()


@dataclass(frozen=True, slots=True)
class RipInterface:
    """RIP on one interface.

    `cost` is that of its network: told with it, and added to what comes in (RFC 2453 3.5, 3.9.2).
    `is_passive`: hears, and says nothing but to `neighbors`, which get each update by unicast.
    `bfd`: a session with each neighbour that is heard. Only networks of an interface that is named
    in the configuration are announced; `is_loopback` announces and neither hears nor speaks.
    """

    name: str
    cost: int = 1
    is_passive: bool = False
    is_loopback: bool = False
    split_horizon: SplitHorizon = SplitHorizon.POISONED
    sending: Sending = Sending.RIP_2
    accepting: Accepting = Accepting.BOTH
    authenticator: Authenticator | None = None
    neighbors: tuple[Address, ...] = ()
    policy_in: tuple[RoutePolicy, ...] = ()
    policy_out: tuple[RoutePolicy, ...] = ()
    bfd: WatchTimers | None = None

    def __post_init__(self) -> None:
        """Refuse a cost that no metric has room for."""
        if not 1 <= self.cost < INFINITY:
            raise UsageError(
                f"rip cost of {self.name} is {self.cost}, expected 1 to {INFINITY - 1}"
            )


@dataclass(frozen=True, slots=True)
class Redistribution:
    """How routes of another source are told. `metric` None keeps theirs where it is 1 to 15."""

    metric: int | None = None
    tag: int | None = None
    policy: tuple[RoutePolicy, ...] = ()


@dataclass(frozen=True, slots=True)
class RipTimers:
    """Durations in nanoseconds (RFC 2453 3.8, 3.10.1; RFC 2080 2.3, 2.5.1)."""

    update_ns: int = 30 * SECOND
    jitter_ns: int = 5 * SECOND  # each way
    timeout_ns: int = 180 * SECOND
    garbage_ns: int = 120 * SECOND
    triggered_least_ns: int = 1 * SECOND  # between two triggered updates, drawn anew
    triggered_most_ns: int = 5 * SECOND
    first_most_ns: int = 1 * SECOND  # from an interface's start to its first update

    def __post_init__(self) -> None:
        """Refuse times that would stand still or run backwards."""
        if not 0 <= self.jitter_ns < self.update_ns:
            raise UsageError(
                f"rip jitter is {self.jitter_ns} ns, expected 0 to {self.update_ns - 1} "
                "(less than the update time)"
            )
        if min(self.timeout_ns, self.garbage_ns) <= 0:
            raise UsageError("rip timeout and garbage time are at least 1 ns")
        if not 0 <= self.triggered_least_ns <= self.triggered_most_ns or self.first_most_ns < 0:
            raise UsageError("rip triggered updates wait from a least to a most time, none below 0")


@dataclass(frozen=True, slots=True)
class RipLimits:
    """Bounds of every table; what is beyond is not taken, and counted."""

    routes: int = 100_000
    neighbors: int = 1024
    refused_offers: int = 4  # for a prefix, kept to explain
    filtered_offers: int = 10_000  # of all prefixes, kept to explain
    requests_per_s: int = 10  # whole tables that an interface is asked for


@dataclass(frozen=True, slots=True)
class RipConfig:
    """One instance. `source` is its name in the routing table: "rip" or "ripng" unless it is said.

    `maximum_paths` is how many routers of equal metric share a prefix; with 1 the route moves only
    to a better router, or to an equal one when half its timeout is over (RFC 2453 3.9.2).
    `default_metric` tells a default route of our own. `redistributes` maps sources to how their
    routes are told: one ("ospf:1"), or all of a kind ("connected"). `epoch_ns` is what makes `now`
    nanoseconds since 1970, the clock of key lifetimes and sequence numbers.
    """

    interfaces: tuple[RipInterface, ...] = ()
    source: str | None = None
    distance: int = DISTANCES["rip"]
    maximum_paths: int = 8
    default_metric: int | None = None
    redistributes: Mapping[str, Redistribution] = field(
        default_factory=lambda: MappingProxyType({})
    )
    timers: RipTimers = RipTimers()
    limits: RipLimits = RipLimits()
    epoch_ns: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        """Refuse two interfaces of one name, metrics out of range and no path at all."""
        names = [one.name for one in self.interfaces]
        if len(set(names)) < len(names):
            raise UsageError(f"rip interfaces are {', '.join(names)}, expected each name once")
        metrics = [(f"metric of {name}", one.metric) for name, one in self.redistributes.items()]
        for what, metric in [*metrics, ("default_metric", self.default_metric)]:
            if metric is not None and not 1 <= metric < INFINITY:
                raise UsageError(f"rip {what} is {metric}, expected 1 to {INFINITY - 1}")
        if self.maximum_paths < 1:
            raise UsageError(f"rip maximum_paths is {self.maximum_paths}, expected at least 1")

    @property
    def silence_ns(self) -> int:
        """The longest time between two full updates."""
        return self.timers.update_ns + self.timers.jitter_ns

    @property
    def timeout_ns(self) -> int:
        """After which a route that nobody tells any more is lost."""
        return self.timers.timeout_ns

    def clock(self, now: int) -> int:
        """The time of day at an instant, in nanoseconds since 1970."""
        return now + self.epoch_ns

    def interface(self, name: str) -> RipInterface | None:
        """What is said about an interface; None if nothing."""
        return next((one for one in self.interfaces if one.name == name), None)
