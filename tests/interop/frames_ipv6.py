"""IPv6: headers, hop limit, extension headers, scopes, ICMPv6 (lines 17 to 21)."""

from __future__ import annotations

from interop.craft import (
    DSTOPTS,
    FRAGMENT,
    HOPOPTS,
    ICMPV6,
    IPV4,
    NO_NEXT,
    NOBODYS,
    ROUTING,
    UDP,
    echo,
    ethernet,
    extension,
    fragment6,
    icmp6,
    routing,
    udp6,
)
from interop.frames import (
    BACK6,
    BROADCAST,
    FAR6,
    HERE,
    HERE6,
    NEAR6,
    OWN,
    SMALL6,
    STATION,
    STRANGER,
    THERE6,
    Batch,
)

GROUP6_MAC = "33:33:00:00:00:01"
ACTIONS = {0x1E: "pass", 0x5E: "drop", 0x9E: "tell", 0xDE: "tell, but for groups"}


def headers(b: Batch) -> None:
    b.line = "17 IPv6 headers"
    b.add("IPv6", b.v6())
    b.add("IPv6, version 4", b.v6(version=4))
    b.add("IPv6, version 7", b.v6(version=7))
    b.add("IPv6 in an IPv4 frame", ethernet(OWN["eth0"], STATION["eth0"], IPV4, b.v6()[14:]))
    b.add("IPv6, length beyond the frame", b.v6(length=17))
    b.add("IPv6, length short of the frame", b.v6(length=10))
    b.add("IPv6, padding of the link", b.v6(payload=b"x") + bytes(5))
    b.add("IPv6, no payload", b.v6(payload=b"", next_header=NO_NEXT))
    b.add("IPv6, packet of 39 bytes", b.v6(payload=b"")[:-1])
    b.add("IPv6, traffic class and flow label", b.v6(traffic_class=0xBB, flow_label=0xABCDE))
    for limit in (0, 1, 2, 255):
        b.add(f"hop limit {limit} in transit", b.v6(hop_limit=limit))
    for limit in (0, 1):
        b.add(f"hop limit {limit} to us", b.ping6(hop_limit=limit))
    b.add("hop limit 1 and no route", b.v6("fd00:99::1", hop_limit=1))
    b.add("hop limit 1 to a prohibited route", b.v6("fd00:61::1", hop_limit=1))
    b.add("hop limit 1 to a blackhole", b.v6("fd00:62::1", hop_limit=1))
    b.add("hop limit 1 and too big", b.v6(SMALL6, bytes(1440), hop_limit=1))
    b.add("IPv6, exactly the MTU", b.v6(SMALL6, bytes(1360)))
    b.add("IPv6, one byte larger", b.v6(SMALL6, bytes(1361)))
    piece = fragment6(NOBODYS, 0, True, 7) + bytes(1400)
    b.add("IPv6, a fragment too big", b.v6(SMALL6, piece, FRAGMENT))
    b.add("IPv6, an ICMPv6 error too big", b.icmp6(1, 0, bytes(1400), SMALL6))
    for name, to in (("broadcast", BROADCAST), ("group", GROUP6_MAC), ("stranger", STRANGER)):
        b.add(f"IPv6 in transit, frame to a {name}", b.v6(to=to))
        b.add(f"IPv6 echo for us, frame to a {name}", b.ping6(to=to))
    b.add("hop limit 1, frame to a group", b.v6(to=GROUP6_MAC, hop_limit=1))


