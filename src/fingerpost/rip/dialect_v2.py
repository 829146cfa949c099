"""RIPv2, and RIPv1 beside it: what entries mean, and who may speak (RFC 2453 3.9, 4, 5.1).

An entry of version 1, or of version 2 without a mask, has a mask to be guessed: that of our own
network if it lies in the same classful network, else that of its class; with bits behind that mask
it is a host (RFC 1058 3.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.errors import DecodeError
from fingerpost.rip.authentication import check, room, seal
from fingerpost.rip.authentication_entry import Trailed
from fingerpost.rip.config import Sending
from fingerpost.rip.constants import (
    ENTRY_LENGTH,
    HEADER_LENGTH,
    INFINITY,
    IPV4_HEADER,
    MOST_ENTRIES,
    RIP_GROUP,
    RIP_PORT,
    UDP_HEADER,
)
from fingerpost.rip.dialect import Message, Offer
from fingerpost.rip.faults import Fault
from fingerpost.rip.packet import INET, UNSPECIFIED, ZERO, Command, RipPacket, Rte

if TYPE_CHECKING:
    from fingerpost.protocol.events import DatagramReceived
    from fingerpost.rip.interface import Link

BROADCAST = Address("255.255.255.255")
DEFAULT = Prefix("0.0.0.0/0")
FULL = 0xFFFF_FFFF
FIRST_CLASS_D = 224 << 24
LOOPBACK_NET = 127


class RipV2:
    """The dialect of RFC 2453, which understands that of RFC 1058."""

    family = 4
    name = "rip"
    port = RIP_PORT
    group = RIP_GROUP
    hop_limit = 1

    def refuses(self, datagram: DatagramReceived, link: Link) -> Fault | None:
        """Only neighbours are heard, and not ourselves (RFC 2453 3.9.2)."""
        return None if link.is_on_link(datagram.source) else Fault.SOURCE_OFF_LINK

    def refuses_response(self, datagram: DatagramReceived, link: Link) -> Fault | None:
        """A response comes from the port of RIP (RFC 2453 3.9.2)."""
        del link
        return None if datagram.source_port == RIP_PORT else Fault.SOURCE_PORT

    def read(self, datagram: DatagramReceived, link: Link, now: int) -> Message | Fault:
        """Give what a datagram says, once its version and its authentication are in order."""
        data = datagram.payload
        try:
            packet = RipPacket.decode(data)
        except DecodeError:
            return Fault.MALFORMED
        authenticator = link.config.authenticator
        if packet.version not in link.config.accepting.value:
            return Fault.VERSION
        fault = check(packet, data, authenticator, now)
        if fault is not None:
            return fault
        return _message(packet, link)

    def write(
        self, link: Link, offers: Sequence[Offer], now: int, *, version: int | None = None
    ) -> list[bytes]:
        """Give responses of at most 25 entries, of one size with the sequence number."""
        if version is None:
            version = 1 if link.config.sending is Sending.RIP_1 else 2
        entries = [_rte_v1(o) for o in offers if _fits_v1(o.prefix, link)]
        if version == 2:
            entries = [_rte(offer) for offer in offers]
        most = _most_entries(link, now, version)
        sequence = link.next_sequence(now)  # one for all parts of an update, as they may overtake
        return [
            self._sealed(Command.RESPONSE, entries[at : at + most], version, link, sequence, now)
            for at in range(0, len(entries), most)
        ]

    def asks_all(self, link: Link, now: int) -> bytes:
        """One entry of family 0 and metric 16 (RFC 2453 3.9.1)."""
        version = 1 if link.config.sending is Sending.RIP_1 else 2
        entry = Rte(ZERO, metric=INFINITY, family=UNSPECIFIED)
        sequence = link.next_sequence(now)
        return self._sealed(Command.REQUEST, [entry], version, link, sequence, now)

    def destinations(self, link: Link) -> list[Address]:
        """The group, or the broadcast address of each network (RFC 2453 4.5, 5.1)."""
        if link.config.sending is Sending.RIP_2:
            return [RIP_GROUP]
        found = [one.prefix.broadcast or BROADCAST for one in link.own]
        return list(dict.fromkeys(found))

    def reaches(self, link: Link, gateway: Address) -> bool:
        """A next hop is on the link's own network (RFC 2453 4.4)."""
        return link.is_on_link(gateway) and not link.is_own(gateway)

    def _sealed(
        self,
        command: Command,
        entries: Sequence[Rte],
        version: int,
        link: Link,
        sequence: int,
        now: int,
    ) -> bytes:
        packet = RipPacket(command, version, tuple(entries))
        if version == 1:  # it has no authentication
            return packet.encode()
        return seal(packet, link.config.authenticator, sequence, now)


