"""What a reachability check found out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.config.names import meant
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from fingerpost.addr import AddressLike

LISTED = 16  # destinations that a loop or blackhole lists; `count` says how many there are


class Outcome(IntFlag):
    """What becomes of a packet; several where branches of equal cost differ. 0: nobody asked."""

    DELIVERED = 1
    LOST = 2
    LOOPS = 4


@dataclass(frozen=True, slots=True)
class Loop:
    """Nodes that send packets in a circle, from the first again to the first.

    `destinations`: the first addresses whose packets circle here; `count`: how many there are.
    """

    nodes: tuple[str, ...]
    destinations: tuple[Address, ...]
    count: int

    def __str__(self) -> str:
        """As "a -> b -> a, to 10.0.0.1 and 3 others"."""
        return f"{' -> '.join((*self.nodes, self.nodes[0]))}, to {_some(self)}"


@dataclass(frozen=True, slots=True)
class Blackhole:
    """A node where packets end that should not, and why.

    `destinations`: the first addresses whose packets end here; `count`: how many there are.
    """

    node: str
    reason: str
    destinations: tuple[Address, ...]
    count: int

    def __str__(self) -> str:
        """As "b: no route, to 10.0.0.1 and 3 others"."""
        return f"{self.node}: {self.reason}, to {_some(self)}"


def _some(one: Loop | Blackhole) -> str:
    others = one.count - 1
    tail = f" and {others:,} other{'s' if others > 1 else ''}" if others else ""
    return f"{one.destinations[0]}{tail}"


@dataclass(frozen=True, slots=True)
class Path:
    """One way of a packet: the nodes it passes, what becomes of it, and why where it is lost.

    Of a loop the last node is the first one that comes a second time.
    """

    nodes: tuple[str, ...]
    outcome: Outcome
    reason: str = ""

    def __str__(self) -> str:
        """As "a -> b -> z" with the end of it where it is not delivered."""
        tail = {Outcome.LOST: f" lost: {self.reason}", Outcome.LOOPS: " and so on: a loop"}
        return " -> ".join(self.nodes) + tail.get(self.outcome, "")


@dataclass(frozen=True, slots=True, eq=False)
class Reachability:
    """Every source against every address of the lab.

    `outcomes[s, d]`: bits of `Outcome` for a packet of `sources[s]` to `destinations[d]`; 0 where
    the source has no address of that family, or is out of order. `pairs`: how many were asked;
    `reachable`: of how many every branch delivers; `partly`: only some.
    """

    sources: tuple[str, ...]
    destinations: tuple[Address, ...]
    outcomes: NDArray[np.uint8]
    pairs: int
    reachable: int
    partly: int
    loops: tuple[Loop, ...]
    blackholes: tuple[Blackhole, ...]
    owners: Mapping[Address, tuple[str, ...]]
    _next: Callable[[str, Address], tuple[tuple[str | None, str], ...]]

    @property
    def is_complete(self) -> bool:
        """Whether everybody reaches every address."""
        return self.reachable == self.pairs

    def outcome(self, source: str, destination: AddressLike) -> Outcome:
        """What becomes of packets from a node to an address of the lab."""
        if source not in self.sources:
            raise UsageError(f"no node {source!r}{meant(source, self.sources)}")
        address = Address(destination)
        if address not in self.owners:
            raise UsageError(f"{address} is no address of this lab")
        row, column = self.sources.index(source), self.destinations.index(address)
        return Outcome(int(self.outcomes[row, column]))

    def is_reachable(self, source: str, destination: AddressLike) -> bool:
        """Whether packets from a node to an address arrive, whichever branch they take."""
        return self.outcome(source, destination) is Outcome.DELIVERED

    def paths(self, source: str, destination: AddressLike, limit: int = 64) -> list[Path]:
        """Every way from a node to any address, at most `limit` of them."""
        if source not in self.sources:
            raise UsageError(f"no node {source!r}{meant(source, self.sources)}")
        address = Address(destination)
        found: list[Path] = []
        open_ways: list[tuple[str, ...]] = [(source,)]
        while open_ways and len(found) < limit:
            way = open_ways.pop()
            if way[-1] in self.owners.get(address, ()):
                found.append(Path(way, Outcome.DELIVERED))
            elif way[-1] in way[:-1]:
                found.append(Path(way, Outcome.LOOPS))
            else:
                for node, reason in reversed(self._next(way[-1], address)):
                    if node is None:
                        found.append(Path(way, Outcome.LOST, reason))
                    else:
                        open_ways.append((*way, node))
        return found[:limit]

    def as_dict(self) -> dict[str, object]:
        """The findings as plain data, for JSON."""
        return {
            "pairs": self.pairs,
            "reachable": self.reachable,
            "partly": self.partly,
            "loops": [{"nodes": list(one.nodes), **_listed(one)} for one in self.loops],
            "blackholes": [
                {"node": one.node, "reason": one.reason, **_listed(one)} for one in self.blackholes
            ],
        }

    def __repr__(self) -> str:
        """Say how much of it is reachable and what is wrong."""
        return (
            f"<Reachability: {self.reachable:,} of {self.pairs:,} pairs, "
            f"{len(self.loops):,} loops, {len(self.blackholes):,} blackholes>"
        )


def _listed(one: Loop | Blackhole) -> dict[str, object]:
    return {"destinations": [str(address) for address in one.destinations], "count": one.count}
