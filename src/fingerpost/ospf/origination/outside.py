"""`Outside`: what we tell of destinations outside the AS, to the AS and to NSSAs.

A destination that we have from elsewhere is told to the AS by type 5 (RFC 2328 12.4.4) if any area
takes these, and into each NSSA by type 7 (RFC 3101 2.4). A border router that tells both asks no
translator to pass type 7 on. What others tell inside an NSSA goes to the AS by its translator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.ospf.announcing import EVERYTHING
from fingerpost.ospf.config import AreaKind
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.origination.adjacency import is_hidden
from fingerpost.ospf.origination.content import AS_SCOPE, Subject, Topic
from fingerpost.ospf.origination.external import External
from fingerpost.ospf.origination.forwarding_address import own_address, shared_gateway
from fingerpost.ospf.origination.translating import Translating

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost._core import RouteCalculator
    from fingerpost.ospf.announcing import Result
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.origination.content import Content
    from fingerpost.ospf.origination.form import Form
    from fingerpost.ospf.origination.ledger import Ledger
    from fingerpost.ospf.redistribution import Redistributor


class Outside:
    """The externals of one instance."""

    def __init__(
        self, ospf: Ospf, ledger: Ledger, form: Form, redistributor: Redistributor, family: int
    ) -> None:
        """Nothing is told."""
        self._ospf = ospf
        self._ledger = ledger
        self._form = form
        self.redistributor = redistributor
        self._family = family
        self._everything = EVERYTHING[family]
        self.is_border = False
        self.translating = Translating(ospf, family)
        self._places: object = None

    # ---- what has changed

    def changed(self, prefixes: Iterable[Prefix], now: int) -> None:
        """What we tell of these prefixes may be something else now."""
        nssas = [area.scope for area in self.translating.areas()]
        for prefix in prefixes:
            self._ledger.mark(Subject(Topic.EXTERNAL, AS_SCOPE, prefix), now)
            for scope in nssas:
                self._ledger.mark(Subject(Topic.NSSA, scope, prefix), now)

    def begin(self, calculator: RouteCalculator, *, is_border: bool, now: int) -> None:
        """Begin anew, as border router or not."""
        self.is_border = is_border
        translated = self.translating.begin(calculator, is_border=is_border, now=now)
        self.changed([*self._told(), *translated, self._everything], now)

    def calculated(self, calculator: RouteCalculator, result: Result, now: int) -> None:
        """Take what a calculation changed."""
        self.changed(self.translating.calculated(calculator, result, now), now)

    def interfaces_changed(self, now: int) -> None:
        """Interfaces went up or down, or have other addresses: forwarding addresses may be others,
        and the networks that are told as our own."""
        self.changed(self.redistributor.judge_connected(), now)
        if self.redistributor.externals:
            places = self._forwarding_places()
            if places != self._places:
                self._places = places
                self.changed(list(self.redistributor.externals), now)

    def _forwarding_places(self) -> object:
        """Give all that forwarding addresses depend on."""
        hides = self._ospf.config.hides_networks
        return [
            (interface.name, interface.addresses, interface.area.id, is_hidden(interface, hides))
            for interface in self._ospf.interfaces.values()
            if interface.state is not InterfaceState.DOWN
        ]

    # ---- time

    def next_deadline(self) -> int | None:
        """When a translator that lost has to stop."""
        return self.translating.next_deadline()

    def pass_time(self, now: int) -> None:
        """Let translators stop whose time is over."""
        self.changed(self.translating.pass_time(now), now)

    # ---- what is told

    def external(self, prefix: Prefix) -> list[Content]:
        """Give what the AS is told of a prefix."""
        if not any(area.takes_externals for area in self._ospf.areas.values()):
            return []
        external = self.redistributor.externals.get(prefix)
        if external is not None:
            gateway = shared_gateway(
                external.gateway,
                self._ospf.interfaces.values(),
                hides_networks=self._ospf.config.hides_networks,
            )
            return self._form.external(prefix, external, gateway)
        external = self.translating.external(prefix)
        return (
            [] if external is None else self._form.external(prefix, external, external.forwarding)
        )

    def nssa(self, area: Area, prefix: Prefix) -> list[Content]:
        """Give what an NSSA is told of a prefix."""
        if area.config.kind is not AreaKind.NSSA:
            return []
        external = self.redistributor.externals.get(prefix)
        if prefix == self._everything and self.is_border:
            return self._default(area, external)
        if external is None:
            return []
        interfaces = area.interfaces.values()
        hides = self._ospf.config.hides_networks
        address = shared_gateway(external.gateway, interfaces, hides_networks=hides)
        if address is None:
            address = own_address(interfaces, self._family, hides_networks=hides)
        # a border router tells type 5 by itself (RFC 3101 2.4); without an address nobody may
        propagates = not self.is_border and address is not None
        return self._form.nssa(area, prefix, external, address, propagates=propagates)

    def _default(self, area: Area, external: External | None) -> list[Content]:
        """Give the default route of a border router, which nobody passes on (RFC 3101 2.4)."""
        if not area.config.has_summaries or not (area.config.originates_default or external):
            return []  # where there are no summaries it is one itself
        if external is None:
            external = External(area.config.default_cost, is_type_2=True)
        return self._form.nssa(area, self._everything, external, None, propagates=False)

    def _told(self) -> Iterator[Prefix]:
        """Give all prefixes that are told or shall be."""
        yield from self.redistributor.externals
        topics = (Topic.EXTERNAL, Topic.NSSA)
        for subject in self._ledger.subjects():
            if subject.topic in topics and isinstance(subject.about, Prefix):
                yield subject.about
