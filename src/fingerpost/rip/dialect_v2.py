"""RIPv2, and RIPv1 beside it: what entries mean, and who may speak (RFC 2453 3.9, 4, 5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.errors import DecodeError
from fingerpost.rip.authentication import check, room, sealed
from fingerpost.rip.authentication_entry import Trailed
from fingerpost.rip.classful import guessed_length, summarized
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
from fingerpost.rip.frame import ENTRY, ZERO, Command, Frame, read_frame
from fingerpost.rip.packet import INET, UNSPECIFIED, Rte, header

if TYPE_CHECKING:
    from fingerpost.protocol.events import DatagramReceived
    from fingerpost.rip.interface import Link

BROADCAST = Address("255.255.255.255")
DEFAULT = Prefix("0.0.0.0/0")
FIRST_CLASS_D = 224
NO_UNICAST = frozenset({0, 127})  # the nets that RFC 2453 3.9.2 names

_MASKS = [((1 << 32) - (1 << (32 - length))).to_bytes(4, "big") for length in range(33)]
_LENGTHS = {mask: length for length, mask in enumerate(_MASKS)}


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

    def refuses_request(self, message: Message, link: Link) -> Fault | None:
        """Who sends version 2 only does not answer version 1 (RFC 2453 4.6)."""
        is_new = link.config.sending is Sending.RIP_2
        return Fault.REQUEST_VERSION if message.version == 1 and is_new else None

    def read(self, datagram: DatagramReceived, link: Link, now: int) -> Message | Fault:
        """Give what a datagram says, once its version and its authentication are in order."""
        data = datagram.payload
        try:
            frame = read_frame(data)
        except DecodeError:
            return Fault.MALFORMED
        if frame.version not in link.config.accepting.value:
            return Fault.VERSION
        fault = check(frame, data, link.config.authenticator, now)
        if fault is not None:
            return fault
        return _message(frame, link)

    def speaks(self, link: Link) -> int:
        """What the compatibility switch says (RFC 2453 5.1)."""
        return 1 if link.config.sending is Sending.RIP_1 else 2

    def summarizes(self, link: Link) -> bool:
        """Where routers of version 1 may listen (RFC 2453 4.3)."""
        return link.config.sending is not Sending.RIP_2

    def suited(self, link: Link, offers: list[Offer]) -> list[Offer]:
        """All of them, or what nobody takes for something else."""
        return summarized(link, offers) if self.summarizes(link) else offers

    def bodies(self, link: Link, offers: Sequence[Offer], now: int, version: int) -> list[bytes]:
        """Give portions of at most 25 entries (RFC 2453 3.6), fewer where the MTU is small."""
        pack = _packed if version == 2 else _packed_v1
        entries = [pack(offer) for offer in offers]
        most = _most_entries(link, now, version)
        return [b"".join(entries[at : at + most]) for at in range(0, len(entries), most)]

    def responses(self, link: Link, bodies: Sequence[bytes], now: int, version: int) -> list[bytes]:
        """Give responses of one sequence number, as they may overtake each other."""
        head = header(Command.RESPONSE, version)
        return _sealed(link, head, bodies, now, version)

    def asks_all(self, link: Link, now: int) -> bytes:
        """One entry of family 0 and metric 16 (RFC 2453 3.9.1)."""
        version = self.speaks(link)
        entry = Rte(Address(ZERO), metric=INFINITY, family=UNSPECIFIED).encode()
        (request,) = _sealed(link, header(Command.REQUEST, version), [entry], now, version)
        return request

    def destinations(self, link: Link) -> list[Address]:
        """The group, or for old routers the broadcast address of each network (5.1)."""
        if link.config.sending is Sending.RIP_2:
            return [RIP_GROUP]
        found = [a.prefix.broadcast or BROADCAST for a in link.own]
        return list(dict.fromkeys(found)) or [BROADCAST]

    def reaches(self, link: Link, gateway: Address) -> bool:
        """A next hop is on the link that hears of it (RFC 2453 4.4)."""
        return link.is_on_link(gateway) and not link.is_own(gateway)


def _sealed(
    link: Link, head: bytes, bodies: Sequence[bytes], now: int, version: int
) -> list[bytes]:
    authenticator = link.config.authenticator
    if version == 1 or authenticator is None:  # version 1 has no authentication
        return [head + body for body in bodies]
    sequence = link.sequences.next(now)
    return [sealed(head, body, authenticator, sequence, now) for body in bodies]


def _most_entries(link: Link, now: int, version: int) -> int:
    """How many routes go into one datagram: 25 entries, or what the MTU has room for."""
    taken = room(link.config.authenticator, now) if version == 2 else 0
    fits = (link.mtu - IPV4_HEADER - UDP_HEADER - HEADER_LENGTH - taken) // ENTRY_LENGTH
    return max(1, min(MOST_ENTRIES - bool(taken), fits))


def _packed(offer: Offer) -> bytes:
    prefix, metric, tag, next_hop = offer
    via = ZERO if next_hop is None else next_hop.packed
    return ENTRY.pack(INET, tag, prefix.network.packed, _MASKS[prefix.length], via, metric)


def _packed_v1(offer: Offer) -> bytes:
    return ENTRY.pack(INET, 0, offer.prefix.network.packed, ZERO, ZERO, offer.metric)


def _message(frame: Frame, link: Link) -> Message:
    command = Command(frame.command)
    found = frame.authentication
    sequence = (found.key_id, found.sequence) if isinstance(found, Trailed) else None
    if command is Command.REQUEST and _asks_all(frame):
        return Message(command, frame.version, asks_all=True, sequence=sequence)
    offers, faults = _judged(frame, command is Command.RESPONSE, link)
    return Message(command, frame.version, offers, faults, sequence=sequence)


def _asks_all(frame: Frame) -> bool:
    if len(frame.entries) != ENTRY_LENGTH:
        return False
    family, *_, metric = ENTRY.unpack(frame.entries)
    return bool(family == UNSPECIFIED and metric == INFINITY)


def _judged(frame: Frame, is_response: bool, link: Link) -> tuple[list[Offer], list[Fault]]:
    """Give what the entries say, and why others say nothing (RFC 2453 3.9.2)."""
    offers: list[Offer] = []
    faults: list[Fault] = []
    for family, tag, network, mask, via, metric in ENTRY.iter_unpack(frame.entries):
        if family != INET:
            faults.append(Fault.FAMILY)
            continue
        if is_response and not 1 <= metric <= INFINITY:
            faults.append(Fault.METRIC)
            continue
        address = Address(network)
        length = guessed_length(address, link) if mask == ZERO else _LENGTHS.get(mask)
        if length is None:
            faults.append(Fault.MASK)
            continue
        prefix = Prefix(address, length)
        fault = _fault(prefix, address, network[0])
        if fault is not None:
            faults.append(fault)
        elif via == ZERO:
            offers.append(Offer(prefix, metric, tag))
        elif link.is_own(gateway := Address(via)):
            faults.append(Fault.NEXT_HOP)
        else:  # one that the link does not reach is as good as none (RFC 2453 4.4)
            offers.append(Offer(prefix, metric, tag, gateway if link.is_on_link(gateway) else None))
    return offers, faults


def _fault(prefix: Prefix, address: Address, first: int) -> Fault | None:
    """Why an address is none of a route: not unicast, or net 0 or 127, but for the default."""
    if prefix.network != address:
        return Fault.HOST_BITS
    if (first >= FIRST_CLASS_D or first in NO_UNICAST) and prefix != DEFAULT:
        return Fault.DESTINATION
    return None
