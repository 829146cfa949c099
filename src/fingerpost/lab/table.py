"""Tables of running routers as values to look at: `net.tables()`, and `str` of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.fib import Fib
    from fingerpost.forwarding.route import Route

_SHORT = ("connected", "static")  # a routing process says more: connected:eth1, static:200


def protocol_of(route: Route) -> str:
    """Who put a route there, as `ip route` knows it: whatever the interface or distance."""
    kind = route.origin.partition(":")[0]
    return kind if kind in _SHORT else route.origin


def said(route: Route) -> str:
    """A route as `ip route` prints it behind its prefix."""
    metric = f" metric {found}" if (found := metric_of(route)) else ""
    return f"{route} proto {protocol_of(route)}{metric}"


def metric_of(route: Route) -> int:
    """The metric of who put it there; of a connected network it is 0."""
    return 0 if protocol_of(route) == _SHORT[0] else route.metric


@dataclass(frozen=True, slots=True)
class Table:
    """The table of one node at one instant, IPv4 first, in the order of prefixes."""

    node: str
    rows: tuple[tuple[Prefix, Route], ...]

    @classmethod
    def of(cls, node: str, fib: Fib[Route]) -> Table:
        """A copy of what is in a live table."""
        return cls(node, tuple(fib.items()))

    def __len__(self) -> int:
        """How many entries it has."""
        return len(self.rows)

    def __str__(self) -> str:
        """As `ip route` prints it."""
        return "\n".join(f"{prefix} {said(route)}" for prefix, route in self.rows)

    def __repr__(self) -> str:
        """How many there are."""
        return f"<table of {self.node}: {len(self):,} prefixes>"

    def _repr_html_(self) -> str:
        """For notebooks: a table."""
        rows = "".join(
            f"<tr><td>{escape(str(prefix))}</td><td>{escape(str(route))}</td>"
            f"<td>{escape(protocol_of(route))}</td><td>{metric_of(route) or ''}</td></tr>"
            for prefix, route in self.rows
        )
        head = "<tr><th>prefix</th><th>route</th><th>from</th><th>metric</th></tr>"
        return f"<table><caption>{escape(self.node)}</caption>{head}{rows}</table>"


class TablesShown(Mapping[str, Table]):
    """The tables of every node by name."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        """Hold them."""
        self._tables = dict(tables)

    def __getitem__(self, name: str) -> Table:
        """The table of a node."""
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        """The names, in the order of the lab."""
        return iter(self._tables)

    def __len__(self) -> int:
        """How many tables there are."""
        return len(self._tables)

    def __str__(self) -> str:
        """One after the other, each under its name."""
        return "\n\n".join(f"{name}:\n{table}" for name, table in self.items())

    def __repr__(self) -> str:
        """How much it is."""
        return f"<{len(self):,} tables, {sum(map(len, self.values())):,} prefixes>"

    def _repr_html_(self) -> str:
        """For notebooks: one table after the other."""
        return "".join(table._repr_html_() for table in self.values())
