"""One session: the variables of RFC 5880 6.8.1, what is negotiated of them, and its counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from fingerpost.addr import Address
from fingerpost.bfd.authentication import Sequences
from fingerpost.bfd.config import BfdTimers
from fingerpost.bfd.constants import MICROSECOND, SLOW_NS
from fingerpost.bfd.state import Diagnostic, State

if TYPE_CHECKING:
    from fingerpost.bfd.faults import Fault
    from fingerpost.bfd.keys import Authentication
    from fingerpost.bfd.packet import ControlPacket


class SessionKey(NamedTuple):
    """Which session: a neighbour on an interface, or two addresses that are hops apart."""

    interface: str | None
    local: Address | None  # of a multihop session; elsewhere the interface tells enough
    remote: Address

    @property
    def is_multihop(self) -> bool:
        """Whether it is one of RFC 5883."""
        return self.interface is None

    def __str__(self) -> str:
        """For a sentence."""
        return f"{self.remote} on {self.interface}" if self.interface else str(self.remote)


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for one session, from the configuration and from those who ask for it."""

    timers: BfdTimers
    is_passive: bool = False
    authentication: Authentication | None = None
    is_shut_down: bool = False
    source: Address | None = None
    hops: int = 1


@dataclass(slots=True)
class Counters:
    """What one session heard and said."""

    packets_in: int = 0
    packets_out: int = 0
    polls_in: int = 0
    polls_out: int = 0  # sequences, however many packets each took
    ups: int = 0
    downs: int = 0
    faults: Counter[Fault] = field(default_factory=Counter)


@dataclass(slots=True)
class Remote:
    """What the neighbour said last. `discriminator` 0: it is not known, or not any more."""

    state: State = State.DOWN
    discriminator: int = 0
    diagnostic: int = 0
    multiplier: int = 0
    min_transmit_ns: int = 0
    min_receive_ns: int = MICROSECOND  # RFC 5880 6.8.1
    is_demanding: bool = False
    hears_us: bool = False
    heard: int | None = None  # an instant

    def forget(self) -> None:
        """It was not heard for a Detection Time (RFC 5880 6.8.1).

        Ours: the rate that it asked for is forgotten too, so that a 0 does not outlive it.
        """
        self.discriminator = 0
        self.min_receive_ns = MICROSECOND
        self.is_demanding = self.hears_us = False


@dataclass(slots=True)
class Timing:
    """bfd.DesiredMinTxInterval and bfd.RequiredMinRxInterval: what is said, and what is done.

    The latter lags behind while a Poll Sequence is under way (RFC 5880 6.8.3).
    """

    min_transmit_ns: int = SLOW_NS
    min_receive_ns: int = SLOW_NS
    transmit_in_effect_ns: int = SLOW_NS
    receive_in_effect_ns: int = SLOW_NS
    is_polling: bool = False
    owes_poll: bool = False  # values changed while one was under way

    def settle(self) -> None:
        """Do what is said; nobody is asked any more."""
        self.transmit_in_effect_ns = self.min_transmit_ns
        self.receive_in_effect_ns = self.min_receive_ns
        self.is_polling = self.owes_poll = False


@dataclass(slots=True, eq=False)
class Session:
    """One session. `discriminator` is ours, `sent` the last packet but for Poll and Final.

    `path_fault` says why nothing can be sent, `fault` why the last packet was refused. `drawn` is
    the chance in the time of the next packet. `leaves` marks one that nobody asks for any more.
    """

    key: SessionKey
    settings: Settings
    discriminator: int
    source_port: int
    sequences: Sequences
    since: int
    state: State = State.DOWN
    diagnostic: Diagnostic = Diagnostic.NONE
    remote: Remote = field(default_factory=Remote)
    timing: Timing = field(default_factory=Timing)
    path_fault: str | None = None
    fault: Fault | None = None
    sent: ControlPacket | None = None
    sent_at: int = 0
    drawn: int = 0
    leaves: bool = False
    fell: str = ""  # why it was left last, in words
    counters: Counters = field(default_factory=Counters)

    @property
    def transmit_ns(self) -> int:
        """The interval of what we send, before jitter (RFC 5880 6.8.2)."""
        return max(self.timing.transmit_in_effect_ns, self.remote.min_receive_ns)

    @property
    def detection_ns(self) -> int:
        """The Detection Time (RFC 5880 6.8.4); we are never in Demand mode ourselves."""
        agreed = max(self.timing.receive_in_effect_ns, self.remote.min_transmit_ns)
        return self.remote.multiplier * agreed

    @property
    def may_speak(self) -> bool:
        """Whether anything may be sent (RFC 5880 6.8.7)."""
        is_silent = self.settings.is_passive and not self.remote.discriminator
        return self.path_fault is None and not is_silent

    @property
    def is_demanded(self) -> bool:
        """Whether Demand mode is active on the remote system (RFC 5880 6.8.6)."""
        both_up = self.state is State.UP and self.remote.state is State.UP
        return self.remote.is_demanding and both_up

    @property
    def is_periodic(self) -> bool:
        """Whether packets go out by the clock (RFC 5880 6.8.7)."""
        if not self.may_speak or not self.remote.min_receive_ns:
            return False
        return self.timing.is_polling or not self.is_demanded
