"""`Originator`: tells what we have to tell, when it may be told (RFC 2328 12.4, RFC 5340 4.4.3).

Whoever changes something that an LSA of ours says marks its subject. When the subject is due, what
it says is worked out anew from the state of the machine, and the `Ledger` compares that with what
it said before; so it does no harm to mark too much, and nothing is told twice. What the LSAs say is
in `v2` and `v3`, by plain functions; `form_v2` and `form_v3` choose among them. What is told of
others is known to `Border` (other areas) and `Outside` (externals), which follow the calculation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from fingerpost.addr import Prefix
from fingerpost.forwarding.durations import MILLISECOND
from fingerpost.forwarding.neighbor.timers import earliest
from fingerpost.ospf.announcing import routes_family, source_name
from fingerpost.ospf.area import Area
from fingerpost.ospf.config import AreaKind
from fingerpost.ospf.constants import BACKBONE
from fingerpost.ospf.interface import Interface
from fingerpost.ospf.lsa.header import LsaKey
from fingerpost.ospf.origination.border import Border
from fingerpost.ospf.origination.content import Subject, Topic
from fingerpost.ospf.origination.flags import is_attached, is_border, router_flags
from fingerpost.ospf.origination.form_v2 import FormV2
from fingerpost.ospf.origination.form_v3 import FormV3
from fingerpost.ospf.origination.ledger import Ledger
from fingerpost.ospf.origination.outside import Outside
from fingerpost.ospf.origination.standing import Standing
from fingerpost.ospf.redistribution import Redistributor
from fingerpost.ospf.text import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fingerpost._core import RouteCalculator
    from fingerpost.addr import Prefix
    from fingerpost.ospf.announcing import Result
    from fingerpost.ospf.config import OspfConfig
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.origination.content import Content
    from fingerpost.ospf.origination.external import External
    from fingerpost.ospf.origination.form import Form
    from fingerpost.rib.events import RoutesChanged

# topics whose LSAs have link state ids that others may get
NAMED: Final = frozenset({Topic.SUMMARY, Topic.BOUNDARY_ROUTER, Topic.EXTERNAL, Topic.NSSA})

# Ours: what comes after the first router-LSA has to wait MinLSInterval, so that waits a little too
GATHER = 200 * MILLISECOND


class Originator:
    """All LSAs of one instance."""

    def __init__(self, ospf: Ospf) -> None:
        """Nothing is told before an interface is up."""
        self._ospf = ospf
        self._form: Form = FormV2(ospf) if ospf.version == 2 else FormV3(ospf)
        self.ledger = Ledger(
            ospf.database,
            ospf.router_id,
            min_interval_ns=ospf.config.min_ls_interval_ns,
            min_arrival_ns=ospf.config.min_ls_arrival_ns,
        )
        family = routes_family(ospf.config, ospf.version)
        source = source_name(ospf.config, ospf.version)
        redistributor = Redistributor(ospf.config, source, family, ospf.interfaces)
        self.border = Border(ospf, self.ledger, self._form, family)
        self.outside = Outside(ospf, self.ledger, self._form, redistributor, family)
        self.standing = Standing()
        self._gives_way = False
        self._is_doubtful = False  # whether the standing has to be looked at
        self._stub_until: int | None = None
        self._link_sums: dict[int, int] = {}  # of link-local LSAs, by the number of the interface
        self._started: int | None = None

    # ---- what has changed

    @property
    def externals(self) -> Mapping[Prefix, External]:
        """What is told of routes of other sources."""
        return self.outside.redistributor.externals

    def told_of(self, prefix: Prefix) -> Iterator[tuple[int, LsaKey]]:
        """Scope and key of the summaries and externals of ours that name a prefix."""
        for subject in self.ledger.subjects():
            if subject.about == prefix:
                for content in self.ledger.told(subject):
                    key = LsaKey(content.kind, content.id, self._ospf.router_id)
                    yield subject.scope, key

    def router_changed(self, area: Area, now: int) -> None:
        """Something that our router-LSA of an area says may have changed."""
        self._is_doubtful = True
        self._mark(Topic.ROUTER, area, now)
        if self._ospf.version == 3:
            self._mark(Topic.ROUTER_PREFIXES, area, now)
        if area.id == BACKBONE:
            self._mark_transit_areas(now)
        information = Subject(Topic.INFORMATION, area.scope, area)
        if not self.ledger.told(information):
            self._mark(Topic.INFORMATION, area, now)

    def _mark(self, topic: Topic, area: Area, now: int) -> None:
        """Let something of an area be told; what is told first waits for the first adjacencies."""
        self.ledger.mark(Subject(topic, area.scope, area), now, gather_ns=GATHER)

    def _mark_transit_areas(self, now: int) -> None:
        """Let the areas of virtual links hear whether these have neighbours (the V bit)."""
        for transit_id, _ in self._ospf.virtual:
            area = self._ospf.areas.get(transit_id)
            if area is not None:
                self._mark(Topic.ROUTER, area, now)

    def network_changed(self, interface: Interface, now: int) -> None:
        """Whether we are Designated Router there, or who is adjacent, may have changed."""
        scope = interface.area.scope
        self.ledger.mark(Subject(Topic.NETWORK, scope, interface), now)
        if self._ospf.version == 3:
            self.ledger.mark(Subject(Topic.NETWORK_PREFIXES, scope, interface), now)

    def link_changed(self, interface: Interface, now: int) -> None:
        """Something that our link-LSA says may have changed (RFC 5340 4.4.3.8)."""
        if self._ospf.version == 3:
            self.ledger.mark(Subject(Topic.LINK, interface.scope, interface), now)
            self.network_changed(interface, now)

    def links_heard(self, now: int) -> None:
        """Link-LSAs of others may have changed, which say what a network's prefixes are."""
        if self._ospf.version == 2:
            return
        database = self._ospf.database
        for interface in self._ospf.interfaces.values():
            if interface.is_multi_access:
                total = database.checksum(interface.scope)
                if self._link_sums.get(interface.number) != total:
                    self._link_sums[interface.number] = total
                    self.network_changed(interface, now)

    def recall(self, now: int) -> None:
        """Name what our LSAs from before a restart say as they do (RFC 5187 3)."""
        self._form.recall(now)

    def received_own(self, scope: int, lsa: bytes, now: int) -> None:
        """An LSA of ours came that is newer than what we told (RFC 2328 13.4)."""
        self.ledger.received(scope, lsa, now)

    def routes_changed(self, event: RoutesChanged, now: int) -> None:
        """The routing table tells us of routes of others."""
        self.outside.changed(self.outside.redistributor.apply(event.changes), now)

    def begin(self, calculator: RouteCalculator, now: int) -> None:
        """What we are or how areas are configured is another: tell everything of others anew."""
        is_border = self.standing.is_border
        self.border.begin(calculator, is_border=is_border, now=now)
        self.outside.begin(calculator, is_border=is_border, now=now)

    def calculated(self, calculator: RouteCalculator, result: Result, now: int) -> None:
        """Take what a calculation of routes changed."""
        self.border.calculated(calculator, result, now)
        self.outside.calculated(calculator, result, now)

    def configuration_changed(self, before: OspfConfig, now: int) -> None:
        """`Ospf.config` and the areas hold another configuration."""
        del before
        self.ledger.min_interval_ns = self._ospf.config.min_ls_interval_ns
        self.ledger.min_arrival_ns = self._ospf.config.min_ls_arrival_ns
        scopes = {area.scope for area in self._ospf.areas.values()}
        scopes |= {one.scope for one in self._ospf.interfaces.values()} | {0}
        for scope in {subject.scope for subject in self.ledger.subjects()} - scopes:
            self.ledger.forget_scope(scope)
        for area in self._ospf.areas.values():
            self.ledger.mark(Subject(Topic.INFORMATION, area.scope, area), now)
        self.outside.changed(self.outside.redistributor.configure(self._ospf.config), now)
        self._mark_all(now)

    def _mark_all(self, now: int) -> None:
        for area in self._ospf.areas.values():
            self.router_changed(area, now)
        for interface in self._ospf.interfaces.values():
            self.network_changed(interface, now)
            self.link_changed(interface, now)

    # ---- time

    def next_deadline(self) -> int | None:
        """When there is something to do."""
        if self._stub_until is None and not self.outside.translating.translators:
            return self.ledger.next_deadline()  # asked after every packet
        due = earliest(self.ledger, self.outside)
        if self._stub_until is not None and (due is None or self._stub_until < due):
            return self._stub_until
        return due

    def pass_time(self, now: int) -> None:
        """Do what is due."""
        if self._is_doubtful:
            self._is_doubtful = False
            self._stand(now)
            self.outside.interfaces_changed(now)
        if self._stub_until is not None and self._stub_until <= now:
            self._stub_until = None
            self._stand(now)
        self.outside.pass_time(now)
        ledger = self.ledger
        was = ledger.news
        while (subject := ledger.take_due(now)) is not None:
            self._tell(subject, now)
        if ledger.news != was:
            self._ospf.helping.changed(ledger.take_changed())
            self._ospf.routing.database_changed(now)

    def _tell(self, subject: Subject, now: int) -> None:
        contents = self._contents(subject)
        self.ledger.tell(subject, contents, now)
        if subject.topic in NAMED:
            if not contents:
                self._form.release(subject)
            for moved in self._form.take_moved():
                self.ledger.mark(moved, now)

    def shut_down(self, now: int) -> None:
        """Take all our LSAs back (RFC 2328 14.1)."""
        self.ledger.flush_all(now)

    def snapshot(self) -> dict[str, object]:
        """What we are and how much we tell, as plain data for JSON.

        `lsas` are told now; the other counts are since the beginning.
        """
        standing, ledger = self.standing, self.ledger
        return {
            "border": standing.is_border,
            "boundary": standing.is_boundary,
            "stub_router": standing.is_stub,
            "translates": sorted(
                dotted(area_id)
                for area_id, one in self.outside.translating.translators.items()
                if one.is_active
            ),
            "lsas": len(ledger),
            "originated": ledger.originated,
            "refreshed": ledger.refreshed,
            "flushed": ledger.flushed,
            "externals": len(self.outside.redistributor.externals),
            "refused": self.outside.redistributor.refused,
        }

    # ---- what we are

    def _stand(self, now: int) -> None:
        """Look at what we are; where that changes all areas hear of it."""
        ospf = self._ospf
        areas = ospf.areas.values()
        standing = Standing(
            areas=tuple(sorted(area.id for area in areas if is_attached(area))),
            is_border=is_border(ospf.config.border, areas),
            is_boundary=bool(ospf.config.redistributes) or ospf.config.default is not None,
            has_nssa=any(area.config.kind is AreaKind.NSSA for area in areas),
            is_stub=self._is_stub(now),
        )
        before, self.standing = self.standing, standing
        if standing == before:
            return
        for area in areas:
            self._mark(Topic.ROUTER, area, now)
        if replace(standing, is_stub=before.is_stub) != before:
            ospf.routing.standing_changed(now)

    def give_way(self, now: int) -> None:
        """We end soon: nobody shall go through us from now on (RFC 6987 2)."""
        self._gives_way = True
        self._is_doubtful = True
        self.pass_time(now)

    def _is_stub(self, now: int) -> bool:
        """Whether nobody shall go through us: always, so soon after the start, or before the end
        (RFC 6987 2)."""
        said = self._ospf.config.stub_router
        if self._started is None:
            self._started = now
        end = self._started + said.after_start_ns
        self._stub_until = end if now < end else None
        return said.always or now < end or (self._gives_way and said.before_end_ns > 0)

    # ---- what subjects say

    def _contents(self, subject: Subject) -> list[Content]:
        """Give the LSAs that say a subject as things are now."""
        topic, scope, about = subject
        if isinstance(about, Area):
            return self._of_area(topic, about)
        if isinstance(about, Interface):
            return self._of_interface(topic, about)
        if topic is Topic.EXTERNAL and isinstance(about, Prefix):
            return self.outside.external(about)
        area = next((one for one in self._ospf.areas.values() if one.scope == scope), None)
        if area is None:
            return []
        if isinstance(about, int):
            return self.border.boundary_router(area, about)
        if isinstance(about, Prefix):
            if topic is Topic.SUMMARY:
                return self.border.summary(area, about)
            return self.outside.nssa(area, about)
        return []

    def _of_area(self, topic: Topic, area: Area) -> list[Content]:
        if not is_attached(area):
            return []
        if topic is Topic.ROUTER_PREFIXES:
            return self._form.router_prefixes(area)
        if topic is Topic.INFORMATION:
            return self._form.information(area)
        standing = self.standing
        flags = router_flags(
            area,
            is_border=standing.is_border,
            is_boundary=standing.is_boundary,
            has_nssa=standing.has_nssa,
            virtual=self._ospf.virtual.values(),
        )
        return self._form.router(area, flags, standing)

    def _of_interface(self, topic: Topic, interface: Interface) -> list[Content]:
        if topic is Topic.LINK:
            return self._form.link(interface)
        if topic is Topic.NETWORK_PREFIXES:
            return self._form.network_prefixes(interface)
        return self._form.network(interface)
