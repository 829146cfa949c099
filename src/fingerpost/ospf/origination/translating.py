"""`Translating`: what NSSAs tell the rest of the AS by us (RFC 3101 3).

Every border router knows what it could translate, so that it can begin at once; who does is elected
anew when border routers of the NSSA come or go. What type 7 LSAs say is read again where one of
them, or the route of its prefix, has changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.announcing import EVERYTHING
from fingerpost.ospf.config import AreaKind
from fingerpost.ospf.lsa.header import LsaKey
from fingerpost.ospf.lsa.types import LsaTypeV2, LsaTypeV3
from fingerpost.ospf.origination.nssa_lsa import prefix_of, translatable
from fingerpost.ospf.origination.translation import Translation
from fingerpost.ospf.origination.translator import BOTH, Translator, is_elected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost._core import RouteCalculator
    from fingerpost.addr import Prefix
    from fingerpost.ospf.announcing import Result
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.origination.external import External

FIRST_NSSA = 4  # the path types of NSSA routes begin with it
USED = "used"
TYPE_7 = {2: int(LsaTypeV2.NSSA), 3: int(LsaTypeV3.NSSA)}
ROUTER = {2: int(LsaTypeV2.ROUTER), 3: int(LsaTypeV3.ROUTER)}
FLAGS_AT = 20  # the octet of bits in a router-LSA of either version
KEY, STATE = slice(4, 12), slice(12, 18)  # of an LSA: id and router, sequence number and checksum


class Translating:
    """The NSSAs of one instance. What gives prefixes gives those that are told otherwise now."""

    def __init__(self, ospf: Ospf, family: int) -> None:
        """There is no NSSA."""
        self._ospf = ospf
        self._family = family
        self._is_border = False
        self.translators: dict[int, Translator] = {}  # by area
        self._translations: dict[int, Translation] = {}
        self._sums: dict[int, int] = {}  # the checksum of an area that was looked at
        self._heard: dict[int, dict[bytes, tuple[bytes, Prefix | None]]] = {}

    def areas(self) -> list[Area]:
        """The NSSAs that we are attached to."""
        return [a for a in self._ospf.areas.values() if a.config.kind is AreaKind.NSSA]

    # ---- what has changed

    def begin(self, calculator: RouteCalculator, *, is_border: bool, now: int) -> list[Prefix]:
        """Begin anew, as border router or not."""
        touched = list(self._prefixes())
        self._is_border = is_border
        self._sums.clear()
        self._heard.clear()
        self._translations = {
            area.id: Translation(
                area.config.external_ranges, keeps_forwarding=area.config.keeps_forwarding
            )
            for area in self.areas()
        }
        for area_id in self.translators.keys() - self._translations.keys():
            del self.translators[area_id]
        if is_border:
            for prefix in self._look(now):
                self._translate(calculator, prefix, now)
        self._elect(calculator, now)
        return [*touched, *self._prefixes()]

    def calculated(self, calculator: RouteCalculator, result: Result, now: int) -> list[Prefix]:
        """Take what a calculation changed."""
        if not self._translations or not self._is_border:
            return []
        changed = dict.fromkeys(self._look(now))
        changed.update(dict.fromkeys(p for p in result.withdrawn if self._is_known(p)))
        for info, prefixes in result.announced:
            is_nssa = info[0] >= FIRST_NSSA
            changed.update(dict.fromkeys(p for p in prefixes if is_nssa or self._is_known(p)))
        touched = []
        for prefix in changed:
            touched += self._translate(calculator, prefix, now)
        if result.routers_changed:
            touched += self._elect(calculator, now)
        return touched

    def _is_known(self, prefix: Prefix) -> bool:
        return any(prefix in one for one in self._translations.values())

    def _look(self, now: int) -> list[Prefix]:
        """Give the prefixes of type 7 LSAs that came, went, or are other instances than before."""
        found = []
        database, version = self._ospf.database, self._ospf.version
        for area in self.areas():
            total = database.checksum(area.scope)
            if self._sums.get(area.id) == total:
                continue
            self._sums[area.id] = total
            before = self._heard.get(area.id, {})
            after = {}
            for _, lsa in database.entries(now, area.scope, TYPE_7[version]):
                key, state = lsa[KEY], lsa[STATE]
                held = before.pop(key, None)
                if held is None or held[0] != state:
                    gone = None if held is None else held[1]
                    held = (state, prefix_of(lsa, version, self._family))
                    found += [one for one in (gone, held[1]) if one is not None]
                after[key] = held
            found += [prefix for _, prefix in before.values() if prefix is not None]
            self._heard[area.id] = after
        return found

    def _translate(self, calculator: RouteCalculator, prefix: Prefix, now: int) -> list[Prefix]:
        """See which type 7 LSA the route of a prefix rests on, if any."""
        found: dict[int, External] = {}
        if prefix != EVERYTHING[self._family]:  # a default route is its area's own (RFC 3101 3.2)
            for rule, _, lsas in calculator.candidates(prefix):
                if rule == USED and lsas and lsas[0][1] == TYPE_7[self._ospf.version]:
                    scope, *key = lsas[0]
                    external = self._external(scope, LsaKey(*key), now)
                    if external is not None:
                        found.setdefault(scope, external)
        touched = []
        for area in self.areas():
            held = self._translations.get(area.id)
            if held is not None:
                touched += held.change(prefix, found.get(area.scope))
        return touched

    def _external(self, scope: int, key: LsaKey, now: int) -> External | None:
        if key.router == self._ospf.router_id:
            return None
        octets = self._ospf.database.find(scope, key, now)
        return None if octets is None else translatable(octets, self._ospf.version, self._family)

    # ---- who translates

    def _elect(self, calculator: RouteCalculator, now: int) -> list[Prefix]:
        """Elect the translators (RFC 3101 3.1)."""
        touched: list[Prefix] = []
        for area in self.areas():
            translator = self.translators.setdefault(area.id, Translator())
            if self._is_border:
                config = area.config
                outside = self._reached_outside(calculator)
                others = [
                    (row[0], self._flags(area, row[0], now) | row[1])
                    for row in calculator.routers(area.scope)
                    if row[0] in outside
                ]
                elected = is_elected(config.translator, self._ospf.router_id, others)
                has_changed = translator.elect(elected, now, config.translator_stability_ns)
            else:
                has_changed = translator.stop()
            if has_changed and area.id in self._translations:
                touched += self._translations[area.id].prefixes()
        return touched

    def _reached_outside(self, calculator: RouteCalculator) -> set[int]:
        """Give the border and boundary routers that are reached through what takes type 5."""
        areas = self._ospf.areas.values()
        scopes = [area.scope for area in areas if area.config.kind is AreaKind.NORMAL]
        return {row[0] for scope in scopes for row in calculator.routers(scope) if row[1] & BOTH}

    def _flags(self, area: Area, router: int, now: int) -> int:
        """Give all bits of a router in its area; the calculation keeps some only."""
        database, version = self._ospf.database, self._ospf.version
        key = LsaKey(ROUTER[version], router if version == 2 else 0, router)
        octets = database.find(area.scope, key, now)
        if octets is None and version == 3:  # of several it is the one of the lowest id (4.8.1)
            whole = database.entries(now, area.scope, ROUTER[version])
            of_it = [lsa for _, lsa in whole if lsa[KEY][4:] == router.to_bytes(4, "big")]
            octets = min(of_it, key=lambda lsa: lsa[KEY], default=None)
        return 0 if octets is None or len(octets) <= FLAGS_AT else octets[FLAGS_AT]

    def next_deadline(self) -> int | None:
        """When a translator that lost has to stop."""
        return min((t.ends for t in self.translators.values() if t.ends is not None), default=None)

    def pass_time(self, now: int) -> list[Prefix]:
        """Let translators stop whose time is over."""
        touched: list[Prefix] = []
        for area_id, translator in self.translators.items():
            if translator.pass_time(now) and area_id in self._translations:
                touched += self._translations[area_id].prefixes()
        return touched

    # ---- what is told

    def external(self, prefix: Prefix) -> External | None:
        """What we tell the AS of a prefix for an NSSA; None if nothing."""
        for area_id, held in sorted(self._translations.items()):
            translator = self.translators.get(area_id)
            if translator is not None and translator.is_active:
                external = held.external(prefix)
                if external is not None:
                    return external
        return None

    def _prefixes(self) -> Iterator[Prefix]:
        for held in self._translations.values():
            yield from held.prefixes()
