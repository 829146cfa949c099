"""A network as a file describes it, before anything that it leaves out is filled in.

Every reader makes a `Draft`; `build` turns it into a `Lab`. `path` is the place of a thing in its
file, for messages; readers of formats without lines leave it empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fingerpost.addr import Prefix
from fingerpost.config.faults import Fault, Path, dotted
from fingerpost.forwarding.interface import ReversePath, Role
from fingerpost.lab.model import EndKind, NodeKind, Routing
from fingerpost.router.config import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fingerpost.addr import Address, Interface
    from fingerpost.lab.model import Position, Replayed, StaticRoute
    from fingerpost.lab.topology.expect_schema import ExpectEntry
    from fingerpost.lab.topology.schema import TimelineEntry


BGP = "bgp"
PROTOCOLS = (*FAMILIES, BGP)
"""What `routing:` may name."""


@dataclass(frozen=True, slots=True)
class RoutingWords:
    """What `routing:` says: where routes come from, and by which protocols they do."""

    routing: Routing
    protocols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A value of the file, as it stands at `origin`, to be read later."""

    value: Any
    origin: Path


@dataclass(slots=True)
class DraftInterface:
    """An interface; `link` is the index of the link it is plugged into.

    `is_bare`: it is to have no addresses but those that the file gives it.
    """

    name: str
    path: Path = ()
    addresses: list[Interface] = field(default_factory=list)
    mtu: int | None = None
    role: Role = Role.INSIDE
    reverse_path: ReversePath = ReversePath.OFF
    mac: str | None = None
    link: int | None = None
    is_bare: bool = False


@dataclass(slots=True)
class DraftNode:
    """A node; `loopback` None: to be given out, `routing` None: as the file says for all.

    `asn` None: to be given out where BGP is asked for. `router`: what is said to its
    routing process, the most general first. `replay`: of a host, which has an AS then.
    `is_bridge`: no node at all but a switch, which becomes the LAN of all that is linked to it.
    """

    name: str
    kind: NodeKind = NodeKind.ROUTER
    path: Path = ()
    is_bridge: bool = False
    label: str = ""
    loopback: list[Interface] | None = None
    interfaces: dict[str, DraftInterface] = field(default_factory=dict)
    routes: list[tuple[StaticRoute, Path]] = field(default_factory=list)
    routing: RoutingWords | None = None
    asn: int | None = None
    router: list[Said] = field(default_factory=list)
    replay: Replayed | None = None
    gateways: tuple[Address, ...] = ()
    slaac: bool = False
    profile: str = "lab"
    role: Role = Role.INSIDE
    reverse_path: ReversePath = ReversePath.OFF
    position: Position | None = None
    next_port: int = 1  # the first interface that may still be free


@dataclass(slots=True)
class DraftEnd:
    """One end of a link; `quality`: what differs for the frames that leave it.

    `options`: what is said of the interface to protocols, by their names.
    """

    node: str
    interface: str | None = None
    kind: EndKind = EndKind.NODE
    path: Path = ()
    mac: str | None = None
    addresses: list[Interface] = field(default_factory=list)
    quality: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Said] = field(default_factory=dict)


@dataclass(slots=True)
class DraftLink:
    """A link; `quality` holds the fields of `model.Quality` that the file gives.

    `options`: what is said of the interfaces at its ends to protocols, by their names.
    """

    ends: list[DraftEnd]
    path: Path = ()
    name: str | None = None
    quality: dict[str, Any] = field(default_factory=dict)
    mtu: int | None = None
    cost: int = 1
    prefixes: tuple[Prefix, ...] = ()
    options: dict[str, Said] = field(default_factory=dict)


_POOLS = {
    "loopback4": Prefix("10.255.0.0/16"),
    "loopback6": Prefix("fd00:0:0:ff::/64"),
    "link4": Prefix("10.0.0.0/10"),
    "link6": Prefix("fd00:0:1::/48"),
    "lan4": Prefix("10.128.0.0/10"),
    "lan6": Prefix("fd00:0:2::/48"),
}


@dataclass(frozen=True, slots=True)
class Pools:
    """Where addresses come from that the file leaves out.

    Links between two routers take /31 (RFC 3021) and the first two addresses of a /64, as /127
    (RFC 6164); LANs and the links of hosts /24 and /64; loopbacks single addresses.
    `families`: None: those in which the file itself gives addresses, or both if it gives none.
    """

    families: tuple[int, ...] | None = None
    prefixes: Mapping[str, Prefix] = field(default_factory=dict)

    def of(self, use: str, version: int) -> Prefix:
        """The pool of one use ("loopback", "link", "lan") and family."""
        name = f"{use}{version}"
        return self.prefixes.get(name, _POOLS[name])


@dataclass(slots=True)
class Draft:
    """A network to be completed. What is wrong with it gathers in `faults`.

    `timeline` and `expectations`: as the file has them, to be resolved when all names are known.
    """

    name: str
    source: str
    line: Callable[[Path], int] = lambda _: 0
    nodes: dict[str, DraftNode] = field(default_factory=dict)
    links: list[DraftLink] = field(default_factory=list)
    timeline: list[TimelineEntry | None] = field(default_factory=list)
    expectations: list[ExpectEntry | None] = field(default_factory=list)
    pools: Pools = Pools()
    routing: RoutingWords | None = None
    seed: int = 0
    start_ns: int = 0
    until_ns: int | None = None
    lost_links: bool = False  # some link was too faulty to be here
    warnings: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, path: Path, message: str) -> None:
        """Note that the thing at `path` is wrong."""
        self.faults.append(Fault(self.line(path), dotted(path), message))

    def warn(self, path: Path, message: str) -> None:
        """Note something that may not be meant so, and go on."""
        place = f"line {self.line(path)}: {dotted(path)}: " if path else ""
        self.warnings.append(place + message)
