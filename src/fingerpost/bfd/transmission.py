"""What goes out, and when (RFC 5880 6.8.7)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.bfd.authentication import sign
from fingerpost.bfd.constants import HOP_LIMIT, MICROSECOND, MULTIHOP_PORT, SINGLE_HOP_PORT
from fingerpost.bfd.packet import ControlPacket
from fingerpost.bfd.timing import jittered
from fingerpost.protocol.events import SendDatagram

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from fingerpost.bfd.config import BfdConfig
    from fingerpost.bfd.session import Session
    from fingerpost.forwarding.neighbor.timers import Timers
    from fingerpost.protocol.events import Output

Due: TypeAlias = tuple[int, str]  # a discriminator, and what for
TRANSMIT = "transmit"
_SEQUENCES = 1 << 32


class Transmission:
    """Sends the packets of all sessions. `rng` draws the jitter, `put` takes what is sent."""

    def __init__(
        self, rng: Random, timers: Timers[Due], put: Callable[[Output], None], config: BfdConfig
    ) -> None:
        """Nothing is sent before a session is known."""
        self.config = config
        self._rng = rng
        self._timers = timers
        self._put = put

    def update(self, session: Session, now: int) -> None:
        """Send at once what says something new, and let the next packet have its time.

        To be called whenever a session may have changed.
        """
        due = (session.discriminator, TRANSMIT)
        if not session.is_periodic:
            self._timers.stop(due)
        elif _content(session) != session.sent:
            self.periodic(session, now)
        else:
            self._timers.start(due, max(self._next(session), now))

    def periodic(self, session: Session, now: int) -> None:
        """Send a packet whose time has come."""
        content = _content(session)
        is_poll = session.timing.is_polling
        self._send(session, content, replace(content, poll=True) if is_poll else content, now)
        session.sent_at, session.drawn = now, self._rng.getrandbits(16)
        due = (session.discriminator, TRANSMIT)
        if session.is_periodic:
            self._timers.start(due, self._next(session))
        else:
            self._timers.stop(due)

    def final(self, session: Session, now: int) -> None:
        """Answer a Poll; the time of the next periodic packet stays what it is."""
        if session.may_speak:
            content = _content(session)
            self._send(session, content, replace(content, final=True), now)

    def _next(self, session: Session) -> int:
        multiplier = session.settings.timers.multiplier
        return session.sent_at + jittered(session.transmit_ns, session.drawn, multiplier)

    def _send(
        self, session: Session, content: ControlPacket, packet: ControlPacket, now: int
    ) -> None:
        key, settings = session.key, session.settings
        asked = settings.authentication
        if asked is None:
            data = packet.encode()
        else:
            if asked.type.is_meticulous or content != session.sent:  # RFC 5880 6.7.3
                session.sequences.sent = (session.sequences.sent + 1) % _SEQUENCES
            data = sign(packet, asked, session.sequences, self.config.clock(now))
        session.sent = content
        session.counters.packets_out += 1
        port = MULTIHOP_PORT if key.is_multihop else SINGLE_HOP_PORT
        self._put(
            SendDatagram(
                key.interface,
                key.remote,
                port,
                session.source_port,
                HOP_LIMIT,
                data,
                settings.source,
            )
        )


def _content(session: Session) -> ControlPacket:
    """What there is to say: the next packet but for its signature, Poll and Final."""
    timing = session.timing
    return ControlPacket(
        session.state,
        session.settings.timers.multiplier,
        session.discriminator,
        session.remote.discriminator,
        timing.min_transmit_ns // MICROSECOND,
        timing.min_receive_ns // MICROSECOND,
        diagnostic=session.diagnostic,
    )
