"""A prefix as RIP knows it: what we tell of our own, and what neighbours offer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from fingerpost.rip.constants import INFINITY
from fingerpost.rip.route_state import State

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.forwarding.route import NextHop
    from fingerpost.rib.route import RibRoute
    from fingerpost.rip.dialect import Offer


class Origin(Enum):
    """Why we tell a prefix of our own, first things first."""

    CONNECTED = "connected"  # a network of an interface that speaks RIP
    DEFAULT = "default"  # default_metric
    REDISTRIBUTED = "redistributed"


@dataclass(frozen=True, slots=True)
class Local:
    """A prefix that is told because of us; `next_hops` are where it leads.

    `yields`: its source is trusted less than RIP, so it is told only while nobody offers a way.
    """

    origin: Origin
    metric: int = 1
    tag: int = 0
    source: str = "connected"
    next_hops: tuple[NextHop, ...] = ()
    yields: bool = False

    def beats(self, metric: int) -> bool:
        """Whether it wins against what neighbours offer: they must be better (RFC 2453 3.9.2).

        Nobody knows the network of a link of ours better than we, whatever it costs.
        """
        if self.yields:
            return metric >= INFINITY
        return self.metric <= metric or self.origin is Origin.CONNECTED


@dataclass(slots=True, eq=False)
class Path:
    """One router that offers a prefix, heard from at `heard`; `metric` has the cost added.

    `due` is its timeout, which `Deadlines` keeps; `said` is what the message had in it.
    """

    prefix: Prefix
    interface: str
    neighbor: Address
    gateway: Address
    metric: int
    tag: int
    heard: int
    due: int | None = None
    said: Offer | None = None


@dataclass(slots=True)
class RefusedOffer:
    """An offer that did not win, and why; kept for those who ask."""

    interface: str
    neighbor: Address
    metric: int = INFINITY
    best: int = INFINITY
    rule: str = ""
    instant: int = 0
    said: Offer | None = None


@dataclass(slots=True, eq=False)
class Entry:
    """All that is known of one prefix.

    `metric` and `tag` are those of the learned route, 16 where there is none. `lost_local` says
    that we told it and do not any more; it is told with metric 16 until the garbage time ends.
    `due` is the end of that time, here or of the learned route, which `Deadlines` keeps.
    """

    prefix: Prefix
    state: State = State.ABSENT
    paths: list[Path] = field(default_factory=list)
    metric: int = INFINITY
    tag: int = 0
    locals: dict[str, Local] = field(default_factory=dict)
    lost_local: bool = False
    since: int = 0
    due: int | None = None
    announced: RibRoute | None = None
    refused: dict[tuple[str, Address], RefusedOffer] = field(default_factory=dict)

    @property
    def local(self) -> Local | None:
        """What we say of our own; the first of the origins, then the lower metric."""
        if not self.locals:
            return None
        return min(self.locals.values(), key=lambda one: (_RANK[one.origin], one.metric))

    @property
    def ours(self) -> Local | None:
        """What we say of our own where that wins (`beats`)."""
        local = self.local
        return local if local is not None and local.beats(self.metric) else None

    @property
    def told(self) -> tuple[int, int]:
        """Metric and tag as they are told."""
        said = self.ours or self
        return said.metric, said.tag

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to tell."""
        return self.state is State.ABSENT and not self.locals and not self.lost_local


_RANK = {origin: rank for rank, origin in enumerate(Origin)}
