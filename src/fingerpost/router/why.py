"""Why a prefix is forwarded as it is, or not: the answers of all who had a say, put together.

Nothing here decides: the table explains its choice, each protocol what it was told by whom and
when, each channel what its policy did, the forwarding channel what was kept from forwarding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from fingerpost.addr import AddressLike, PrefixLike
    from fingerpost.rib.explain import RibTrace, WhyNot
    from fingerpost.rib.table import Rib
    from fingerpost.rib.verdict import Verdict
    from fingerpost.router.routing import Routing
    from fingerpost.router.running import Running


@dataclass(frozen=True, slots=True)
class RouteWhy:
    """`rib` is the table's answer; `protocols` what each instance knows of the prefix, by name;
    `export` the verdict on the winner on its way to the forwarding table, None without a winner.
    """

    rib: RibTrace
    protocols: tuple[tuple[str, object], ...] = ()
    export: Verdict | None = None

    def __str__(self) -> str:
        """As `why` prints it."""
        lines = [str(self.rib)]
        if self.export is not None:
            done = "forwarded by" if self.export.accepted else "not forwarded by"
            lines += [f"  {done}: {line}" for line in self.export.trace]
        for name, trace in self.protocols:
            lines.append(f"  {name} on {_indented(str(trace))}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class RouteWhyNot:
    """`rib` is the table's answer, `channels` the reasons of each source that it did not enter."""

    rib: WhyNot
    channels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    protocols: tuple[tuple[str, object], ...] = ()

    @property
    def used(self) -> bool:
        """Whether the question errs: it is used."""
        return self.rib.used

    def __str__(self) -> str:
        """As `why-not` prints it."""
        lines = [str(self.rib)]
        for name, reasons in self.channels:
            lines += [f"  {name}: {reason}" for reason in reasons]
        for name, trace in self.protocols:
            lines.append(f"  {name} on {_indented(str(trace))}")
        return "\n".join(lines)


def why(routing: Routing, asked: PrefixLike | AddressLike, table: str) -> RouteWhy:
    """Put the answer together; see `Routing.explain`."""
    trace = _rib(routing, table).explain(asked)
    if trace.prefix is None:
        return RouteWhy(trace)
    sources = {one.route.source for one in trace.candidates}
    concerned = [one for one in _of(routing, table) if one.name in sources]
    told = tuple((one.name, one.machine.explain(trace.prefix)) for one in concerned)
    winner = trace.winner
    export = None if winner is None else routing.forwarding[table].export_verdict(winner)
    return RouteWhy(trace, told, export)


def why_not(routing: Routing, prefix: PrefixLike, source: str | None, table: str) -> RouteWhyNot:
    """Put the answer together; see `Routing.explain_not`."""
    prefix = Prefix(prefix)
    found = _rib(routing, table).explain_not(prefix, source)
    concerned = [one for one in _of(routing, table) if source in (None, one.name)]
    channels = tuple((one.name, one.channel.explain_not(prefix)) for one in concerned)
    told = tuple((one.name, one.machine.explain(prefix)) for one in concerned)
    return RouteWhyNot(found, channels, () if found.used else told)


def _rib(routing: Routing, table: str) -> Rib:
    try:
        return routing.tables[table]
    except KeyError:
        known = ", ".join(routing.tables.tables)
        raise UsageError(f"{routing.name} has no table {table!r}; it has {known}") from None


def _of(routing: Routing, table: str) -> list[Running]:
    return [one for one in routing.protocols.values() if one.config.table == table]


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")
