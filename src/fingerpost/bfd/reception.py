"""What comes in: the checks of RFC 5880 6.8.6 in their order, then what the packet changes.

Ours: a discriminator has to be that of a session on the interface that the packet came by, and a
session that several neighbours could mean is found by address and interface (RFC 5881 3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bfd.authentication import refuses
from fingerpost.bfd.constants import HOP_LIMIT, MICROSECOND
from fingerpost.bfd.faults import Fault, fault_of
from fingerpost.bfd.packet import ControlPacket
from fingerpost.bfd.state import State
from fingerpost.bfd.timing import finish_poll
from fingerpost.errors import DecodeError

if TYPE_CHECKING:
    from fingerpost.bfd.session import Session
    from fingerpost.bfd.sessions import Sessions
    from fingerpost.protocol.events import DatagramReceived


def find(
    sessions: Sessions, datagram: DatagramReceived, *, is_alone: bool
) -> tuple[Session | None, ControlPacket | Fault]:
    """The session of a datagram and its packet, or why it is of none or is no packet."""
    try:
        packet = ControlPacket.decode(datagram.payload)
    except DecodeError as error:
        return None, fault_of(error)
    yours = packet.your_discriminator
    if yours:
        session = sessions.find(yours)
        if session is None:
            return None, Fault.UNKNOWN_DISCRIMINATOR
        if session.key.interface not in (None, datagram.interface):
            return None, Fault.WRONG_INTERFACE
        return session, packet
    if packet.state not in (State.DOWN, State.ADMIN_DOWN):
        return None, Fault.ZERO_DISCRIMINATOR
    session = sessions.first_of(datagram, is_alone=is_alone)
    return (None, Fault.NO_SESSION) if session is None else (session, packet)


def refuse(
    session: Session, packet: ControlPacket, datagram: DatagramReceived, clock: int
) -> Fault | None:
    """Why a packet for a session is not believed; None if it is. `clock` is the time of day.

    Hop limits are looked at where nothing better tells that the packet is the neighbour's own
    (RFC 5881 5, RFC 5883 2).
    """
    settings = session.settings
    if settings.authentication is None:
        least = HOP_LIMIT + 1 - settings.hops
        if datagram.hop_limit is None or datagram.hop_limit < least:
            return Fault.TOO_FAR if session.key.is_multihop else Fault.HOP_LIMIT
    data = datagram.payload[: datagram.payload[3]]
    multiplier = settings.timers.multiplier
    return refuses(packet, data, settings.authentication, session.sequences, multiplier, clock)


def learn(session: Session, packet: ControlPacket, now: int) -> None:
    """Take over what the packet says of the neighbour (RFC 5880 6.8.6)."""
    remote = session.remote
    remote.state = packet.state
    remote.discriminator = packet.my_discriminator
    remote.diagnostic = packet.diagnostic
    remote.multiplier = packet.multiplier
    remote.is_demanding = packet.demand
    remote.min_receive_ns = packet.required_min_rx_us * MICROSECOND
    remote.min_transmit_ns = packet.desired_min_tx_us * MICROSECOND
    remote.hears_us = bool(packet.your_discriminator)
    remote.heard = now
    session.fault = None
    session.counters.packets_in += 1
    session.counters.polls_in += packet.poll
    if packet.final:
        finish_poll(session)
