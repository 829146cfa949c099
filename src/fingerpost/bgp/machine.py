"""BGP-4 (RFC 4271 and what it grew into): one instance, without I/O.

The way of a route through it: octets come by a connection (`streams`, `session`), those of an
Established session go to the core's table (`reception`), which parses, checks, judges by policies
and chooses. At the end of `receive` next hops that came and went are followed (`next_hops`), slices
of what concerns whole tables are worked off, best paths leave for the routing table (`announcing`),
and neighbours get what they are owed (`sending`). Whatever takes long is done in slices: what is
left is due at once, so that the host may serve others in between.

Sessions live in `peer` and `session`, by the table of `fsm`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fingerpost._core import BgpTable
from fingerpost.bgp import peer_tables
from fingerpost.bgp.aggregation import Aggregation
from fingerpost.bgp.announcing import Announcing
from fingerpost.bgp.config import BgpConfig
from fingerpost.bgp.constants import CeaseError, ErrorCode
from fingerpost.bgp.dynamic import Dynamic
from fingerpost.bgp.explain import BgpAnswer, explain, explain_told
from fingerpost.bgp.fsm import Event as FsmEvent
from fingerpost.bgp.fsm import State
from fingerpost.bgp.links import Links
from fingerpost.bgp.liveliness import Liveliness
from fingerpost.bgp.next_hops import NextHops
from fingerpost.bgp.origination import Origination
from fingerpost.bgp.packet import Notification
from fingerpost.bgp.peer import Peer
from fingerpost.bgp.policing import Policing
from fingerpost.bgp.reception import Reception
from fingerpost.bgp.reconfiguration import Reconfiguration
from fingerpost.bgp.refreshing import Refreshing
from fingerpost.bgp.restarting import WaitingFor, kept_of
from fingerpost.bgp.sending import Sending
from fingerpost.bgp.session import Session
from fingerpost.bgp.snapshot import Snapshot, snapshot_of
from fingerpost.bgp.stream_options import options_by_prefix
from fingerpost.bgp.streams import Streams
from fingerpost.bgp.timers import Timer, TimerKey
from fingerpost.bgp.unnumbered import LISTENING, Unnumbered
from fingerpost.errors import UsageError
from fingerpost.forwarding.neighbor.timers import Timers
from fingerpost.protocol.events import (
    AddressesChanged,
    ConfigurationChanged,
    Event,
    GatewayChanged,
    Happened,
    InterfaceWentDown,
    InterfaceWentUp,
    ListenStream,
    NeighborReachability,
    Output,
    PacketReceived,
    RestartRequested,
    RoutesChanged,
    ShutdownRequested,
    StopListeningStream,
    StreamAccepted,
    StreamClosed,
    StreamConnected,
    StreamReceived,
    StreamSent,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from random import Random

    from fingerpost.addr import Address, Prefix
    from fingerpost.bgp.config import Neighbor
    from fingerpost.bgp.family import Family
    from fingerpost.protocol.instance import Listening
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.verdict import Filter

WORK = 20_000
"""Prefixes that are worked off at a time of what concerns whole tables."""
LAST_PEER = 0xFFFF


class Bgp:
    """One instance of BGP; `rng` draws all jitter, and the key of the core's hashes."""

    def __init__(self, config: BgpConfig, rng: Random) -> None:
        """Begin with no connection; the first event begins them."""
        self.now = self.first_instant = 0
        self.is_stopped = False
        self.is_dirty = True
        self.rng = rng
        self.config = config
        self._out: list[Output] = []
        self.put: Callable[[Output], None] = self._out.append
        self._has_begun = self._is_catching_up = False
        self._deadline: int | None = 0
        self._numbers: list[int] = []
        self._next_number = 1
        confederation = config.confederation
        self.table = BgpTable(
            config.asn,
            config.router_id,
            cluster_id=config.router_id if config.cluster_id is None else config.cluster_id,
            confederation=0 if confederation is None else confederation.identifier,
            takes_sets=config.takes_sets,
            key=rng.getrandbits(64),
        )
        self.timers: Timers[TimerKey] = Timers()
        self.peers: dict[int, Peer] = {}
        self.leaving: dict[Peer, None] = {}
        self.links = Links()
        self.policing = Policing(config)
        self.streams = Streams(self)
        self.dynamic = Dynamic(self)
        self.next_hops = NextHops(self)
        self.announcing = Announcing(self)
        self.sending = Sending(self)
        self.reception = Reception(self)
        self.refreshing = Refreshing(self)
        self.origination = Origination(self)
        self.aggregation = Aggregation(self)
        self.liveliness = Liveliness(self)
        self.unnumbered = Unnumbered(self)
        self.waiting_for = WaitingFor(self)
        self.reconfiguration = Reconfiguration(self)
        self.has_restarted = self.waiting_for.is_on
        self.announcing.is_held = self.has_restarted

    @property
    def listens(self) -> tuple[Listening, ...]:
        """ICMPv6 where a neighbour is known by its interface alone; connections are asked for."""
        is_asked = any(one.interface is not None for one in self.config.neighbors)
        return (LISTENING,) if is_asked else ()

    @property
    def is_waiting(self) -> bool:
        """Whether nobody is told anything yet, as we restart (RFC 4724 4.1)."""
        return self.waiting_for.is_on

    @property
    def may_restart(self) -> bool:
        """Whether neighbours would go on while we are gone (RFC 4724 4.1)."""
        return any(one.graceful_restart.restarts for one in self.config.neighbors)

    @property
    def is_restarting(self) -> bool:
        """Whether the routing table has not all of our routes yet that were there before."""
        return self.waiting_for.is_on or self._is_catching_up

    @property
    def is_prepared(self) -> bool:
        """Neighbours need not be told: they know by the OPEN what to do."""
        return True

    def keep(self) -> Mapping[str, object] | None:
        """What the one after us has to know; None if nobody waits for it."""
        return kept_of(self)

    # ---- the one way in

    def receive(self, event: Event, now: int) -> list[Output]:
        """Take an event in and give what is to be done.

        Raises nothing, whatever comes in by the network.
        """
        if self.is_stopped:
            return []
        self.now = now
        if not self._has_begun:
            self._begin()
        handle = _HANDLERS.get(type(event))
        if handle is not None:
            handle(self, event)
        if not self.is_stopped:
            self._settle()
        out = self._out.copy()
        self._out.clear()
        return out

    def next_deadline(self) -> int | None:
        """The instant at which `TimePassed` is owed; None if nothing waits."""
        return None if self.is_stopped else self._deadline

    def explain(self, prefix: Prefix) -> BgpAnswer:
        """Why a prefix is as it is here."""
        return explain(self, prefix)

    def explain_told(self, prefix: Prefix, offered: RibRoute | None) -> BgpAnswer:
        """What neighbours are told of a prefix; `offered`: what the table tells us."""
        return explain_told(self, prefix, offered)

    def policies(self) -> Iterator[tuple[str, Filter]]:
        """The policies that are asked here, each with the place where it stands."""
        for neighbor in self.config.neighbors:
            for one in neighbor.families:
                place = f"{neighbor.name} {one.family}"
                for way, policy in (("in", one.import_policy), ("out", one.export_policy)):
                    if policy is not None:
                        yield f"{way} of {place}", policy
        for source, rule in self.config.redistributes.items():
            if rule.policy is not None:
                yield f"redistribution of {source}", rule.policy
        for network in self.config.networks:
            if network.policy is not None:
                yield f"network {network.prefix}", network.policy

    def snapshot(self, now: int | None = None) -> Snapshot:
        """All that is known, as plain data in a stable order, for JSON; see `snapshot`.

        `now` is the instant of the last event if it is not said.
        """
        return snapshot_of(self, self.now if now is None else now)

    # ---- what an operator asks

    def peer_named(self, name: str) -> Peer:
        """A neighbour by its name. Raises `UsageError` for a name that none has."""
        for peer in self.peers.values():
            if peer.name == name:
                return peer
        raise UsageError(f"no neighbor is called {name!r}")

    def shut(self, name: str, text: str, now: int) -> list[Output]:
        """End a neighbour's session and have none any more (RFC 9003)."""
        peer = self.peer_named(name)
        return self._asked(lambda: peer.stop(CeaseError.ADMINISTRATIVE_SHUTDOWN, text), now)

    def reset(self, name: str, text: str, now: int) -> list[Output]:
        """End a neighbour's session and begin another (RFC 9003)."""
        peer = self.peer_named(name)
        return self._asked(lambda: peer.reset(CeaseError.ADMINISTRATIVE_RESET, text), now)

    def enable(self, name: str, now: int) -> list[Output]:
        """Take a `shut` back."""
        return self._asked(self.peer_named(name).enable, now)

    def refresh(self, name: str, now: int) -> list[Output]:
        """Have a neighbour tell all again, in every family (RFC 2918)."""
        peer = self.peer_named(name)

        def ask() -> None:
            for one in () if peer.agreed is None else peer.agreed.families:
                self.refreshing.ask(peer, one.family)

        return self._asked(ask, now)

    def _asked(self, act: Callable[[], None], now: int) -> list[Output]:
        self.now = now
        act()
        self._settle()
        out = self._out.copy()
        self._out.clear()
        return out

    # ---- beginning and end

    def _begin(self) -> None:
        self._has_begun = True
        self.first_instant = self.now
        self.reconfiguration.apply_rules()
        self.listen()
        self.waiting_for.begin(self.now)
        self.origination.configure()
        self.aggregation.configure(self.config.aggregates)
        for neighbor in self.config.neighbors:
            if neighbor.prefix is None:
                peer = self.add_peer(neighbor)
                if peer is not None:
                    peer.start()
                    if peer.interface is not None and self.links.is_up(peer.interface):
                        self.unnumbered.went_up(peer.interface)

    def listen(self) -> None:
        """Have connections taken, as the configuration says."""
        config = self.config
        if config.listens:
            peers = tuple(options_by_prefix(config))
            for address in config.listen_addresses or (None,):
                self.put(ListenStream(config.port, address, None, peers))

    def stop_listening(self) -> None:
        """Have none taken any more."""
        if self.config.listens:
            for address in self.config.listen_addresses or (None,):
                self.put(StopListeningStream(self.config.port, address))

    def _shutdown(self, event: ShutdownRequested) -> None:
        for peer in self.peers.values():
            self.liveliness.unwatch(peer)
            if event.is_polite:
                peer.stop(CeaseError.ADMINISTRATIVE_SHUTDOWN, peer.config.shutdown_text)
        if event.is_polite:
            self.table.work(WORK)
            self.announcing.withdraw_all()
        self.stop_listening()
        self.is_stopped = True
        self._deadline = None

    # ---- neighbours

    def add_peer(self, neighbor: Neighbor, *, is_dynamic: bool = False) -> Peer | None:
        """Have a neighbour; None: there are 65,535 already."""
        if self._numbers:
            number = self._numbers.pop()
        elif self._next_number <= LAST_PEER:
            number, self._next_number = self._next_number, self._next_number + 1
        else:
            return None
        peer = self.peers[number] = Peer(self, number, neighbor, is_dynamic=is_dynamic)
        peer_tables.set_peer(self, peer)
        return peer

    def remove_peer(self, peer: Peer) -> None:
        """Have it no more; its sessions are over."""
        for session in peer.sessions:
            self.forget_session(session)
        for timer in (Timer.IDLE_HOLD, Timer.RESTART):
            self.timers.stop((timer, peer, None))
        if peer.config.interface is not None:
            self.unnumbered.forget(peer)
        peer.keeping.forget()
        self.liveliness.unwatch(peer)
        self.reception.forget(peer)
        self.sending.forget(peer)
        self.table.tell_no_more(peer.number)
        self.table.remove_peer(peer.number)
        self.is_dirty = True
        del self.peers[peer.number]
        self._numbers.append(peer.number)

    def forget_session(self, session: Session) -> None:
        """Nothing of a session comes due any more."""
        for timer in Timer:
            self.timers.stop((timer, session, None))
        self.streams.forget(session.stream)

    def open_tables(self, peer: Peer, session: Session) -> None:
        """A session is Established."""
        agreed = session.agreed
        if agreed is None:
            return
        peer_tables.open_session(self, peer, session, agreed)
        peer.keeping.back(agreed)
        self.liveliness.watch(peer, session)
        self.sending.may_be_owed(peer)
        self.is_dirty = True
        if session.octets:
            octets, session.octets = session.octets, b""
            self.reception.take(peer, session, octets)
        self.waiting_for.look()

    def close_tables(self, peer: Peer, kept: Iterable[Family]) -> None:
        """A session that was Established is over."""
        peer_tables.close_session(self, peer, kept)
        self.reception.forget(peer)
        self.sending.forget(peer)
        self.is_dirty = True

    def begin_telling(self) -> None:
        """All neighbours have told: choose, and tell (RFC 4724 4.1)."""
        self.has_restarted = False
        self._is_catching_up = True
        self.announcing.is_held = False
        self.is_dirty = True
        for peer in self.peers.values():
            session = peer.established
            if session is not None and session.agreed is not None:
                peer_tables.tell_all(self, peer, session, session.agreed)

    # ---- what is said

    def originate(
        self, family: Family, prefixes: Sequence[Prefix], attributes: bytes, source: int
    ) -> None:
        """Say prefixes ourselves."""
        self.table.originate(family.code, prefixes, attributes, source, self.now)
        self.is_dirty = True

    def retract(self, family: Family, prefixes: Sequence[Prefix], source: int) -> None:
        """Say them no more."""
        self.table.retract(family.code, prefixes, source)
        self.is_dirty = True

    def put_happened(self, kind: str, peer: Peer, detail: str) -> None:
        """Something happened that people want to hear of."""
        self.put(Happened(kind, peer.interface, detail, peer.address))

    # ---- what happens

    def _accepted(self, event: StreamAccepted) -> None:
        peer = self._peer_at(event.remote, event.interface)
        if peer is None:
            peer = self.dynamic.make(event.remote.without_zone)
        if peer is None or not peer.accept(event):
            if peer is not None:
                peer.tally.rejected += 1
            self.streams.reject(event)

    def _peer_at(self, remote: Address, interface: str | None) -> Peer | None:
        bare = remote.without_zone
        for peer in self.peers.values():
            if peer.address == bare and (not bare.is_link_local or peer.interface == interface):
                return peer
        if bare.is_link_local:
            for peer in self.peers.values():
                is_there = peer.config.interface is not None and peer.interface == interface
                if is_there and peer.established is None:
                    peer.address = bare
                    return peer
        return None

    def _packet_received(self, event: PacketReceived) -> None:
        self.unnumbered.take(event)

    def _connected(self, event: StreamConnected) -> None:
        session = self.streams.find(event.stream)
        if session is not None and session.peer.address is not None:
            session.opened(event.stream, event.local, session.peer.address)

    def _received(self, event: StreamReceived) -> None:
        session = self.streams.find(event.stream)
        if session is None:
            return
        peer = session.peer
        if session is peer.established:
            self.reception.take(peer, session, event.data)
        else:
            session.take(event.data)

    def _sent(self, event: StreamSent) -> None:
        session = self.streams.find(event.stream)
        if session is not None:
            session.got_rid(event.octets)
            if session is session.peer.established:
                self.sending.went(session.peer, session.unsent)

    def _closed(self, event: StreamClosed) -> None:
        session = self.streams.find(event.stream)
        if session is not None:
            session.closed(event.reason)

    def _gateway_changed(self, event: GatewayChanged) -> None:
        self.next_hops.changed(event)

    def _went_up(self, event: InterfaceWentUp) -> None:
        self.links.went_up(event)
        self._links_changed(event.name)

    def _addresses_changed(self, event: AddressesChanged) -> None:
        self.links.addresses_changed(event)
        self._links_changed(event.name)

    def _links_changed(self, name: str) -> None:
        """Who is on a link that has come is tried at once."""
        self.next_hops.links_changed()
        self._look_around()
        self.unnumbered.went_up(name)
        for peer in list(self.peers.values()):
            if peer.first.state is State.IDLE and not peer.failures and self._is_there(peer, name):
                peer.start()

    def _went_down(self, event: InterfaceWentDown) -> None:
        """External neighbours on a link that is gone are gone too."""
        there = [peer for peer in self.peers.values() if self._is_there(peer, event.name)]
        self.links.went_down(event.name)
        self.next_hops.links_changed()
        self._look_around()
        for peer in there:
            session = peer.established
            if session is not None and not peer.relation.is_internal and peer.config.hops == 1:
                peer.lose(f"{event.name} went down")
        self.unnumbered.went_down(event.name)

    def _look_around(self) -> None:
        self.table.set_surroundings(*self.links.surroundings())
        self.is_dirty = True

    def _is_there(self, peer: Peer, name: str) -> bool:
        if peer.interface is not None:
            return peer.interface == name
        return peer.address is not None and self.links.toward(peer.address) == name

    def _routes_changed(self, event: RoutesChanged) -> None:
        self.origination.apply(event.changes)

    def _reachability(self, event: NeighborReachability) -> None:
        self.liveliness.told(event)

    def _configuration_changed(self, event: ConfigurationChanged) -> None:
        if not isinstance(event.config, BgpConfig):
            raise UsageError(f"bgp is given a {type(event.config).__name__}, expected a BgpConfig")
        self.reconfiguration.take(event.config)

    def _restart(self, _event: RestartRequested) -> None:
        """Neighbours keep our routes when connections end without a word (RFC 4724 4.2)."""

    # ---- time

    def _settle(self) -> None:
        """Do what follows and what is due, a slice of each, and note when more is due."""
        while (key := self.timers.take(self.now)) is not None:
            self._due(*key)
        self.waiting_for.pass_time(self.now)
        is_more = self.reception.settle()
        if self.is_dirty:
            is_more = self._work() or is_more
        is_more = self.sending.settle() or is_more
        for peer in self.leaving:
            self.remove_peer(peer)
        if self.leaving:
            self.leaving.clear()
            is_more = True
        due = self.timers.next_deadline()
        until = self.waiting_for.until
        if until is not None and (due is None or until < due):
            due = until
        self._deadline = self.now if is_more else due

    def _work(self) -> bool:
        """A slice of what follows from changes of the tables."""
        self.next_hops.settle()
        self.is_dirty = self.table.work(WORK)
        has_more = self.announcing.settle()
        has_more = self.aggregation.settle() or has_more
        self.next_hops.settle()
        self.sending.all_may_be_owed()
        self.is_dirty = self.is_dirty or has_more
        self._is_catching_up = self._is_catching_up and self.is_dirty
        return self.is_dirty

    def _due(self, timer: Timer, owner: Session | Peer, family: Family | None) -> None:
        if isinstance(owner, Peer):
            _PEER_TIMERS[timer](owner, family)
            return
        event = _SESSION_TIMERS[timer]
        told = _TOLD.get(timer)
        owner.happen(event, None if told is None else Notification(told))


