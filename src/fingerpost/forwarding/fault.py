"""What an ICMP error says, once for both families: the one table of types and codes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Fault(Enum):
    """A fault that a sender is told of: (type, code) in ICMP and in ICMPv6, None where silent."""

    icmp: tuple[int, int] | None
    icmpv6: tuple[int, int] | None

    def __new__(
        cls, name: str, icmp: tuple[int, int] | None, icmpv6: tuple[int, int] | None
    ) -> Fault:
        """A member of the name that traces show."""
        member = object.__new__(cls)
        member._value_ = name
        member.icmp = icmp
        member.icmpv6 = icmpv6
        return member

    # RFC 792, RFC 1812 5.2.7.1 beside RFC 4443 3.1
    NO_ROUTE = ("destination unreachable: no route", (3, 0), (1, 0))
    HOST = ("destination unreachable: host", (3, 1), (1, 3))
    PROTOCOL = ("destination unreachable: protocol", (3, 2), (4, 1))
    PORT = ("destination unreachable: port", (3, 3), (1, 4))
    TOO_BIG = ("too big", (3, 4), (2, 0))
    SOURCE_ROUTE_FAILED = ("source route failed", (3, 5), None)
    PROHIBITED = ("administratively prohibited", (3, 13), (1, 1))
    HOST_PROHIBITED = ("host administratively prohibited", (3, 10), (1, 1))
    BEYOND_SCOPE = ("beyond scope of source address", None, (1, 2))
    SOURCE_POLICY = ("source address failed policy", (3, 13), (1, 5))
    REJECT = ("reject route", (3, 1), (1, 6))
    HOP_LIMIT = ("time exceeded in transit", (11, 0), (3, 0))
    REASSEMBLY = ("fragment reassembly time exceeded", (11, 1), (3, 1))
    PARAMETER = ("parameter problem", (12, 0), (4, 0))
    OPTION_MISSING = ("required option missing", (12, 1), None)
    UNKNOWN_OPTION = ("unrecognized option", None, (4, 2))
    UNKNOWN_NEXT_HEADER = ("unrecognized next header", None, (4, 1))
    INCOMPLETE_CHAIN = ("first fragment lacks the upper header", None, (4, 3))  # RFC 7112 5
    REDIRECT = ("a better first hop", (5, 1), (137, 0))  # sent by `redirect.py`, limited like these
    TOO_MANY_HEADERS = ("too many extension headers", None, (4, 8))  # RFC 8883

    def kind(self, version: int) -> tuple[int, int] | None:
        """(type, code) in the family's protocol."""
        return self.icmp if version == 4 else self.icmpv6


@dataclass(frozen=True, slots=True)
class Owed:
    """An error that a packet's sender is owed, if it may be told at all (`silence.py`).

    `mtu` is that of the next link, `pointer` the offset in the packet of the byte at fault.
    `even_multicast`: an IPv6 option asks for it whoever the packet was for (RFC 8200 4.2).
    """

    fault: Fault
    mtu: int = 0
    pointer: int = 0
    even_multicast: bool = False
