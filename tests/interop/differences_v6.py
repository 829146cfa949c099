"""What differs in IPv6."""

from __future__ import annotations

from interop.row import Row

_CANNOT_COMPLETE = (
    "it MUST discard the packet and SHOULD originate an ICMPv6 Parameter Problem message to the "
    "packet's source"
)
_UNICAST = "the Source Address of the ICMPv6 packet MUST be a unicast address belonging to the node"

ROWS = (
    Row(
        "Unreachable route",
        ("ICMPv6 1/0", "ICMPv6 1/6"),
        "code 0, no route",
        "code 6, reject route",
        ("IPv6, unreachable route",),
        "RFC 4443 3.1",
        "If the reason for the failure to deliver is that the route to the destination is a reject "
        "route, the Code field is set to 6.",
    ),
    Row(
        "Hop limit 1 in a redirect",
        ("ICMPv6 3/0", "nothing"),
        "time exceeded",
        "silence",
        ("hop limit 1, ICMPv6 type 137",),
        "RFC 4443 2.4 e",
        "An ICMPv6 error message MUST NOT be originated as a result of receiving [...] An ICMPv6 "
        "redirect message",
    ),
    Row(
        "Echo request whose code is not 0",
        ("echo reply", "echo reply"),
        "answered with that code",
        "answered with code 0",
        ("IPv6 echo of code 3",),
        "RFC 4443 4.2: the code is 0",
    ),
    *(
        Row(
            f"Source of an error about {what} of an anycast address",
            (kind, kind),
            "the anycast address",
            "a unicast address",
            (probe,),
            "RFC 4443 2.2",
            _UNICAST,
        )
        for what, kind, probe in (
            ("a closed port", "ICMPv6 1/4", "closed port of the anycast address"),
            ("a next header", "ICMPv6 4/1", "unknown next header to the anycast address"),
        )
    ),
    Row(
        "Padding in hop-by-hop options that is long or not zero",
        ("nothing", "forwarded"),
        "dropped",
        "passed on",
        (
            "hop-by-hop with a pad that is not zero",
            "hop-by-hop with a pad of 14",
            "hop-by-hop with pads of 8 in all",
        ),
        "RFC 8200 4.2 tells senders to write zeros, and no receiver to look",
    ),
    Row(
        "Malformed hop-by-hop or fragment header",
        ("nothing", "ICMPv6 4/0"),
        "dropped in silence",
        "parameter problem",
        (
            "hop-by-hop with an option beyond the header",
            "hop-by-hop with router alert of 3 bytes",
            "hop-by-hop longer than the packet",
            "hop-by-hop without room",
            "IPv6, fragment header cut short",
        ),
        "RFC 4443 3.4",
        _CANNOT_COMPLETE,
    ),
    Row(
        "Routing header of type 3 or 4 for us that is not used up",
        ("nothing", "ICMPv6 4/0"),
        "dropped in silence",
        "parameter problem, as of any type that is not spoken",
        ("routing header 3, 1 left, to us", "routing header 4, 1 left, to us"),
        "RFC 8200 4.4",
        "If Segments Left is non-zero, the node must discard the packet and send an ICMP Parameter "
        "Problem, Code 0, message",
    ),
    Row(
        "Routing header of type 3 or 4 for us that is used up",
        ("nothing", "echo reply"),
        "dropped",
        "passed over",
        ("routing header 3, 0 left, to us", "routing header 4, 0 left, to us"),
        "RFC 8200 4.4",
        "If Segments Left is zero, the node must ignore the Routing header and proceed to process "
        "the next header in the packet",
    ),
    Row(
        "Jumbo payload of less than 65,536 bytes",
        ("ICMPv6 4/0", "ICMPv6 4/0"),
        "the error points at the jumbo length",
        "the error points at the payload length: behind a length of 0 nothing is read",
        ("jumbo payload that is none",),
        "RFC 2675 1",
        "need not be implemented or understood by IPv6 nodes that do not support attachment to "
        "links with MTU greater than 65,575",
    ),
    Row(
        "Packet quoted in an error about a fragment that is all of its packet",
        ("ICMPv6 4/1", "ICMPv6 4/1"),
        "with its fragment header",
        "without, as put together",
        ("IPv6, unknown next header in a piece",),
        "RFC 8200 4.5",
        "should be processed as a fully reassembled packet (i.e., updating Next Header, adjust "
        "Payload Length, removing the Fragment header, etc.)",
    ),
    Row(
        "Packet to ::",
        ("ICMPv6 1/0", "nothing"),
        "no route",
        "dropped as a martian",
        ("to nobody (::)",),
        "RFC 4291 2.5.2",
        "The unspecified address must not be used as the destination address of IPv6 packets",
    ),
)
