"""The times and limits of neighbour discovery, with the values of the RFCs as defaults."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from fingerpost.forwarding.durations import MINUTE, SECOND


class Claiming(Enum):
    """What is done before an IPv4 address of a link that comes up is used (RFC 5227 2)."""

    SILENT = "silent"  # nothing
    ANNOUNCE = "announce"  # it is used at once and announced (2.3)
    PROBE = "probe"  # it is used when three probes found nobody else on it (2.1)


@dataclass(frozen=True, slots=True)
class NeighborSettings:
    """Durations are nanoseconds; names and defaults follow RFC 4861 10 and RFC 5227 1.1.

    Limits count per interface, both families together. `unresolved` bounds the part of the table
    that a scan can fill (RFC 6583): addresses asked for in vain never push out neighbours that
    answer. `queue` and `queue_bytes` bound what waits for one neighbour; the pieces of a fragmented
    packet count as one packet, so that it goes out whole or not at all.
    """

    reachable_ns: int = 30 * SECOND  # REACHABLE_TIME, drawn anew between half and one and a half
    retrans_ns: int = SECOND  # RETRANS_TIMER
    delay_ns: int = 5 * SECOND  # DELAY_FIRST_PROBE_TIME
    multicast_probes: int = 3  # MAX_MULTICAST_SOLICIT; for ARP, requests by broadcast
    unicast_probes: int = 3  # MAX_UNICAST_SOLICIT; for ARP the poll of RFC 1122 2.3.2.1 (2)
    stale_ns: int = 20 * MINUTE  # an unused neighbour is forgotten
    failed_ns: int = SECOND  # who did not answer is not asked again for so long
    entries: int = 4096
    unresolved: int = 256
    queue: int = 16  # packets; RFC 4861 7.2.2: a small value
    queue_bytes: int = 212_992  # two of the largest packets; as unres_qlen_bytes of Linux
    # ARP answers for addresses of other interfaces too, as a weak host does (RFC 1122 3.3.4.2)
    answers_for_other_interfaces: bool = False
    claiming_ipv4: Claiming = Claiming.ANNOUNCE
    unsolicited_creates: bool = True  # RFC 9131; routers only
    anycast_delay_ns: int = SECOND  # MAX_ANYCAST_DELAY_TIME


DEFAULTS = NeighborSettings()
