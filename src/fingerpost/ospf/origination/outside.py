"""`Outside`: what we tell of destinations outside the AS, to the AS and to NSSAs.

A destination that we have from elsewhere is told to the AS by type 5 (RFC 2328 12.4.4) if any area
takes these, and into each NSSA by type 7 (RFC 3101 2.4). A border router that tells both asks no
translator to pass type 7 on. What others tell inside an NSSA goes to the AS by its translator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.announcing import EVERYTHING
from fingerpost.ospf.config import AreaKind
from fingerpost.ospf.lsa.header import LsaKey
from fingerpost.ospf.lsa.types import LsaTypeV2, LsaTypeV3
from fingerpost.ospf.origination.content import AS_SCOPE, Subject, Topic
from fingerpost.ospf.origination.external import External
from fingerpost.ospf.origination.forwarding_address import own_address, shared_gateway
from fingerpost.ospf.origination.nssa_lsa import translatable
from fingerpost.ospf.origination.translation import Translation
from fingerpost.ospf.origination.translator import Translator, is_elected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost._core import RouteCalculator
    from fingerpost.addr import Prefix
    from fingerpost.ospf.announcing import Result
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.origination.content import Content
    from fingerpost.ospf.origination.form import Form
    from fingerpost.ospf.origination.ledger import Ledger
    from fingerpost.ospf.redistribution import Redistributor

FIRST_NSSA = 4  # the path types of NSSA routes begin with it
USED = "used"
TYPE_7 = {2: int(LsaTypeV2.NSSA), 3: int(LsaTypeV3.NSSA)}
ROUTER = {2: int(LsaTypeV2.ROUTER), 3: int(LsaTypeV3.ROUTER)}
FLAGS_AT = {2: 20, 3: 20}  # the octet of bits in a router-LSA


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
        self.translators: dict[int, Translator] = {}  # by area
        self._translations: dict[int, Translation] = {}

    # ---- what has changed

    def changed(self, prefixes: Iterable[Prefix], now: int) -> None:
        """What we tell of these prefixes may be something else now."""
        nssas = [area.scope for area in self._nssas()]
        for prefix in prefixes:
            self._ledger.mark(Subject(Topic.EXTERNAL, AS_SCOPE, prefix), now)
            for scope in nssas:
                self._ledger.mark(Subject(Topic.NSSA, scope, prefix), now)

    def begin(self, calculator: RouteCalculator, *, is_border: bool, now: int) -> None:
        """Begin anew, as border router or not."""
        self.is_border = is_border
        self._translations = {
            area.id: Translation(
                area.config.external_ranges, keeps_forwarding=area.config.keeps_forwarding
            )
            for area in self._nssas()
        }
        gone = self.translators.keys() - self._translations.keys()
        for area_id in gone:
            del self.translators[area_id]
        if is_border:
            for prefix, info in calculator.routes_in(self._everything):
                if info[0] >= FIRST_NSSA:
                    self._translate(calculator, prefix, now)
        self.elect(calculator, now)
        self.changed(self._all(), now)

    def calculated(self, calculator: RouteCalculator, result: Result, now: int) -> None:
        """Take what a calculation changed."""
        if not self._translations or not self.is_border:
            return
        for prefix in result.withdrawn:
            self._translate(calculator, prefix, now)
        for info, prefixes in result.announced:
            for prefix in prefixes:
                if info[0] >= FIRST_NSSA or any(prefix in t for t in self._translations.values()):
                    self._translate(calculator, prefix, now)
        if result.routers_changed:
            self.elect(calculator, now)

    def _translate(self, calculator: RouteCalculator, prefix: Prefix, now: int) -> None:
        """See which type 7 LSA the route of a prefix rests on, if any."""
        found: dict[int, External] = {}
        for rule, _, lsas in calculator.candidates(prefix):
            if rule != USED or not lsas or lsas[0][1] != TYPE_7[self._ospf.version]:
                continue
            scope, *key = lsas[0]
            octets = self._ospf.database.find(scope, LsaKey(*key), now)
            if octets is None or key[2] == self._ospf.router_id:
                continue
            external = translatable(octets, self._ospf.version, self._family)
            if external is not None:
                found.setdefault(scope, external)
        for area in self._nssas():
            held = self._translations.get(area.id)
            if held is not None:
                self.changed(held.change(prefix, found.get(area.scope)), now)

    def elect(self, calculator: RouteCalculator, now: int) -> None:
        """Elect the translators of the NSSAs (RFC 3101 3.1)."""
        for area in self._nssas():
            translator = self.translators.setdefault(area.id, Translator())
            if self.is_border:
                others = [
                    (row[0], self._flags(area, row[0], now) | row[1])
                    for row in calculator.routers(area.scope)
                ]
                elected = is_elected(area.config.translator, self._ospf.router_id, others)
                has_changed = translator.elect(elected, now, area.config.translator_stability_ns)
            else:
                has_changed = translator.stop()
            if has_changed:
                self._retell(area, now)

    def _flags(self, area: Area, router: int, now: int) -> int:
        """Give all bits of a router in its area; the calculation keeps some only."""
        version = self._ospf.version
        number = router if version == 2 else 0
        key = LsaKey(ROUTER[version], number, router)
        octets = self._ospf.database.find(area.scope, key, now)
        at = FLAGS_AT[version]
        return 0 if octets is None or len(octets) <= at else octets[at]

    def _retell(self, area: Area, now: int) -> None:
        held = self._translations.get(area.id)
        if held is not None:
            self.changed(held.prefixes(), now)

    # ---- time

    def next_deadline(self) -> int | None:
        """When a translator that lost has to stop."""
        return min((t.ends for t in self.translators.values() if t.ends is not None), default=None)

    def pass_time(self, now: int) -> None:
        """Let translators stop whose time is over."""
        for area in self._nssas():
            translator = self.translators.get(area.id)
            if translator is not None and translator.pass_time(now):
                self._retell(area, now)

    # ---- what is told

    def external(self, prefix: Prefix) -> list[Content]:
        """Give what the AS is told of a prefix."""
        if not any(area.takes_externals for area in self._ospf.areas.values()):
            return []
        external = self.redistributor.externals.get(prefix)
        if external is not None:
            gateway = shared_gateway(external.gateway, self._ospf.interfaces.values())
            return self._form.external(prefix, external, gateway)
        for area in self._nssas():
            translator, held = self.translators.get(area.id), self._translations.get(area.id)
            if translator is None or held is None or not translator.is_active:
                continue
            external = held.external(prefix)
            if external is not None:
                return self._form.external(prefix, external, external.forwarding)
        return []

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
        address = shared_gateway(external.gateway, interfaces)
        if address is None:
            address = own_address(interfaces, self._family)
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

    def _nssas(self) -> list[Area]:
        return [a for a in self._ospf.areas.values() if a.config.kind is AreaKind.NSSA]

    def _all(self) -> Iterator[Prefix]:
        """Give all prefixes that are or may be told."""
        topics = (Topic.EXTERNAL, Topic.NSSA)
        found: dict[Prefix, None] = dict.fromkeys(self.redistributor.externals)
        for subject in self._ledger.subjects():
            if subject.topic in topics and isinstance(subject.about, type(self._everything)):
                found[subject.about] = None
        for held in self._translations.values():
            found.update(dict.fromkeys(held.prefixes()))
        found[self._everything] = None
        return iter(found)
