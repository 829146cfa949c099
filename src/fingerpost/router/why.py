"""Why a prefix is forwarded as it is: the answers of all who had a say, put together.

Nothing here decides: the table explains its choice, each protocol what it was told by whom and
when, each channel what its policy did, the forwarding channel what was kept from forwarding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fingerpost.addr import Address, Prefix
from fingerpost.rib.instant_text import NO_CLOCK, Clock
from fingerpost.router.asking import export_model, forwarded, instances, table_of
from fingerpost.router.why_text import why_lines

if TYPE_CHECKING:
    from fingerpost.addr import AddressLike, PrefixLike
    from fingerpost.protocol.instance import Answer
    from fingerpost.rib.admission import Admission
    from fingerpost.rib.explain import RibTrace
    from fingerpost.rib.verdict import Verdict
    from fingerpost.router.routing import Routing
    from fingerpost.router.running import Running

_KEPT_OUT_LISTED = 8  # prefixes around an address that channels kept out of the table


@dataclass(frozen=True, slots=True)
class RouteWhy:
    """`rib` is the table's answer; `admissions` what became of routes on their way in, by source;
    `protocols` what each instance knows of the prefix, by name; `export` the verdict on the winner
    on its way to the forwarding table, None without a winner.
    """

    router: str
    table: str
    rib: RibTrace
    admissions: tuple[Admission, ...] = ()
    protocols: tuple[tuple[str, Answer], ...] = ()
    export: Verdict | None = None

    @property
    def is_forwarded(self) -> bool:
        """Whether packets are forwarded by the winner."""
        return self.export is not None and self.export.accepted

    def as_dict(self, clock: Clock = NO_CLOCK) -> dict[str, object]:
        """As plain data, for JSON; `docs/rib.md` tells the keys."""
        answers = [{"name": name, **answer.as_dict()} for name, answer in self.protocols]
        rib: dict[str, Any] = self.rib.as_dict()
        by_source = {one.source: one for one in self.admissions if one.prefix == self.rib.prefix}
        lost_to = next((one["route"]["source"] for one in rib["candidates"] if one["wins"]), None)
        for one in rib["candidates"]:
            source = one["route"]["source"]
            said = by_source.get(source)
            one["lost_to"] = lost_to if one["decision"] is not None else None
            one["changes"] = [] if said is None else [c.as_dict() for c in said.changes]
            if said is not None and said.verdict is not None:  # judged anew, with all details
                one["policy"] = [line.as_dict() for line in said.verdict.trace]
            one["messages"] = messages(answers, source, one["route"]["prefix"])
        return {
            "question": "why",
            "router": self.router,
            "table": self.table,
            "clock": clock.as_dict(),
            **rib,
            "kept_out": [one.as_dict() for one in self.admissions if one.is_kept_out],
            "forwarding": export_model(self.rib.winner, self.export),
            "protocols": answers,
        }

    def __str__(self) -> str:
        """As `why` prints it, instants as they are."""
        return "\n".join(why_lines(self.as_dict()))


def why(routing: Routing, asked: PrefixLike | AddressLike, table: str) -> RouteWhy:
    """Put the answer together; see `Routing.explain`."""
    trace = table_of(routing, table).explain(asked)
    running = instances(routing, table)
    admissions = tuple(
        one.channel.admission(prefix) for one in running for prefix in _meant(trace, one)
    )
    told = tuple(
        (one.name, one.machine.explain(prefix))
        for one in running
        for prefix in _concerned(trace, admissions, one.name)
    )
    export = forwarded(routing, table, trace)
    return RouteWhy(routing.name, table, trace, admissions, told, export)


def _concerned(trace: RibTrace, admissions: tuple[Admission, ...], name: str) -> list[Prefix]:
    """The prefixes that an instance is asked about: where it has a candidate, or one kept out."""
    found = [one.prefix for one in admissions if one.source == name and one.is_kept_out]
    if trace.prefix is not None and any(one.route.source == name for one in trace.candidates):
        found.insert(0, trace.prefix)
    return found


def _meant(trace: RibTrace, one: Running) -> list[Prefix]:
    """The prefixes whose admission belongs to the answer: its own, and longer ones kept out."""
    own = [] if trace.prefix is None else [trace.prefix]
    if "/" in trace.asked:
        return own or [Prefix(trace.asked)]
    least = -1 if trace.prefix is None else trace.prefix.length
    longer = [p for p in one.channel.kept_out(Address(trace.asked)) if p.length > least]
    return own + longer[:_KEPT_OUT_LISTED]


def messages(answers: list[dict[str, Any]], name: str, prefix: str) -> list[dict[str, object]]:
    """The messages by which the ways came that an instance uses for a prefix."""
    ways = [
        way
        for answer in answers
        if (answer["name"], answer["prefix"]) == (name, prefix)
        for way in answer["ways"]
    ]
    return [way["message"] for way in ways if way["wins"] and way["message"] is not None]
