"""A node while the lab runs: its host, the links that it is plugged into, its place on the clock.

The station carries out what the host asks for: frames go onto links, the rest into the record. It
knows when the host wants to be woken and keeps one timer for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.forwarding.events import (
    AddAddress,
    Happened,
    InstallRoute,
    InterfaceWentDown,
    InterfaceWentUp,
    RemoveAddress,
    SendFrame,
    TimePassed,
    WithdrawRoute,
)
from fingerpost.lab.assembly import build_host
from fingerpost.lab.record import Entry
from fingerpost.lab.route_changes import kind_and_detail
from fingerpost.router.events import ConfigurationChanged, FibChanged
from fingerpost.wire.icmpv6_message import NEIGHBOR_DISCOVERY

if TYPE_CHECKING:
    from fingerpost.fib import Fib
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.route import Route
    from fingerpost.host.application import Application
    from fingerpost.host.virtual import VirtualHost
    from fingerpost.lab.convergence import Convergence
    from fingerpost.lab.link import Link, Receiver
    from fingerpost.lab.model import Node
    from fingerpost.lab.record import Record
    from fingerpost.lab.scheduler import Scheduler
    from fingerpost.router.config import RouterConfig
    from fingerpost.router.router import Event, Output

Tables = Callable[[str], "Fib[Route]"]
"""The table of a node of that name with all links up, asked for when it is first needed."""
CONNECTED = "connected"
_TIME_PASSED = TimePassed()


class Station:
    """One node of a running lab. `ports`: interface -> the link it is plugged into, and its end."""

    def __init__(
        self,
        spec: Node,
        scheduler: Scheduler,
        record: Record,
        tables: Tables,
        convergence: Convergence,
    ) -> None:
        """Set the node up as it is in a network that has been running for a while.

        Protocols begin with `start`, and tell `convergence` of each change.
        """
        self.spec = spec
        self.name = spec.name
        self.config = spec.router
        self.ports: dict[str, tuple[Link, int]] = {}
        self.is_on = True
        self.boots = 0
        self._scheduler = scheduler
        self._record = record
        self._tables = tables
        self._convergence = convergence
        self._has_routes = spec.router is not None  # its own routing process fills its table
        self._is_pristine = True  # no interface or address has changed
        self._armed: int | None = None
        self._host = build_host(spec, scheduler)

    @property
    def host(self) -> VirtualHost:
        """The host with its table complete."""
        if not self._has_routes:
            self._install()
        return self._host

    @property
    def interfaces(self) -> Mapping[str, Interface]:
        """The interfaces of the host, for which its table need not be there."""
        return self._host.router.interfaces

    def _install(self) -> None:
        """Fill the table: thousands of nodes would take long to fill before the first packet."""
        self._has_routes = True
        table, router = self._tables(self.name), self._host.router
        if self._is_pristine:
            router.adopt(table.copy())
            return
        prefixes, routes = table.columns()
        kept = [at for at, route in enumerate(routes) if route.origin != CONNECTED]
        router.install_many([prefixes[at] for at in kept], [routes[at] for at in kept])

    # -- links ---------------------------------------------------------------------------------

    def receiver(self, interface: str) -> Receiver:
        """What a link gives frames to that arrive at an interface."""

        def receive(frame: bytes, now: int) -> None:
            if self.is_on:
                if not self._has_routes and _needs_table(frame):
                    self._install()
                self._carry(self._host.receive_frame(interface, frame, now), now)

        return receive

    def set_carrier(self, interface: str, is_up: bool, now: int) -> None:
        """Tell the host that a link began or ceased to carry; nothing if it knew."""
        if not self.is_on or self._host.router.interfaces[interface].is_up == is_up:
            return
        event = InterfaceWentUp(interface) if is_up else InterfaceWentDown(interface)
        self._record.add(Entry(now, self.name, "up" if is_up else "down", "", interface))
        if not self._has_routes:
            self._install()
        self.take(event, now)

    # -- power ---------------------------------------------------------------------------------

    def switch_off(self) -> None:
        """Lose power and with it everything that was not configured."""
        self.is_on = False
        self._armed = None

    def switch_on(self) -> None:
        """Start anew, with every link down until it is said to be up."""
        self.is_on = True
        self.boots += 1
        self._host = build_host(self.spec, self._scheduler, self.boots)
        self._has_routes, self._is_pristine = self.spec.router is not None, False
        now = self._scheduler.now
        for interface in self.ports:
            self._carry(self._host.receive(InterfaceWentDown(interface), now), now)
        self._start_protocols()

    # -- events --------------------------------------------------------------------------------

    def take(self, event: Event, now: int) -> None:
        """Give the host an event and carry out what follows."""
        self._carry(self._host.receive(event, now), now)

    def run(self, application: Application, now: int) -> None:
        """Start an application on the host."""
        self._carry(self.host.run(application, now), now)

    def carry(self, outputs: Iterable[Output]) -> None:
        """Carry out what a call of the host has given."""
        self._carry(outputs, self._scheduler.now)

    def start(self) -> None:
        """Ask the host for its first deadline; where addresses are advertised, begin with that."""
        for name, spec in self.spec.interfaces.items():
            if spec.link is not None and (spec.autoconfigures or spec.advertises):
                self.take(InterfaceWentUp(name), self._scheduler.now)
        self._start_protocols()
        self._arm()

    def _start_protocols(self) -> None:
        if self.config is not None:
            self.take(ConfigurationChanged(self.config), self._scheduler.now)

    def configure(self, config: RouterConfig) -> None:
        """Give the routing process another configuration, which it keeps without power.

        Raises `UsageError` where there is no routing process.
        """
        if self.config is None:
            raise UsageError(f"{self.name} has no routing process; `router:` in the file makes one")
        self.config = config
        if self.is_on:
            self.take(ConfigurationChanged(config), self._scheduler.now)

    def _carry(self, outputs: Iterable[Output], now: int) -> None:
        for output in outputs:
            if type(output) is SendFrame:
                port = self.ports.get(output.interface)
                if port is not None:
                    port[0].send(port[1], output.frame, now)
            else:
                self._note(output, now)
        self._arm()

    def _note(self, output: Output, now: int) -> None:
        match output:
            case Happened(kind, interface, detail):
                is_usual = _is_usual(kind, detail)
                entry = Entry(now, self.name, kind, detail, interface, is_frequent=is_usual)
            case AddAddress(interface, address):
                entry = Entry(now, self.name, "address added", str(address), interface)
            case RemoveAddress(interface, address):
                entry = Entry(now, self.name, "address removed", str(address), interface)
            case InstallRoute(prefix, route):
                entry = Entry(now, self.name, "route learned", f"{prefix} {route}")
            case WithdrawRoute(prefix):
                entry = Entry(now, self.name, "route lost", str(prefix))
            case FibChanged(_, changes):
                self._convergence.changed(self.name, changes)
                entry = Entry(now, self.name, *kind_and_detail(changes), is_frequent=True)
                self._record.add(entry)
                return
            case _:
                return
        self._is_pristine = self._is_pristine and isinstance(output, Happened)
        self._record.add(entry)

    # -- time ----------------------------------------------------------------------------------

    def _arm(self) -> None:
        deadline = self._host.next_deadline()
        if deadline is not None and (self._armed is None or deadline < self._armed):
            self._armed = deadline
            self._scheduler.post(deadline, self._wake, deadline)

    def _wake(self, armed: int) -> None:
        if armed != self._armed:
            return  # an earlier deadline took its place
        self._armed = None
        now = self._scheduler.now
        self._carry(self._host.receive(_TIME_PASSED, now), now)  # nothing, if it was put off


_ARP, _IPV6, _ICMPV6 = b"\x08\x06", b"\x86\xdd", 58


def _needs_table(frame: bytes) -> bool:
    """Whether a frame may need a look into the table: one for us that is not about neighbours."""
    if len(frame) < 14 or frame[0] & 1 or frame[12:14] == _ARP:
        return False
    is_discovery = (
        frame[12:14] == _IPV6
        and len(frame) > 54
        and frame[20] == _ICMPV6
        and frame[54] in NEIGHBOR_DISCOVERY
    )
    return not is_discovery


def _is_usual(kind: str, detail: str) -> bool:
    """Whether each link of a large network has one or several of these as it begins."""
    if kind.endswith("neighbor state"):
        return " Full to " not in detail  # a neighbour that is lost is no usual thing
    return kind.endswith(("neighbor up", "interface state"))
