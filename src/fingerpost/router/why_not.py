"""Why a prefix is not used, from the other end: each source in turn, then the way out.

For every source that could have a route it is told how far that came: not received, refused by the
import policy, held back by the limit, lost to another, without a next hop that leads somewhere.
Then, whether packets are forwarded by the winner, and which protocols tell it to whom.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.errors import UsageError
from fingerpost.rib.distance import kind_of
from fingerpost.rib.instant_text import NO_CLOCK, Clock
from fingerpost.router.asking import export_model, forwarded, instances, table_of
from fingerpost.router.ending import End, Ending, endings
from fingerpost.router.told import Told, told_by
from fingerpost.router.why_not_text import why_not_lines

if TYPE_CHECKING:
    from fingerpost.addr import PrefixLike
    from fingerpost.rib.explain import RibTrace
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.verdict import Verdict
    from fingerpost.router.routing import Routing


@dataclass(frozen=True, slots=True)
class RouteWhyNot:
    """`rib` is the table's answer, `endings` one a source, `export` the verdict on the winner on
    its way to the forwarding table, `told` what protocols tell of it, `instead` what is used for
    the addresses of a prefix that is not. `source` and `to` are those that were asked about.
    """

    router: str
    table: str
    rib: RibTrace
    source: str | None = None
    to: str | None = None
    endings: tuple[Ending, ...] = ()
    export: Verdict | None = None
    told: tuple[Told, ...] = ()
    instead: RibRoute | None = None

    @property
    def used(self) -> bool:
        """Whether the question errs: packets are forwarded by it."""
        return self.outcome == "used"

    @property
    def outcome(self) -> str:
        """`used`, `not forwarded` (chosen, but kept from the forwarding table), or `not used`."""
        if not any(one.end is End.USED for one in self.endings):
            return "not used"
        is_forwarded = self.export is not None and self.export.accepted
        return "used" if is_forwarded else "not forwarded"

    @property
    def told_outcome(self) -> str | None:
        """`told`, `told to some` or `not told`, where a protocol was asked about."""
        if self.to is None:
            return None
        places = [place for one in self.told for place in one.places]
        reached = {place["place"] for place in places if place["is_told"]}
        is_all = reached.issuperset(place["place"] for place in places)
        return "not told" if not reached else "told" if is_all else "told to some"

    def as_dict(self, clock: Clock = NO_CLOCK) -> dict[str, object]:
        """As plain data, for JSON; `docs/rib.md` tells the keys."""
        winner, instead = self.rib.winner, self.instead
        return {
            "question": "why-not",
            "router": self.router,
            "table": self.table,
            "clock": clock.as_dict(),
            "asked": self.rib.asked,
            "source": self.source,
            "to": self.to,
            "outcome": self.outcome,
            "told_outcome": self.told_outcome,
            "winner": None if winner is None else winner.as_dict(),
            "text": None if winner is None else str(winner),
            "sources": [one.as_dict() for one in self.endings],
            "unresolved": [step.as_dict() for step in self.rib.chain if not step.next_hops],
            "forwarding": export_model(winner, self.export),
            "instead": None if instead is None else instead.as_dict(),
            "instead_text": None if instead is None else str(instead),
            "told": [one.as_dict() for one in self.told],
        }

    def __str__(self) -> str:
        """As `why-not` prints it, instants as they are."""
        return "\n".join(why_not_lines(self.as_dict()))


def why_not(
    routing: Routing, prefix: PrefixLike, source: str | None, table: str, to: str | None
) -> RouteWhyNot:
    """Put the answer together; see `Routing.explain_not`."""
    prefix = Prefix(prefix)
    trace = table_of(routing, table).explain(prefix)
    found = endings(routing, prefix, table, trace)
    meant = tuple(one for one in found.values() if _is_of(one.source, source))
    if source is not None and not meant:
        there = ", ".join(found) or "none"
        reason = f"no source {source} has or could have it; there is {there}"
        meant = (Ending(source, End.ABSENT, reason),)
    return RouteWhyNot(
        routing.name,
        table,
        trace,
        source,
        to,
        meant,
        forwarded(routing, table, trace),
        _told(routing, trace, source, table, to),
        None if trace.winner is not None else _around(routing, prefix, table),
    )


def _is_of(source: str, asked: str | None) -> bool:
    """Whether a source is the one that was asked about; "connected" means all of its kind."""
    return asked is None or asked in (source, kind_of(source))


def _told(
    routing: Routing, trace: RibTrace, source: str | None, table: str, to: str | None
) -> tuple[Told, ...]:
    """What the protocol `to` tells; of all where the question is about a prefix that is used."""
    running = instances(routing, table)
    if to is not None:
        known = ", ".join(one.name for one in running) or "none"
        running = [one for one in running if one.name == to]
        if not running:
            raise UsageError(f"table {table} has no protocol {to!r}; it has {known}")
    elif trace.winner is None or source is not None:
        return ()
    return tuple(told_by(one, Prefix(trace.asked), trace.winner) for one in running)


def _around(routing: Routing, prefix: Prefix, table: str) -> RibRoute | None:
    """The best route of the longest usable prefix around one."""
    rib = table_of(routing, table)
    found = (rib.best(one) for one in prefix.supernets())
    return next((best for best in found if best is not None), None)
