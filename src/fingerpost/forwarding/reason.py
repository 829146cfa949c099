"""Why a packet's way through the router ended: a closed set, counted per interface.

Each member's value is its name in counters and traces; `section` is where the rule stands.
"""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """Every end that a packet can come to."""

    section: str

    def __new__(cls, name: str, section: str) -> Reason:
        """A member of the name that counters show, with the section that asks for it."""
        member = object.__new__(cls)
        member._value_ = name
        member.section = section
        return member

    __hash__ = object.__hash__  # that of an enumeration hashes its name each time

    # ends that are no loss
    FORWARDED = ("forwarded", "RFC 1812 5.2.1.2")
    DELIVERED = ("delivered", "RFC 1812 5.2.3")
    ANSWERED = ("answered", "RFC 1812 4.3.3")
    QUEUED = ("waits for its neighbour", "RFC 1122 2.3.2.2")
    REASSEMBLING = ("waits for other fragments", "RFC 791 3.2")
    HEEDED = ("taken note of", "RFC 1122 3.2.2.2")

    # the frame
    NOT_RUNNING = ("interface is down", "RFC 1812 5.3.12.3")
    SHORT_FRAME = ("frame too short", "RFC 894")
    OTHER_HOST = ("frame for another station", "IEEE 802.3")
    UNKNOWN_PROTOCOL = ("link protocol unknown", "RFC 894")
    VLAN_UNKNOWN = ("VLAN not configured", "IEEE 802.1Q")

    # the IP header
    SHORT_PACKET = ("packet shorter than its header", "RFC 1812 5.2.2")
    BAD_VERSION = ("IP version wrong", "RFC 1812 5.2.2")
    BAD_HEADER_LENGTH = ("header length wrong", "RFC 1812 5.2.2")
    BAD_LENGTH = ("length beyond the frame", "RFC 1812 5.2.2")
    BAD_CHECKSUM = ("header checksum wrong", "RFC 1812 5.2.2")
    BAD_OPTION = ("option malformed", "RFC 1812 4.3.3.5")
    UNKNOWN_OPTION = ("unknown option that asks to be dropped", "RFC 8200 4.2")
    BAD_HEADER_CHAIN = ("extension headers malformed", "RFC 8200 4")

    # filters
    POLICED = ("beyond the rate of its class", "RFC 6192")
    MARTIAN_SOURCE = ("martian source", "RFC 1812 5.3.7")
    MARTIAN_DESTINATION = ("martian destination", "RFC 1812 5.3.7")
    NOT_FORWARDABLE = ("address not forwardable", "RFC 6890 2.2.1")
    BEYOND_SCOPE = ("beyond the scope of its address", "RFC 4291 2.5.6")
    BORDER = ("private address at the border", "RFC 1918 3")
    REVERSE_PATH = ("no way back to its source", "RFC 3704 2")

    # for me, but
    BROADCAST_FRAME = ("unicast packet in a broadcast frame", "RFC 1812 5.3.4")
    NOT_MEMBER = ("multicast group not joined", "RFC 1112 7")
    DIRECTED_BROADCAST = ("directed broadcast not forwarded", "RFC 2644 3")
    ZERO_HOST = ("host number zero", "RFC 1812 4.2.3.1")
    MULTICAST = ("multicast is not routed here", "RFC 1812 5.3.10")
    BAD_TRANSPORT = ("transport malformed", "RFC 1122 4.1.3")
    BAD_NEIGHBOR_MESSAGE = ("neighbour message invalid", "RFC 4861 6.1")
    UNUSABLE_ADDRESS = ("our address is not usable yet", "RFC 4862 5.4")
    ADDRESS_CONFLICT = ("address claimed by another station", "RFC 5227 2.4")
    LOOPED_BACK = ("our own question came back", "RFC 7527 4.2")
    NO_PROTOCOL = ("protocol not spoken", "RFC 1812 4.3.3.1")
    NO_PORT = ("port not open", "RFC 1122 4.1.3.1")
    REDIRECT_IGNORED = ("redirect not heeded", "RFC 1812 5.2.7.2")
    NOT_ANSWERED = ("no answer owed", "RFC 1812 4.3.3")
    REASSEMBLY_FAILED = ("fragments do not fit", "RFC 5722 4")
    REASSEMBLY_TIMEOUT = ("fragments missing", "RFC 1122 3.3.2")
    REASSEMBLY_FULL = ("too many fragments waiting", "RFC 6274")

    # on its way
    NOT_FORWARDING = ("not a router", "RFC 1122 3.2.1.3")
    HOP_LIMIT = ("hop limit exceeded", "RFC 1812 5.3.1")
    SOURCE_ROUTE = ("source route", "RFC 7126 4.3")
    NO_ROUTE = ("no route", "RFC 1812 5.2.7.1")
    BLACKHOLE = ("blackhole route", "RFC 1812 5.2.7.1")
    UNREACHABLE = ("unreachable route", "RFC 1812 5.2.7.1")
    PROHIBITED = ("prohibited route", "RFC 1812 5.2.7.1")
    UNRESOLVED = ("next hop leads nowhere", "RFC 4271 5.1.3")
    TOO_BIG = ("larger than the MTU", "RFC 1191 4")
    NEIGHBOR_FAILED = ("neighbour does not answer", "RFC 1812 5.2.7.1")
    NEIGHBOR_QUEUE_FULL = ("queue for the neighbour full", "RFC 1122 2.3.2.2")
    NO_SOURCE = ("no address to send from", "RFC 1122 3.3.4.3")
    FOREIGN_SOURCE = ("source is not ours", "RFC 1122 3.2.1.3")

    @property
    def is_loss(self) -> bool:
        """Whether the packet went nowhere because of this."""
        return self not in _NO_LOSS


_NO_LOSS = frozenset(
    (
        Reason.FORWARDED,
        Reason.DELIVERED,
        Reason.ANSWERED,
        Reason.QUEUED,
        Reason.REASSEMBLING,
        Reason.HEEDED,
    )
)
