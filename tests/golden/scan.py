"""The forwarding table as a child would do it: look at every prefix, keep the longest that fits.

Values are `ipaddress` networks in a plain dict. Each method is one loop over the whole table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Generic, TypeVar

Network = IPv4Network | IPv6Network
Host = IPv4Address | IPv6Address
V = TypeVar("V")


def contains(outer: Network, inner: Network) -> bool:
    """Every address of `inner` is in `outer`."""
    if outer.version != inner.version:
        return False
    return inner.network_address in outer and inner.prefixlen >= outer.prefixlen


def in_order(network: Network) -> tuple[int, int, int]:
    """IPv4 before IPv6, then by network, then shorter before longer."""
    return network.version, int(network.network_address), network.prefixlen


@dataclass(slots=True)
class ScanTable(Generic[V]):
    """A table of routes that answers by trying them all."""

    routes: dict[Network, V] = field(default_factory=dict)

    def all_matches(self, address: Host) -> list[tuple[Network, V]]:
        """Every route whose prefix holds the address, the longest first."""
        found = [(prefix, value) for prefix, value in self.routes.items() if address in prefix]
        return sorted(found, key=lambda route: route[0].prefixlen, reverse=True)

    def longest_match(self, address: Host) -> tuple[Network, V] | None:
        best: tuple[Network, V] | None = None
        for prefix, value in self.routes.items():
            if address in prefix and (best is None or prefix.prefixlen > best[0].prefixlen):
                best = prefix, value
        return best

    def covering(self, inner: Network) -> list[tuple[Network, V]]:
        """Routes that hold all of `inner`, itself included, the shortest first."""
        found = [
            (prefix, value) for prefix, value in self.routes.items() if contains(prefix, inner)
        ]
        return sorted(found, key=lambda route: route[0].prefixlen)

    def covered_by(self, outer: Network) -> list[tuple[Network, V]]:
        """Routes inside `outer`, itself included, in order."""
        return [route for route in self.ordered() if contains(outer, route[0])]

    def directly_covered_by(self, outer: Network) -> list[tuple[Network, V]]:
        """Routes inside `outer` with no other route between them and `outer`."""
        inside = [route for route in self.covered_by(outer) if route[0] != outer]
        return [
            route
            for route in inside
            if not any(contains(other, route[0]) and other != route[0] for other, _ in inside)
        ]

    def ordered(self) -> Iterator[tuple[Network, V]]:
        for prefix in sorted(self.routes, key=in_order):
            yield prefix, self.routes[prefix]
