from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, ClassVar

from matching.peer import Addresses, Peer, Single, Table


class Adapter(Peer):
    """The loop that everybody writes first: `address in network` over the whole list.

    The list is sorted longest first, so that the first hit is the answer.
    """

    name: ClassVar[str] = "ipaddress"

    def build(self, prepared: Table) -> None:
        routes = zip(map(ip_network, prepared.texts), prepared.ids, strict=True)
        self.routes: list[tuple[IPv4Network | IPv6Network, int]] = sorted(
            routes, key=lambda route: route[0].prefixlen, reverse=True
        )

    def _lookup(self, address: Any) -> int:
        return next((value for network, value in self.routes if address in network), 0)

    def singles(self) -> list[Single]:
        def objects(addresses: Addresses) -> list[Any]:
            return list(map(ip_address, addresses.as_texts()))

        return [
            Single("ipaddress object", objects, self._lookup, int),
            Single("str", Addresses.as_texts, lambda text: self._lookup(ip_address(text)), int),
        ]
