"""What we say ourselves: networks that are configured, and routes of other sources.

Each prefix is said once to the core by each reason (`SOURCES`), with the attributes of a path that
begins here: no AS in it, ourselves as next hop (RFC 4271 9.2, 5.1).
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from fingerpost.bgp.conditions import Conditions
from fingerpost.bgp.family import IPV4, IPV6, Family
from fingerpost.bgp.own_paths import after_policy
from fingerpost.forwarding.route import NextHop
from fingerpost.rib.distance import kind_of
from fingerpost.rib.route import RibRoute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerpost.addr import Prefix
    from fingerpost.bgp.config import Condition, Network, Redistribution
    from fingerpost.bgp.machine import Bgp
    from fingerpost.rib.events import Change

_TRANSITIVE, _OPTIONAL = 0x40, 0x80
_ORIGIN, _AS_PATH, _MED = 1, 2, 4


class Source(IntEnum):
    """Our sayings of one prefix, told apart."""

    NETWORK = 1
    REDISTRIBUTED = 2
    AGGREGATE = 3
    DEFAULT = 4  # given to neighbors that ask for one, and used by nobody here

    @classmethod
    def of(cls, number: int) -> Source:
        """By the number of a path; every default on a condition has one of its own."""
        return cls(min(number, cls.DEFAULT))


class Origin(IntEnum):
    """RFC 4271 5.1.1."""

    IGP = 0
    EGP = 1
    INCOMPLETE = 2


def family_of(prefix: Prefix) -> Family:
    """The family of unicast prefixes that one is of."""
    return IPV4 if prefix.version == 4 else IPV6


def attributes_of(origin: Origin, med: int | None = None) -> bytes:
    """Canonical bytes of a path that begins here."""
    made = bytes((_TRANSITIVE, _ORIGIN, 1, origin, _TRANSITIVE, _AS_PATH, 0))
    if med is not None:
        value = min(med, 0xFFFF_FFFF).to_bytes(4, "big")
        made += bytes((_OPTIONAL, _MED, 4)) + value
    return made


class Origination:
    """Says what is ours, and takes it back."""

    def __init__(self, bgp: Bgp) -> None:
        """Nothing is said."""
        self._bgp = bgp
        self.networks: dict[Prefix, bytes] = {}
        self.redistributed: dict[Prefix, str] = {}
        # what is given to somebody, each by a number of its own, and whether it is now
        self._defaults: dict[tuple[Family, Condition | None], int] = {}
        self._given: set[int] = set()
        self.conditions = Conditions(bgp)
        self._routed: dict[Prefix, RibRoute] = {}  # of the networks, those the table has

    def configure(self) -> None:
        """Say the networks of the configuration, and no others."""
        self.conditions.configure()
        wanted = {one.prefix: one for one in self._bgp.config.networks}
        for prefix in [one for one in self.networks if one not in wanted]:
            self._unsay_network(prefix)
        for prefix in [one for one in self._routed if one not in wanted]:
            del self._routed[prefix]
        for one in wanted.values():
            self._judge_network(one)
        self._judge_conditions()
        for prefix, source in list(self.redistributed.items()):
            if self._rule_for(source) is None:
                self._unsay(prefix)

    def apply(self, changes: Sequence[Change]) -> None:
        """The routing table has changed."""
        self.conditions.apply(changes)
        networks = {one.prefix: one for one in self._bgp.config.networks if one.needs_route}
        if not networks and not self._bgp.config.redistributes and not self.redistributed:
            return
        for change in changes:
            network = networks.get(change.prefix)
            if network is not None:
                self._routed.pop(change.prefix, None)
                if change.after is not None:
                    self._routed[change.prefix] = change.after
                self._judge_network(network)
            self._redistribute(change.prefix, change.after)

    def settle(self) -> None:
        """Look whether conditions hold, and say what follows."""
        if self.conditions.settle():
            self._judge_conditions()

    def default(self, family: Family, condition: Condition | None) -> int:
        """The number by which a default is given to neighbors, in place of one that we have."""
        known = self._defaults.get((family, condition))
        if known is None:
            known = Source.DEFAULT + len(self._defaults)
            self._defaults[family, condition] = known
            self._judge_default(family, condition, known)
        return known

    def _judge_conditions(self) -> None:
        for network in self._bgp.config.networks:
            if network.condition is not None:
                self._judge_network(network)
        for (family, condition), number in self._defaults.items():
            self._judge_default(family, condition, number)
        self._bgp.is_dirty = True

    def _judge_default(self, family: Family, condition: Condition | None, number: int) -> None:
        is_given = self.conditions.missed(condition) is None
        if is_given == (number in self._given):
            return
        (self._given.add if is_given else self._given.remove)(number)
        said = attributes_of(Origin.IGP) if is_given else None
        self._bgp.table.give(family.code, said, number, self._bgp.now)

    # ---- networks

    def _judge_network(self, network: Network) -> None:
        route = self._routed.get(network.prefix)
        is_missed = self.conditions.missed(network.condition) is not None
        if is_missed or (network.needs_route and route is None):
            self._unsay_network(network.prefix)
            return
        like = route or RibRoute(network.prefix, "network", 0, 0, (NextHop(),))
        begun = attributes_of(Origin.IGP)
        attributes = after_policy(network.policy, like, begun, self._bgp.config)
        if attributes is None:
            self._unsay_network(network.prefix)
            return
        if self.networks.get(network.prefix) != attributes:
            self.networks[network.prefix] = attributes
            self._originate(network.prefix, attributes, Source.NETWORK)

    def _unsay_network(self, prefix: Prefix) -> None:
        if self.networks.pop(prefix, None) is not None:
            self._retract((prefix,), Source.NETWORK)

    # ---- routes of others

    def _redistribute(self, prefix: Prefix, route: RibRoute | None) -> None:
        attributes = None if route is None else self._said_of(route)
        if route is None or attributes is None:
            self._unsay(prefix)
            return
        self.redistributed[prefix] = route.source
        self._originate(prefix, attributes, Source.REDISTRIBUTED)

    def _said_of(self, route: RibRoute) -> bytes | None:
        rule = self._rule_for(route.source)
        if rule is None or route.source == self._bgp.config.source:
            return None
        begun = attributes_of(Origin.INCOMPLETE, route.metric if rule.med is None else rule.med)
        return after_policy(rule.policy, route, begun, self._bgp.config)

    def _rule_for(self, source: str) -> Redistribution | None:
        rules = self._bgp.config.redistributes
        return rules.get(source, rules.get(kind_of(source)))

    def _unsay(self, prefix: Prefix) -> None:
        if self.redistributed.pop(prefix, None) is not None:
            self._retract((prefix,), Source.REDISTRIBUTED)

    # ---- the core

    def _originate(self, prefix: Prefix, attributes: bytes, source: Source) -> None:
        self._bgp.originate(family_of(prefix), (prefix,), attributes, source)

    def _retract(self, prefixes: tuple[Prefix, ...], source: Source) -> None:
        self._bgp.retract(family_of(prefixes[0]), prefixes, source)
