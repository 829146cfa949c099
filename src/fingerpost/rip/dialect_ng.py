"""RIPng: what entries mean, and who may speak (RFC 2080 2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
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
from fingerpost.rip.packet_ng import (
    ENTRY,
    NEXT_HOP_METRIC,
    UNSPECIFIED,
    VERSION,
    header,
    read_frame,
)

if TYPE_CHECKING:
    from fingerpost.protocol.events import DatagramReceived
    from fingerpost.rip.interface import Link

LONGEST = 128
LARGEST_PAYLOAD = 0xFFFF - UDP_HEADER

_ASKS_ALL = ENTRY.pack(UNSPECIFIED.packed, 0, 0, INFINITY)  # RFC 2080 2.4.1


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

    def refuses_request(self, message: Message, link: Link) -> Fault | None:
        """There is one version, and all of it is answered."""
        del message, link
        return None

    def read(self, datagram: DatagramReceived, link: Link, now: int) -> Message | Fault:
        """Give what a datagram says."""
        del now
        try:
            number, _, entries = read_frame(datagram.payload)
        except DecodeError:
            return Fault.MALFORMED
        command = Command(number)
        if command is Command.REQUEST and _asks_all(entries):
            return Message(command, VERSION, asks_all=True)
        return Message(command, VERSION, *_judged(entries, command is Command.RESPONSE, link))

    def speaks(self, link: Link) -> int:
        """There is one version (RFC 2080 2.5.2)."""
        del link
        return VERSION

    def summarizes(self, link: Link) -> bool:
        """Never: each entry has its prefix length."""
        del link
        return False

    def suited(self, link: Link, offers: list[Offer]) -> list[Offer]:
        """All of them."""
        del link
        return offers

    def bodies(self, link: Link, offers: Sequence[Offer], now: int, version: int) -> list[bytes]:
        """Give portions as long as the MTU lets them be (RFC 2080 2.1)."""
        del now, version
        room = link.mtu - IPV6_HEADER - UDP_HEADER - HEADER_LENGTH
        most = max(2, min(room, LARGEST_PAYLOAD - HEADER_LENGTH) // ENTRY_LENGTH)
        return [b"".join(entries) for entries in _packed(offers, most)]

    def responses(self, link: Link, bodies: Sequence[bytes], now: int, version: int) -> list[bytes]:
        """Give the responses with these entries."""
        del link, now, version
        head = header(Command.RESPONSE)
        return [head + body for body in bodies]

    def asks_all(self, link: Link, now: int) -> bytes:
        """One entry for the empty prefix with metric 16 (RFC 2080 2.4.1)."""
        del link, now
        return header(Command.REQUEST) + _ASKS_ALL

    def destinations(self, link: Link) -> list[Address]:
        """The group (RFC 2080 2.5.2)."""
        del link
        return [RIPNG_GROUP]

    def reaches(self, link: Link, gateway: Address) -> bool:
        """A next hop is a link-local address (RFC 2080 2.1.1)."""
        return gateway.is_link_local and not link.is_own(gateway)


def _asks_all(entries: bytes) -> bool:
    if len(entries) != ENTRY_LENGTH:
        return False
    address, _, length, metric = ENTRY.unpack(entries)
    return bool(address == UNSPECIFIED.packed and length == 0 and metric == INFINITY)


def _judged(entries: bytes, is_response: bool, link: Link) -> tuple[list[Offer], list[Fault]]:
    """Give what the entries say, each with the next hop that stands before it (2.1.1)."""
    offers: list[Offer] = []
    faults: list[Fault] = []
    next_hop: Address | None = None
    is_own = False
    for octets, tag, length, metric in ENTRY.iter_unpack(entries):
        address = Address(octets)
        if is_response and metric == NEXT_HOP_METRIC:
            is_own = link.is_own(address)
            # any but a link-local address stands for the speaker
            next_hop = address if address.is_link_local else None
        elif is_response and not 1 <= metric <= INFINITY:
            faults.append(Fault.METRIC)
        elif length > LONGEST:
            faults.append(Fault.PREFIX_LENGTH)
        elif (fault := _fault(prefix := Prefix(address, length), address, octets)) is not None:
            faults.append(fault)
        elif is_own:
            faults.append(Fault.NEXT_HOP)
        else:
            offers.append(Offer(prefix, metric, tag, next_hop))
    return offers, faults


def _fault(prefix: Prefix, first: Address, octets: bytes) -> Fault | None:
    """Why it is no destination: multicast, link-local (2.4.2), nobody's or one's own address.

    What stands in a default route is of no account (2.2).
    """
    if prefix.length == 0:
        return None
    if prefix.network != first:
        return Fault.HOST_BITS
    # only what begins like one of them is asked whether it is
    if octets[0] in (0, 0xFE, 0xFF) and (
        first.is_multicast or first.is_link_local or first.is_unspecified or first.is_loopback
    ):
        return Fault.DESTINATION
    return None


def _packed(offers: Sequence[Offer], most: int) -> Iterator[list[bytes]]:
    """Give the entries of each datagram; those with one next hop stand together behind it."""
    entries: list[bytes] = []
    said: Address | None = None
    for offer in sorted(offers, key=lambda offer: offer.next_hop or UNSPECIFIED):
        needs = 1 + (offer.next_hop != said)
        if len(entries) + needs > most:
            yield entries
            entries, said = [], None
        if offer.next_hop != said:
            said = offer.next_hop
            entries.append(ENTRY.pack((said or UNSPECIFIED).packed, 0, 0, NEXT_HOP_METRIC))
        prefix = offer.prefix
        entries.append(ENTRY.pack(prefix.network.packed, offer.tag, prefix.length, offer.metric))
    if entries:
        yield entries
