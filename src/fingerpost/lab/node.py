"""A node of a running lab, as its user meets it: `net["a"]`."""

from __future__ import annotations

from os import PathLike, fspath
from typing import TYPE_CHECKING, TypeVar

from fingerpost.errors import UsageError
from fingerpost.host.services import SERVICES
from fingerpost.lab import questions
from fingerpost.lab.datagrams import LabUdp
from fingerpost.lab.hops import TracerouteResult
from fingerpost.lab.hops import with_names as name_hops
from fingerpost.lab.instant import Time, nanoseconds
from fingerpost.lab.ping import Ping
from fingerpost.lab.ping_result import PingOptions, PingResult, with_names
from fingerpost.lab.questions import Target, text_of
from fingerpost.lab.stream import Server, Stream, connect
from fingerpost.lab.traceroute import Traceroute, TracerouteOptions
from fingerpost.lab.why import Why, follow, with_hop_limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.fib import Fib
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.route import Route
    from fingerpost.host.virtual import VirtualHost
    from fingerpost.lab.model import Node
    from fingerpost.lab.network import Network
    from fingerpost.lab.replay import Replay
    from fingerpost.lab.station import Station
    from fingerpost.router import Router
    from fingerpost.router.config import RouterConfig

Answered = TypeVar("Answered", PingResult, TracerouteResult)


