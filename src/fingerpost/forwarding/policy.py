"""The choices that the RFCs leave to a router, and two sets of them.

`STRICT` is the default: what the RFCs and the registries say. `LINUX` is what a Linux 6 router
does by default where it differs, for comparing the two packet by packet.
"""

from __future__ import annotations

from dataclasses import dataclass

from fingerpost.forwarding.durations import MILLISECOND, SECOND
from fingerpost.forwarding.neighbor.settings import DEFAULTS, Claiming, NeighborSettings


@dataclass(frozen=True, slots=True)
class ForwardingPolicy:
    """Switches and limits of one router's forwarding plane. Durations are nanoseconds."""

    default_hop_limit: int = 64
    # addresses that the registries call not forwardable are dropped in transit (RFC 6890 2.2.1)
    obeys_registries: bool = True
    source_routes: bool = False  # RFC 7126 4.3, 4.4: dropped unless asked for
    records_route: bool = True  # record route and timestamp are filled in (RFC 1812 5.2.4)
    reads_hop_by_hop: bool = True  # RFC 8200 4.3 leaves it to configuration
    # RFC 1812 4.3.2.4: an ICMP error carries the address of the interface that it leaves on
    errors_from_inbound: bool = False
    errors_identify_interface: bool = False  # RFC 5837 object in ICMP errors
    answers_broadcast_echo: bool = False  # RFC 1812 4.3.3.6
    answers_timestamps: bool = True  # RFC 1812 4.3.3.8 MAY
    errors_per_second: int = 1000  # of one kind, to everybody (RFC 1812 4.3.2.8)
    errors_per_peer_per_second: int = 10
    errors_burst: int = 10  # to one peer at once
    peers_remembered: int = 4096
    reassembly_timeout_ns: int = 60 * SECOND  # RFC 1122 3.3.2, RFC 8200 4.5
    reassembly_packets: int = 256
    reassembly_bytes: int = 4 * 1024 * 1024
    recursion_limit: int = 8  # next hops that rest on next hops
    neighbors: NeighborSettings = DEFAULTS


STRICT = ForwardingPolicy()
LINUX = ForwardingPolicy(
    obeys_registries=False,
    errors_per_second=1000,
    errors_per_peer_per_second=1,
    errors_burst=6,
    neighbors=NeighborSettings(
        answers_for_other_interfaces=True,  # arp_ignore = 0
        claiming_ipv4=Claiming.SILENT,  # arp_notify = 0
        unsolicited_creates=False,  # accept_untracked_na = 0
        failed_ns=0,
    ),
)

__all__ = ["LINUX", "MILLISECOND", "SECOND", "STRICT", "ForwardingPolicy"]