def routes(b: Batch) -> None:
    b.line = "20 ICMPv6 errors"
    b.add("IPv6, no route", b.v6("fd00:99::1"))
    for name, net in (("unreachable", 60), ("prohibited", 61), ("blackhole", 62)):
        b.add(f"IPv6, {name} route", b.v6(f"fd00:{net}::1"))
    for kind in (1, 2, 3, 4, 100, 127, 128, 129, 133, 135, 137, 138, 200, 255):
        b.add(
            f"hop limit 1, ICMPv6 type {kind}",
            b.icmp6(kind, 0, bytes(36), FAR6, hop_limit=1),
        )
    b.add("hop limit 1, ICMPv6 without a type", b.v6(FAR6, b"", ICMPV6, hop_limit=1))
    b.add("hop limit 1, an error behind options", _hidden_error(b))
    b.add("hop limit 1, a later fragment", _piece(b, 1480, hop_limit=1))
    b.add("hop limit 1, a later fragment of ICMPv6", _piece(b, 1480, kind=ICMPV6, hop_limit=1))
    b.add("hop limit 1, a long packet", b.v6(payload=bytes(1400), hop_limit=1))
    b.add("hop limit 1, exactly what fits", b.v6(payload=bytes(1192), hop_limit=1))
    b.add("hop limit 1, traffic class", b.v6(traffic_class=0xBB, hop_limit=1))
    b.add("hop limit 1, the way back is another link", b.v6(source="fd00:8::55", hop_limit=1))
    b.add("no route, the way back is another link", b.v6("fd00:99::1", source="fd00:8::56"))
    b.add("too big, the way back is another link", _too_big(b, source="fd00:8::57"))
    b.add("hop limit 1, from a neighbour", b.v6(source="fd00:1::b", hop_limit=1))
    b.add("hop limit 1, no way back", b.v6(source="fd00:99::55", hop_limit=1))
    b.add("hop limit 1, from our anycast address", b.v6(source="fd00:1::", hop_limit=1))
    b.add("IPv6, closed port", b.udp6())
    b.add("IPv6, closed port there", b.udp6(THERE6))
    b.add("IPv6, closed port, from another link", b.udp6(source="fd00:8::57"))
    b.add("IPv6, closed port, no checksum", b.udp6(checksum=0))
    b.add("IPv6, closed port, wrong checksum", b.udp6(checksum=0x1234))
    b.add("IPv6, closed port, to a group", b.udp6("ff02::1", to=GROUP6_MAC))
    b.add("IPv6, closed port, frame to a group", b.udp6(to=GROUP6_MAC))


def _too_big(b: Batch, *, source: str) -> bytes:
    return b.v6(SMALL6, bytes(1440), source=source)


def _hidden_error(b: Batch) -> bytes:
    before = extension(ICMPV6, bytes((1, 4, 0, 0, 0, 0)))
    return b.icmp6(1, 0, bytes(36), FAR6, before=before, first=DSTOPTS, hop_limit=1)


def _piece(b: Batch, offset: int, *, kind: int = NOBODYS, hop_limit: int = 64) -> bytes:
    data = fragment6(kind, offset, True, b.number) + b"\1" + bytes(31)
    return b.v6(FAR6, data, FRAGMENT, hop_limit=hop_limit)


def answers(b: Batch) -> None:
    b.line = "15 ICMPv6 answers"
    b.add("IPv6 echo here", b.ping6())
    b.add("IPv6 echo there", b.ping6(THERE6))
    b.add("IPv6 echo from a neighbour", b.ping6(source="fd00:1::c"))
    b.add("IPv6 echo to our link-local address", b.ping6("fe80::1", source="fe80::9"))
    b.add("IPv6 echo from afar to our link-local address", b.ping6("fe80::1"))
    b.add("IPv6 echo, wrong checksum", b.icmp6(128, 0, echo(b.number), good=False))
    b.add("IPv6 echo of code 3", b.icmp6(128, 3, echo(b.number)))
    b.add("IPv6 echo of 4 bytes", b.icmp6(128, 0, b""))
    b.add("IPv6 echo with a traffic class", b.ping6(traffic_class=0xBB))
    b.add("IPv6 echo with a flow label", b.ping6(flow_label=0xABCDE))
    for group in ("ff02::1", "ff02::2"):
        b.add(f"IPv6 echo to {group}", b.ping6(group, source="fe80::9", to=GROUP6_MAC))
    b.add("IPv6 echo to ff02::5", b.ping6("ff02::5", source="fe80::9", to=GROUP6_MAC))
    b.add("IPv6 echo to ff02::1 from afar", b.ping6("ff02::1", to=GROUP6_MAC))
    b.add("IPv6 echo reply that nobody asked for", b.icmp6(129, 0, echo(b.number)))
    b.add("IPv6, unknown informational type", b.icmp6(200, 0, bytes(8)))
    b.add("IPv6, unknown error type", b.icmp6(100, 0, bytes(48)))
    b.line = "21 anycast"
    b.add("echo to the anycast address here", b.ping6("fd00:1::"))
    b.add("echo to the anycast address there", b.ping6("fd00:2::"))
    b.add("closed port of the anycast address", b.udp6("fd00:1::"))
    b.add("unknown next header to the anycast address", b.v6("fd00:1::"))


