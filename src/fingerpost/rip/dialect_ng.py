"""RIPng: what entries mean, and who may speak (RFC 2080 2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.errors import DecodeError
from fingerpost.rip.constants import (
    ENTRY_LENGTH,
    HEADER_LENGTH,
    INFINITY,
    IPV6_HEADER,
    RIPNG_GROUP,
    RIPNG_PORT,
    UDP_HEADER,
)
from fingerpost.rip.dialect import Message, Offer
from fingerpost.rip.faults import Fault
from fingerpost.rip.packet import Command
from fingerpost.rip.packet_ng import NEXT_HOP_METRIC, UNSPECIFIED, RipngPacket, RteNg

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.protocol.events import DatagramReceived
    from fingerpost.rip.interface import Link

LONGEST = 128
LARGEST_PAYLOAD = 0xFFFF - UDP_HEADER


class RipNg:
    """The dialect of RFC 2080."""

    family = 6
    name = "ripng"
    port = RIPNG_PORT
    group = RIPNG_GROUP
    hop_limit = 255

    def refuses(self, datagram: DatagramReceived, link: Link) -> Fault | None:
        """Anybody on the link or beyond may ask (RFC 2080 2.4.1): only IPv6 is looked for."""
        del link
        return None if datagram.source.version == 6 else Fault.SOURCE_OFF_LINK

    def refuses_response(self, datagram: DatagramReceived, link: Link) -> Fault | None:
        """A neighbour says routes, from the port, and if to all then from here (2.4.2)."""
        del link
        if not datagram.source.is_link_local:
            return Fault.SOURCE_NOT_LINK_LOCAL
        if datagram.source_port != RIPNG_PORT:
            return Fault.SOURCE_PORT
        if datagram.destination.is_multicast and datagram.hop_limit not in (None, 255):
            return Fault.HOP_LIMIT
        return None

    def read(self, datagram: DatagramReceived, link: Link, now: int) -> Message | Fault:
        """Give what a datagram says."""
        del now
        try:
            packet = RipngPacket.decode(datagram.payload)
        except DecodeError:
            return Fault.MALFORMED
        command = Command(packet.command)
        if command is Command.REQUEST and _asks_all(packet):
            return Message(command, 1, asks_all=True)
        judged = list(_judged(packet.entries, command, link))
        return Message(
            command,
            1,
            tuple(one for one in judged if isinstance(one, Offer)),
            tuple(one for one in judged if isinstance(one, Fault)),
        )

    def write(
        self, link: Link, offers: Sequence[Offer], now: int, *, version: int | None = None
    ) -> list[bytes]:
        """Give responses as long as the MTU lets them be (RFC 2080 2.1)."""
        del now, version
        room = link.mtu - IPV6_HEADER - UDP_HEADER - HEADER_LENGTH
        most = max(2, min(room, LARGEST_PAYLOAD - HEADER_LENGTH) // ENTRY_LENGTH)
        return [
            RipngPacket(Command.RESPONSE, tuple(entries)).encode()
            for entries in _packed(offers, most)
        ]

    def asks_all(self, link: Link, now: int) -> bytes:
        """One entry for the empty prefix with metric 16 (RFC 2080 2.4.1)."""
        del link, now
        return RipngPacket(Command.REQUEST, (RteNg(UNSPECIFIED, 0, INFINITY),)).encode()

    def destinations(self, link: Link) -> list[Address]:
        """The group (RFC 2080 2.5.2)."""
        del link
        return [RIPNG_GROUP]

    def reaches(self, link: Link, gateway: Address) -> bool:
        """A next hop is a link-local address (RFC 2080 2.1.1)."""
        return gateway.is_link_local and not link.is_own(gateway)


def _asks_all(packet: RipngPacket) -> bool:
    if len(packet.entries) != 1:
        return False
    (entry,) = packet.entries
    return (entry.address, entry.length, entry.metric) == (UNSPECIFIED, 0, INFINITY)


def _judged(entries: Sequence[RteNg], command: Command, link: Link) -> Iterator[Offer | Fault]:
    """Give what each entry says, with the next hop that stands before it (2.1.1)."""
    next_hop: Address | None = None
    is_own = False
    for entry in entries:
        if entry.is_next_hop and command is Command.RESPONSE:
            is_own = link.is_own(entry.address)
            # any but a link-local address stands for the speaker
            next_hop = entry.address if entry.address.is_link_local else None
        elif command is Command.RESPONSE and not 1 <= entry.metric <= INFINITY:
            yield Fault.METRIC
        elif entry.length > LONGEST:
            yield Fault.PREFIX_LENGTH
        elif (prefix := Prefix(entry.address, entry.length)).network != entry.address:
            yield Fault.HOST_BITS
        elif not _is_destination(prefix):
            yield Fault.DESTINATION
        elif is_own:
            yield Fault.NEXT_HOP
        else:
            yield Offer(prefix, entry.metric, entry.tag, next_hop)


def _is_destination(prefix: Prefix) -> bool:
    """Neither multicast nor link-local (2.4.2), nor the addresses of nobody and of oneself."""
    first = prefix.network
    if first.is_multicast or first.is_link_local:
        return False
    return prefix.length == 0 or not (first.is_unspecified or first.is_loopback)


def _packed(offers: Sequence[Offer], most: int) -> Iterator[list[RteNg]]:
    """Give the entries of each datagram; those with one next hop stand together behind it."""
    entries: list[RteNg] = []
    said: Address | None = None
    for offer in sorted(offers, key=lambda offer: offer.next_hop or UNSPECIFIED):
        needs = 1 + (offer.next_hop != said)
        if len(entries) + needs > most:
            yield entries
            entries, said = [], None
        if offer.next_hop != said:
            said = offer.next_hop
            entries.append(RteNg(said or UNSPECIFIED, 0, NEXT_HOP_METRIC))
        prefix = offer.prefix
        entries.append(RteNg(prefix.network, prefix.length, offer.metric, offer.tag))
    if entries:
        yield entries
