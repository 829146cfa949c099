"""BFD: sessions that watch whether neighbours can be reached (RFC 5880, 5881; 5883 in the machine).

The life of a session: somebody asks for a neighbour (`demand`), a session is made (`lives`), says
Down once a second and hears the same; by the table of `state` both come to be Up, and agree on
faster intervals by a Poll Sequence (`timing`). Packets go out by `transmission`, come in by
`reception`. What is not heard for the Detection Time is down, which its clients are told of. A
session that nobody asks for any more says AdminDown for a Detection Time, and goes.

Ours: no Echo function (Required Min Echo RX is 0, RFC 5880 6.8.8) and no Demand mode of our own;
that of a neighbour is obeyed. All that is due is due to the nanosecond: what is late is the host's
doing.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from fingerpost.addr import Prefix
from fingerpost.bfd.answer import SilentAnswer, unknown, untold
from fingerpost.bfd.asks import Asks
from fingerpost.bfd.complaints import Complaints
from fingerpost.bfd.config import BfdConfig
from fingerpost.bfd.constants import MULTIHOP_PORT, SINGLE_HOP_PORT
from fingerpost.bfd.demand import Demand
from fingerpost.bfd.faults import Fault
from fingerpost.bfd.links import Links
from fingerpost.bfd.listening import FAMILIES, Listening
from fingerpost.bfd.lives import Lives
from fingerpost.bfd.reception import find, refuse
from fingerpost.bfd.sessions import Sessions
from fingerpost.bfd.snapshot import Snapshot, snapshot_of
from fingerpost.bfd.strangers import Strangers
from fingerpost.bfd.transmission import TRANSMIT, Due, Transmission
from fingerpost.errors import UsageError
from fingerpost.forwarding.neighbor.timers import Timers
from fingerpost.protocol.events import (
    AddressesChanged,
    ConfigurationChanged,
    DatagramReceived,
    Event,
    InterfaceWentDown,
    InterfaceWentUp,
    NeighborUnwatched,
    NeighborWatched,
    Output,
    SendDatagram,
    ShutdownRequested,
)
from fingerpost.protocol.instance import UdpPort

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from fingerpost.bfd.session import Session
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.verdict import Filter


class Bfd:
    """One instance of BFD. `rng` draws discriminators, ports, sequence numbers and jitter."""

    def __init__(self, config: BfdConfig, rng: Random) -> None:
        """Begin with no interface; nothing is sent before one is up."""
        self.config = config
        self.now = 0
        self.is_stopped = False
        self.faults: Counter[Fault] = Counter()
        self.asks = Asks()
        self.links = Links()
        self.sessions = Sessions(rng)
        self.strangers = Strangers()
        self._out: list[Output] = []
        put = self._out.append
        self._timers: Timers[Due] = Timers()
        self._complaints = Complaints(put)
        self._transmission = Transmission(rng, self._timers, put, config)
        listening = Listening(self.sessions, self.links, put)
        self._lives = Lives(
            self.sessions,
            self._timers,
            self._transmission,
            self.asks,
            self._complaints,
            put,
            lambda session: listening.update(session.key.interface),
        )
        self._demand = Demand(
            config,
            self.asks,
            self.sessions,
            self.links,
            self._lives,
            listening,
            self.strangers,
            self._complaints,
        )
        self._demand.configure(config, 0)

    @property
    def listens(self) -> tuple[UdpPort, ...]:
        """The ports of both versions of IP, near and far (RFC 5881 4, RFC 5883 5)."""
        ports = (SINGLE_HOP_PORT, MULTIHOP_PORT)
        return tuple(UdpPort(family, port) for port in ports for family in FAMILIES)

    # ---- the one way in

    def receive(self, event: Event, now: int) -> list[Output]:
        """Take an event in and give what is to be done.

        Raises nothing, whatever comes in by the network.
        """
        if self.is_stopped:
            return []
        self.now = now
        handle = _HANDLERS.get(type(event))
        if handle is not None:
            handle(self, event, now)
        if not self.is_stopped:
            self._lives.pass_time(now)
            self._demand.fill_room(now)
        out = list(self._out)
        self._out.clear()
        return out

    def next_deadline(self) -> int | None:
        """The instant at which `TimePassed` is owed; None if nothing waits."""
        return None if self.is_stopped else self._timers.next_deadline()

    def next_packet(self, session: Session) -> int | None:
        """The instant of a session's next periodic packet; None if none will be sent."""
        return self._timers.instant((session.discriminator, TRANSMIT))

    def explain(self, prefix: Prefix | str) -> SilentAnswer:
        """That it has no routes."""
        return unknown(Prefix(prefix))

    def explain_told(self, prefix: Prefix | str, offered: RibRoute | None) -> SilentAnswer:
        """That it tells nobody of routes."""
        del offered
        return untold(Prefix(prefix))

    def policies(self) -> Iterator[tuple[str, Filter]]:
        """None."""
        return iter(())

    def snapshot(self, now: int | None = None) -> Snapshot:
        """All that is known, as plain data in a stable order, for JSON; see `snapshot`.

        `now` is the instant of the last event if it is not said.
        """
        return snapshot_of(self, self.now if now is None else now)

    # ---- packets

    def _received(self, event: DatagramReceived, now: int) -> None:
        self._lives.pass_time(now)  # what is overdue is down before anybody is heard
        link = self.links.get(event.interface)
        is_alone = link is not None and link.is_point_to_point
        session, found = find(self.sessions, event, is_alone=is_alone)
        if session is None or isinstance(found, Fault):
            assert isinstance(found, Fault)
            self._complaints.packet(found, self.faults, event)
            limit = self.config.limits.strangers
            self.strangers.put(event.interface, event.source.without_zone, found, now, limit)
            return
        fault: Fault | None = Fault.INTERFACE_DOWN
        if session.path_fault is None:
            fault = refuse(session, found, event, self.config.clock(now))
            if fault is not None:
                session.fault = fault
            else:
                fault = self._lives.take(session, found, now)
        if fault is not None:
            self._complaints.packet(fault, session.counters.faults, event)

    # ---- interfaces

    def _went_up(self, event: InterfaceWentUp, now: int) -> None:
        link = self.links.known(event.name)
        link.addresses, link.is_up = event.addresses, True
        link.is_point_to_point = event.is_point_to_point
        self._demand.link_changed(event.name, now)

    def _went_down(self, event: InterfaceWentDown, now: int) -> None:
        self.links.known(event.name).is_up = False
        self._demand.link_changed(event.name, now)

    def _addresses_changed(self, event: AddressesChanged, now: int) -> None:
        self.links.known(event.name).addresses = event.addresses
        self._demand.link_changed(event.name, now)

    # ---- who asks

    def _watched(self, event: NeighborWatched, now: int) -> None:
        self._demand.watch(event.client, event.watch, now)

    def _unwatched(self, event: NeighborUnwatched, now: int) -> None:
        self._demand.unwatch(event.client, event.watch, now)

    # ---- configuration, and the end

    def _configuration_changed(self, event: ConfigurationChanged, now: int) -> None:
        if not isinstance(event.config, BfdConfig):
            raise UsageError(f"bfd is given a {type(event.config).__name__}, expected a BfdConfig")
        self.config = self._transmission.config = event.config
        self._demand.configure(event.config, now)

    def _shutdown(self, event: ShutdownRequested, now: int) -> None:
        """Say AdminDown, once: there is no time for more.

        That is no failure of the way (RFC 5882 3.2), so it is right where forwarding goes on
        without us too; silence would take neighbours' routes away. Our own clients are told where
        it does not.
        """
        for session in self.sessions:
            self._lives.leave(session, "BFD stops here", now)
        if not event.is_polite:
            self._out[:] = [one for one in self._out if isinstance(one, SendDatagram)]
        self.is_stopped = True


# TimePassed has no handler: time passes with every event
_HANDLERS: dict[type, Callable[[Bfd, Any, int], None]] = {
    InterfaceWentUp: Bfd._went_up,
    InterfaceWentDown: Bfd._went_down,
    AddressesChanged: Bfd._addresses_changed,
    DatagramReceived: Bfd._received,
    NeighborWatched: Bfd._watched,
    NeighborUnwatched: Bfd._unwatched,
    ConfigurationChanged: Bfd._configuration_changed,
    ShutdownRequested: Bfd._shutdown,
}
