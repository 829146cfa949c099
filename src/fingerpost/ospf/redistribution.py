"""Routes of other sources that OSPF tells, and the default route (RFC 2328 12.4.4).

The routing table exports its routes to us; those of a source that the configuration names become
externals, as its rule and its policy have it. Never told are: routes of ours; the network of an
interface that OSPF runs on, which is told as such; and the default route of another source, which
only `DefaultOrigination` tells, by custom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.announcing import EVERYTHING
from fingerpost.ospf.constants import LS_INFINITY
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.origination.external import External
from fingerpost.rib.distance import kind_of
from fingerpost.rib.verdict import Context, Direction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fingerpost.addr import Prefix
    from fingerpost.ospf.config import OspfConfig, Redistribution
    from fingerpost.ospf.interface import Interface
    from fingerpost.rib.events import Change
    from fingerpost.rib.route import RibRoute

METRIC = 20  # of what is redistributed, by custom
DEFAULT_METRIC, ALWAYS_METRIC = 10, 1  # of a default route, by custom
CONNECTED = "connected"
_CONTEXT = Context(Direction.EXPORT)


class Redistributor:
    """The externals of one instance by prefix; `source` is our name in the routing table."""

    def __init__(
        self, config: OspfConfig, source: str, family: int, interfaces: Mapping[str, Interface]
    ) -> None:
        """Nothing is told but a default route that is told always."""
        self._config = config
        self._source = source
        self._family = family
        self._interfaces = interfaces
        self._default = EVERYTHING[family]
        self._has_default = False  # the table has a default route of another source
        self._routes: dict[Prefix, RibRoute] = {}
        self._connected: dict[Prefix, RibRoute] = {}  # of these, those of interfaces
        self.externals: dict[Prefix, External] = {}
        self.refused = 0  # routes that there was no room for
        self._tell_default()

    def apply(self, changes: Iterable[Change]) -> list[Prefix]:
        """Take changes of the routing table; gives the prefixes that are told otherwise."""
        config = self._config
        if not config.redistributes and config.default is None and not self._routes:
            return []  # a set of changes that nobody looks into costs nothing
        touched = []
        for change in changes:
            prefix, after = change.prefix, change.after
            if prefix.version != self._family:
                continue
            if after is not None and after.source == self._source:
                after = None
            if prefix == self._default:
                self._has_default = after is not None
                if self._tell_default():
                    touched.append(prefix)
            elif self._take(prefix, after):
                touched.append(prefix)
        return touched

    def configure(self, config: OspfConfig) -> list[Prefix]:
        """Judge everything anew; sources that were not told before come with the next changes."""
        self._config = config
        touched = [prefix for prefix, route in list(self._routes.items()) if self._tell(route)]
        if self._tell_default():
            touched.append(self._default)
        return touched

    def judge_connected(self) -> list[Prefix]:
        """Judge the networks of interfaces anew: OSPF may run on others than before."""
        return [prefix for prefix, route in self._connected.items() if self._tell(route)]

    def _take(self, prefix: Prefix, route: RibRoute | None) -> bool:
        if route is None or rule_for(self._config, route.source) is None:
            self._routes.pop(prefix, None)
            self._connected.pop(prefix, None)
            return self.externals.pop(prefix, None) is not None
        if prefix not in self._routes and len(self._routes) >= self._config.limits.lsas:
            self.refused += 1
            return False
        self._routes[prefix] = route
        if kind_of(route.source) == CONNECTED:
            self._connected[prefix] = route
        else:
            self._connected.pop(prefix, None)
        return self._tell(route)

    def _tell(self, route: RibRoute) -> bool:
        """Note what is told of a route; whether that is something else than before."""
        return self._put(route.prefix, self._external(route))

    def _tell_default(self) -> bool:
        said = self._config.default
        external = None
        if said is not None and (said.always or self._has_default):
            custom = ALWAYS_METRIC if said.always else DEFAULT_METRIC
            metric = custom if said.metric is None else said.metric
            external = External(metric, said.metric_type == 2, said.tag, source="default")
        return self._put(self._default, external)

    def _put(self, prefix: Prefix, external: External | None) -> bool:
        before = self.externals.get(prefix)
        if external is None:
            self.externals.pop(prefix, None)
        else:
            self.externals[prefix] = external
        return before != external

    def _external(self, route: RibRoute) -> External | None:
        """How a route is told; None if it is not."""
        rule = rule_for(self._config, route.source)
        if rule is None or self._is_own_network(route):
            return None
        if rule.policy is not None:
            verdict = rule.policy.apply(route, _CONTEXT)
            if not verdict.accepted:
                return None
            metric = verdict.route.metric if verdict.route.metric != route.metric else rule.metric
            route = verdict.route
        else:
            metric = rule.metric
        metric = METRIC if metric is None else metric
        gateway = route.next_hops[0].gateway if route.next_hops else None
        return External(
            min(metric, LS_INFINITY - 1),
            rule.metric_type == 2,
            route.tag if rule.tag is None else rule.tag,
            gateway,
            source=route.source,
        )

    def _is_own_network(self, route: RibRoute) -> bool:
        """Whether it is the network of an interface that OSPF runs on."""
        kind, _, name = route.source.partition(":")
        interface = self._interfaces.get(name) if kind == CONNECTED else None
        return interface is not None and interface.state is not InterfaceState.DOWN


def rule_for(config: OspfConfig, source: str) -> Redistribution | None:
    """How routes of a source are told; None if they are not."""
    kind = kind_of(source)  # "connected" means every "connected:eth0"
    return config.redistributes.get(source, config.redistributes.get(kind))
