"""`Originator`: tells what we have to tell, when it may be told (RFC 2328 12.4, RFC 5340 4.4.3).

Whoever changes something that an LSA of ours says marks its subject. When the subject is due, what
it says is worked out anew from the state of the machine, and the `Ledger` compares that with what
it said before; so it does no harm to mark too much, and nothing is told twice. What the LSAs say is
in `v2` and `v3`, by plain functions; `form_v2` and `form_v3` choose among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.area import Area
from fingerpost.ospf.config import AreaKind
from fingerpost.ospf.interface import Interface
from fingerpost.ospf.origination.content import Subject, Topic
from fingerpost.ospf.origination.flags import is_attached, is_border, router_flags
from fingerpost.ospf.origination.form_v2 import FormV2
from fingerpost.ospf.origination.form_v3 import FormV3
from fingerpost.ospf.origination.ledger import Ledger
from fingerpost.ospf.origination.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.ospf.config import OspfConfig
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.origination.content import Content
    from fingerpost.ospf.origination.form import Form


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
        self.standing = Standing()
        self._is_doubtful = False  # whether the standing has to be looked at
        self._stub_until: int | None = None
        self._link_sums: dict[int, int] = {}  # of link-local LSAs, by the number of the interface
        self._started: int | None = None

    # ---- what has changed

    def router_changed(self, area: Area, now: int) -> None:
        """Something that our router-LSA of an area says may have changed."""
        self._is_doubtful = True
        self.ledger.mark(Subject(Topic.ROUTER, area.scope, area), now)
        if self._ospf.version == 3:
            self.ledger.mark(Subject(Topic.ROUTER_PREFIXES, area.scope, area), now)
        information = Subject(Topic.INFORMATION, area.scope, area)
        if not self.ledger.told(information):
            self.ledger.mark(information, now)

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

    def received_own(self, scope: int, lsa: bytes, now: int) -> None:
        """An LSA of ours came that is newer than what we told (RFC 2328 13.4)."""
        self.ledger.received(scope, lsa, now)

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
        due = self.ledger.next_deadline()
        if self._stub_until is not None and (due is None or self._stub_until < due):
            return self._stub_until
        return due

    def pass_time(self, now: int) -> None:
        """Do what is due."""
        if self._is_doubtful:
            self._is_doubtful = False
            self._stand(now)
        if self._stub_until is not None and self._stub_until <= now:
            self._stub_until = None
            self._stand(now)
        ledger = self.ledger
        has_told = ledger.pass_time(now)
        while (subject := ledger.take_due(now)) is not None:
            has_told |= ledger.tell(subject, self._contents(subject), now)
        if has_told:
            self._ospf.routing.database_changed(now)

    def shut_down(self, now: int) -> None:
        """Take all our LSAs back (RFC 2328 14.1)."""
        self.ledger.flush_all(now)

    # ---- what we are

    def _stand(self, now: int) -> None:
        """Look at what we are; where that changes all areas hear of it."""
        ospf = self._ospf
        areas = ospf.areas.values()
        standing = Standing(
            is_border=is_border(ospf.config.border, areas),
            is_boundary=bool(ospf.config.redistributes) or ospf.config.default is not None,
            has_nssa=any(area.config.kind is AreaKind.NSSA for area in areas),
            is_stub=self._is_stub(now),
        )
        if standing != self.standing:
            self.standing = standing
            for area in areas:
                self.ledger.mark(Subject(Topic.ROUTER, area.scope, area), now)

    def _is_stub(self, now: int) -> bool:
        """Whether nobody shall go through us: always, or so soon after the start (RFC 6987 2)."""
        said = self._ospf.config.stub_router
        if self._started is None:
            self._started = now
        end = self._started + said.after_start_ns
        self._stub_until = end if now < end else None
        return said.always or now < end

    # ---- what subjects say

    def _contents(self, subject: Subject) -> Iterable[Content]:
        """Give the LSAs that say a subject as things are now."""
        about = subject.about
        if isinstance(about, Area):
            return self._of_area(subject.topic, about)
        if isinstance(about, Interface):
            return self._of_interface(subject.topic, about)
        return ()

    def _of_area(self, topic: Topic, area: Area) -> Iterable[Content]:
        if not is_attached(area):
            return ()
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

    def _of_interface(self, topic: Topic, interface: Interface) -> Iterable[Content]:
        if topic is Topic.LINK:
            return self._form.link(interface)
        if topic is Topic.NETWORK_PREFIXES:
            return self._form.network_prefixes(interface)
        return self._form.network(interface)