def _most_entries(link: Link, now: int, version: int) -> int:
    """How many routes go into one datagram: 25 entries, or what the MTU has room for."""
    taken = room(link.config.authenticator, now) if version == 2 else 0
    fits = (link.mtu - IPV4_HEADER - UDP_HEADER - HEADER_LENGTH - taken) // ENTRY_LENGTH
    return max(1, min(MOST_ENTRIES - bool(taken), fits))


def _message(packet: RipPacket, link: Link) -> Message:
    command = Command(packet.command)
    found = packet.authentication
    sequence = (found.key_id, found.sequence) if isinstance(found, Trailed) else None
    if command is Command.REQUEST and _asks_all(packet):
        return Message(command, packet.version, asks_all=True, sequence=sequence)
    judged = [_judged(entry, packet.version, command, link) for entry in packet.entries]
    return Message(
        command,
        packet.version,
        tuple(one for one in judged if isinstance(one, Offer)),
        tuple(one for one in judged if isinstance(one, Fault)),
        sequence=sequence,
    )


def _asks_all(packet: RipPacket) -> bool:
    if len(packet.entries) != 1:
        return False
    (entry,) = packet.entries
    return entry.family == UNSPECIFIED and entry.metric == INFINITY


def _judged(entry: Rte, version: int, command: Command, link: Link) -> Offer | Fault:
    """Give what an entry says, or why it says nothing (RFC 2453 3.9.2)."""
    if entry.family != INET:
        return Fault.FAMILY
    if command is Command.RESPONSE and not 1 <= entry.metric <= INFINITY:
        return Fault.METRIC
    length = _length(entry, version, link)
    if isinstance(length, Fault):
        return length
    prefix = Prefix(entry.address, length)
    if not _is_destination(prefix):
        return Fault.DESTINATION
    next_hop = entry.next_hop
    if next_hop != ZERO and link.is_own(next_hop):
        return Fault.NEXT_HOP
    # one that the link does not reach is as good as none (RFC 2453 4.4)
    via = next_hop if next_hop != ZERO and link.is_on_link(next_hop) else None
    return Offer(prefix, entry.metric, entry.tag, via)


def _length(entry: Rte, version: int, link: Link) -> int | Fault:
    if version == 1 or entry.mask == ZERO:
        return _guessed_length(entry.address, link)
    behind = ~int(entry.mask) & FULL
    if behind & (behind + 1):
        return Fault.MASK
    if int(entry.address) & behind:
        return Fault.HOST_BITS
    return 32 - behind.bit_length()


def _guessed_length(address: Address, link: Link) -> int:
    """The length that a mask would have had (RFC 1058 3.2)."""
    if address == ZERO:
        return 0
    natural = _class_length(address)
    network = Prefix(address, natural)
    inside = [one for one in link.own if one.length >= natural and one.address in network]
    length = inside[0].length if inside else natural
    return length if Prefix(address, length).network == address else 32


def _class_length(address: Address) -> int:
    first = int(address) >> 24
    return 8 if first < 128 else 16 if first < 192 else 24


def _is_destination(prefix: Prefix) -> bool:
    """Whether it is unicast, and neither net 0 nor net 127, but for the default (3.9.2)."""
    if prefix == DEFAULT:
        return True
    number = int(prefix.network)
    return number < FIRST_CLASS_D and number >> 24 not in (0, LOOPBACK_NET)


def _rte(offer: Offer) -> Rte:
    prefix = offer.prefix
    return Rte(prefix.network, prefix.netmask, offer.next_hop or ZERO, offer.metric, offer.tag)


def _rte_v1(offer: Offer) -> Rte:
    return Rte(offer.prefix.network, metric=offer.metric)


def _fits_v1(prefix: Prefix, link: Link) -> bool:
    """Whether a neighbour would guess the mask that is meant (RFC 1058 3.2, RFC 2453 5.1)."""
    return _guessed_length(prefix.network, link) == prefix.length
