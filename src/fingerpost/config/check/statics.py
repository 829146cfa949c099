"""Static routes that lead nowhere, or are never used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.rib.distance import NEVER

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
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

    def __init__(self, scene: Scene, statics: list[StaticEntry]) -> None:
        self._scene = scene
        self._statics = statics
        self.connected = [
            (name, own.prefix)
            for name, addresses in scene.addresses.items()
            for own in addresses
            if not own.address.is_link_local
        ]
        self._own = {own.address for held in scene.addresses.values() for own in held}

    def look_at(self, hop: NextHop, entry: StaticEntry, path: Path) -> None:
        """Find what is wrong with one next hop."""
        gateway = hop.gateway
        if gateway is None or gateway.is_link_local:
            return
        if gateway in self._own:
            said = f"{gateway} is an address of this router; a next hop is another router's"
            self._scene.error("own-next-hop", path, said)
        elif hop.interface is not None:
            self._look_on_link(gateway, hop.interface, path)
        elif self.connected and not self._reaches(gateway, entry.table, ()):
            said = f"{gateway} is on no connected network and behind no other static route"
            tree = self._scene.file.tree
            if tree.rip is None and tree.ripng is None and not tree.leaks:
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
            self._scene.warn("unreachable-next-hop", path, said)

    def _reaches(self, gateway: Address, table: str, passed: tuple[Prefix, ...]) -> bool:
        """Whether some route leads to a gateway; a route never leads to its own next hop."""
        if table == "main" and any(gateway in prefix for _, prefix in self.connected):
            return True
        entry = self._scene.file.tree.tables.get(table)
        takes_default = entry is not None and entry.via_default
        for static in self._statics:
            route = static.route
            if static.table != table or gateway not in route.prefix or route.prefix in passed:
                continue
            if route.prefix.length == 0 and not takes_default:
                continue
            if any(self._leads(hop, table, (*passed, route.prefix)) for hop in route.next_hops):
                return True
        return False

    def _leads(self, hop: NextHop, table: str, passed: tuple[Prefix, ...]) -> bool:
        if hop.interface is not None or hop.gateway is None:
            return True
        return self._reaches(hop.gateway, table, passed)
