"""What an operator says about BFD, with values as other daemons have them where no RFC has any."""

from __future__ import annotations

from dataclasses import dataclass, field

from fingerpost.addr import Address
from fingerpost.bfd.constants import LARGEST_US, MICROSECOND, SLOW_NS
from fingerpost.bfd.keys import Authentication
from fingerpost.errors import UsageError
from fingerpost.forwarding.durations import MILLISECOND


@dataclass(frozen=True, slots=True)
class BfdTimers:
    """bfd.DesiredMinTxInterval and bfd.RequiredMinRxInterval in nanoseconds, bfd.DetectMult."""

    min_transmit_ns: int = 300 * MILLISECOND
    min_receive_ns: int = 300 * MILLISECOND
    multiplier: int = 3

    def __post_init__(self) -> None:
        """Refuse what no packet can say."""
        for what, value in (
            ("min_transmit_ns", self.min_transmit_ns),
            ("min_receive_ns", self.min_receive_ns),
        ):
            if not 0 < value <= LARGEST_US * MICROSECOND or value % MICROSECOND:
                raise UsageError(
                    f"bfd {what} is {value}, expected whole microseconds from 1 to {LARGEST_US} "
                    "(RFC 5880 4.1)"
                )
        if not 1 <= self.multiplier <= 0xFF:
            raise UsageError(f"bfd multiplier is {self.multiplier}, expected 1 to 255")


@dataclass(frozen=True, slots=True)
class BfdInterface:
    """Sessions on one interface, unless `BfdPeer` says else of one.

    `is_passive`: a neighbour is answered and never spoken to first (RFC 5880 6.1).
    """

    name: str
    timers: BfdTimers = BfdTimers()
    is_passive: bool = False
    authentication: Authentication | None = None


@dataclass(frozen=True, slots=True)
class BfdPeer:
    """A session that an operator asks for, or has to say something of.

    `interface` None: where the network of the address is. `timers` None and `is_passive` None: as
    the interface has them, and so for `authentication` None. `is_shut_down` holds the session in
    AdminDown, whoever asks for it. `hops` more than 1: multihop (RFC 5883), from `local`.
    """

    address: Address
    interface: str | None = None
    local: Address | None = None
    timers: BfdTimers | None = None
    is_passive: bool | None = None
    authentication: Authentication | None = None
    is_shut_down: bool = False
    hops: int = 1

    def __post_init__(self) -> None:
        """Refuse an address that nobody has, and a multihop session without its own."""
        if self.address.is_multicast or self.address.is_unspecified:
            raise UsageError(f"bfd peer {self.address}: expected the address of a neighbor")
        if not 1 <= self.hops <= 255:
            raise UsageError(f"bfd peer {self.address}: {self.hops} hops, expected 1 to 255")
        if self.hops > 1 and self.local is None:
            raise UsageError(
                f"bfd peer {self.address} is {self.hops} hops away: give the local address"
            )
        if self.local is not None and self.local.version != self.address.version:
            raise UsageError(f"bfd peer {self.address}: {self.local} is of another IP version")


@dataclass(frozen=True, slots=True)
class BfdLimits:
    """Bounds of every table; what is beyond is refused, and counted."""

    sessions: int = 1024
    strangers: int = 64  # neighbours without a session, kept to explain


@dataclass(frozen=True, slots=True)
class BfdConfig:
    """One instance. `timers` are for interfaces that are not named.

    `epoch_ns` is what makes `now` nanoseconds since 1970, the clock of key lifetimes.
    """

    interfaces: tuple[BfdInterface, ...] = ()
    peers: tuple[BfdPeer, ...] = ()
    timers: BfdTimers = BfdTimers()
    limits: BfdLimits = BfdLimits()
    epoch_ns: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        """Refuse what is said twice."""
        names = [one.name for one in self.interfaces]
        if len(set(names)) < len(names):
            raise UsageError(f"bfd interfaces are {', '.join(names)}, expected each name once")
        peers = [(one.address, one.interface, one.local) for one in self.peers]
        for at, one in enumerate(peers):
            if one in peers[:at]:
                raise UsageError(f"bfd peer {one[0]} is there twice, expected it once")

    @property
    def silence_ns(self) -> int:
        """The longest until two ends that hear each other are Up: three slow packets."""
        return 3 * SLOW_NS

    @property
    def timeout_ns(self) -> int:
        """The longest Detection Time, if neighbours are told the same."""
        timers = [self.timers, *(one.timers for one in self.interfaces)]
        timers += [one.timers for one in self.peers if one.timers is not None]
        return max(one.multiplier * max(one.min_transmit_ns, one.min_receive_ns) for one in timers)

    def clock(self, now: int) -> int:
        """The time of day at an instant, in nanoseconds since 1970."""
        return now + self.epoch_ns
