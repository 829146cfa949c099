"""`Border`: what an area border router tells each area of the others (RFC 2328 12.4.3).

It follows the calculation: only prefixes whose route changed are looked at again, and the ranges
around them. Which of our areas are transit areas it knows from the V bits of their routers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.announcing import EVERYTHING
from fingerpost.ospf.constants import BACKBONE
from fingerpost.ospf.lsa.options import RouterFlags
from fingerpost.ospf.origination import boundary_routers
from fingerpost.ospf.origination.boundary_routers import FoundRouter
from fingerpost.ospf.origination.content import Subject, Topic
from fingerpost.ospf.origination.summaries import Summaries, Way

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost._core import RouteCalculator
    from fingerpost.addr import Prefix
    from fingerpost.ospf.announcing import Hops, Info, Result
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.origination.content import Content
    from fingerpost.ospf.origination.form import Form
    from fingerpost.ospf.origination.ledger import Ledger


class Border:
    """The inside of the AS as other areas hear of it."""

    def __init__(self, ospf: Ospf, ledger: Ledger, form: Form, family: int) -> None:
        """We are no border router."""
        self._ospf = ospf
        self._ledger = ledger
        self._form = form
        self._everything = EVERYTHING[family]
        self.is_border = False
        self.summaries = Summaries(self._everything)
        self.boundary_routers: dict[int, Way] = {}

    # ---- what has changed

    def begin(self, calculator: RouteCalculator, *, is_border: bool, now: int) -> None:
        """Begin anew, as border router or not, with all routes that there are."""
        self.is_border = is_border
        areas = self._ospf.areas.values()
        self.summaries.configure([area.config for area in areas] if is_border else [])
        if is_border:
            for prefix, info in calculator.routes_in(self._everything):
                self.summaries.change(prefix, self._way(info))
        self._look_at_routers(calculator, now)
        topics = (Topic.SUMMARY, Topic.BOUNDARY_ROUTER)
        for subject in [one for one in self._ledger.subjects() if one.topic in topics]:
            self._ledger.mark(subject, now)
        if is_border:
            self._mark(self.summaries.prefixes(), now)

    def calculated(self, calculator: RouteCalculator, result: Result, now: int) -> None:
        """Take what a calculation changed."""
        if result.routers_changed:
            self._look_at_routers(calculator, now)
        if not self.is_border:
            return
        touched: dict[Prefix, None] = {}
        for prefix in result.withdrawn:
            touched.update(dict.fromkeys(self.summaries.change(prefix, None)))
        for info, prefixes in result.announced:
            way = self._way(info)
            for prefix in prefixes:
                touched.update(dict.fromkeys(self.summaries.change(prefix, way)))
        self._mark(touched, now)

    def _mark(self, prefixes: Iterable[Prefix], now: int) -> None:
        scopes = [area.scope for area in self._ospf.areas.values()]
        for prefix in prefixes:
            for scope in scopes:
                self._ledger.mark(Subject(Topic.SUMMARY, scope, prefix), now)

    def _way(self, info: Info) -> Way:
        path, cost, _, area, _, hops, _ = info
        return Way(path, area, cost, self._through(hops))

    def _through(self, hops: Hops) -> frozenset[int]:
        held = self._ospf.by_number
        return frozenset(held[number].area.id for number, _ in hops if number in held)

    def _look_at_routers(self, calculator: RouteCalculator, now: int) -> None:
        """See which areas are transit areas, and where boundary routers are."""
        found = []
        areas = self._ospf.areas.values()
        for area in areas:
            rows = calculator.routers(area.scope)
            self._set_transit(area, any(row[1] & RouterFlags.V for row in rows), now)
            found += [
                FoundRouter(router, flags, Way(path, area.id, cost, self._through(hops)))
                for router, flags, path, cost, hops in rows
            ]
        if not self.is_border:
            self.boundary_routers = {}
            return
        before = self.boundary_routers
        configs = {area.id: area.config for area in areas}
        rfc1583 = self._ospf.config.rfc1583_compatible
        after = boundary_routers.boundary_routers(found, configs, rfc1583=rfc1583)
        self.boundary_routers = after
        for router in sorted(before.keys() | after.keys()):
            if before.get(router) != after.get(router):
                for area in areas:
                    self._ledger.mark(Subject(Topic.BOUNDARY_ROUTER, area.scope, router), now)

    def _set_transit(self, area: Area, is_transit: bool, now: int) -> None:
        """Note whether virtual links go through an area: its view of the backbone depends on it."""
        if area.is_transit == is_transit:
            return
        area.is_transit = is_transit
        if self.is_border and area.id != BACKBONE:
            for prefix in self.summaries.prefixes():
                self._ledger.mark(Subject(Topic.SUMMARY, area.scope, prefix), now)

    # ---- what is told

    def summary(self, area: Area, prefix: Prefix) -> list[Content]:
        """Give what an area is told of a prefix."""
        if not self.is_border:
            return []
        metric = self.summaries.metric(area.config, prefix, is_transit=area.is_transit)
        return [] if metric is None else self._form.summary(area, prefix, metric)

    def boundary_router(self, area: Area, router: int) -> list[Content]:
        """Give what an area is told of a boundary router."""
        way = self.boundary_routers.get(router)
        metric = None if way is None else boundary_routers.metric(way, area.config)
        return [] if metric is None else self._form.boundary_router(area, router, metric)
