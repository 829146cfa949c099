"""A network for routers of any make: what it is, said once, and its addresses.

Wire i is "e<i>" at each of its ends, with 10.0.i.0/24 and fd00:i::/64. Site n has the router id
10.255.0.n+1, which is an address of its loopback, and one external prefix of each family if it is
told to have some.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

HELLO_S = 1
DEAD_S = 4


@dataclass(frozen=True)
class Wire:
    """What joins sites: two or more. `costs` and `priorities` by site, 10 and 1 unless said.

    `words` is what else is said of a site's end for a version, in the language of its make. An end
    of a switched wire can be cut off without a change of anybody's carrier. An unnumbered one has
    the addresses of the loopback.
    """

    sites: tuple[int, ...]
    area: int = 0
    is_point_to_point: bool = False
    costs: Mapping[int, int] = field(default_factory=dict)
    priorities: Mapping[int, int] = field(default_factory=dict)
    words: Mapping[tuple[int, int], str] = field(default_factory=dict)
    is_switched: bool = False
    is_unnumbered: bool = False

    def said(self, site: int, version: int) -> str:
        """The words of a site's own make."""
        return self.words.get((site, version), "")


@dataclass(frozen=True)
class AreaPlan:
    """An area: "normal", "stub" or "nssa"; ranges of both families as its border tells them."""

    kind: str = "normal"
    has_summaries: bool = True
    ranges: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signing:
    """How the wires are signed: "password", "md5", "hmac-sha-1", "hmac-sha-256" and so on."""

    algorithm: str
    key: str = "a-key-of-us"


@dataclass(frozen=True)
class Plan:
    """The whole network. `externals`: metric type by site that redistributes its statics.

    `virtual_links`: pairs of border routers and the area that is between them. `words`: what else
    is said of a site's instance of a version, in the language of its make, and for version 0 of
    the router of ours or to bfdd of FRR. `tags`: of what a site redistributes. `homes`: areas of
    loopbacks where they are others than `home` finds by itself.
    """

    makes: tuple[str, ...]
    wires: tuple[Wire, ...]
    areas: Mapping[int, AreaPlan] = field(default_factory=dict)
    externals: Mapping[int, int] = field(default_factory=dict)
    signing: Signing | None = None
    versions: tuple[int, ...] = (2, 3)
    virtual_links: tuple[tuple[int, int, int], ...] = ()
    words: Mapping[tuple[int, int], str] = field(default_factory=dict)
    tags: Mapping[int, int] = field(default_factory=dict)
    homes: Mapping[int, int] = field(default_factory=dict)

    def wires_of(self, site: int) -> dict[int, Wire]:
        """The wires at a site by number."""
        return {at: wire for at, wire in enumerate(self.wires) if site in wire.sites}

    def home(self, site: int) -> int:
        """The area of a site's loopback: the backbone where it is in it."""
        if site in self.homes:
            return self.homes[site]
        return min(wire.area for wire in self.wires_of(site).values())

    def area(self, number: int) -> AreaPlan:
        """What is said of an area."""
        return self.areas.get(number, AreaPlan())

    def areas_of(self, site: int) -> list[int]:
        """The areas that a site is in."""
        return sorted({wire.area for wire in self.wires_of(site).values()} | {self.home(site)})

    def virtual_ends(self, site: int) -> list[tuple[str, int]]:
        """Where virtual links of a site lead to, and by which areas."""
        found = []
        for left, right, area in self.virtual_links:
            if site in (left, right):
                found.append((router_id(right if site == left else left), area))
        return found

    def said(self, site: int, version: int) -> str:
        """The words of a site's own make."""
        return self.words.get((site, version), "")


def router_id(site: int) -> str:
    """The router id, and the IPv4 address of the loopback."""
    return f"10.255.0.{site + 1}"


def loopbacks(site: int) -> tuple[str, str]:
    """The addresses of the loopback."""
    return f"{router_id(site)}/32", f"fd00:ffff::{site + 1:x}/128"


def external(site: int, version: int) -> str:
    """The prefix that only a static route of the site has."""
    return f"10.100.{site}.0/24" if version == 2 else f"fd10:{site + 1:x}::/48"


def addresses(wire: int, site: int) -> tuple[str, str]:
    """The addresses of a site at a wire."""
    return f"10.0.{wire}.{site + 1}/24", f"fd00:{wire:x}::{site + 1:x}/64"
