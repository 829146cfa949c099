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

from typing import TYPE_CHECKING

from fingerpost._core import BgpTable
from fingerpost.bgp import peer_tables
from fingerpost.bgp.aggregation import Aggregation
from fingerpost.bgp.announcing import Announcing
from fingerpost.bgp.bmp import Monitoring
from fingerpost.bgp.config import BgpConfig
from fingerpost.bgp.dynamic import Dynamic
from fingerpost.bgp.expiry import expire
from fingerpost.bgp.explain import BgpAnswer, explain, explain_told
from fingerpost.bgp.files import Recording
from fingerpost.bgp.happening import HANDLERS
from fingerpost.bgp.links import Links
from fingerpost.bgp.liveliness import Liveliness
from fingerpost.bgp.neighbors import Neighbors
from fingerpost.bgp.next_hops import NextHops
from fingerpost.bgp.origination import Origination
from fingerpost.bgp.policing import Policing, faults_of
from fingerpost.bgp.reception import Reception
from fingerpost.bgp.reconfiguration import Reconfiguration
from fingerpost.bgp.refreshing import Refreshing
from fingerpost.bgp.restarting import WaitingFor, kept_of
from fingerpost.bgp.sending import Sending
from fingerpost.bgp.snapshot import Snapshot, snapshot_of
from fingerpost.bgp.stream_options import options_by_prefix
from fingerpost.bgp.streams import Streams
from fingerpost.bgp.unnumbered import LISTENING, Unnumbered
from fingerpost.bgp.validating import Validating
from fingerpost.errors import UsageError
from fingerpost.forwarding.neighbor.timers import Timers, earliest
from fingerpost.protocol.events import (
    Happened,
    ListenStream,
    StopListeningStream,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from random import Random

    from fingerpost.addr import Prefix
    from fingerpost.bgp.family import Family
    from fingerpost.bgp.peer import Peer
    from fingerpost.bgp.timers import TimerKey
    from fingerpost.protocol.events import Event, Output
    from fingerpost.protocol.instance import Listening
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.verdict import Filter

WORK = 20_000
"""Prefixes that are worked off at a time of what concerns whole tables."""


class Bgp:
    """One instance of BGP; `rng` draws all jitter, and the key of the core's hashes."""

    def __init__(self, config: BgpConfig, rng: Random) -> None:
        """Begin with no connection; the first event begins them.

        Raises `UsageError` for a policy that paths cannot be judged by.
        """
        for neighbor, policy, fault in faults_of(config):
            raise UsageError(f"neighbor {neighbor.name}, policy {policy.name}: {fault}")
        self.now = self.first_instant = 0
        self.is_stopped = False
        self.is_dirty = True
        self.rng = rng
        self.config = config
        self._out: list[Output] = []
        self.put: Callable[[Output], None] = self._out.append
        self._has_begun = self._is_catching_up = False
        self._deadline: int | None = 0
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
        self.neighbors = Neighbors(self)
        self.links = Links()
        self.policing = Policing(config, self.table)
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
        self.validating = Validating(self)
        self.monitoring = Monitoring(self)
        self.recording = Recording(self)
        self.has_restarted = self.waiting_for.is_on
        self.announcing.is_held = self.has_restarted

    @property
    def listens(self) -> tuple[Listening, ...]:
        """ICMPv6 where a neighbour is known by its interface alone; connections are asked for."""
        is_asked = any(one.interface is not None for one in self.config.neighbors)
        return (LISTENING,) if is_asked else ()

    @property
    def peers(self) -> Mapping[int, Peer]:
        """The neighbours by the number that the core knows them by."""
        return self.neighbors.by_number

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
        handle = HANDLERS.get(type(event))
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
        self.policing.collect()
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

    # ---- beginning and end

    def _begin(self) -> None:
        self._has_begun = True
        self.first_instant = self.now
        self.reconfiguration.apply_rules()
        self.listen()
        self.waiting_for.begin(self.now)
        self.origination.configure()
        self.aggregation.configure(self.config.aggregates)
        self.validating.configure()
        self.monitoring.configure()
        for neighbor in self.config.neighbors:
            if neighbor.prefix is None:
                peer = self.neighbors.add(neighbor)
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

    def end(self, *, is_polite: bool) -> None:
        """Say nothing more; what stood in the routing table by us goes if it is polite."""
        if is_polite:
            self.table.work(WORK)
            self.announcing.withdraw_all()
        self.stop_listening()
        self.validating.stop()
        self.monitoring.stop()
        self.recording.stop()
        self.is_stopped = True
        self._deadline = None

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

    # ---- time

    def _settle(self) -> None:
        """Do what follows and what is due, a slice of each, and note when more is due."""
        while (key := self.timers.take(self.now)) is not None:
            expire(*key)
        self.waiting_for.pass_time(self.now)
        self.validating.settle()
        self.is_dirty = self.table.pass_time(self.now) or self.is_dirty
        is_more = self.reception.settle()
        if self.is_dirty:
            is_more = self._work() or is_more
        self.sending.pass_time()
        is_more = self.sending.settle() or is_more
        is_more = self.monitoring.settle() or is_more
        is_more = self.recording.settle() or is_more
        is_more = self.neighbors.settle() or is_more
        due = earliest(self.timers, self.validating, self.sending)
        others = (self.monitoring.next_deadline(), self.recording.next_deadline())
        for until in (self.waiting_for.until, self.table.next_deadline(), *others):
            if until is not None and (due is None or until < due):
                due = until
        self._deadline = self.now if is_more else due

    def _work(self) -> bool:
        """A slice of what follows from changes of the tables."""
        self.next_hops.settle()
        self.is_dirty = self.table.work(WORK)
        self.origination.settle()
        has_more = self.announcing.settle()
        has_more = self.aggregation.settle() or has_more
        self.next_hops.settle()
        self.sending.all_may_be_owed()
        self.is_dirty = self.is_dirty or has_more
        self._is_catching_up = self._is_catching_up and self.is_dirty
        return self.is_dirty