class LabNode:
    """A router or host; what it is asked to do lets the time of its network pass."""

    def __init__(self, network: Network, station: Station) -> None:
        """Made by `Network`."""
        self.network = network
        self._station = station

    @property
    def name(self) -> str:
        """Its name."""
        return self._station.name

    @property
    def spec(self) -> Node:
        """What the lab says of it."""
        return self._station.spec

    @property
    def host(self) -> VirtualHost:
        """Its sockets and applications, without I/O."""
        return self._station.host

    @property
    def router(self) -> Router:
        """Its forwarding plane, without I/O."""
        return self._station.host.router

    @property
    def is_on(self) -> bool:
        """Whether it has power."""
        return self._station.is_on

    @property
    def interfaces(self) -> Mapping[str, Interface]:
        """Its interfaces by name."""
        return self._station.interfaces

    @property
    def table(self) -> Fib[Route]:
        """Its forwarding table."""
        return self.router.fib

    @property
    def addresses(self) -> tuple[InterfaceAddress, ...]:
        """Every address that it has now; link-local ones last."""
        found = [own for one in self.interfaces.values() for own in one.addresses]
        return tuple(sorted(found, key=lambda own: own.address.is_link_local))

    def configure(self, config: RouterConfig) -> None:
        """Change what its routing process is told; only what differs changes.

        `node.router.routing.config` is what it was told before. Raises `UsageError` where it has
        no routing process, or for a configuration that cannot be.
        """
        self.network.configure(self.name, config)

    # -- asking the network --------------------------------------------------------------------

    def ping(
        self,
        target: Target,
        *,
        count: int = 4,
        interval: Time = "1s",
        size: int = 56,
        ttl: int | None = None,
        dont_fragment: bool = False,
        timeout: Time = "10s",
        family: int | None = None,
    ) -> PingResult:
        """Send echo requests and wait for what comes back; true if anything does.

        `timeout` counts from the last request. Raises `UsageError` for an unknown target.
        """
        options = PingOptions(
            count,
            nanoseconds(interval, "interval"),
            size,
            nanoseconds(timeout, "timeout"),
            ttl,
            dont_fragment,
        )
        started = self.start_ping(target, options, family)
        if isinstance(started, PingResult):
            return self._answered(started)
        self.network.wait(lambda: started.is_done)
        return self._answered(with_names(started.result, self.network.names_of))

    def start_ping(
        self, target: Target, options: PingOptions, family: int | None = None
    ) -> Ping | PingResult:
        """Begin a ping and let no time pass; a result at once where nothing can be sent."""
        made = questions.ping(self, target, options, family)
        if isinstance(made, Ping):
            self._station.run(made, self.network.now)
        return made

    def traceroute(
        self,
        target: Target,
        *,
        method: str = "udp",
        first_ttl: int = 1,
        max_ttl: int = 30,
        queries: int = 3,
        wait: Time = "5s",
        flows: int = 1,
        mtu: bool = False,
        size: int | None = None,
        dont_fragment: bool = False,
        port: int | None = None,
        family: int | None = None,
    ) -> TracerouteResult:
        """Find the routers on the way; true if the target answers.

        `flows` above 1 spreads the queries over as many flows, so that equal-cost routers show
        more than one way; `mtu` looks for the path MTU as tracepath does. Raises `UsageError` for
        an unknown target and for options that cannot be.
        """
        options = TracerouteOptions(
            method,
            first_ttl,
            max_ttl,
            queries,
            nanoseconds(wait, "wait"),
            size=size,
            port=port,
            flows=flows,
            dont_fragment=dont_fragment,
            finds_mtu=mtu,
        )
        started = self.start_traceroute(target, options, family)
        if isinstance(started, TracerouteResult):
            return self._answered(started)
        self.network.wait(lambda: started.is_done)
        return self._answered(name_hops(started.result, self.network.names_of))

    def start_traceroute(
        self, target: Target, options: TracerouteOptions, family: int | None = None
    ) -> Traceroute | TracerouteResult:
        """Begin a traceroute and let no time pass; a result at once where nothing can be sent."""
        made = questions.traceroute(self, target, options, family)
        if isinstance(made, Traceroute):
            self._station.run(made, self.network.now)
        return made

    def why(
        self,
        target: Target,
        *,
        method: str = "icmp",
        size: int | None = None,
        ttl: int | None = None,
        dont_fragment: bool = False,
        port: int | None = None,
        family: int | None = None,
        packet: bytes | None = None,
    ) -> Why:
        """Ask every router on the way to a target what it would do with a packet, and why.

        The packet is a probe of traceroute's `method` with `size` bytes, or `packet` with `ttl`
        hops to go. Nothing is sent. Raises `UsageError` for an unknown target.
        """
        hop_limit = self.router.plane.policy.default_hop_limit if ttl is None else ttl
        if packet is None:
            options = TracerouteOptions(method, size=size, port=port, dont_fragment=dont_fragment)
            packet = questions.probe(self, target, options, family)
        packet = with_hop_limit(packet, hop_limit)
        return follow(self.network, self.name, text_of(target), packet)

    def _answered(self, result: Answered) -> Answered:
        self.network.asked.append(f"{self.name}: {result.summary()}")
        return result

    # -- sockets -------------------------------------------------------------------------------

    def connect(
        self, target: Target, port: int, *, wait: Time = "60s", family: int | None = None
    ) -> Stream:
        """Open a TCP connection; raises `UsageError` where it is refused or nobody answers."""
        address = questions.resolve(self, target, family)
        source = questions.source_towards(self, address)
        if isinstance(source, str):
            raise UsageError(f"{self.name}: {source}")
        return connect(self.network, self._station, source, address, port, wait)

    def listen(self, port: int) -> Server:
        """Accept TCP connections to a port."""
        return Server(self.network, self._station, port)

    def udp(self, port: int = 0) -> LabUdp:
        """Open a UDP socket, of a free port if 0."""
        return LabUdp(self.network, self._station, self.host.udp.open(port))

    def serve(self, *services: str) -> None:
        """Offer small UDP services: "echo" (port 7), "discard" (port 9)."""
        for name in services:
            if name not in SERVICES:
                raise UsageError(f"no service {name!r}; there is {', '.join(SERVICES)}")
            SERVICES[name](self.host)

    def replay(
        self,
        file: str | PathLike[str],
        to: Target,
        *,
        peer: str | int | None = None,
        asn: int = 0,
        speed: float = 1.0,
        family: int | None = None,
    ) -> Replay:
        """Speak to a router as a peer that an MRT file tells of: its table, or its messages.

        The router has a neighbor at the address of this node, of AS `asn` (0: that of the peer).
        `peer`: address or AS; None: who said most. `speed`: of messages, 0 for all at once. No time
        passes. Raises `LoadError`, `DecodeError`, and `UsageError` for what cannot be played.
        """
        from fingerpost.addr import Address
        from fingerpost.lab.model import Replayed
        from fingerpost.lab.replay import Replay

        remote = questions.resolve(self, to, family)
        local = questions.source_towards(self, remote)
        if isinstance(local, str):
            raise UsageError(f"{self.name}: {local}")
        who = Address(peer) if isinstance(peer, str) else peer
        what = Replayed(fspath(file), asn, who, speed)
        made = Replay(self.network, self._station, (local, remote), what)
        self.network.replays.append(made)
        return made

    # -- looking -------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, object]:
        """Its state as plain data, for JSON."""
        return {"is_on": self.is_on, **self.router.snapshot()}

    def __repr__(self) -> str:
        """Its name and addresses."""
        kind = "router" if self.spec.forwards else "host"
        shown = ", ".join(str(own) for own in self.addresses[:3])
        return f"<{kind} {self.name}: {shown or 'no address'}>"