def extensions(b: Batch) -> None:
    b.line = "18 extension headers"
    for kind, name in ACTIONS.items():
        option = bytes((kind, 4, 1, 2, 3, 4))
        tail = extension(NOBODYS, option) + bytes(8)
        b.add(f"hop-by-hop in transit, unknown: {name}", b.v6(FAR6, tail, HOPOPTS))
        hop = extension(ICMPV6, option)
        b.add(f"hop-by-hop to us, unknown: {name}", b.ping6(before=hop, first=HOPOPTS))
        b.add(
            f"hop-by-hop to all nodes, unknown: {name}",
            b.ping6("ff02::1", before=hop, first=HOPOPTS, to=GROUP6_MAC),
        )
        b.add(f"destination options to us, unknown: {name}", b.ping6(before=hop, first=DSTOPTS))
        b.add(f"destination options in transit, unknown: {name}", b.v6(FAR6, tail, DSTOPTS))
    tell = extension(NOBODYS, bytes((0x9E, 4, 1, 2, 3, 4))) + bytes(8)
    b.add("hop-by-hop in an ICMPv6 error, unknown: tell", _option_in_error(b))
    b.add("hop-by-hop, unknown: tell, hop limit 1", b.v6(FAR6, tell, HOPOPTS, hop_limit=1))
    b.add("hop-by-hop, unknown: tell, no route", b.v6("fd00:99::1", tell, HOPOPTS))
    for name, content in {
        "two one-byte pads": bytes((0, 0, 1, 2, 0, 0)),
        "a pad of 5": bytes((1, 3, 0, 0, 0, 0)),
        "a pad that is not zero": bytes((1, 4, 0, 7, 0, 0)),
        "a pad of 14": bytes((1, 12)) + bytes(12),
        "pads of 8 in all": bytes((1, 2, 0, 0, 1, 4, 0, 0, 0, 0, 0x1E, 2, 0, 0)),
        "an option beyond the header": bytes((0x1E, 9, 0, 0, 0, 0)),
        "router alert": bytes((5, 2, 0, 0, 1, 0)),
        "router alert of 3 bytes": bytes((5, 3, 0, 0, 0, 0)),
        "a jumbo payload": bytes((0xC2, 4, 0, 1, 0, 0)),
    }.items():
        tail = extension(NOBODYS, content) + bytes(8)
        b.add(f"hop-by-hop with {name}", b.v6(FAR6, tail, HOPOPTS))
    jumbo = bytes((NOBODYS, 0, 0xC2, 4, 0, 0, 0, 16)) + bytes(8)
    b.add("jumbo payload that is none", b.v6(FAR6, jumbo, HOPOPTS, length=0))
    b.add("hop-by-hop longer than the packet", b.v6(FAR6, bytes((NOBODYS, 9)) + bytes(6), HOPOPTS))
    b.add("hop-by-hop without room", b.v6(FAR6, bytes(4), HOPOPTS))
    pad = extension(ICMPV6, bytes((1, 4, 0, 0, 0, 0)))
    late = extension(HOPOPTS, bytes((1, 4, 0, 0, 0, 0))) + pad
    b.add("hop-by-hop in the middle, to us", b.ping6(before=late, first=DSTOPTS))
    b.add("destination options longer than the packet", b.v6(HERE6, b"\x3a\x09" + bytes(6), 60))
    b.add("destination options twice", b.ping6(before=extension(60, b"") + pad, first=DSTOPTS))
    for kind in (0, 2, 3, 4, 99):
        for left in (0, 1):
            route = routing(ICMPV6, kind, left, FAR6)
            b.add(
                f"routing header {kind}, {left} left, to us",
                b.ping6(before=route, first=ROUTING),
            )
    b.add(
        "routing header 0 in transit",
        b.v6(FAR6, routing(NOBODYS, 0, 1, HERE6) + bytes(8), ROUTING),
    )
    b.add("routing header 0 of odd length", b.ping6(before=_odd_route(), first=ROUTING))
    b.add("unknown next header", b.v6(HERE6))
    b.add("unknown next header there", b.v6(THERE6))
    b.add("unknown next header behind options", b.v6(HERE6, extension(253, b"") + bytes(8), 60))
    b.add("unknown next header, to a group", b.v6("ff02::1", to=GROUP6_MAC))
    b.add("next header 255", b.v6(HERE6, bytes(16), 255))
    b.add("OSPF over IPv6, which nobody speaks here", b.v6(HERE6, bytes(16), 89))
    b.add("no next header, to us", b.v6(HERE6, bytes(8), NO_NEXT))
    b.add("IPv6, ICMP of the other family", b.v6(HERE6, bytes(16), 1))
    b.add("IPv6, IGMP", b.v6(HERE6, bytes(16), 2))
    b.add("IPv4, ICMP of the other family", b.v4(HERE, bytes(16), ICMPV6))
    b.add("IPv4, no next header", b.v4(HERE, bytes(16), NO_NEXT))