_SESSION_TIMERS: Mapping[Timer, FsmEvent] = {
    Timer.CONNECT_RETRY: FsmEvent.CONNECT_RETRY_TIMER_EXPIRES,
    Timer.HOLD: FsmEvent.HOLD_TIMER_EXPIRES,
    Timer.KEEPALIVE: FsmEvent.KEEPALIVE_TIMER_EXPIRES,
    Timer.DELAY_OPEN: FsmEvent.DELAY_OPEN_TIMER_EXPIRES,
    Timer.SEND_HOLD: FsmEvent.SEND_HOLD_TIMER_EXPIRES,
}
_TOLD: Mapping[Timer, ErrorCode] = {
    Timer.HOLD: ErrorCode.HOLD_TIMER_EXPIRED,
    Timer.SEND_HOLD: ErrorCode.SEND_HOLD_TIMER_EXPIRED,
}
_PEER_TIMERS: Mapping[Timer, Callable[[Peer, Any], None]] = {
    Timer.IDLE_HOLD: lambda peer, _: peer.rested(),
    Timer.RESTART: lambda peer, _: peer.keeping.expired(),
    Timer.ADVERTISE: lambda peer, _: peer.bgp.unnumbered.due(peer),
    Timer.STALE: lambda peer, family: peer.keeping.told_all(family),
}

# TimePassed has no handler: time passes with every event
_HANDLERS: dict[type, Callable[[Bgp, Any], None]] = {
    StreamReceived: Bgp._received,
    StreamSent: Bgp._sent,
    StreamAccepted: Bgp._accepted,
    StreamConnected: Bgp._connected,
    StreamClosed: Bgp._closed,
    GatewayChanged: Bgp._gateway_changed,
    InterfaceWentUp: Bgp._went_up,
    InterfaceWentDown: Bgp._went_down,
    AddressesChanged: Bgp._addresses_changed,
    PacketReceived: Bgp._packet_received,
    RoutesChanged: Bgp._routes_changed,
    NeighborReachability: Bgp._reachability,
    ConfigurationChanged: Bgp._configuration_changed,
    RestartRequested: Bgp._restart,
    ShutdownRequested: Bgp._shutdown,
}
