"""The protection of the control plane (RFC 6192): a token bucket before each of its parts.

Packets that the router must look at itself are sorted into classes (`traffic_class.py`); each class
has its rate, so that a flood of one starves no other. What is beyond the rate is dropped silently,
before it is put together, decoded or answered. All interfaces share the buckets, as they share the
router; drops are counted by interface as well (`Reason.POLICED`).

Hosts limit nothing: what is for them is what they are there for. Packets that we send ourselves and
their search for a neighbour are not limited either. RFC 6192 is about packets for the router; those
in transit that need its slow path, for their options or an unknown neighbour, have classes here as
well. That only peers next to us may send (RFC 5082) is checked by each transport.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.forwarding.durations import SECOND
from fingerpost.forwarding.rate_limit import TokenBucket
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.traffic_class import TrafficClass
from fingerpost.forwarding.walk import End

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import Walk


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_second` packets a second, of which `burst` may come at once; 0 a second lets none in.

    Raises `UsageError` for a rate beyond one packet a nanosecond and for an empty burst.
    """

    per_second: int
    burst: int

    def __post_init__(self) -> None:
        """Refuse what no bucket can keep."""
        if not 0 <= self.per_second <= SECOND:
            raise UsageError(f"a rate is 0 to {SECOND} packets a second, not {self.per_second}")
        if self.burst < 1:
            raise UsageError(f"a burst is 1 packet or more, not {self.burst}")


_USUAL, _BULK = Rate(10_000, 10_000), Rate(100_000, 100_000)


@dataclass(frozen=True, slots=True)
class ControlPlanePolicy:
    """The rate of each class of packets for the router itself; None: unlimited."""

    arp: Rate | None = _USUAL
    neighbor_discovery: Rate | None = _USUAL
    echo: Rate | None = _USUAL
    icmp: Rate | None = _USUAL
    ospf: Rate | None = _USUAL
    bgp: Rate | None = _BULK  # a whole table comes at once
    rip: Rate | None = _USUAL
    bfd: Rate | None = _BULK  # what is dropped here looks like a dead link
    local: Rate | None = _BULK
    options: Rate | None = _USUAL
    glean: Rate | None = _USUAL

    def rate(self, of: TrafficClass) -> Rate | None:
        """The rate of a class; each field is named as its class."""
        found: Rate | None = getattr(self, of.value)
        return found


DEFAULTS = ControlPlanePolicy()
UNLIMITED = ControlPlanePolicy(*[None] * len(TrafficClass))


class Policer:
    """One class at the door: its bucket, and how many came through and how many did not."""

    __slots__ = ("_bucket", "dropped", "passed", "rate")

    def __init__(self, rate: Rate | None) -> None:
        """Begin with a whole burst."""
        self.rate = rate
        self.passed = 0
        self.dropped = 0
        self._bucket = None if rate is None else TokenBucket(rate.per_second, rate.burst)

    def would_pass(self, now: int) -> bool:
        """Whether `passes` would say so; changes nothing."""
        return self._bucket is None or self._bucket.has_token(now)

    def passes(self, now: int) -> bool:
        """Whether a packet is within the rate, counted either way."""
        if self._bucket is None or self._bucket.take(now):
            self.passed += 1
            return True
        self.dropped += 1
        return False


class ControlPlane:
    """The policers of one router; those of a host let everything through uncounted."""

    def __init__(self, policy: ControlPlanePolicy, *, is_router: bool) -> None:
        """Take the rates from `policy`."""
        self.policers: dict[TrafficClass, Policer] = (
            {of: Policer(policy.rate(of)) for of in TrafficClass} if is_router else {}
        )

    def admits(self, of: TrafficClass, now: int, *, is_dry: bool = False) -> bool:
        """Whether a packet of a class may come in; a dry question spends and counts nothing."""
        policer = self.policers.get(of)
        if policer is None:
            return True
        return policer.would_pass(now) if is_dry else policer.passes(now)

    def snapshot(self) -> dict[str, dict[str, int]]:
        """What each class has met, as plain data; empty on a host."""
        return {
            of.value: {"passed": policer.passed, "dropped": policer.dropped}
            for of, policer in self.policers.items()
        }

    def refusal(self, of: TrafficClass) -> str:
        """What a trace says of a packet that was not admitted."""
        rate = self.policers[of].rate
        allowed = 0 if rate is None else rate.per_second
        return f"{of}: beyond {allowed} packets a second"


def police(walk: Walk, of: TrafficClass) -> End | None:
    """Drop a packet that came in and is beyond the rate of its class, silently."""
    control = walk.plane.control_plane
    if walk.is_ours or control.admits(of, walk.now, is_dry=walk.is_dry):
        return None
    walk.note("control plane", "{}", control.refusal(of), section=Reason.POLICED.section)
    return End(Reason.POLICED)