def _option_in_error(b: Batch) -> bytes:
    hop = extension(ICMPV6, bytes((0x9E, 4, 1, 2, 3, 4)))
    return b.icmp6(1, 0, bytes(48), FAR6, before=hop, first=HOPOPTS)


def _odd_route() -> bytes:
    return bytes((ICMPV6, 1, 0, 1)) + bytes(12)


def fragments(b: Batch) -> None:
    b.line = "18 fragments of IPv6"
    b.add("IPv6, a first fragment in transit", _piece(b, 0))
    b.add("IPv6, a later fragment in transit", _piece(b, 1480))

    def piece(
        start: int, end: int | None, *, more: bool, kind: int = ICMPV6, **header: object
    ) -> bytes:
        message = icmp6(b.source6, HERE6, 128, 0, echo(1, bytes(range(40))))
        data = fragment6(kind, start, more, b.number) + message[start:end]
        return b.v6(HERE6, data, FRAGMENT, **header)  # type: ignore[arg-type]

    b.add("IPv6, two pieces", piece(0, 24, more=True), piece(24, None, more=False))
    b.add("IPv6, the last piece first", piece(24, None, more=False), piece(0, 24, more=True))
    first = piece(0, 24, more=True)
    b.add("IPv6, a piece twice", first, first, piece(24, None, more=False))
    b.add("IPv6, pieces that overlap", piece(0, 32, more=True), piece(24, None, more=False))
    b.add("IPv6, one piece is all", piece(0, None, more=False))
    b.add("IPv6, a piece of 20 bytes", piece(0, 20, more=True))
    far = fragment6(ICMPV6, 65528, False, b.number) + bytes(16)
    b.add("IPv6, a piece beyond 64 KiB", b.v6(HERE6, far, FRAGMENT))
    short = extension(UDP, b"")
    b.add(
        "IPv6, a first fragment without the upper header",
        b.v6(HERE6, fragment6(DSTOPTS, 0, True, b.number) + short, FRAGMENT),
    )
    data = udp6(b.source6, HERE6, 9, bytes(24))
    b.add(
        "IPv6, closed port in two pieces",
        b.v6(HERE6, fragment6(UDP, 0, True, b.number) + data[:16], FRAGMENT),
        b.v6(HERE6, fragment6(UDP, 16, False, b.number) + data[16:], FRAGMENT),
    )
    b.add("IPv6, unknown next header in a piece", piece(0, None, more=False, kind=NOBODYS))
    b.add("IPv6, fragment header cut short", b.v6(HERE6, bytes((58, 0, 0, 0)), FRAGMENT))


SOURCES = {
    "::": "nobody",
    "::1": "loopback",
    "ff02::1": "all nodes",
    "ff0e::1": "a global group",
    "::ffff:1.2.3.4": "a mapped address",
    "::1.2.3.4": "a compatible address",
    "64:ff9b::1.2.3.4": "translation",
    "100::1": "discard-only",
    "2001:db8::1": "documentation",
    "2002:102:304::1": "6to4",
    "3fff::1": "documentation 2",
    "5f00::1": "segment routing",
    "fec0::1": "site-local",
    "fe80::9": "link-local",
    "fe80::1": "our link-local address",
    "fd00:1::1": "our address here",
    "fd00:2::1": "our address there",
    "fd00:2::9": "a host of another link",
}
DESTINATIONS = {
    "::": "nobody",
    "::1": "loopback",
    "::ffff:1.2.3.4": "a mapped address",
    "64:ff9b::1.2.3.4": "translation",
    "100::9": "discard-only",
    "2001:db8::9": "documentation",
    "2002:102:304::9": "6to4",
    "3fff::9": "documentation 2",
    "5f00::9": "segment routing",
    "fec0::9": "site-local",
    "fe80::9": "a link-local neighbour",
    "ff00::1": "scope 0",
    "ff01::1": "this interface",
    "ff02::1": "all nodes",
    "ff02::2": "all routers",
    "ff02::5": "a group of the link",
    "ff05::2": "all routers of the site",
    "ff0e::1": "a global group",
}


