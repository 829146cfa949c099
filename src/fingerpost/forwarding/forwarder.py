"""The forwarding plane of one router: its interfaces, its table, and a packet's way through it.

No I/O: frames and instants come in by `receive`, what to do comes out as a list. The stages stand
in `pipeline.py`; this file owns the state that they ask and keeps the counters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix, is_forwardable
from fingerpost.errors import UsageError
from fingerpost.fib import Fib
from fingerpost.forwarding import pipeline
from fingerpost.forwarding.aftermath import given_up, lost, refused
from fingerpost.forwarding.control_plane import ControlPlane
from fingerpost.forwarding.counters import Counters
from fingerpost.forwarding.ecmp import Buckets
from fingerpost.forwarding.events import (
    FrameReceived,
    InterfaceWentDown,
    InterfaceWentUp,
    PacketOriginated,
    PacketRefused,
    SendFrame,
    TimePassed,
)
from fingerpost.forwarding.frame import receive_frame
from fingerpost.forwarding.identifiers import Identifiers
from fingerpost.forwarding.neighbor import Neighbors
from fingerpost.forwarding.neighbor.timers import earliest
from fingerpost.forwarding.origination import completed
from fingerpost.forwarding.own import OwnAddresses
from fingerpost.forwarding.packet import parse
from fingerpost.forwarding.path_mtu import PathMtus
from fingerpost.forwarding.policy import STRICT, ForwardingPolicy
from fingerpost.forwarding.rate_limit import ErrorLimits
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.reassembly import Reassembly
from fingerpost.forwarding.resolve import resolve
from fingerpost.forwarding.source import choose_sender
from fingerpost.forwarding.trace import Step, Trace
from fingerpost.forwarding.walk import Walk

if TYPE_CHECKING:
    from random import Random

    from fingerpost.addr import Verdict
    from fingerpost.forwarding.events import Event, Output
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.route import NextHop, Route


class Forwarder:
    """A router's forwarding plane. A host is one with `forwards=False`.

    `fib` maps prefixes of both families to `Route`; whoever owns it may change it at any time.
    `rng` is a seeded generator; `seed` of the flow hash is drawn from it. `router_id` is the source
    of errors that leave by an unnumbered interface. `tracer` gets the trace of every packet.
    """

    def __init__(
        self,
        name: str,
        interfaces: Iterable[Interface] = (),
        *,
        rng: Random,
        fib: Fib[Route] | None = None,
        policy: ForwardingPolicy = STRICT,
        forwards: bool = True,
        router_id: Address | None = None,
    ) -> None:
        """Build the plane; nothing is sent before the first event."""
        self.name = name
        self.fib: Fib[Route] = Fib() if fib is None else fib
        self.policy = policy
        self.forwards = forwards
        self.router_id = router_id
        self.seed = rng.getrandbits(64)
        self.tracer: Callable[[Trace], None] | None = None
        self.now = 0  # the instant of the last event
        self.identifiers = Identifiers(rng)
        self.error_limits = ErrorLimits(policy)
        self.control_plane = ControlPlane(policy.control_plane, is_router=forwards)
        self.path_mtus = PathMtus(policy.path_mtus_remembered, policy.path_mtu_lifetime_ns)
        self.reassembly = Reassembly(policy)
        self.interfaces: dict[str, Interface] = {}
        self.counters: dict[str, Counters] = {}
        self._buckets: dict[Prefix, Buckets] = {}
        self._verdicts: dict[Address, Verdict] = {}
        self._deadline: int | None = None
        self._knows_deadline = False
        for interface in interfaces:
            self.interfaces[interface.name] = interface
            self.counters[interface.name] = Counters()
        self.own = OwnAddresses(self.interfaces.values(), forwards=forwards)
        self.neighbors = Neighbors(self, rng)

    # -- the one way in ------------------------------------------------------------------------

    def receive(self, event: Event, now: int) -> list[Output]:
        """Take one event; gives what is to be done, in order. `now` never goes back.

        Raises `UsageError` for an interface that does not exist; packets raise nothing.
        """
        out: list[Output] = []
        self.now = now
        self._knows_deadline = False
        match event:
            case FrameReceived(interface, frame):
                receive_frame(self, self._interface(interface), frame, now, out)
            case PacketOriginated(packet, interface):
                self.originate(packet, now, out, interface)
            case PacketRefused(interface=interface):
                arrived = self._interface(interface) if interface is not None else None
                refused(self, event, arrived, now, out)
            case TimePassed():
                self.neighbors.advance(now, out)
                given_up(self, now, out)
            case InterfaceWentUp(interface):
                self._set_up(self._interface(interface), True)
                self.neighbors.presence.went_up(self.interfaces[interface], now, out)
            case InterfaceWentDown(interface):
                self._set_up(self._interface(interface), False)
                self.neighbors.presence.went_down(self.interfaces[interface])
        lost(self, now, out)
        self._count_sent(out)
        return out

    def next_deadline(self) -> int | None:
        """The instant at which `TimePassed` is due; None while nothing waits."""
        if not self._knows_deadline:
            self._deadline = earliest(self.neighbors, self.reassembly)
            self._knows_deadline = True
        return self._deadline

    # -- interfaces ----------------------------------------------------------------------------

    def set_interface(self, interface: Interface, now: int) -> list[Output]:
        """Add an interface, or change what one is; gives what neighbours must be told."""
        out: list[Output] = []
        before = self.interfaces.get(interface.name)
        self._knows_deadline = False
        self.interfaces[interface.name] = interface
        self.counters.setdefault(interface.name, Counters())
        self.index_addresses()
        self.neighbors.presence.changed(before, interface, now, out)
        lost(self, now, out)
        self._count_sent(out)
        return out

    def join(self, group: Address, interface: str, now: int) -> list[Output]:
        """Listen to a multicast group on an interface, and tell the link so.

        Whoever joins leaves once. Raises `UsageError` for an interface that does not exist.
        """
        return self._membership(group, interface, now, joins=True)

    def leave(self, group: Address, interface: str, now: int) -> list[Output]:
        """Listen no more, if nobody else here does, and tell the link so."""
        return self._membership(group, interface, now, joins=False)

    def _membership(self, group: Address, interface: str, now: int, *, joins: bool) -> list[Output]:
        out: list[Output] = []
        self._knows_deadline = False
        self.neighbors.presence.membership(self._interface(interface), group, now, out, joins=joins)
        self._count_sent(out)
        return out

    def shut_down(self, now: int) -> list[Output]:
        """Take leave of all links: routers that advertise say that they are none any more."""
        out: list[Output] = []
        self._knows_deadline = False
        self.neighbors.presence.shut_down(now, out)
        self._count_sent(out)
        return out

    def _set_up(self, interface: Interface, is_up: bool) -> None:
        self.interfaces[interface.name] = replace(interface, is_up=is_up)

    def _interface(self, name: str) -> Interface:
        try:
            return self.interfaces[name]
        except KeyError:
            known = ", ".join(self.interfaces) or "none"
            raise UsageError(f"{self.name} has no interface {name!r}; it has {known}") from None

    def index_addresses(self) -> None:
        """Make the index of our addresses anew: they, or which of them are usable, have changed."""
        unusable = self.neighbors.claims.unusable
        self.own = OwnAddresses(
            self.interfaces.values(),
            forwards=self.forwards,
            is_usable=lambda interface, address: (interface, address) not in unusable,
            joined=self.neighbors.groups.joined,
        )

    # -- what the stages ask -------------------------------------------------------------------

    def forwardable(self, address: Address) -> Verdict:
        """What the registries say of an address, remembered."""
        verdict = self._verdicts.get(address)
        if verdict is None:
            if len(self._verdicts) >= 65536:
                self._verdicts.clear()
            verdict = self._verdicts[address] = is_forwardable(address)
        return verdict

    def resolved(self, route: Route, walk: Walk | None = None) -> tuple[NextHop, ...]:
        """The next hops of a route with recursive ones followed to interfaces."""
        return resolve(self.fib, route, self.policy.recursion_limit, walk)

    def is_usable(self, hop: NextHop) -> bool:
        """Whether a next hop's interface is there and up."""
        interface = self.interfaces.get(hop.interface or "")
        return interface is not None and interface.is_up

    def buckets(self, prefix: Prefix, hops: tuple[NextHop, ...]) -> Buckets:
        """The buckets of an equal-cost route, moved as little as its next hops have changed."""
        held = self._buckets.get(prefix)
        if held is None:
            held = self._buckets[prefix] = Buckets(hops)
        elif held.members != hops:
            held.change(hops)
        return held

    def source_for(self, destination: Address, came_in: str | None) -> Address | None:
        """The address that a packet of ours to `destination` carries as its source (`source.py`).

        `came_in` is the interface of the packet that it answers, if it answers one.
        """
        sender = choose_sender(self, destination, came_in)
        return None if sender is None else sender.address

    # -- packets of our own --------------------------------------------------------------------

    def originate(
        self, packet: bytes, now: int, out: list[Output], interface: str | None = None
    ) -> Trace:
        """Send a packet of ours; gives its trace."""
        self._knows_deadline = False
        parsed = parse(completed(packet, self.identifiers))
        if isinstance(parsed, Reason):
            return self._told(Trace(now, self.name, None, None, (), parsed))
        walk = Walk(self, parsed, now, out, forced_egress=interface)
        walk.keeps_losers = self.tracer is not None
        end = pipeline.originated(walk)
        return self._told(walk.trace(end.reason))

    def send_answer(
        self, cause: Walk, packet: bytes, interface: str | None, hop: NextHop | None
    ) -> Trace:
        """Send a packet because of another one, by `interface` or `hop` if given; dry as that."""
        parsed = parse(packet)
        assert not isinstance(parsed, Reason)  # we made it
        walk = Walk(self, parsed, cause.now, cause.out, forced_egress=interface)
        walk.is_dry, walk.keeps_losers = cause.is_dry, cause.keeps_losers
        walk.is_answer, walk.pinned = True, hop
        end = pipeline.originated(walk)
        trace = walk.trace(end.reason)
        return trace if cause.is_dry else self._told(trace)

    def explain(self, packet: bytes, interface: str | None = None) -> Trace:
        """What would happen to an IP packet that came in on `interface` (None: if we sent it).

        Nothing is sent, counted or remembered. Raises `UsageError` for an unknown interface.
        """
        arrived = self._interface(interface) if interface is not None else None
        parsed = parse(packet if arrived is not None else completed(packet, None))
        if isinstance(parsed, Reason):
            step = Step("validate", parsed.value, (), parsed.section)
            return Trace(self.now, self.name, interface, None, (step,), parsed)
        walk = Walk(self, parsed, self.now, [], arrived, is_dry=True, keeps_losers=True)
        end = pipeline.received(walk) if arrived is not None else pipeline.originated(walk)
        return walk.trace(end.reason)

    # -- accounts ------------------------------------------------------------------------------

    def end_of(self, trace: Trace) -> None:
        """Count the end of a packet that came in, and tell the tracer."""
        if trace.interface is not None:
            self.counters[trace.interface].ends[trace.end] += 1
        self._told(trace)

    def _told(self, trace: Trace) -> Trace:
        if self.tracer is not None:
            self.tracer(trace)
        return trace

    def _count_sent(self, out: list[Output]) -> None:
        for output in out:
            if isinstance(output, SendFrame):
                counters = self.counters[output.interface]
                counters.packets_out += 1
                counters.bytes_out += len(output.frame) - 14
