"""What the author of a lab expects of it, to be judged by a run or on the tables.

`at_ns`: judge at that instant. `after_ns`: judge at that instant, after every later change of the
timeline, and at the end. Neither: at the end of the run. A destination is a node's name or an
address; a node is meant by its addresses as `Lab.targets` gives them, in every family it has.
"""

from __future__ import annotations

from dataclasses import dataclass

from fingerpost.forwarding.durations import MILLISECOND


@dataclass(frozen=True, slots=True)
class Moment:
    """When to judge, and the line of the file that asks for it (0: no file)."""

    at_ns: int | None = None
    after_ns: int | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Reachable:
    """A packet from `source` arrives at `destination`."""

    source: str
    destination: str
    moment: Moment = Moment()

    def __str__(self) -> str:
        """As the file writes it."""
        return f"reachable: {self.source} -> {self.destination}"


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No packet from `source` arrives at `destination`."""

    source: str
    destination: str
    moment: Moment = Moment()

    def __str__(self) -> str:
        """As the file writes it."""
        return f"unreachable: {self.source} -> {self.destination}"


@dataclass(frozen=True, slots=True)
class PathTaken:
    """A packet from the first node to the last passes exactly these, in this order."""

    nodes: tuple[str, ...]
    moment: Moment = Moment()

    def __str__(self) -> str:
        """As the file writes it."""
        return f"path: {' -> '.join(self.nodes)}"


@dataclass(frozen=True, slots=True)
class LostAtMost:
    """Of packets sent every `every_ns` from `source` to `destination`, at most `packets` are lost.

    They are sent from `moment.after_ns` (the start, if None) until `moment.at_ns` (the end).
    """

    packets: int
    source: str
    destination: str
    every_ns: int = 100 * MILLISECOND
    moment: Moment = Moment()

    def __str__(self) -> str:
        """As the file writes it."""
        return f"lost: at most {self.packets} packets from {self.source} to {self.destination}"


@dataclass(frozen=True, slots=True)
class NoLoop:
    """The tables send no packet, from wherever to whatever address of the lab, in a circle."""

    moment: Moment = Moment()

    def __str__(self) -> str:
        """As the file writes it."""
        return "no loop"


@dataclass(frozen=True, slots=True)
class RouteHeld:
    """The table of `node` leads to `target` as it is said here; what is None may be anything.

    `target`: a prefix is looked up as it stands, an address or node by the longest match. `via`:
    the next hops, all of them and no others, as nodes or addresses, in any order.
    """

    node: str
    target: str
    via: tuple[str, ...] | None = None
    metric: int | None = None
    protocol: str | None = None
    moment: Moment = Moment()

    def __str__(self) -> str:
        """As the file writes it."""
        via = "" if self.via is None else f" via {', '.join(self.via)}"
        metric = "" if self.metric is None else f" metric {self.metric}"
        protocol = "" if self.protocol is None else f" proto {self.protocol}"
        return f"route: {self.node} -> {self.target}{via}{metric}{protocol}"


@dataclass(frozen=True, slots=True)
class RouteMissing:
    """The table of `node` has no entry for `target`: no such prefix, or none that matches."""

    node: str
    target: str
    moment: Moment = Moment()

    def __str__(self) -> str:
        """As the file writes it."""
        return f"no route: {self.node} -> {self.target}"


Expectation = Reachable | Unreachable | PathTaken | LostAtMost | NoLoop | RouteHeld | RouteMissing