def scopes(b: Batch) -> None:
    b.line = "19 scopes and martians of IPv6"
    for address, name in SOURCES.items():
        b.add(f"from {name} ({address})", b.v6(source=address))
    for address, name in DESTINATIONS.items():
        to = "33:33:00:00:00:0" + address[-1] if address.startswith("ff") else OWN["eth0"]
        b.add(f"to {name} ({address})", b.v6(address, to=to))
    b.add("IPv6, from its own destination", b.v6(source=FAR6))
    b.add("IPv6 echo from nobody", b.ping6(source="::"))
    b.add("IPv6 echo from loopback", b.ping6(source="::1"))
    b.add("IPv6 echo from a group", b.ping6(source="ff02::9"))
    b.add("IPv6 echo from our address", b.ping6(source=HERE6))
    b.add("IPv6 echo from a mapped address", b.ping6(source="::ffff:1.2.3.4"))
    b.add("link-local to link-local neighbour", b.v6("fe80::b", source="fe80::c"))
    b.add("link-local to a neighbour", b.v6("fd00:1::d", source="fe80::d"))
    b.add("link-local to behind a neighbour", b.v6(BACK6, source="fe80::e"))
    b.add("link-local to another link", b.v6("fd00:2::9", source="fe80::f"))
    b.add("link-local, hop limit 1", b.v6(source="fe80::10", hop_limit=1))
    b.add("link-local to a neighbour, hop limit 1", _link_local(b, hop_limit=1))
    b.add("link-local, no route", b.v6("fd00:99::1", source="fe80::12"))
    b.add("link-local to a prohibited route", b.v6("fd00:61::1", source="fe80::13"))
    b.add("link-local, too big", b.v6(SMALL6, bytes(1440), source="fe80::14"))
    b.add("from nobody, hop limit 1", b.v6(source="::", hop_limit=1))
    b.add("from a mapped address, hop limit 1", b.v6(source="::ffff:1.2.3.4", hop_limit=1))
    b.add("to a global group, too big", b.v6("ff0e::1", bytes(1440), to=GROUP6_MAC))


def _link_local(b: Batch, *, hop_limit: int) -> bytes:
    return b.v6("fd00:1::d", source="fe80::11", hop_limit=hop_limit)


def redirects(b: Batch) -> None:
    b.line = "14 redirects of IPv6"
    b.add("IPv6, a neighbour's packet to another", b.v6(NEAR6, source="fd00:1::14"))
    b.add("IPv6, by a router with a global address", b.v6(BACK6, source="fd00:1::15"))
    b.add("IPv6, by a router with a link-local one", b.v6("fd00:51::1", source="fd00:1::16"))
    b.add("IPv6, from behind a router", b.v6("fd00:51::1"))
    b.add("IPv6, a long packet back", b.v6("fd00:51::2", bytes(1400), source="fd00:1::17"))
    b.add("IPv6, an ICMPv6 error back", b.icmp6(1, 0, bytes(48), NEAR6, source="fd00:1::18"))
    b.add("IPv6, back, in a group frame", b.v6(NEAR6, source="fd00:1::19", to=GROUP6_MAC))
    b.add("IPv6, back, hop limit 1", b.v6(NEAR6, source="fd00:1::1a", hop_limit=1))
    body = bytes(4) + bytes.fromhex("fe80" + "00" * 13 + "09") + bytes.fromhex("fd0000500000")
    redirect = body + bytes(10)
    b.add(
        "IPv6, a redirect for us",
        b.icmp6(137, 0, redirect, HERE6, source="fe80::a", hop_limit=255),
    )


BLOCKS = (headers, routes, answers, extensions, fragments, scopes, redirects)
