"""What a router's own table says about a prefix: `ip route` and FRR."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fingerpost._core import Address


@dataclass(frozen=True, slots=True)
class NextHop:
    """One way out: by a gateway, an interface, or both. Of several, `weight` is the share."""

    gateway: Address | None = None
    interface: str | None = None
    weight: int = 1

    def __str__(self) -> str:
        """Say it as `ip route` does: `via 192.0.2.1 dev eth0`."""
        words = []
        if self.gateway is not None:
            words.append(f"via {self.gateway}")
        if self.interface is not None:
            words.append(f"dev {self.interface}")
        if self.weight != 1:
            words.append(f"weight {self.weight}")
        return " ".join(words)

    def as_dict(self) -> dict[str, Any]:
        """Give the fields that are set, ready for JSON."""
        known = {
            "gateway": None if self.gateway is None else str(self.gateway),
            "interface": self.interface,
            "weight": None if self.weight == 1 else self.weight,
        }
        return {name: value for name, value in known.items() if value is not None}


@dataclass(frozen=True, slots=True)
class RouteEntry:
    """A route of a kernel table or of FRR's RIB; None where the source does not say.

    `kind` is the kernel's route type (unicast, local, blackhole, unreachable, prohibit, ...).
    `others` are the routes for the same prefix that lost, best first; they have no `others`.
    `extra` holds the words of `ip route` that have no field here, as they stood.
    """

    kind: str = "unicast"
    protocol: str | None = None
    next_hops: tuple[NextHop, ...] = ()
    metric: int | None = None
    distance: int | None = None
    source: Address | None = None
    scope: str | None = None
    table: str = "main"
    extra: str = ""
    others: tuple[RouteEntry, ...] = ()

    @property
    def gateway(self) -> Address | None:
        """Gateway of the first next hop."""
        return self.next_hops[0].gateway if self.next_hops else None

    @property
    def interface(self) -> str | None:
        """Interface of the first next hop."""
        return self.next_hops[0].interface if self.next_hops else None

    def __str__(self) -> str:
        """Say it as `ip route` does, without the prefix."""
        words = [] if self.kind == "unicast" else [self.kind]
        if len(self.next_hops) == 1:
            words.append(str(self.next_hops[0]))
        if self.protocol is not None:
            words.append(f"proto {self.protocol}")
        if self.source is not None:
            words.append(f"src {self.source}")
        if self.distance is not None:
            words.append(f"distance {self.distance}")
        if self.metric is not None:
            words.append(f"metric {self.metric}")
        if len(self.next_hops) > 1:
            words.extend(f"nexthop {hop}" for hop in self.next_hops)
        return " ".join(words)

    def as_dict(self) -> dict[str, Any]:
        """Give the fields that are set, ready for JSON."""
        known = {
            "kind": self.kind,
            "protocol": self.protocol,
            "next_hops": [hop.as_dict() for hop in self.next_hops],
            "metric": self.metric,
            "distance": self.distance,
            "source": None if self.source is None else str(self.source),
            "scope": self.scope,
            "table": None if self.table == "main" else self.table,
            "extra": self.extra or None,
            "others": [other.as_dict() for other in self.others] or None,
        }
        return {name: value for name, value in known.items() if value is not None}


def best_first(entries: list[tuple[tuple[int, ...], RouteEntry]]) -> RouteEntry:
    """Choose the entry with the lowest rank, the first of equals; the rest become its `others`."""
    ordered = [entry for _, entry in sorted(entries, key=lambda ranked: ranked[0])]
    return replace(ordered[0], others=tuple(ordered[1:])) if len(ordered) > 1 else ordered[0]
