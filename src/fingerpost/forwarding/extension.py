"""The extension headers of an IPv6 packet that is for us, in the order in which they stand.

RFC 8200 4: strictly in order, any order, any number (here at most 16, RFC 8504 5.3). Each ends the
packet, is passed, or, for a fragment header, waits for the rest:

    hop-by-hop      read before (`hop_by_hop.py`); anywhere else a next header of 0 is unrecognized
    destination     options that we do not know do what their type says (RFC 8200 4.2)
    routing         no type is spoken: passed when used up, else refused (RFC 8200 4.4, RFC 5095 3)
    fragment        to `reassembly.py`
    anything else   is the upper layer, known or not
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fingerpost.errors import DecodeError
from fingerpost.forwarding.fault import Fault, Owed
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.walk import End
from fingerpost.wire.ipv6_options import HomeAddress, UnknownAction, UnknownOption, located_options
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.forwarding.packet import Packet
    from fingerpost.forwarding.walk import Walk

FIXED_HEADER = 40
NEXT_HEADER_AT = 6
MOST_HEADERS = 16
HOP_BY_HOP, ROUTING = int(IpProtocol.HOPOPTS), int(IpProtocol.ROUTING)
FRAGMENT, DESTINATION = int(IpProtocol.FRAGMENT), int(IpProtocol.DSTOPTS)
READ = frozenset((HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION))
# what a first fragment must hold of its upper layer, which RFC 7112 5 counts to the chain
_UPPER_HEADERS = {6: 20, 17: 8, 33: 12, 50: 8, 51: 12, 58: 4, 132: 12, 136: 8}


class Upper(NamedTuple):
    """Where the chain stops: `protocol` begins at `at`, and the field at `named_at` says so.

    `protocol` is that of a fragment header where there is one.
    """

    protocol: int
    at: int
    named_at: int


def upper_of(walk: Walk, packet: Packet, start: Upper | None = None) -> Upper | End:
    """Go along the chain to the upper layer or the first fragment header."""
    data = packet.data
    kind, at, named_at = start or (packet.protocol, FIXED_HEADER, NEXT_HEADER_AT)
    for _ in range(MOST_HEADERS):
        if kind not in READ or kind == FRAGMENT:
            return Upper(kind, at, named_at)
        if kind == HOP_BY_HOP and at != FIXED_HEADER:
            walk.note("extensions", "hop-by-hop options in the middle", section="RFC 8200 4")
            owed = Owed(Fault.UNKNOWN_NEXT_HEADER, pointer=named_at)
            return End(Reason.BAD_HEADER_CHAIN, owed)
        if at + 8 > len(data):
            return malformed(walk, named_at, "the packet ends before the header that is named")
        length = (data[at + 1] + 1) * 8
        if at + length > len(data):
            return malformed(walk, at + 1, "an extension header passes the end of the packet")
        if (end := _read(walk, kind, data, at, at + length)) is not None:
            return end
        kind, named_at, at = data[at], at, at + length
    walk.note("extensions", "more than {} headers", MOST_HEADERS, section="RFC 8504 5.3")
    return End(Reason.BAD_HEADER_CHAIN, Owed(Fault.TOO_MANY_HEADERS, pointer=named_at))


def has_whole_chain(data: bytes, kind: int, at: int) -> bool:
    """Whether the headers from `kind` at `at` to the upper one are all there (RFC 7112 5)."""
    for _ in range(MOST_HEADERS):
        if kind not in READ:
            return at + _UPPER_HEADERS.get(kind, 0) <= len(data)
        if at + 8 > len(data):
            return False
        length = 8 if kind == FRAGMENT else (data[at + 1] + 1) * 8
        kind, at = data[at], at + length
    return True


def _read(walk: Walk, kind: int, data: bytes, at: int, end: int) -> End | None:
    if kind == DESTINATION:
        return _destination_options(walk, data, at, end)
    if kind == ROUTING and data[at + 3]:
        said = f"routing header of type {data[at + 2]} with {data[at + 3]} segments left"
        return malformed(walk, at + 2, said, "RFC 8200 4.4")
    return None


def _destination_options(walk: Walk, data: bytes, at: int, end: int) -> End | None:
    try:
        options = located_options(data[at + 2 : end], at + 2)
    except DecodeError as fault:
        return malformed(walk, fault.offset or at, str(fault))
    for place, option in options:
        # home addresses are for those who speak Mobile IPv6 (RFC 6275 9.3.1)
        is_unknown = isinstance(option, UnknownOption | HomeAddress)
        if is_unknown and (refused := unknown_option(walk, place, option.kind)) is not None:
            return refused
    return None


def unknown_option(walk: Walk, at: int, kind: int) -> End | None:
    """What the two high bits of an unknown option's type ask for (RFC 8200 4.2)."""
    action = UnknownAction(kind >> 6)
    if action is UnknownAction.SKIP:
        return None
    walk.note("options", "option 0x{:02x} is unknown and says drop", kind, section="RFC 8200 4.2")
    owed = None
    if action is not UnknownAction.DISCARD:
        even = action is UnknownAction.DISCARD_AND_TELL
        owed = Owed(Fault.UNKNOWN_OPTION, pointer=at, even_multicast=even)
    return End(Reason.UNKNOWN_OPTION, owed)


def malformed(walk: Walk, at: int, said: str, section: str = "RFC 4443 3.4") -> End:
    """End the way of a packet whose byte `at` is wrong."""
    walk.note("extensions", "{}", said, section=section)
    return End(Reason.BAD_HEADER_CHAIN, Owed(Fault.PARAMETER, pointer=at))
