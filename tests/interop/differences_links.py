"""What differs in ARP and neighbour discovery."""

from __future__ import annotations

from interop.row import Row

ROWS = (
    Row(
        "Neighbour solicitation to our unicast address",
        ("NA", "NA"),
        "the answer does not name the station",
        "the answer names the station",
        ("NS to us", "NS to us without a station"),
        "RFC 4861 4.4",
        "When responding to a unicast Neighbor Solicitation this option SHOULD be included.",
    ),
    Row(
        "Source of an advertisement for the anycast address, to all nodes",
        ("NA", "NA"),
        "the link-local address",
        "the address of the same prefix",
        ("DAD for the anycast address",),
        "RFC 4861 4.4",
        "An address assigned to the interface from which the advertisement is sent.",
    ),
    Row(
        "Solicitation that names a broadcast as station",
        ("NA", "nothing"),
        "answered to everybody",
        "dropped",
        ("NS with a group as station",),
        "no RFC; RFC 1812 3.3.2 says so of ARP",
    ),
    Row(
        "Advertisement of our own address by somebody else",
        ("nothing", "NA"),
        "ignored",
        "answered with ours",
        ("NA for our address",),
        "RFC 4862 5.4.4",
        "How to handle such a case is beyond the scope of this document.",
    ),
    Row(
        "ARP announcement of our own address by somebody else",
        ("nothing", "ARP request"),
        "ignored",
        "defended by an announcement",
        ("ARP announcement of our address",),
        "RFC 5227 2.4",
        "MAY elect to attempt to defend its address",
    ),
    Row(
        "ARP request that names a broadcast or group as station",
        ("ARP reply", "nothing"),
        "answered to everybody",
        "dropped",
        ("ARP request from a broadcast station", "ARP request from a group station"),
        "RFC 1812 3.3.2",
        "A router MUST not believe any ARP reply that claims that the Link Layer address of "
        "another host or router is a broadcast or multicast address.",
    ),
    Row(
        "ARP request that names no station, or ours",
        ("ARP reply", "nothing"),
        "answered",
        "dropped",
        ("ARP request from the zero station", "ARP request from our own station"),
    ),
    Row(
        "ARP of hardware type 6 (IEEE 802) on Ethernet",
        ("ARP reply", "nothing"),
        "answered, with type 1",
        "dropped",
        ("ARP, hardware 6",),
        "RFC 826",
        "?Do I have the hardware type in ar$hrd?",
    ),
    Row(
        "ARP reply to us that nobody asked for, from an unknown neighbour",
        ("ARP request, forwarded", "forwarded"),
        "not learned from (arp_accept = 0)",
        "learned from",
        ("from an ARP reply that nobody asked for",),
        "RFC 826",
        "?Am I the target protocol address? Yes: If Merge_flag is false, add the triplet",
    ),
    Row(
        "Solicitation to a group that names no station, from an unknown neighbour",
        ("nothing", "NA, NS"),
        "dropped",
        "answered after asking who it is",
        ("from an NS without a station",),
        "RFC 4861 4.3",
        "this option MUST be included in multicast solicitations",
    ),
    Row(
        "Source of a solicitation because of a packet in transit",
        ("NS, forwarded", "NS, forwarded"),
        "the link-local address",
        "the address in the target's prefix",
        (
            "from an NS for somebody else",
            "packets wait for ND",
            "from an NA that nobody asked for",
        ),
        "RFC 4861 7.2.2",
        "any one of the addresses assigned to the interface should be used",
    ),
    Row(
        "Nobody answers",
        ("ARP request, ICMP 3/1, ICMPv6 1/3, NS", "ARP request, ICMP 3/1, ICMPv6 1/3, NS"),
        "asks as above; errors quote the TTL as it would have gone out",
        "asks as above; errors quote the TTL as received",
        ("nobody answers",),
        "RFC 1812 4.3.2.3",
        "the router is not required to undo any modifications to the IP header that are normally "
        "performed in forwarding",
    ),
)
