"""Neighbour solicitations that come in (RFC 4861 7.2.3, 7.2.4, 7.2.7, RFC 4862 5.4.3).

One for an address of ours teaches us its sender and is answered; one for an address that we are
checking, from nobody, makes that a duplicate, unless it is our own come back (RFC 7527 4.2).
Answers for an anycast address wait for a random time, since others answer too. Nobody is proxied
for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.forwarding.neighbor.nd_frame import nd_frame
from fingerpost.forwarding.neighbor.nd_learn import source_station
from fingerpost.forwarding.neighbor.nd_speak import UNSPECIFIED
from fingerpost.forwarding.neighbor.timers import Timers
from fingerpost.forwarding.own import ALL_NODES
from fingerpost.forwarding.reason import Reason

if TYPE_CHECKING:
    from random import Random

    from fingerpost.addr import Address
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor.cache import Cache
    from fingerpost.forwarding.neighbor.claims import Claims
    from fingerpost.forwarding.neighbor.nd_learn import Learner
    from fingerpost.forwarding.neighbor.nd_speak import NdSpeaker
    from fingerpost.forwarding.neighbor.sources import Sources
    from fingerpost.forwarding.packet import Packet
    from fingerpost.wire.nd import NeighborSolicitation

    Answer: TypeAlias = tuple[str, Address, Address]

_MOST_DELAYED = 256  # answers for anycast addresses that wait at once


class Solicitations:
    """Takes solicitations and answers them."""

    def __init__(
        self,
        cache: Cache,
        claims: Claims,
        sources: Sources,
        speaker: NdSpeaker,
        learner: Learner,
        rng: Random,
        anycast_delay_ns: int,
    ) -> None:
        """`anycast_delay_ns`: the longest wait of an answer for an anycast address."""
        self._cache = cache
        self._claims = claims
        self._sources = sources
        self._speaker = speaker
        self._learner = learner
        self._rng = rng
        self._anycast_delay_ns = anycast_delay_ns
        self._delayed: Timers[Answer] = Timers()

    def receive(
        self,
        interface: Interface,
        packet: Packet,
        message: NeighborSolicitation,
        now: int,
        out: list[Output],
    ) -> Reason:
        """Take a valid solicitation (RFC 4861 7.2.3)."""
        target, source = message.target, packet.source
        if self._claims.is_checked(interface.name, target):
            return self._checked(interface, packet, message, now, out)
        is_anycast = self._sources.is_anycast(interface, target)
        if not is_anycast and not self._sources.answers_for(interface, target, is_weak=False):
            return Reason.NOT_ANSWERED
        station = source_station(message)
        if source != UNSPECIFIED and station is not None:
            self._learner.hear(interface, source, station, now, out)
        answer = (interface.name, target, source)
        if is_anycast and len(self._delayed) < _MOST_DELAYED:
            delay = self._rng.randint(0, self._anycast_delay_ns)  # 7.2.7
            self._delayed.start(answer, now + delay)
        else:
            self._answer(interface, target, source, is_anycast=is_anycast, now=now, out=out)
        return Reason.ANSWERED

    def _checked(
        self,
        interface: Interface,
        packet: Packet,
        message: NeighborSolicitation,
        now: int,
        out: list[Output],
    ) -> Reason:
        """RFC 4862 5.4.3: a question for an address that is not ours yet."""
        if packet.source != UNSPECIFIED:
            return Reason.NOT_ANSWERED  # somebody resolves it; who has it will answer
        if self._speaker.is_echo(interface.name, message):
            self._claims.looped(interface, message.target, out)
            return Reason.LOOPED_BACK
        whose = "another node that checks it"
        self._claims.conflict(interface, message.target, whose, now, out)
        return Reason.ADDRESS_CONFLICT

    def _answer(
        self,
        interface: Interface,
        target: Address,
        source: Address,
        *,
        is_anycast: bool,
        now: int,
        out: list[Output],
    ) -> None:
        """RFC 4861 7.2.4; for an anycast address a unicast one of the interface speaks."""
        sender = self._sources.source(interface, source, None) if is_anycast else target
        if sender is None:
            return
        is_solicited = source != UNSPECIFIED
        message = self._speaker.advertisement(
            interface, target, solicited=is_solicited, override=not is_anycast
        )
        destination = source if is_solicited else ALL_NODES
        entry = self._cache.find(interface.name, source)
        station = entry.mac if entry is not None else None
        if is_solicited and station is None:
            self._sources.originate(interface, sender, destination, message, now, out)
        else:
            out.append(nd_frame(interface, sender, destination, message, station))

    def next_deadline(self) -> int | None:
        """When the next delayed answer is due."""
        return self._delayed.next_deadline()

    def advance(self, interfaces: Mapping[str, Interface], now: int, out: list[Output]) -> None:
        """Send the answers that are due."""
        while (answer := self._delayed.take(now)) is not None:
            name, target, source = answer
            interface = interfaces.get(name)
            if interface is not None and interface.is_up:
                self._answer(interface, target, source, is_anycast=True, now=now, out=out)
