"""Small networks in both versions: networks have numbers, addresses follow from these."""

from __future__ import annotations

from typing import Literal

from fingerpost.addr import Prefix
from fingerpost.ospf.config import NetworkType, OspfInterface

from ..network import Network
from .whole import whole

Version = Literal[2, 3]
P2P = NetworkType.POINT_TO_POINT


def prefix(version: Version, area: int, number: int) -> Prefix:
    """The network of a number; those of an area have their beginning in common."""
    return Prefix(f"10.{area}.{number}.0/24" if version == 2 else f"2001:db8:{area}:{number}::/64")


def around(version: Version, area: int) -> Prefix:
    """All networks of an area."""
    return Prefix(f"10.{area}.0.0/16" if version == 2 else f"2001:db8:{area}::/48")


def outside(version: Version, number: int) -> str:
    """A destination that OSPF does not know by itself."""
    return f"192.0.{number}.0/24" if version == 2 else f"2001:db9:{number}::/48"


def default(version: Version) -> str:
    """All destinations."""
    return "0.0.0.0/0" if version == 2 else "::/0"


def interface(name: str, area: int = 0, **said: object) -> OspfInterface:
    """A point-to-point interface unless it is said otherwise."""
    kind = said.pop("network_type", P2P)
    return OspfInterface(name, area=area, network_type=kind, **said)  # type: ignore[arg-type]


class Places:
    """A network under construction: what is said of a router is kept until `begin`."""

    def __init__(self, version: Version, **said: object) -> None:
        self.version: Version = version
        self.network = Network(version, make=whole, **said)  # type: ignore[arg-type]
        self._interfaces: dict[str, list[OspfInterface]] = {}
        self._config: dict[str, dict[str, object]] = {}
        self._links: list[tuple[str, tuple[tuple[str, str, str], ...]]] = []

    def router(self, name: str, **config: object) -> None:
        """There is a router; ids count from 1.1.1.1 in the order of routers."""
        self._interfaces[name] = []
        self._config[name] = config

    def link(self, number: int, *routers: str, area: int = 0, **said: object) -> None:
        """A network with these routers, which count from address 1; interfaces have its name."""
        name = f"{area}.{number}"
        held = prefix(self.version, area, number)
        ends = []
        for at, router in enumerate(routers, 1):
            self._interfaces[router].append(interface(name, area, **said))
            ends.append((router, name, f"{held.network + at}/{held.length}"))
        self._links.append((name, tuple(ends)))

    def stub(self, number: int, router: str, area: int = 0, **said: object) -> None:
        """A network with one router and none to come."""
        self.link(number, router, area=area, is_passive=True, **said)

    def begin(self, seconds: float = 0) -> Network:
        """Let everything come up, and time pass."""
        for number, name in enumerate(self._interfaces, 1):
            self.network.router(
                name,
                ".".join([str(number)] * 4),
                *self._interfaces[name],
                **self._config[name],
            )
        for name, ends in self._links:
            self.network.link(name, *ends)
        self.network.run(seconds)
        return self.network


def router_id(number: int) -> int:
    """The id of a router by the order in which they were made."""
    return number * 0x01010101
