"""One packet on its way through the stages: what is known so far, and what each stage said."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from fingerpost.forwarding.trace import Candidate, Step, Trace

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.fault import Owed
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.packet import Packet
    from fingerpost.forwarding.reason import Reason
    from fingerpost.forwarding.route import NextHop, Route
    from fingerpost.wire.ipv4_options import Ipv4Option


class Cast(Enum):
    """To whom the link addressed the frame."""

    UNICAST = "unicast"
    MULTICAST = "multicast"
    BROADCAST = "broadcast"


class End(NamedTuple):
    """A stage's verdict that the packet goes no further, and what its sender is owed."""

    reason: Reason
    owed: Owed | None = None


@dataclass(slots=True)
class Walk:
    """The state that stages share. `interface` is None for packets that we send ourselves.

    `is_dry`: nobody is told, nothing is counted, queued or remembered; `why` walks so.
    `keeps_losers`: the table's entries that matched and lost are collected for the trace.
    `is_answer`: the plane made the packet itself, because of another one; nobody is told about it.
    """

    plane: Forwarder
    packet: Packet
    now: int
    out: list[Output]
    interface: Interface | None = None
    cast: Cast = Cast.UNICAST
    is_dry: bool = False
    keeps_losers: bool = False
    is_answer: bool = False
    # what the stages found
    prefix: Prefix | None = None
    route: Route | None = None
    next_hops: tuple[NextHop, ...] = ()
    egress: Interface | None = None
    gateway: Address | None = None
    destination: Address = field(init=False)  # where it goes next; a source route changes it
    options: tuple[Ipv4Option, ...] = ()  # those that are looked at again on the way out
    source_routed: bool = False  # an address of ours was the next one of its source route
    was_fragment: bool = False
    forced_egress: str | None = None  # our own packet that must leave there
    pinned: NextHop | None = None  # our own packet that carries the address of this way out
    data: bytes = b""  # the packet as it goes out
    pieces: tuple[bytes, ...] = ()  # one, or its fragments
    steps: list[Step] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    answers: list[Trace] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin on the way to the destination that the header names."""
        self.destination = self.packet.destination

    @property
    def is_ours(self) -> bool:
        """Whether we send it ourselves."""
        return self.interface is None

    @property
    def came_in(self) -> str | None:
        """The name of the interface it came in on."""
        return self.interface.name if self.interface is not None else None

    def note(self, stage: str, pattern: str, *values: object, section: str = "") -> None:
        """Record what a stage saw and decided; `pattern` is for `str.format`, made when read."""
        self.steps.append(Step(stage, pattern, values, section))

    def trace(self, end: Reason) -> Trace:
        """The walk as a value."""
        return Trace(
            self.now,
            self.plane.name,
            self.came_in,
            self.packet,
            tuple(self.steps),
            end,
            self.egress.name if self.egress is not None else None,
            self.gateway,
            tuple(self.candidates),
            tuple(self.answers),
        )
