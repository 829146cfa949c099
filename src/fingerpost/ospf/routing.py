"""`Routing`: from the database to routes, as often as the back-off allows (RFC 2328 16, RFC 8405).

A change of the database, of our interfaces or of the configuration asks for a calculation;
`backoff` says when. The calculation itself is the core's: it takes what changed from the database
and does no more than that needs. What comes out goes to the routing table by groups (`announcing`),
and a border router hears which prefixes and routers changed, to tell them to other areas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost._core import RouteCalculator
from fingerpost.ospf.announcing import EVERYTHING, Announcer, Result, routes_family
from fingerpost.ospf.backoff import Backoff
from fingerpost.ospf.config import AreaKind
from fingerpost.ospf.first_hops import addresses, connected, first_hops
from fingerpost.ospf.origination.flags import has_backbone
from fingerpost.ospf.spf_log import SpfLog
from fingerpost.ospf.virtual_paths import virtual_path
from fingerpost.rib.events import WithdrawRoutes

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.config import OspfConfig
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.origination.originator import Originator
    from fingerpost.rib.events import RoutesChanged

KINDS = {AreaKind.NORMAL: 0, AreaKind.STUB: 1, AreaKind.NSSA: 2}
FLAT = ("nothing", "prefixes")  # kinds of calculations that leave all trees as they are
DATABASE, NEIGHBORS, CONFIGURATION = "database", "neighbors", "configuration"


class Routing:
    """The routes of one instance, and what they mean for its LSAs."""

    def __init__(self, ospf: Ospf, originator: Originator) -> None:
        """There is no route."""
        config = ospf.config
        self._ospf = ospf
        self._originator = originator
        self.family = routes_family(config, ospf.version)
        self.calculator = RouteCalculator(ospf.version, ospf.router_id, self.family)
        self.backoff = Backoff(config.throttle)
        self.log = SpfLog(config.limits.events)
        self.announcer = Announcer(config, ospf.version, self.family, ospf.by_number)
        self._areas: dict[int, Area] = {}  # those that the calculator knows, by scope
        self._has_begun = False  # those who tell others know what we are
        self._discards: dict[Prefix, tuple[int, int]] = {}
        self._is_moved = True  # interfaces or neighbours are others than the calculator knows
        self._known: dict[tuple[int, int], object] = {}  # the address of a neighbour
        self._reasons: dict[str, None] = {}
        self._since = 0

    # ---- what has changed

    def database_changed(self, now: int) -> None:
        """The database holds something that was not looked at."""
        if self._is_moved or len(self._areas) != len(self._ospf.areas):
            self._attach()
        if self._ospf.version == 3:
            self._originator.links_heard(now)
        self._change(DATABASE, now)

    def neighbors_changed(self, now: int) -> None:
        """The first hops may have changed.

        That alone asks for no calculation: with it comes an LSA that does, mostly our own. Only an
        address that is another than before has no LSA.
        """
        self._is_moved = True
        self.announcer.forget_ways()
        for area in self._ospf.areas.values():
            for interface in area.interfaces.values():
                for neighbor in interface.neighbors.values():
                    place = (interface.number, neighbor.router_id)
                    before = self._known.get(place)
                    if before is not None and before != neighbor.address:
                        self._change(NEIGHBORS, now)

    def configuration_changed(self, before: OspfConfig, now: int) -> None:
        """`Ospf.config` holds another configuration."""
        config = self._ospf.config
        self.backoff.throttle = config.throttle
        self.announcer.configure(config)
        self.standing_changed(now)
        if before.distance != config.distance or before.distances != config.distances:
            self._announce_all(now)

    def standing_changed(self, now: int) -> None:
        """We are a border router now or no more, or areas are others."""
        self._is_moved = True
        self._has_begun = False
        self._change(CONFIGURATION, now)

    def routes_changed(self, event: RoutesChanged, now: int) -> None:
        """The routing table tells us of routes of others."""
        self._originator.routes_changed(event, now)

    def _change(self, reason: str, now: int) -> None:
        if not self._reasons:
            self._since = now
        self._reasons[reason] = None
        self.backoff.change(now)

    # ---- time

    def next_deadline(self) -> int | None:
        """When there is something to do."""
        return self.backoff.next_deadline()

    def pass_time(self, now: int) -> None:
        """Calculate, if it is time."""
        if self.backoff.is_due(now):
            self._calculate(now)

    def shut_down(self, now: int) -> None:
        """Take all our routes out of the routing table."""
        del now
        everything = EVERYTHING[self.family]
        held = [prefix for prefix, _ in self.calculator.routes_in(everything)]
        held += self._discards
        if held:
            self._ospf.put(WithdrawRoutes(self.announcer.source, tuple(held)))

    # ---- the calculation

    def _calculate(self, now: int) -> None:
        if self._is_moved:
            self._attach()
            self._move(now)
        calculated = self.calculator.run(self._ospf.database)
        result = Result.of(calculated)
        reasons = tuple(self._reasons)
        self._reasons.clear()
        self.log.add(calculated, result, now, self._since, reasons)
        for one in self.announcer.announcements(result, now):
            self._ospf.put(one)
        if calculated.kind not in FLAT or not self._has_begun:
            self._move_virtual_links(now)
        self._pass_on(result, now)

    def _pass_on(self, result: Result, now: int) -> None:
        """Let those hear of it who tell others, and discard what ranges promise too much."""
        if self._has_begun:
            self._originator.calculated(self.calculator, result, now)
        else:
            self._has_begun = True
            self._originator.begin(self.calculator, now)
        self._discard(now)

    def _discard(self, now: int) -> None:
        """Have a route that goes nowhere for each active range (RFC 2328 11.1)."""
        before = self._discards
        summaries = self._originator.border.summaries
        wanted = {
            prefix: (area, cost)
            for area, prefix, cost in summaries.active_ranges()
            if self.calculator.route(prefix) is None
        }
        if wanted == before:
            return
        self._discards = wanted
        gone = [prefix for prefix in before if prefix not in wanted]
        gone = [prefix for prefix in gone if self.calculator.route(prefix) is None]
        if gone:
            self._ospf.put(WithdrawRoutes(self.announcer.source, tuple(gone)))
        for prefix, (area, cost) in wanted.items():
            if before.get(prefix) != (area, cost):
                self._ospf.put(self.announcer.discard(prefix, area, cost, now))

    def _move_virtual_links(self, now: int) -> None:
        """Let virtual links come, go, or have another cost (RFC 2328 15)."""
        ospf = self._ospf
        for config in ospf.config.areas:
            transit = ospf.areas.get(config.id)
            for link in config.virtual_links:
                ends = (ospf.router_id, link.router_id)
                path = None
                if transit is not None:
                    path = virtual_path(self.calculator, ospf.database, transit, ends, now)
                if path is None or transit is None:
                    ospf.virtual_links.down(config.id, link.router_id)
                else:
                    cost, source, destination = path
                    ospf.virtual_links.up(transit, link, cost, source, destination)

    def _attach(self) -> None:
        """Let the calculator know of areas before it gets their LSAs."""
        ospf = self._ospf
        for area in ospf.areas.values():
            if self._areas.get(area.scope) is not area:
                self._areas[area.scope] = area
                self._set_area(area)
        areas = set(map(id, ospf.areas.values()))
        for scope in [scope for scope, area in self._areas.items() if id(area) not in areas]:
            del self._areas[scope]
            self.calculator.remove_area(scope)

    def _set_area(self, area: Area) -> None:
        config = area.config
        self.calculator.set_area(
            area.scope,
            area.id,
            KINDS[config.kind],
            imports_summaries=config.has_summaries,
            ranges=[one.prefix for one in config.ranges],
        )

    def _move(self, now: int) -> None:
        """Let the calculator know of our interfaces and neighbours."""
        self._is_moved = False
        ospf = self._ospf
        config = ospf.config
        areas = ospf.areas
        is_border = self._originator.standing.is_border
        self.calculator.set_options(
            is_area_border=is_border and has_backbone(config.border, areas.values()),
            rfc1583=config.rfc1583_compatible,
            maximum_paths=config.maximum_paths,
        )
        self._known.clear()
        for area in areas.values():
            self._set_area(area)
            scope = area.scope
            links = first_hops(area, ospf.version, ospf.router_id, areas)
            known = addresses(area, self.family, ospf.database, now)
            self._known.update(((number, router), at) for number, router, at in known)
            self.calculator.set_first_hops(scope, links)
            self.calculator.set_addresses(scope, known)
            self.calculator.set_connected(scope, connected(area, self.family))

    def _announce_all(self, now: int) -> None:
        """Tell the routing table every route again, by other distances."""
        for prefix, info in self.calculator.routes_in(EVERYTHING[self.family]):
            if not info[6]:
                self._ospf.put(self.announcer.one(info, prefix, now))
