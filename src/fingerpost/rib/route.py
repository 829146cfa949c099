"""`RibRoute`: what one source says about one prefix, as the rules of choice need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost.forwarding.route import Route, RouteKind
from fingerpost.rib.plain import plain

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.forwarding.route import NextHop
    from fingerpost.rib.verdict import Line


@dataclass(frozen=True, slots=True)
class RibRoute:
    """One route of one source. A source has at most one route for a prefix.

    `source` names the instance that says it ("rip", "static", "connected", "ospf:1"). `distance` is
    the trust in the source, less is better, 255 is never used; `metric` compares routes of one
    source only. `tag` is 32 bits that travel with the route. `attributes` are the protocol's own:
    never changed after the route was made, and shared by routes that have them in common.
    `learned_from` is the neighbour that said it, `since` the instant it came, in nanoseconds (0:
    the table puts the instant at which it hears of it). `lines` are those of the import policy that
    let it in. Routes that say the same are equal whenever they came and by whichever lines.
    """

    prefix: Prefix
    source: str
    distance: int
    metric: int
    next_hops: tuple[NextHop, ...]
    kind: RouteKind = RouteKind.UNICAST
    tag: int = 0
    attributes: Mapping[str, object] | None = field(default=None, hash=False)
    learned_from: Address | None = None
    since: int = field(default=0, compare=False)
    lines: tuple[Line, ...] = field(default=(), compare=False)

    def forwarding(self) -> Route:
        """The value of its prefix in a forwarding table."""
        return Route(self.next_hops, self.kind, self.source, self.metric)

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON; the policy lines are not in it."""
        attributes = self.attributes
        return {
            "prefix": str(self.prefix),
            "source": self.source,
            "distance": self.distance,
            "metric": self.metric,
            "tag": self.tag,
            "kind": self.kind.value,
            "next_hops": [hop.as_dict() for hop in self.next_hops],
            "attributes": None if attributes is None else plain(attributes),
            "learned_from": None if self.learned_from is None else str(self.learned_from),
            "since": self.since,
        }

    def __str__(self) -> str:
        """As `ip route` writes it."""
        body = str(self.forwarding())
        tag = f" tag {self.tag}" if self.tag else ""
        return f"{self.prefix} {body} proto {self.source} [{self.distance}/{self.metric}]{tag}"
