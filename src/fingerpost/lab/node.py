"""A node of a running lab, as its user meets it: `net["a"]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.lab.instant import Time, nanoseconds
from fingerpost.lab.ping import Ping, PingOptions, PingResult, with_names

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
        text = target.name if isinstance(target, LabNode) else str(target)
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
