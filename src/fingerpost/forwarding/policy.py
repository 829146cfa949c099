"""The choices that the RFCs leave to a router, and three sets of them.

`STRICT` is the default: what the RFCs and the registries say. `LINUX` is what a Linux 6 router
does by default where it differs, for comparing the two packet by packet. `LAB` is `STRICT` for
networks that are drawn with addresses of documentation, as most that are drawn are, and where many
questions at once come from whoever drew them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from fingerpost.forwarding.control_plane import DEFAULTS as LIMITS
from fingerpost.forwarding.control_plane import UNLIMITED, ControlPlanePolicy
from fingerpost.forwarding.durations import MILLISECOND, SECOND
from fingerpost.forwarding.neighbor.settings import DEFAULTS, Claiming, NeighborSettings


@dataclass(frozen=True, slots=True)
class ForwardingPolicy:
    """Switches and limits of one router's forwarding plane. Durations are nanoseconds."""

    default_hop_limit: int = 64
    # addresses that the registries call not forwardable are dropped in transit (RFC 6890 2.2.1)
    obeys_registries: bool = True
    # but those for documentation are like any other (RFC 5737, RFC 3849, RFC 9637)
    forwards_documentation: bool = False
    # every martian of RFC 1812 5.3.7, and no link-local address on another link; without it those
    # that no table ever leads to: 127.0.0.0/8, nobody's address, groups and ours as sources
    knows_all_martians: bool = True
    source_routes: bool = False  # RFC 7126 4.3, 4.4: dropped unless asked for
    records_route: bool = True  # and timestamps: filled in (RFC 1812 5.3.13.5, 5.3.13.6)
    reads_hop_by_hop: bool = True  # RFC 8200 4 leaves it to configuration
    # RFC 1812 4.3.2.4: an ICMP error carries the address of the interface that it leaves on
    errors_from_inbound: bool = False  # but of the one that the packet came in on
    # only in IPv6, where a source that tells more is allowed (RFC 4443 2.2)
    errors_from_inbound_ipv6: bool = False
    # an error about a packet for one of our IPv4 addresses carries that address; in IPv6 it always
    # does (RFC 4443 2.2), and a source of another interface would break RFC 1812 4.3.2.4
    errors_from_destination: bool = False
    errors_identify_interface: bool = False  # RFC 5837 object in ICMP errors
    tells_truncated: bool = True  # routers, of IPv4 packets that lost their end (RFC 1812 5.2.2)
    tells_prohibited: bool = True  # RFC 1812 5.2.7.1: code 13 may be turned off
    answers_echo: bool = True  # at all (RFC 1812 4.3.3.6)
    # a packet for our unicast address in a broadcast or group frame (RFC 1812 5.3.4 SHOULD NOT)
    delivers_group_frames: bool = False
    answers_broadcast_echo: bool = False  # RFC 1812 4.3.3.6
    answers_multicast_echo: bool = True  # IPv6 (RFC 4443 4.2 SHOULD)
    answers_timestamps: bool = True  # RFC 1812 4.3.3.8 MAY
    answers_probes: bool = False  # extended echo (RFC 8335 8: off unless asked for)
    midnight: int | None = None  # an instant that is midnight UT; None: nobody knows (RFC 792)
    # transit packets with router alert that are taken out for us, by protocol (RFC 6398 5)
    alerted_protocols: frozenset[int] = frozenset()
    refuses_zero_hosts: bool = True  # {network, 0} of our subnets (RFC 1812 4.2.3.1)
    obeys_redirects: bool = True  # hosts only (RFC 1122 3.2.2.2, RFC 4861 8.3)
    sends_foreign_sources: bool = False  # for those who test filters (RFC 1122 3.2.1.3)
    loops_multicast: bool = True  # what we send to groups of ours comes back (RFC 1112 6.1)
    path_mtu_lifetime_ns: int = 600 * SECOND  # RFC 1191 6.3, RFC 8201 4
    path_mtus_remembered: int = 4096
    errors_per_second: int = 1000  # of one kind, to everybody (RFC 1812 4.3.2.8)
    errors_per_peer_per_second: int = 10
    errors_burst: int = 10  # to one peer at once
    peers_remembered: int = 4096
    reassembly_timeout_ns: int = 60 * SECOND  # RFC 1122 3.3.2, RFC 8200 4.5
    reassembly_packets: int = 256
    reassembly_bytes: int = 4 * 1024 * 1024
    control_plane: ControlPlanePolicy = LIMITS  # routers (RFC 6192)
    recursion_limit: int = 8  # next hops that rest on next hops
    neighbors: NeighborSettings = DEFAULTS


STRICT = ForwardingPolicy()
# no attackers: what one question sends at once waits at a cold hop, and all of it is answered
LAB = replace(
    STRICT,
    forwards_documentation=True,
    errors_per_second=100_000,
    errors_per_peer_per_second=10_000,
    errors_burst=10_000,
    neighbors=replace(DEFAULTS, queue=256, queue_bytes=16 << 20),
)
LINUX = ForwardingPolicy(
    obeys_registries=False,
    knows_all_martians=False,
    errors_from_destination=True,
    errors_from_inbound_ipv6=True,
    delivers_group_frames=True,  # drop_unicast_in_l2_multicast = 0
    refuses_zero_hosts=False,
    tells_truncated=False,
    errors_per_second=1000,
    errors_per_peer_per_second=1,
    errors_burst=6,
    control_plane=UNLIMITED,
    neighbors=NeighborSettings(
        answers_for_other_interfaces=True,  # arp_ignore = 0
        claiming_ipv4=Claiming.SILENT,  # arp_notify = 0
        unsolicited_creates=False,  # accept_untracked_na = 0
        failed_ns=0,
    ),
)

__all__ = ["LAB", "LINUX", "MILLISECOND", "SECOND", "STRICT", "ForwardingPolicy"]
