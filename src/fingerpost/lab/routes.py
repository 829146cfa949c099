"""The forwarding table of every node of a lab, computed from its description.

The life of an entry: connected prefixes come from the addresses of live interfaces, static routes
from the file; a node with `routing: shortest` gets one route for every prefix of the lab, along the
shortest paths, with all next hops of equal cost. A connected prefix wins over a static route and
that over a computed one, as in a router; a route all of whose next hops lead out of dead interfaces
stands in no table. A failure recomputes nothing: static routes do not heal.

The prefixes are one native column for all nodes, and routes are shared, so that a thousand tables
of ten thousand entries are made in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from fingerpost.fib import Fib, PrefixColumn
from fingerpost.forwarding.route import NextHop, Route
from fingerpost.lab.failures import NONE, Failures
from fingerpost.lab.graph import Graph, Paths
from fingerpost.lab.model import Routing

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.lab.model import Lab, Node

ORIGIN = "shortest"


class Tables(Mapping[str, Fib[Route]]):
    """The table of each node by its name; computed when it is first asked for, and then kept.

    `failures` are seen by the table of the node beside them: a dead interface has no connected
    prefix, and no route goes out of it.
    """

    def __init__(self, lab: Lab, failures: Failures = NONE) -> None:
        """Computes nothing yet."""
        self.lab, self.failures = lab, failures
        self._made: dict[str, Fib[Route]] = {}
        self._shortest: _Shortest | None = None

    def __getitem__(self, name: str) -> Fib[Route]:
        """The table of a node; `KeyError` for a name that is none."""
        if name not in self._made:
            self._made[name] = self._make(self.lab.nodes[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        """The names of the nodes."""
        return iter(self.lab.nodes)

    def __len__(self) -> int:
        """Count the nodes, whether their tables are made or not."""
        return len(self.lab.nodes)

    def prefixes(self) -> set[Prefix]:
        """Every prefix that stands in any of the tables, without making one."""
        found: set[Prefix] = set()
        for node in self.lab.nodes.values():
            found.update(one.prefix for one in node.addresses())
            found.update(static.prefix for static in node.routes)
        return found

    def _make(self, node: Node) -> Fib[Route]:
        dead = self._dead(node)
        fib: Fib[Route] = Fib()
        if node.routing is Routing.SHORTEST and node.forwards:
            self._shortest = self._shortest or _Shortest(self.lab)
            self._shortest.fill(fib, node.name, dead)
        # what the node or the file has for a prefix stands there alone, dead or alive
        given = {one.prefix for one in node.loopback} | {one.prefix for one in node.routes}
        fib.apply(
            put=[
                (static.prefix, static.route)
                for static in node.routes
                if not is_dead(static.route, dead)
            ],
            drop=[prefix for prefix in given if prefix in fib],
        )
        fib.update(connected(node, dead))
        return fib

    def _dead(self, node: Node) -> frozenset[str]:
        if not self.failures:
            return frozenset()
        links = self.lab.link_by_name
        return frozenset(
            name
            for name, spec in node.interfaces.items()
            if spec.link is not None and self.failures.is_dead(links[spec.link], node.name)
        )


def is_dead(route: Route, dead: frozenset[str]) -> bool:
    """Whether every next hop of a route leads out of a dead interface."""
    return bool(route.next_hops) and all(hop.interface in dead for hop in route.next_hops)


def connected(node: Node, dead: frozenset[str] = frozenset()) -> dict[Prefix, Route]:
    """The prefixes of a node's live interfaces; of two interfaces in one subnet the first counts.

    The link-local prefix is on every link and in no table.
    """
    found: dict[Prefix, Route] = {}
    for name, spec in node.interfaces.items():
        route = Route((NextHop(name),), origin="connected")
        for one in spec.addresses:
            if name not in dead and not one.address.is_link_local:
                found.setdefault(one.prefix, route)
    return found


class _Shortest:
    """Routes along shortest paths: what all nodes share, and the values of one."""

    def __init__(self, lab: Lab) -> None:
        self._graphs = {version: Graph(lab, version) for version in (4, 6)}
        sites = _sites(lab, self._graphs[4].index)
        order = sorted(sites, key=lambda prefix: (prefix.version, min(len(sites[prefix]), 3)))
        self._column = PrefixColumn(order)
        self._order = order
        self._owners = {
            version: _Owners([sites[prefix] for prefix in order if prefix.version == version])
            for version in (4, 6)
        }
        # both families usually have the same links, and then one computation serves both
        self._is_one_graph = self._graphs[4].edges == self._graphs[6].edges

    def fill(self, fib: Fib[Route], name: str, dead: frozenset[str]) -> None:
        """Put the routes of one router; what it cannot reach, or only through `dead`, stays out."""
        source = self._graphs[4].index[name]
        values: list[Route] = []
        paths: Paths | None = None
        for version, graph in self._graphs.items():
            if paths is None or not self._is_one_graph:
                paths = graph.paths(source)
            routes = _Routes(graph.ways[source], dead)
            values += self._owners[version].values(paths, routes)
        fib.put_column(self._column, values)
        absent = [at for at, value in enumerate(values) if value is _ABSENT]
        if absent:
            fib.apply(drop=[self._order[at] for at in absent])


_ABSENT = Route(origin="absent")


class _Routes(dict[int, Route]):
    """The routes of one router by the set of their next hops, each made once."""

    def __init__(self, ways: list[NextHop], dead: frozenset[str]) -> None:
        super().__init__({0: _ABSENT})
        self._ways, self._dead = ways, dead

    def __missing__(self, bits: int) -> Route:
        hops = tuple(way for at, way in enumerate(self._ways) if bits >> at & 1)
        route = Route(hops, origin=ORIGIN)
        self[bits] = _ABSENT if is_dead(route, self._dead) else route
        return self[bits]


class _Owners:
    """Whose the prefixes of one family are: of one router, of two (links), of more (LANs).

    Two ends of a link are by far the most frequent case, so they have a loop of their own.
    """

    def __init__(self, owners: list[tuple[int, ...]]) -> None:
        self._single = [one[0] for one in owners if len(one) == 1]
        self._pairs = [(one[0], one[1]) for one in owners if len(one) == 2]
        self._more = [one for one in owners if len(one) > 2]

    def values(self, paths: Paths, routes: _Routes) -> list[Route]:
        """One route for each prefix, towards the nearest owner; to several equally near ones
        through the next hops of all. Its own prefixes a router does not reach: no first hop.
        """
        distance, hops = paths.distance, paths.hops
        of_node = [routes[bits] for bits in hops]
        values = [of_node[owner] for owner in self._single]
        for a, b in self._pairs:
            if distance[a] < distance[b]:
                values.append(of_node[a])
            elif distance[b] < distance[a]:
                values.append(of_node[b])
            else:
                values.append(routes[hops[a] | hops[b]])
        for several in self._more:
            nearest = min(distance[owner] for owner in several)
            bits = 0
            for owner in several:
                if distance[owner] == nearest:
                    bits |= hops[owner]
            values.append(routes[bits])
        return values


def _sites(lab: Lab, routers: Mapping[str, int]) -> dict[Prefix, tuple[int, ...]]:
    """Every prefix of the lab with the routers that stand in it, by index."""
    found: dict[Prefix, dict[int, None]] = {}
    for name, at in routers.items():
        node = lab.nodes[name]
        for one in node.addresses():
            if not one.address.is_link_local:
                found.setdefault(one.prefix, {})[at] = None
    return {prefix: tuple(owners) for prefix, owners in found.items()}
