"""A slow reachability check: one packet at a time, no table but a list, no array.

It shares no code with `fingerpost.lab.reachability`: the longest match is a scan of all entries,
the neighbour on a link a scan of all interfaces, and the outcome a walk over all branches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.route import RouteKind
from fingerpost.lab.model import EndKind
from fingerpost.lab.reachability import Outcome

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.forwarding.route import NextHop, Route
    from fingerpost.lab.failures import Failures
    from fingerpost.lab.model import Lab, LinkSpec

Entries = dict[str, dict["Prefix", "Route"]]
DEPTH = 8  # of recursive next hops


class Walks:
    """Walks over the tables of a lab."""

    def __init__(self, lab: Lab, entries: Entries, failures: Failures) -> None:
        self.lab, self.entries, self.failures = lab, entries, failures

    def outcome(self, source: str, destination: Address) -> Outcome:
        """The union of what becomes of a packet over every branch."""
        return self.walk(source, destination)[0]

    def circling(self, source: str, destination: Address) -> set[str]:
        """The nodes that packets from `source` come back to."""
        return self.on_circles(self.walk(source, destination)[1])

    def walk(self, source: str, destination: Address) -> tuple[Outcome, dict[str, set[str]]]:
        seen: dict[str, set[str]] = {}
        found = Outcome(0)
        queue = [source]
        while queue:
            node = queue.pop()
            if node in seen:
                continue
            seen[node] = set()
            if self.has(node, destination):
                found |= Outcome.DELIVERED
                continue
            for target in self.targets(node, destination):
                if target is None or not self.takes(target, destination):
                    found |= Outcome.LOST
                else:
                    seen[node].add(target)
                    queue.append(target)
        return found | (Outcome.LOOPS if self.on_circles(seen) else Outcome(0)), seen

    def on_circles(self, edges: dict[str, set[str]]) -> set[str]:
        """The nodes from which a walk comes back to them."""
        return {node for node in edges if self.comes_back(edges, node)}

    def comes_back(self, edges: dict[str, set[str]], start: str) -> bool:
        queue, seen = list(edges[start]), set(edges[start])
        while queue:
            node = queue.pop()
            if node == start:
                return True
            queue += [one for one in edges.get(node, ()) if one not in seen]
            seen |= edges.get(node, set())
        return False

    def has(self, node: str, address: Address) -> bool:
        is_on = node not in self.failures.nodes
        return is_on and any(own.address == address for own in self.lab.nodes[node].addresses())

    def takes(self, node: str, destination: Address) -> bool:
        return self.lab.nodes[node].forwards or self.has(node, destination)

    def match(self, node: str, address: Address) -> Route | None:
        found = [prefix for prefix in self.entries[node] if address in prefix]
        return self.entries[node][max(found, key=lambda p: p.length)] if found else None

    def resolve(
        self, node: str, hop: NextHop, seen: tuple[Prefix, ...]
    ) -> set[tuple[str, Address | None]]:
        if hop.interface is not None:
            return {(hop.interface, hop.gateway)}
        assert hop.gateway is not None
        found = [prefix for prefix in self.entries[node] if hop.gateway in prefix]
        if not found or len(seen) == DEPTH:
            return set()
        best = max(found, key=lambda prefix: prefix.length)
        route = self.entries[node][best]
        if best in seen or route.kind is not RouteKind.UNICAST:
            return set()
        ends: set[tuple[str, Address | None]] = set()
        for below in route.next_hops:
            for interface, gateway in self.resolve(node, below, (*seen, best)):
                ends.add((interface, hop.gateway if gateway is None else gateway))
        return ends

    def targets(self, node: str, destination: Address) -> list[str | None]:
        """Where each branch leads; None: nowhere."""
        route = self.match(node, destination)
        if route is None or route.kind is not RouteKind.UNICAST:
            return [None]
        ends = [end for hop in route.next_hops for end in self.resolve(node, hop, ())]
        live = [end for end in ends if self.is_live(node, end[0])]
        if not live:
            return [None]
        return [self.neighbour(node, name, gateway or destination) for name, gateway in live]

    def link(self, node: str, interface: str) -> LinkSpec | None:
        for link in self.lab.links:
            for end in link.endpoints:
                if end.kind is EndKind.NODE and (end.node, end.interface) == (node, interface):
                    return link
        return None

    def is_live(self, node: str, interface: str) -> bool:
        link = self.link(node, interface)
        if link is None:
            return True
        others = {end.node for end in link.endpoints if end.node != node}
        is_alone = len(link.endpoints) == 2 and bool(others & self.failures.nodes)
        return link.name not in self.failures.links and not is_alone

    def neighbour(self, node: str, interface: str, address: Address) -> str | None:
        link = self.link(node, interface)
        if link is None or (link.name, node) in self.failures.directions:
            return None
        for end in link.endpoints:
            if end.node == node or end.node in self.failures.nodes:
                continue
            own = self.lab.nodes[end.node].interfaces[end.interface].addresses
            if any(one.address == address for one in own):
                return end.node
        return None
