"""A node of a running lab, as its user meets it: `net["a"]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.host.application import Started
from fingerpost.host.services import SERVICES
from fingerpost.lab.datagrams import LabUdp
from fingerpost.lab.hops import TracerouteResult
from fingerpost.lab.hops import with_names as name_hops
from fingerpost.lab.instant import Time, nanoseconds
from fingerpost.lab.model import DEFAULT_MTU
from fingerpost.lab.ping import Ping, PingOptions, PingResult, with_names
from fingerpost.lab.stream import Server, Stream, connect
from fingerpost.lab.traceroute import Traceroute, TracerouteOptions
from fingerpost.lab.why import Why, follow, with_hop_limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.addr import Address
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.fib import Fib
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.route import Route
    from fingerpost.host.virtual import VirtualHost
    from fingerpost.lab.model import Node
    from fingerpost.lab.network import Network
    from fingerpost.lab.station import Station
    from fingerpost.router import Router

UNREACHABLE = "connect: Network is unreachable"
SWITCHED_OFF = "connect: this node is switched off"


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
        return self.router.interfaces

    @property
    def table(self) -> Fib[Route]:
        """Its forwarding table."""
        return self.router.fib

    @property
    def addresses(self) -> tuple[InterfaceAddress, ...]:
        """Every address that it has now; link-local ones last."""
        found = [own for one in self.interfaces.values() for own in one.addresses]
        return tuple(sorted(found, key=lambda own: own.address.is_link_local))

    # -- asking the network --------------------------------------------------------------------

    def ping(
        self,
        target: str | Address | LabNode,
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
        ping = self.start_ping(target, options, family)
        if isinstance(ping, PingResult):
            return ping
        self.network.wait(lambda: ping.is_done)
        return with_names(ping.result, self.network.owners)

    def start_ping(
        self, target: str | Address | LabNode, options: PingOptions, family: int | None = None
    ) -> Ping | PingResult:
        """Begin a ping and let no time pass; a result at once where nothing can be sent."""
        address = self.network.address_of(target, family or self._family(target))
        text = _text(target)
        source = self._source(address)
        if isinstance(source, str):
            return PingResult(text, address, options, failure=source)
        ping = Ping(
            text,
            source,
            address,
            identifier=self.host.rng.getrandbits(16),
            options=options,
            hop_limit=self.router.plane.policy.default_hop_limit,
        )
        self._station.run(ping, self.network.now)
        return ping

    def traceroute(
        self,
        target: str | Address | LabNode,
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
        machine = self.start_traceroute(target, options, family)
        if isinstance(machine, TracerouteResult):
            return machine
        self.network.wait(lambda: machine.is_done)
        return name_hops(machine.result, self.network.owners)

    def start_traceroute(
        self,
        target: str | Address | LabNode,
        options: TracerouteOptions,
        family: int | None = None,
    ) -> Traceroute | TracerouteResult:
        """Begin a traceroute and let no time pass; a result at once where nothing can be sent."""
        address = self.network.address_of(target, family or self._family(target))
        source = self._source(address)
        if isinstance(source, str):
            return TracerouteResult(_text(target), address, options.max_ttl, failure=source)
        machine = Traceroute(
            _text(target),
            source,
            address,
            base=self.host.rng.getrandbits(16),
            options=options,
            mtu=self._mtu(address),
        )
        self._station.run(machine, self.network.now)
        return machine

    def why(
        self,
        target: str | Address | LabNode,
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
        address = self.network.address_of(target, family or self._family(target))
        hop_limit = self.router.plane.policy.default_hop_limit if ttl is None else ttl
        if packet is None:
            source = self.host.source_for(address)
            if source is None:
                own = [one.address for one in self.addresses if one.version == address.version]
                if not own:
                    raise UsageError(f"{self.name} has no IPv{address.version} address")
                source = own[0]
            options = TracerouteOptions(
                method, hop_limit, hop_limit, size=size, port=port, dont_fragment=dont_fragment
            )
            machine = Traceroute(_text(target), source, address, base=0, options=options)
            packet = machine.receive(Started(), 0)[0].packet
        packet = with_hop_limit(packet, hop_limit)
        return follow(self.network, self.name, _text(target), packet)

    # -- sockets -------------------------------------------------------------------------------

    def connect(
        self,
        target: str | Address | LabNode,
        port: int,
        *,
        wait: Time = "60s",
        family: int | None = None,
    ) -> Stream:
        """Open a TCP connection; raises `UsageError` where it is refused or nobody answers."""
        address = self.network.address_of(target, family or self._family(target))
        source = self._source(address)
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

    # -- what it needs for that ----------------------------------------------------------------

    def _mtu(self, destination: Address) -> int:
        """The MTU of the first link towards a destination."""
        found = self.table.match(destination)
        hops = self.router.plane.resolved(found[1]) if found is not None else ()
        mtus = [self.interfaces[hop.interface].mtu for hop in hops if hop.interface is not None]
        return mtus[0] if mtus else DEFAULT_MTU

    def _family(self, target: str | Address | LabNode) -> int | None:
        """The family to prefer: IPv4 where both speak it, else IPv6 where both do."""
        if not isinstance(target, (str, LabNode)):
            return None
        name = target if isinstance(target, str) else target.name
        if name not in self.network:
            return None
        ours = {own.version for own in self.addresses}
        theirs = {own.version for own in self.network[name].addresses}
        return min(ours & theirs, default=None)

    def _source(self, destination: Address) -> Address | str:
        """The address to speak from, or why there is nothing to say."""
        if not self.is_on:
            return SWITCHED_OFF
        is_own = any(own.address == destination for own in self.addresses)
        if not is_own and self.table.match(destination) is None:
            return UNREACHABLE
        return self.host.source_for(destination) or UNREACHABLE

    # -- looking -------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, object]:
        """Its state as plain data, for JSON."""
        return {"is_on": self.is_on, **self.router.snapshot()}

    def __repr__(self) -> str:
        """Its name and addresses."""
        kind = "router" if self.spec.forwards else "host"
        shown = ", ".join(str(own) for own in self.addresses[:3])
        return f"<{kind} {self.name}: {shown or 'no address'}>"


def _text(target: str | Address | LabNode) -> str:
    return target.name if isinstance(target, LabNode) else str(target)
