"""What a lab is: nodes, links, a timeline and expectations, as plain frozen values.

`fingerpost.lab.topology.load` makes a `Lab` from any file it can read, with every address given out
and every name resolved; the runtime, the route computation, the reachability check and the drawing
all start from it. Durations are integers in nanoseconds, bandwidths in bit/s, probabilities from
0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.forwarding.interface import ReversePath, Role

if TYPE_CHECKING:
    from fingerpost.addr import Address, Interface, Prefix
    from fingerpost.forwarding.route import Route
    from fingerpost.lab.expectation import Expectation
    from fingerpost.lab.timeline import Change
    from fingerpost.router.config import RouterConfig

DEFAULT_MTU = 1500


class NodeKind(StrEnum):
    """What a node does with a packet that is not for it: a router forwards it, a host does not."""

    ROUTER = "router"
    HOST = "host"


class Routing(StrEnum):
    """Where the routes of a node come from, beside those that the file gives it.

    `SHORTEST`: static routes along the shortest paths by link cost. `PROTOCOLS`: what its protocols
    learn. `NONE`: nowhere.
    """

    SHORTEST = "shortest"
    PROTOCOLS = "protocols"
    NONE = "none"


class EndKind(StrEnum):
    """What a link ends in: a node of the lab, a TAP device to be made, a device of this machine."""

    NODE = "node"
    TAP = "tap"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a node is: `x` to the right, `y` upwards; degrees of longitude and latitude if
    `is_geographic`.
    """

    x: float
    y: float
    is_geographic: bool = False


@dataclass(frozen=True, slots=True)
class InterfaceSpec:
    """One interface of a node.

    `mac`: colon form, given out in the order of the file where it says none. `link`: the name of
    the link it is plugged into; None: nothing is plugged in. `autoconfigures`: a host heeds the
    routers there and makes itself IPv6 addresses (RFC 4862); `advertises`: a router serves it.
    `speed`: bit/s that the link takes from it, as the file says; None where it sets no limit.
    """

    name: str
    mac: str
    addresses: tuple[Interface, ...] = ()
    mtu: int = DEFAULT_MTU
    link: str | None = None
    role: Role = Role.INSIDE
    reverse_path: ReversePath = ReversePath.OFF
    autoconfigures: bool = False
    advertises: bool = False
    speed: int | None = None


@dataclass(frozen=True, slots=True)
class StaticRoute:
    """A route that the file gives a node; a gateway without interface is recursive.

    `passed_over`: words of its text that would mean something to a kernel and do not here.
    `distance` and `tag` count where a routing process chooses (`Node.router`).
    """

    prefix: Prefix
    route: Route
    passed_over: tuple[str, ...] = ()
    distance: int = 1
    tag: int = 0


@dataclass(frozen=True, slots=True)
class Replayed:
    """A recording of BGP that a host plays: `peer` of `file` as AS `asn`; 0: as its own.

    Messages of a file of updates come `speed` times as fast; 0: all at once.
    """

    file: str
    asn: int = 0
    peer: Address | int | None = None
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Node:
    """A router or a host.

    `interfaces`: by name, in order. `loopback`: addresses of the node itself. `routes`: static
    ones, a host's default routes included. `profile`: which packets count as martians, "lab",
    "strict" or "linux". `label`: what a drawing writes beside it. `router`: what its routing
    process is told; None: it has none, and its table is static.
    """

    name: str
    kind: NodeKind = NodeKind.ROUTER
    interfaces: Mapping[str, InterfaceSpec] = field(default_factory=dict)
    loopback: tuple[Interface, ...] = ()
    routes: tuple[StaticRoute, ...] = ()
    routing: Routing = Routing.NONE
    profile: str = "lab"
    position: Position | None = None
    label: str = ""
    router: RouterConfig | None = None
    replay: Replayed | None = None

    @property
    def forwards(self) -> bool:
        """Whether it passes on packets that are not for it."""
        return self.kind is NodeKind.ROUTER

    def addresses(self) -> tuple[Interface, ...]:
        """Every address it has: loopbacks first, then interface by interface."""
        of_interfaces = (one for spec in self.interfaces.values() for one in spec.addresses)
        return (*self.loopback, *of_interfaces)


