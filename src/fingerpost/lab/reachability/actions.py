"""What a node does with a packet, as numbers: where it may go next, or why it goes nowhere.

A branch is one number. With N nodes: `0 <= b < N` is the node it goes to; `b >= N` means link
`b - N`, to whoever has the destination there; `b < 0` is the reason `-1 - b` of `reasons`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.forwarding.policy import STRICT
from fingerpost.forwarding.resolve import resolve
from fingerpost.forwarding.route import RouteKind
from fingerpost.lab.model import EndKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.fib import Fib
    from fingerpost.forwarding.route import NextHop, Route
    from fingerpost.lab.failures import Failures
    from fingerpost.lab.model import Lab, LinkSpec, Node

_LINK_LOCAL = Prefix("fe80::/64")
_KINDS = {
    RouteKind.BLACKHOLE: "blackhole route",
    RouteKind.UNREACHABLE: "unreachable route",
    RouteKind.PROHIBIT: "prohibit route",
}


class Actions:
    """Every distinct action of a lab; `branches[a]` are those of action number `a`."""

    def __init__(self, lab: Lab, failures: Failures) -> None:
        """Action 0 is that of a node that finds no route."""
        self._lab, self._failures = lab, failures
        self.names = list(lab.nodes)
        self.index = {name: at for at, name in enumerate(self.names)}
        self.links = list(lab.links)
        self._link_index = {link.name: at for at, link in enumerate(self.links)}
        self.reasons: list[str] = []
        self._reason_index: dict[str, int] = {}
        self.branches: list[tuple[int, ...]] = []
        self._known: dict[tuple[int, ...], int] = {}
        self._neighbours: dict[str, Mapping[Address, str]] = {}
        self.no_route = self._action((self.reason("no route"),))

    def reason(self, text: str) -> int:
        """The branch that ends for this reason."""
        if text not in self._reason_index:
            self._reason_index[text] = len(self.reasons)
            self.reasons.append(text)
        return -1 - self._reason_index[text]

    def _action(self, branches: tuple[int, ...]) -> int:
        if branches not in self._known:
            self._known[branches] = len(self.branches)
            self.branches.append(branches)
        return self._known[branches]

    def of_route(self, node: Node, fib: Fib[Route], route: Route | None) -> int:
        """The action of a node whose longest match is `route`; None: nothing matches."""
        if route is None:
            return self.no_route
        if route.kind is not RouteKind.UNICAST:
            return self._action((self.reason(_KINDS[route.kind]),))
        hops = resolve(fib, route, STRICT.recursion_limit)
        if not hops:
            said = " and ".join(f"via {hop.gateway}" for hop in route.next_hops)
            return self._action((self.reason(f"next hop {said} does not resolve"),))
        alive = [hop for hop in hops if not self._is_dead(node, hop)]
        found = [self._branch(node, hop) for hop in alive or hops[:1]]
        return self._action(tuple(sorted(set(found))))

    def _is_dead(self, node: Node, hop: NextHop) -> bool:
        if not self._failures:
            return False
        link = self._link_of(node, hop.interface)
        return link is not None and self._failures.is_dead(link, node.name)

    def _link_of(self, node: Node, interface: str | None) -> LinkSpec | None:
        spec = node.interfaces.get(interface or "")
        return None if spec is None or spec.link is None else self._lab.link_by_name[spec.link]

    def _branch(self, node: Node, hop: NextHop) -> int:
        if hop.interface not in node.interfaces:
            return self.reason(f"there is no interface {hop.interface}")
        link = self._link_of(node, hop.interface)
        if link is None:
            return self.reason(f"nothing is plugged into {hop.interface}")
        if self._is_dead(node, hop):
            return self.reason(f"{hop.interface} is down")
        if (link.name, node.name) in self._failures.directions:
            return self.reason(f"{link.name} carries nothing from {node.name}")
        if hop.gateway is None:
            return len(self.names) + self._link_index[link.name]
        owner = self.neighbours(link).get(hop.gateway)
        outside = [str(end) for end in link.endpoints if end.kind is not EndKind.NODE]
        if owner is None and outside:
            return self.reason(f"leaves the lab at {outside[0]}")
        if owner is None or owner == node.name:
            return self.reason(f"nobody on {link.name} has {hop.gateway}")
        if self._failures and not self._failures.carries(link, node.name, owner):
            return self.reason(f"{owner} does not answer on {link.name}")
        return self.index[owner]

    def neighbours(self, link: LinkSpec) -> Mapping[Address, str]:
        """Which node answers for which address on a link, its link-local one included.

        An end without IPv4 addresses answers for those of its node.
        """
        if link.name not in self._neighbours:
            found: dict[Address, str] = {}
            for end in link.endpoints:
                if end.kind is not EndKind.NODE:
                    continue
                spec = self._lab.nodes[end.node].interfaces[end.interface]
                for one in spec.addresses:
                    found[one.address] = end.node
                if not any(one.version == 4 for one in spec.addresses):
                    for one in self._lab.nodes[end.node].addresses():
                        if one.version == 4:
                            found.setdefault(one.address, end.node)
                found.setdefault(Address.from_eui64(_LINK_LOCAL, spec.mac), end.node)
            self._neighbours[link.name] = found
        return self._neighbours[link.name]
