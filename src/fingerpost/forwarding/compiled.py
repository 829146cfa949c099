"""A forwarding plane as the fast path's columns: groups, adjacencies, ports, special addresses.

A route becomes a group: all routes that lead the same way are one, so that the compiled table has
few answers and is small. An equal-cost route becomes the buckets of its prefix, the very ones that
the pipeline asks, so both choose alike. What the fast path cannot decide becomes a group, or an
adjacency without station, that hands packets up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from fingerpost.forwarding.fastpath import Adjacency, FastPath, Group, Port
from fingerpost.forwarding.interface import ReversePath, Role
from fingerpost.forwarding.route import RouteKind
from fingerpost.forwarding.special import special_ranges

if TYPE_CHECKING:
    from fingerpost._core import FrozenTable
    from fingerpost.addr import Address, Prefix
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.route import NextHop, Route

    _Target: TypeAlias = tuple[str, Address]


@dataclass(frozen=True, slots=True)
class Ways:
    """Where all routes lead: the compiled table, its groups, the neighbours that they name."""

    table: FrozenTable
    groups: list[Group]
    leads_back: list[frozenset[str]]  # by group, for the reverse path
    targets: list[_Target | None]  # by adjacency
    ports: list[int]  # by adjacency


class Compiler:
    """Makes fast paths of one plane; what has not changed since the last one is kept.

    While `is_current`, the last fast path decides as the pipeline does. It looks at the table, the
    interfaces with their addresses, and the neighbours.
    """

    def __init__(self, plane: Forwarder) -> None:
        """Compile nothing yet."""
        self._plane = plane
        self._state: tuple[Any, ...] = ()
        self._ways_state: tuple[Any, ...] = ()
        self._ways: Ways | None = None

    @property
    def is_current(self) -> bool:
        """Whether nothing has changed since the last fast path was made."""
        return bool(self._state) and all(
            new is old or new == old for new, old in zip(self._look(), self._state, strict=True)
        )

    def _look(self) -> tuple[Any, ...]:
        plane = self._plane
        interfaces = tuple(plane.interfaces.values())
        return (
            plane.fib, plane.fib.generation, interfaces, plane.own,
            plane.neighbors.cache.generation,
        )  # fmt: skip

    def fast_path(self) -> FastPath:
        """Make a fast path of the plane as it is. Port i is interface i in the plane's order."""
        plane, state = self._plane, self._look()
        interfaces = list(plane.interfaces.values())
        ways_state = (*state[:2], [(i.name, i.is_up) for i in interfaces])
        if self._ways is None or ways_state != self._ways_state:
            self._ways, self._ways_state = _Routes(plane).compiled(), ways_state
        ways = self._ways
        adjacencies = [
            Adjacency(port, _station(plane, target))
            for port, target in zip(ways.ports, ways.targets, strict=True)
        ]
        neighbours = []
        places = {interface.name: at for at, interface in enumerate(interfaces)}
        for known in plane.neighbors.snapshot():
            mac = _station(plane, (known.interface, known.address))
            if mac is not None and known.interface in places:
                adjacencies.append(Adjacency(places[known.interface], mac))
                neighbours.append((known.address, len(adjacencies)))
        has_border = any(interface.role is Role.BORDER for interface in interfaces)
        obeys = plane.policy.obeys_registries
        self._state = state
        return FastPath(
            ways.table,
            [_port(plane, interface, ways.leads_back) for interface in interfaces],
            adjacencies,
            ways.groups,
            special=special_ranges(plane.own, obeys_registries=obeys, has_border=has_border),
            neighbours=neighbours,
            seed=plane.seed,
        )


def _station(plane: Forwarder, target: _Target | None) -> bytes | None:
    """The station of a neighbour that needs no asking: NUD has nothing to do for a packet."""
    entry = None if target is None else plane.neighbors.cache.find(*target)
    return entry.mac if entry is not None and entry.is_settled else None


def _port(plane: Forwarder, interface: Interface, leads_back: list[frozenset[str]]) -> Port:
    return Port(
        interface.mac,
        interface.mtu,
        interface.role is Role.BORDER,
        _sources(plane, interface, leads_back),
    )


def _sources(
    plane: Forwarder, interface: Interface, leads_back: list[frozenset[str]]
) -> frozenset[int] | None:
    """The groups that sources may have (RFC 3704 2.2, 2.4); none where nothing is forwarded."""
    if not (plane.forwards and interface.forwards and interface.is_up):
        return frozenset()
    match interface.reverse_path:
        case ReversePath.OFF:
            return None
        case ReversePath.LOOSE:
            return frozenset(at for at, ways in enumerate(leads_back, 1) if ways)
        case ReversePath.STRICT:
            return frozenset(at for at, ways in enumerate(leads_back, 1) if interface.name in ways)


class _Routes:
    """From routes to groups, each kind of way once."""

    def __init__(self, plane: Forwarder) -> None:
        self._plane = plane
        self._places = {name: at for at, name in enumerate(plane.interfaces)}
        self._groups: dict[object, int] = {}
        self._adjacencies: dict[object, int] = {}
        self._listed: list[Group] = []
        self._leads_back: list[frozenset[str]] = []
        self._targets: list[_Target | None] = []
        self._ports: list[int] = []

    def compiled(self) -> Ways:
        """Go through the table as it is now."""
        fib = self._plane.fib.copy()  # prefixes and values of one moment
        prefixes, routes = fib.columns()
        known: dict[int, int | None] = {}
        indices = []
        for prefix, route in zip(prefixes, routes, strict=True):
            group = known.get(id(route))
            if group is None:
                group, is_shared = self._group(prefix, route)
                known[id(route)] = group if is_shared else None
            indices.append(group)
        table = fib.freeze_as(indices, list(range(len(self._listed) + 1)))
        return Ways(table, self._listed, self._leads_back, self._targets, self._ports)

    def _group(self, prefix: Prefix, route: Route) -> tuple[int, bool]:
        """The group of a route, and whether every prefix with this route has it."""
        if route.kind is not RouteKind.UNICAST:
            return self._numbered(Group(), frozenset()), True
        plane = self._plane
        hops = plane.resolved(route)
        back = frozenset(hop.interface for hop in hops if hop.interface is not None)
        usable = [hop for hop in hops if plane.is_usable(hop)]
        if len(usable) > 1:
            owners = plane.buckets(prefix, tuple(usable)).owners
            numbers = {id(hop): self._adjacency(hop) for hop in owners}
            buckets = tuple(numbers[id(hop)] for hop in owners)
            return self._numbered(Group(buckets), back), False
        if not usable:
            return self._numbered(Group(), back), True
        (hop,) = usable
        if hop.gateway is not None:
            return self._numbered(Group((self._adjacency(hop),)), back), True
        assert hop.interface is not None  # `is_usable` says so
        return self._numbered(Group(connected=self._places[hop.interface]), back), True

    def _numbered(self, group: Group, back: frozenset[str]) -> int:
        key = (group, back)
        if key not in self._groups:
            self._listed.append(group)
            self._leads_back.append(back)
            self._groups[key] = len(self._listed)
        return self._groups[key]

    def _adjacency(self, hop: NextHop) -> int:
        """The number of a neighbour; the stations on a link itself have none, so no station."""
        assert hop.interface is not None  # `is_usable` says so
        key = (hop.interface, hop.gateway)
        if key not in self._adjacencies:
            target = None if hop.gateway is None else (hop.interface, hop.gateway)
            self._targets.append(target)
            self._ports.append(self._places[hop.interface])
            self._adjacencies[key] = len(self._ports)
        return self._adjacencies[key]