@dataclass(frozen=True, slots=True)
class Quality:
    """What a link does to the frames of one direction.

    `bandwidth`: bit/s; None: frames take no time to send and never queue. The queue before the
    sender is bounded by `queue_packets` or `queue_bytes`, whichever is reached first.
    """

    delay_ns: int = 0
    jitter_ns: int = 0
    bandwidth: int | None = None
    queue_packets: int | None = None
    queue_bytes: int | None = None
    loss: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    corrupt: float = 0.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One end of a link: interface `interface` of `node`, or a device of the machine.

    For `EndKind.TAP` and `EndKind.DEVICE` `node` is "" and `interface` the name of the device.
    """

    node: str
    interface: str
    kind: EndKind = EndKind.NODE

    def __str__(self) -> str:
        """As the file writes it: "a:eth1", "tap:fp0"."""
        return f"{self.node or _WORDS[self.kind]}:{self.interface}"


_WORDS = {EndKind.TAP: "tap", EndKind.DEVICE: "host"}


@dataclass(frozen=True, slots=True)
class LinkSpec:
    """A link between two ends, or a LAN segment among more.

    `quality`: of every direction, unless `overrides` holds another for the frames that leave the
    end of that index. `cost`: what shortest paths pay to send into it. `prefixes`: its subnets.
    """

    name: str
    endpoints: tuple[Endpoint, ...]
    quality: Quality = Quality()
    overrides: Mapping[int, Quality] = field(default_factory=dict)
    mtu: int = DEFAULT_MTU
    cost: int = 1
    prefixes: tuple[Prefix, ...] = ()

    @property
    def is_lan(self) -> bool:
        """Whether more than two may be plugged in."""
        return len(self.endpoints) > 2

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes at its ends, in order; devices of the machine left out."""
        return tuple(end.node for end in self.endpoints if end.kind is EndKind.NODE)

    def leaving(self, end: int) -> Quality:
        """What happens to the frames that the end of index `end` sends."""
        return self.overrides.get(end, self.quality)

    def with_quality(self, changes: Mapping[str, object], leaving: str | None = None) -> LinkSpec:
        """The link with some fields of `Quality` changed, for all directions or that of a node."""
        overrides = {
            index: replace(self.leaving(index), **changes)  # type: ignore[arg-type]
            for index, end in enumerate(self.endpoints)
            if (index in self.overrides if leaving is None else end.node == leaving)
        }
        if leaving is not None:
            return replace(self, overrides={**self.overrides, **overrides})
        quality = replace(self.quality, **changes)  # type: ignore[arg-type]
        return replace(self, quality=quality, overrides=overrides)


@dataclass(frozen=True)
class Lab:
    """A network as its file describes it, complete: what was left out has been filled in.

    `nodes` and `links` keep the order of the file. `timeline` is sorted by time. `until_ns`: when
    a run ends, None if the file does not say or says that it ends when the tables stand.
    `warnings`: what the reader passed over, one line each. `source`: where it came from.
    """

    name: str
    nodes: Mapping[str, Node]
    links: tuple[LinkSpec, ...]
    timeline: tuple[Change, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    seed: int = 0
    until_ns: int | None = None
    warnings: tuple[str, ...] = ()
    source: str = ""

    @property
    def has_protocols(self) -> bool:
        """Whether some node learns its routes from others."""
        routers = (node.router for node in self.nodes.values() if node.router is not None)
        return any(router.protocols for router in routers)

    @cached_property
    def link_by_name(self) -> Mapping[str, LinkSpec]:
        """Every link under its name."""
        return {link.name: link for link in self.links}

    def link(self, text: str) -> LinkSpec:
        """The link that `text` names: its name, "a-b" in either order, or one end "a:eth1".

        Raises `UsageError` where none or several are meant, with the names to choose from.
        """
        from fingerpost.lab.names import find_link

        return find_link(self.links, text)

    def node(self, name: str) -> Node:
        """The node of that name; `UsageError` with the nearest names where there is none."""
        if name not in self.nodes:
            from fingerpost.config.names import meant

            raise UsageError(f"no node {name!r} in {self.name}{meant(name, self.nodes)}")
        return self.nodes[name]

    @cached_property
    def owners(self) -> Mapping[Address, tuple[str, ...]]:
        """Which nodes have an address: one, unless it is shared by several on purpose."""
        found: dict[Address, tuple[str, ...]] = {}
        for node in self.nodes.values():
            for one in node.addresses():
                if node.name not in found.get(one.address, ()):
                    found[one.address] = (*found.get(one.address, ()), node.name)
        return found

    def targets(self, text: str) -> tuple[Address, ...]:
        """What a destination means: an address itself, or the addresses a node is reached by.

        Those are, a family each (IPv4 first), the first loopback address, or the first of an
        interface where it has none. Raises `UsageError` for what is neither.
        """
        from fingerpost.addr import Address
        from fingerpost.errors import AddressError

        if text not in self.nodes:
            try:
                return (Address(text),)
            except AddressError:
                self.node(text)
        of_family: dict[int, Address] = {}
        for one in self.nodes[text].addresses():
            of_family.setdefault(one.version, one.address)
        return tuple(of_family[version] for version in sorted(of_family))

    def _repr_svg_(self) -> str:
        """For notebooks: a drawing."""
        from fingerpost.lab.draw import draw

        return draw(self).svg

    def __repr__(self) -> str:
        """Say how much is in it; a large one would fill the screen."""
        return f"<Lab {self.name!r}: {len(self.nodes):,} nodes, {len(self.links):,} links>"
