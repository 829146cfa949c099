"""What differs with the default policy, and not with the policy that follows Linux."""

from __future__ import annotations

from interop.frames_ipv4 import DESTINATIONS, SOURCES
from interop.frames_ipv6 import DESTINATIONS as DESTINATIONS6
from interop.frames_ipv6 import SOURCES as SOURCES6
from interop.row import Row

_SPECIAL4 = ("0.1.2.3", "240.0.0.1", "192.0.0.8", "192.0.2.1", "203.0.113.1")
_SPECIAL4_TO = ("0.1.2.3", "240.0.0.1", "255.255.255.254", "192.0.0.8", "192.0.2.9", "203.0.113.9")
_SPECIAL6 = ("::ffff:1.2.3.4", "2001:db8::1", "3fff::1")
_SPECIAL6_TO = ("::ffff:1.2.3.4", "2001:db8::9", "3fff::9")
_SUBNET = ("10.1.0.255", "10.2.0.255", "10.1.0.0")
_FORWARDABLE = (
    "Forwardable - A boolean value indicating whether a router may forward an IP datagram whose "
    "destination address is drawn from the allocated special-purpose address block between "
    "external interfaces."
)
_SAME_INTERFACE = (
    "MUST be one of the IP addresses associated with the physical interface over which the ICMP "
    "message is transmitted"
)
_MORE_INFORMATIVE = (
    "it MAY be selected in an alternative way if this would lead to a more informative choice of "
    "address reachable from the destination of the ICMPv6 packet"
)


def _from(names: dict[str, str], *addresses: str) -> tuple[str, ...]:
    return tuple(f"from {names[address]} ({address})" for address in addresses)


def _to(names: dict[str, str], *addresses: str) -> tuple[str, ...]:
    return tuple(f"to {names[address]} ({address})" for address in addresses)


ROWS = (
    Row(
        "Packet that has lost its end",
        ("nothing", "ICMP 12/0"),
        "dropped",
        "parameter problem",
        ("total length beyond the frame",),
        "RFC 1812 5.2.2",
        "the router SHOULD respond with an ICMP Parameter Problem message whose pointer points at "
        "the IP total length field",
    ),
    Row(
        "Echo request for us in a broadcast or group frame",
        ("echo reply", "nothing"),
        "answered",
        "dropped",
        (
            "broadcast frame with an echo for us",
            "group frame with an echo for us",
            "IPv6 echo for us, frame to a broadcast",
            "IPv6 echo for us, frame to a group",
        ),
        "RFC 1812 5.3.4",
        "A router SHOULD silently discard a packet that is received via a Link Layer broadcast but "
        "does not specify an IP multicast or IP broadcast destination address.",
    ),
    *(
        Row(
            f"Source of an error about {what} of an address of ours",
            (kind, kind),
            "the address that was asked",
            "the address of the interface where the error leaves",
            probes,
            "RFC 1812 4.3.2.4",
            _SAME_INTERFACE,
        )
        for what, kind, probes in (
            (
                "a closed port",
                "ICMP 3/3",
                (
                    "to a closed port of ours on a /31",
                    "closed port, the way back is another link",
                    "closed port of our far interface",
                ),
            ),
            ("an unknown protocol", "ICMP 3/2", ("unknown protocol there",)),
        )
    ),
    Row(
        "Packets from or to special-purpose addresses that are not forwardable",
        ("forwarded", "nothing"),
        "forwarded",
        "dropped",
        (
            *_from(SOURCES, *_SPECIAL4),
            *_to(DESTINATIONS, *_SPECIAL4_TO),
            *_from(SOURCES6, *_SPECIAL6),
            *_to(DESTINATIONS6, *_SPECIAL6_TO),
        ),
        "RFC 6890 2.2.1",
        _FORWARDABLE,
    ),
    Row(
        "Hop limit 1 in such a packet",
        ("ICMPv6 3/0", "nothing"),
        "time exceeded",
        "dropped",
        ("from a mapped address, hop limit 1",),
        "RFC 6890 2.2.1, as above",
    ),
    Row(
        "Packets from or to 169.254.0.0/16",
        ("forwarded", "nothing"),
        "forwarded",
        "dropped",
        (*_from(SOURCES, "169.254.1.1"), *_to(DESTINATIONS, "169.254.9.9")),
        "RFC 3927 7",
        "A router MUST NOT forward a packet with an IPv4 Link-Local source or destination address",
    ),
    Row(
        "TTL 1 in such a packet",
        ("ICMP 11/0", "nothing"),
        "time exceeded",
        "dropped",
        ("TTL 1 from 169.254.1.1",),
        "RFC 3927 7, as above",
    ),
    Row(
        "Packets from a broadcast address of ours, or from host number 0",
        ("forwarded", "nothing"),
        "forwarded",
        "dropped",
        _from(SOURCES, *_SUBNET),
        "RFC 1812 5.3.7",
        "A router SHOULD NOT forward any packet that has an invalid IP source address",
    ),
    Row(
        "Packets to host number 0 of our subnets",
        ("forwarded", "nothing"),
        "forwarded as to any host",
        "dropped",
        (
            "to host 0 of this link, in a unicast frame",
            "to host 0 of another link, in a unicast frame",
        ),
        "RFC 1812 4.2.3.1",
        "SHOULD silently discard on receipt [...] any packet addressed to 0.0.0.0 or "
        "{ <Network-prefix>, 0 }",
    ),
    Row(
        "IPv6 packets in transit from an address of ours",
        ("forwarded", "nothing"),
        "forwarded",
        "dropped, as both do in IPv4",
        _from(SOURCES6, "fd00:1::1", "fd00:2::1"),
    ),
    *(
        Row(
            f"Source of {what} that leaves by another interface",
            (kind, kind),
            "an address of the interface where the packet came in",
            "an address of the interface where the error leaves",
            (probe,),
            "RFC 4443 2.2",
            _MORE_INFORMATIVE,
        )
        for what, kind, probe in (
            ("time exceeded", "ICMPv6 3/0", "hop limit 1, the way back is another link"),
            ("no route", "ICMPv6 1/0", "no route, the way back is another link"),
            ("packet too big", "ICMPv6 2/0", "too big, the way back is another link"),
        )
    ),
    Row(
        "ARP for our address of another interface",
        ("ARP reply", "nothing"),
        "answered",
        "not answered",
        (
            "ARP request for our far interface",
            "ARP request for our third interface",
            "ARP probe for our far interface",
        ),
        "RFC 1122 3.3.4.2 leaves the model of weak and strong hosts open",
    ),
    Row(
        "Neighbour advertisement that nobody asked for, from an unknown neighbour",
        ("NS, forwarded", "forwarded"),
        "not learned from",
        "learned from",
        ("from an NA that nobody asked for",),
        "RFC 9131: a router should make an entry",
    ),
)
