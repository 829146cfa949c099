"""`Instance`: one routing protocol that runs, as its router and its host see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.protocol.events import Event, Output
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.verdict import Filter


@dataclass(frozen=True, slots=True)
class UdpPort:
    """It hears and speaks UDP on this port; `family` is 4 or 6."""

    family: int
    port: int


@dataclass(frozen=True, slots=True)
class RawIp:
    """It hears and speaks IP packets of this protocol number; `family` is 4 or 6."""

    family: int
    protocol: int


Listening: TypeAlias = UdpPort | RawIp


class Instance(Protocol):
    """A state machine without I/O: `receive` is the one way in, `next_deadline` asks about time."""

    @property
    def listens(self) -> tuple[Listening, ...]:
        """What the host has to open for it."""
        ...

    def receive(self, event: Event, now: int) -> Sequence[Output]:
        """Take an event; gives what is to be done, in order. Raises nothing for any packet."""
        ...

    def next_deadline(self) -> int | None:
        """The instant at which `TimePassed` is owed; None if nothing waits."""
        ...

    def snapshot(self, now: int | None = None) -> Mapping[str, object]:
        """All that is known, as plain data in a stable order, for JSON.

        `now` is the instant of the last event if it is not said.
        """
        ...

    def explain(self, prefix: Prefix) -> Answer:
        """Why a prefix is as it is here: who said what, when, and which rule decided.

        Its data have the keys `protocol`, `prefix`, `state`, `rule`, `since` (an instant or None)
        and `ways`: for each way to the prefix `wins`, `origin`, `metric`, `tag`, `neighbor`,
        `gateway`, `interface`, `rule` (why it lost, or None) and `message`, the message that it
        came by, or None: `kind`, `received` (an instant), and what it said as `fields`; perhaps
        `details`, what the way rests on, a line each. Perhaps `ignored`: who speaks and is not
        heard, each with `interface`, `address`, `reason`, and the instant `heard`.
        """
        ...

    def explain_told(self, prefix: Prefix, offered: RibRoute | None) -> Answer:
        """What neighbours are told of a prefix, and why so; `offered` is what the table tells us.

        Its data have the keys `protocol`, `prefix`, `reason` (why nobody is told, or None) and
        `places`: for each interface or neighbour `place`, `is_told` (that it can be reached by
        us), `fields` (what is said, empty for nothing) and `reason`. A place that may be
        told of several ways stands there once for each.
        """
        ...

    def policies(self) -> Iterable[tuple[str, Filter]]:
        """The policies that it asks by itself, each with the place where it stands."""
        ...


@runtime_checkable
class Restartable(Protocol):
    """An instance whose neighbours wait for it while it restarts."""

    @property
    def may_restart(self) -> bool:
        """Whether it would ask them to."""
        ...

    @property
    def is_restarting(self) -> bool:
        """Whether it goes on by what was there before, and announces nothing yet."""
        ...

    @property
    def is_prepared(self) -> bool:
        """After `RestartRequested`: whether all of them know."""
        ...

    def keep(self) -> Mapping[str, object] | None:
        """What its `settings.Resumption` shall have, for JSON; None if nobody waits."""
        ...


@runtime_checkable
class Departing(Protocol):
    """An instance that lets others go round it before it ends."""

    @property
    def gives_way_ns(self) -> int:
        """How long before its end it wants `EndAnnounced`; 0: it needs no time."""
        ...


class Answer(Protocol):
    """Reasons as plain data, and as the text that is made of these."""

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        ...
