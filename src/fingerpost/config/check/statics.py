"""Static routes that lead nowhere, or are never used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.fib import Fib
from fingerpost.rib.distance import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.addr import Address
    from fingerpost.config.check.finding import Scene
    from fingerpost.config.faults import Path
    from fingerpost.config.tree.routes import StaticEntry
    from fingerpost.forwarding.route import NextHop
    from fingerpost.rib.static import StaticRoute


def check(scene: Scene) -> None:
    """Look at every static route."""
    lines = [(at, one) for at, one in enumerate(scene.file.tree.static) if one is not None]
    ways = _Ways(scene, [one for _, one in lines])
    first: dict[str, int] = {}
    for at, entry in lines:
        path: Path = ("static", at)
        route = entry.route
        if route.distance == NEVER:
            scene.warn("never-used", path, f"{entry}: a distance of {NEVER} is never used")
        before = first.setdefault(str(entry), at)
        if before != at:
            scene.warn("said-twice", path, f"{entry}: static[{before}] says the same")
        if entry.table == "main":
            _compare_connected(scene, ways, route, path)
        for hop in route.next_hops:
            ways.look_at(hop, entry, path)


def _compare_connected(scene: Scene, ways: _Ways, route: StaticRoute, path: Path) -> None:
    for name, prefix in ways.connected:
        if prefix == route.prefix:
            said = f"{prefix} is connected at {name}, which always has precedence"
            scene.warn("shadowed-by-connected", path, said)
            return


class _Ways:
    """What is reachable by the connected networks and by static routes."""

    def __init__(self, scene: Scene, statics: Iterable[StaticEntry]) -> None:
        self._scene = scene
        self.connected = [
            (name, own.prefix)
            for name, addresses in scene.addresses.items()
            for own in addresses
            if not own.address.is_link_local
        ]
        self._networks: Fib[str] = Fib((prefix, name) for name, prefix in self.connected)
        self._own = {own.address for held in scene.addresses.values() for own in held}
        held: dict[str, dict[Prefix, list[NextHop]]] = {}
        for entry in statics:
            route = entry.route
            held.setdefault(entry.table, {}).setdefault(route.prefix, []).extend(route.next_hops)
        self._statics: dict[str, Fib[list[NextHop]]] = {
            table: Fib(routes.items()) for table, routes in held.items()
        }

    def look_at(self, hop: NextHop, entry: StaticEntry, path: Path) -> None:
        """Find what is wrong with one next hop."""
        gateway = hop.gateway
        if gateway is None or gateway.is_link_local:
            return
        if gateway in self._own:
            said = f"{gateway} is an address of this router; a next hop is another router's"
            self._scene.error("own-next-hop", path, said)
        elif hop.interface is not None:
            if not hop.is_onlink:
                self._look_on_link(gateway, hop.interface, path)
        elif self.connected and not self._reaches(gateway, entry.table):
            said = f"{gateway} is on no connected network and behind no other static route"
            tree = self._scene.file.tree
            if not tree.leaks and not any(tree.instances()):
                self._scene.error("unreachable-next-hop", path, said)
            else:
                later = f"{said}; only a learned route can make it reachable"
                self._scene.warn("unreachable-next-hop", path, later)

    def _look_on_link(self, gateway: Address, interface: str, path: Path) -> None:
        networks = [prefix for name, prefix in self.connected if name == interface]
        same = [prefix for prefix in networks if prefix.version == gateway.version]
        if same and not any(gateway in prefix for prefix in same):
            has = ", ".join(map(str, same))
            said = f"{gateway} is on no network of {interface}, which has {has}"
            said += "; if it is on that link all the same, add onlink"
            self._scene.warn("unreachable-next-hop", path, said)

    def _reaches(self, gateway: Address, table: str) -> bool:
        """Whether some way over static routes ends at a connected network or on a link."""
        entry = self._scene.file.tree.tables.get(table)
        takes_default = entry is not None and entry.via_default
        statics = self._statics[table]
        passed: set[Prefix] = set()  # what was looked at once leads nowhere new
        waiting = [gateway]
        while waiting:
            alone = Prefix(waiting.pop())
            if table == "main" and self._networks.covering(alone):
                return True
            for prefix, hops in statics.covering(alone):
                if prefix in passed or not (prefix.length or takes_default):
                    continue
                passed.add(prefix)
                if any(hop.interface is not None for hop in hops):
                    return True
                waiting += [hop.gateway for hop in hops if hop.gateway is not None]
        return False
