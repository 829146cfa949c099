"""BFD: sessions that watch whether neighbours can be reached (RFC 5880, 5881; 5883 in the machine).

The life of a session: somebody asks for a neighbour (`asks`), a session is made (`sessions`), says
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
from fingerpost.bfd.asks import OPERATOR, Ask, Asks, name_of, peers_as_asks, place_of, settings_of
from fingerpost.bfd.complaints import Complaints
from fingerpost.bfd.config import BfdConfig
from fingerpost.bfd.constants import MULTIHOP_PORT, SINGLE_HOP_PORT
from fingerpost.bfd.faults import Fault
from fingerpost.bfd.links import Links
from fingerpost.bfd.lives import Lives
from fingerpost.bfd.reasons import UNASKED
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
    ListenOn,
    NeighborUnwatched,
    NeighborWatched,
    Output,
    ShutdownRequested,
    StopListening,
)
from fingerpost.protocol.instance import UdpPort

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from fingerpost.bfd.session import Session, SessionKey
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.verdict import Filter

_FAMILIES = (4, 6)


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
        self._lives = Lives(
            self.sessions,
            self._timers,
            self._transmission,
            self.asks,
            self._complaints,
            put,
            lambda session: self._listen(session.key.interface),
        )
        self._listening: set[tuple[str | None, int]] = set()
        self._refused: dict[SessionKey, None] = {}
        self._take_operator_asks(0)

    @property
    def listens(self) -> tuple[UdpPort, ...]:
        """The ports of both versions of IP, near and far (RFC 5881 4, RFC 5883 5)."""
        ports = (SINGLE_HOP_PORT, MULTIHOP_PORT)
        return tuple(UdpPort(family, port) for port in ports for family in _FAMILIES)

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
            self._fill_room(now)
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
        self._link_changed(event.name, now)

    def _went_down(self, event: InterfaceWentDown, now: int) -> None:
        self.links.known(event.name).is_up = False
        self._link_changed(event.name, now)

    def _addresses_changed(self, event: AddressesChanged, now: int) -> None:
        self.links.known(event.name).addresses = event.addresses
        self._link_changed(event.name, now)

    def _link_changed(self, name: str, now: int) -> None:
        self._listen(name)
        for session in self.sessions:  # one may speak from the address of another interface
            if session.key.interface == name or session.settings.source is not None:
                self._look_for_path(session, now)
        for ask in self.asks:
            self._place(ask, now)

    def _look_for_path(self, session: Session, now: int) -> None:
        interface, source = session.key.interface, session.settings.source
        fault = None
        if interface is not None:
            fault = self.links.fault(interface, session.key.remote, source)
        self._lives.set_path(session, fault, now)

    def _listen(self, interface: str | None) -> None:
        """Hear on an interface what its sessions need, and nothing more."""
        is_up = self.links.is_up(interface)
        for family in _FAMILIES:
            key = (interface, family)
            port = UdpPort(family, MULTIHOP_PORT if interface is None else SINGLE_HOP_PORT)
            is_wanted = is_up and bool(self.sessions.on(interface, family))
            if is_wanted and key not in self._listening:
                self._listening.add(key)
                self._out.append(ListenOn(interface, port))
            elif not is_wanted and key in self._listening:
                self._listening.discard(key)
                self._out.append(StopListening(interface, port))

    # ---- who asks

    def _watched(self, event: NeighborWatched, now: int) -> None:
        ask = self.asks.put(name_of(event.client, event.watch), event.watch)
        if not self._place(ask, now):
            self._settle(ask.session, now)

    def _unwatched(self, event: NeighborUnwatched, now: int) -> None:
        ask = self.asks.get(name_of(event.client, event.watch))
        if ask is not None:
            self._drop(ask, now)

    def _drop(self, ask: Ask, now: int) -> None:
        key = ask.session
        self.asks.drop(ask)
        self._settle(key, now)

    def _place(self, ask: Ask, now: int) -> bool:
        """Let an ask lead to the session that it means as interfaces are now; whether that is
        another one.
        """
        before, key = ask.session, place_of(ask.watch, self.links)
        if key is None and before is not None and not self.links.is_up(before.interface):
            return False  # it may come back, and is down until then
        if key == before:
            return False
        self.asks.place(ask, key)
        self._settle(key, now)
        self._settle(before, now)
        if key is None:
            self._lives.tell(ask, None, f"no network of ours has {ask.name.remote}")
        return True

    def _settle(self, key: SessionKey | None, now: int) -> None:
        """Let a session be as those who ask for it want it, if any."""
        if key is None:
            return
        asks, session = self.asks.of(key), self.sessions.get(key)
        if not asks:
            self._refused.pop(key, None)
            if session is not None and not session.leaves:
                self._lives.leave(session, UNASKED, now)
            return
        settings = settings_of(key, self.config, asks)
        if session is None:
            if len(self.sessions) >= self.config.limits.sessions:
                self._refuse(key, asks)
                return
            session = self.sessions.add(key, settings, now)
            self.strangers.forget(key.interface or "", key.remote)
            self._listen(key.interface)
        if session.leaves:
            self._lives.stay(session, now)
        self._lives.set_settings(session, settings, now)
        self._look_for_path(session, now)
        for ask in asks:
            self._lives.tell(ask, session, session.fell)

    def _refuse(self, key: SessionKey, asks: list[Ask]) -> None:
        """There is no room for a session; it is made once there is."""
        limit = self.config.limits.sessions
        if key not in self._refused:
            self._refused[key] = None
            self._complaints.no_room(key.remote, key.interface, limit)
        for ask in asks:
            self._lives.tell(ask, None, f"{limit} sessions are the limit")

    def _fill_room(self, now: int) -> None:
        while self._refused and len(self.sessions) < self.config.limits.sessions:
            key = next(iter(self._refused))
            del self._refused[key]
            self._settle(key, now)

    # ---- configuration, and the end

    def _configuration_changed(self, event: ConfigurationChanged, now: int) -> None:
        if not isinstance(event.config, BfdConfig):
            raise UsageError(f"bfd is given a {type(event.config).__name__}, expected a BfdConfig")
        self.config = self._transmission.config = event.config
        self._take_operator_asks(now)
        for session in self.sessions:
            self._settle(session.key, now)

    def _take_operator_asks(self, now: int) -> None:
        wanted = peers_as_asks(self.config)
        for ask in self.asks:
            if ask.name.client == OPERATOR and ask.name not in wanted:
                self._drop(ask, now)
        for name, watch in wanted.items():
            ask = self.asks.put(name, watch)
            self._place(ask, now)

    def _shutdown(self, event: ShutdownRequested, now: int) -> None:
        """Say AdminDown, once, where that is polite: there is no time for more."""
        if event.is_polite:
            for session in self.sessions:
                self._lives.leave(session, "BFD stops here", now)
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
