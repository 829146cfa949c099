"""What differs in IPv4."""

from __future__ import annotations

from interop.row import Row

_AS_RECEIVED = (
    "the router is not required to undo any modifications to the IP header that are normally "
    "performed in forwarding that were performed before the error was detected"
)
_NO_HOSTS = ("0.1.2.3", "240.0.0.1", "10.1.0.255", "10.2.0.255")
_POINTER = "If code = 0, identifies the octet where an error was detected."

ROWS = (
    Row(
        "Error about a packet from 0.0.0.0/8, 240.0.0.0/4 or a broadcast address",
        ("ICMP 11/0", "nothing"),
        "sent",
        "not sent",
        tuple(f"TTL 1 from {source}" for source in _NO_HOSTS),
        "RFC 1812 4.3.2.7",
        "An ICMP error message MUST NOT be sent as the result of receiving [...] a packet whose "
        "source address has a network prefix of zero or is an invalid source address",
    ),
    Row(
        "Echo request from such an address",
        ("echo reply", "nothing"),
        "answered",
        "not answered",
        tuple(f"echo from {source}" for source in _NO_HOSTS),
        "RFC 1812 5.3.7",
        "A router SHOULD NOT forward any packet that has an invalid IP source address or a source "
        "address on network 0.",
    ),
    Row(
        "Reserved flag of a packet that is cut",
        ("forwarded", "forwarded"),
        "cleared in the pieces",
        "kept in each piece",
        ("reserved flag is kept in pieces",),
        "RFC 1812 5.2.5",
        "If a router fragments a packet, it MUST copy these bits into each fragment.",
    ),
    Row(
        "Options that later fragments do not carry",
        ("forwarded", "forwarded"),
        "overwritten with no-operations",
        "left out, the header is shorter",
        ("record route in pieces", "both options in pieces", "unknown options in pieces"),
        "RFC 791 3.1",
        "Not copied on fragmentation, goes in first fragment only.",
    ),
    Row(
        "Record route or timestamp whose pointer is between two slots",
        ("forwarded", "ICMP 12/0"),
        "written into there",
        "parameter problem",
        ("record route, pointer 5", "timestamps, pointer 6"),
        "RFC 791 3.1",
        "the octet which begins the next area to store a route address",
    ),
    Row(
        "Timestamps with a flag that nothing defines",
        ("forwarded", "ICMP 12/0"),
        "passed on",
        "parameter problem",
        ("timestamps, flag 2",),
        "RFC 791 3.1",
        "The Flag (flg) [4 bits] values are 0 [...] 1 [...] 3",
    ),
    Row(
        "Router alert of 6 bytes",
        ("forwarded", "ICMP 12/0"),
        "passed on",
        "parameter problem",
        ("router alert of 6 bytes",),
        "RFC 2113 2.1 gives it the length 4",
    ),
    Row(
        "Pointer of a parameter problem about an option's length",
        ("ICMP 12/0", "ICMP 12/0"),
        "at the option's type, for record route at its pointer",
        "at the length",
        (
            "record route, no room for one more",
            "unknown option of length 1",
            "unknown option of length 0",
            "unknown option beyond the header",
        ),
        "RFC 792",
        _POINTER,
    ),
    Row(
        "Record route and timestamps in a packet that an error is about",
        ("ICMP 12/0", "ICMP 12/0"),
        "come back as options of the error",
        "the error has no options",
        ("record route twice", "timestamps twice"),
        "RFC 1812 4.3.2.6 asks for that with source routes alone",
    ),
    *(
        Row(
            f"The same with {what}",
            (kind, kind),
            "come back as options, and are filled in in the quote",
            "the error has no options, the quote is as received",
            (probe,),
            "RFC 1812 4.3.2.3",
            _AS_RECEIVED,
        )
        for what, kind, probe in (
            ("time exceeded", "ICMP 11/0", "record route, TTL 1"),
            ("no route", "ICMP 3/0", "record route and no route"),
            ("a closed port", "ICMP 3/3", "closed port, with record route"),
        )
    ),
    Row(
        "Address in a timestamp option",
        ("forwarded", "forwarded"),
        "that of the interface where the packet came in",
        "that of the interface where it leaves",
        ("timestamps with addresses",),
        "RFC 1812 4.2.2.2",
        "it MUST use the IP address of the logical interface on which the packet is being sent",
    ),
    Row(
        "Bytes behind the end of the option list",
        ("forwarded", "forwarded"),
        "set to zero",
        "left alone",
        ("something after the end",),
        "RFC 791 3.1",
        "This might not coincide with the end of the internet header",
    ),
    Row(
        "Commercial security option (CIPSO) of a domain that is not configured",
        ("ICMP 12/0", "forwarded"),
        "parameter problem",
        "passed on as any unknown option",
        ("commercial security",),
        "RFC 1812 5.3.13.1",
        "Unrecognized IP options in forwarded packets MUST be passed through unchanged.",
    ),
    Row(
        "Record route and timestamps in an echo request",
        ("echo reply", "echo reply"),
        "filled in twice, coming and going",
        "filled in once",
        (
            "echo with record route",
            "echo with record route to our far interface",
            "echo with timestamps",
        ),
        "RFC 1122 3.2.2.6",
        "this option (these options) SHOULD be updated to include the current host",
    ),
    Row(
        "Packet quoted in a redirect",
        ("ICMP 5/1, forwarded", "ICMP 5/1, forwarded"),
        "with the TTL and the options as they go out",
        "as received",
        (
            "a neighbour's packet to another neighbour",
            "a neighbour's packet by another router",
            "with a type of service",
            "TTL 2",
            "with record route",
            "a long packet",
        ),
        "RFC 1812 4.3.2.3",
        _AS_RECEIVED,
    ),
    Row(
        "TTL 1 in an ICMP message that is neither an error nor one of those of RFC 792",
        ("nothing", "ICMP 11/0"),
        "silence",
        "time exceeded",
        tuple(f"TTL 1, ICMP type {kind}" for kind in (9, 10, 19, 30, 41, 42, 255)),
        "RFC 1812 4.3.2.7",
        "An ICMP error message MUST NOT be sent as the result of receiving: An ICMP error message",
    ),
    Row(
        "Type of service of an error",
        ("ICMP 11/0", "ICMP 11/0"),
        "has one of the two congestion bits of the packet it is about",
        "has neither",
        tuple(f"type of service {tos}, TTL 1" for tos in ("0x02", "0x03", "0xff")),
        "RFC 3168 5: the two are no part of the type of service any more",
    ),
    Row(
        "Echo request whose code is not 0",
        ("echo reply", "echo reply"),
        "answered with that code",
        "answered with code 0",
        ("echo of code 5",),
        "RFC 792: the code of both messages is 0",
    ),
    Row(
        "Timestamp request that is cut short",
        ("timestamp reply", "nothing"),
        "answered",
        "not answered",
        ("timestamp cut short",),
        "RFC 792: it has 20 bytes",
    ),
)
