"""IPv4 on its way through: headers, TTL, addresses, routes, sizes, options (lines 1 to 10)."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address

from interop.craft import DF, IPV4, MF, RESERVED, VLAN, ethernet, ip4, ones_sum
from interop.frames import BACK, BROADCAST, FAR, HERE, NEAR, OWN, SMALL, STATION, STRANGER, Batch

GROUP_MAC = "01:00:5e:01:02:03"


def headers(b: Batch) -> None:
    b.line = "1 header faults"
    b.add("a sound packet", b.v4())
    b.add("wrong checksum", b.v4(checksum=0x1234))
    b.add("version 5", b.v4(version=5))
    b.add("version 6 in an IPv4 frame", b.v4(version=6))
    b.add("header of 4 words", b.v4(words=4))
    b.add("header longer than the packet", b.v4(words=15))
    b.add("total length below the header", b.v4(total=19))
    b.add("total length 0", b.v4(total=0))
    b.add("total length beyond the frame", b.v4(total=37))
    b.add("total length short of the frame", b.v4(total=30))
    b.add("padding of the link", b.v4(payload=b"x") + bytes(25))
    b.add("payload empty", b.v4(payload=b""))
    b.add("packet of 19 bytes", b.v4(payload=b"")[:-1])
    b.add("packet of one byte", b.v4()[:15])
    b.add("unknown link protocol", ethernet(OWN["eth0"], STATION["eth0"], 0x88B5, b.v4()[14:]))
    b.add("length instead of a type", ethernet(OWN["eth0"], STATION["eth0"], 36, b.v4()[14:]))
    for vlan in (0, 5):
        tag = struct.pack("!HH", vlan, IPV4)
        b.add(
            f"tagged for VLAN {vlan}",
            ethernet(OWN["eth0"], STATION["eth0"], VLAN, tag + b.v4()[14:]),
        )
    for written in (0x0000, 0xFFFF, 0xFEFF, 0xFF00, 0x00FF):
        b.add(f"checksum that is {written:#06x}", _with_checksum(b, written))


def _with_checksum(b: Batch, written: int) -> bytes:
    """A sound packet whose checksum is `written`: the identification makes up for it."""
    rest = ones_sum(ip4(b.source, FAR, b"", 253, total=36, checksum=0))
    wanted = (0xFFFF - written - rest) % 0xFFFF
    return b.v4(identification=wanted, checksum=written)


def hop_limits(b: Batch) -> None:
    b.line = "2 TTL"
    for ttl in (0, 1, 2, 3, 255):
        b.add(f"TTL {ttl} in transit", b.v4(ttl=ttl))
    for ttl in (0, 1):
        b.add(f"TTL {ttl} to us", b.ping(ttl=ttl))
        b.add(f"TTL {ttl} to our far interface", b.ping("10.2.0.1", ttl=ttl))
    b.add("TTL 1 and no route", b.v4("10.99.0.1", ttl=1))
    b.add("TTL 1 to an unreachable route", b.v4("10.60.0.1", ttl=1))
    b.add("TTL 1 to a prohibited route", b.v4("10.61.0.1", ttl=1))
    b.add("TTL 1 to a blackhole", b.v4("10.62.0.1", ttl=1))
    b.add("TTL 1, too big and not to be cut", b.v4(SMALL, bytes(1440), ttl=1, flags=DF))
    b.add("TTL 1 back where it came from", b.v4("10.1.0.9", source="10.1.0.11", ttl=1))


def stations(b: Batch) -> None:
    b.line = "3 stations"
    b.add("broadcast frame in transit", b.v4(to=BROADCAST))
    b.add("group frame in transit", b.v4(to=GROUP_MAC))
    b.add("broadcast frame, TTL 1", b.v4(to=BROADCAST, ttl=1))
    b.add("broadcast frame, no route", b.v4("10.99.0.1", to=BROADCAST))
    b.add("broadcast frame with an echo for us", b.ping(to=BROADCAST))
    b.add("group frame with an echo for us", b.ping(to=GROUP_MAC))
    b.add("broadcast frame for a closed port", b.udp(to=BROADCAST))
    b.add("frame for another station", b.v4(to=STRANGER))
    b.add("frame for another station with an echo for us", b.ping(to=STRANGER))
    b.add("frame for our station on another link", b.v4(to=OWN["eth1"]))


def broadcasts(b: Batch) -> None:
    b.line = "4 broadcasts"
    for name, address in (
        ("everybody", "255.255.255.255"),
        ("everybody on this link", "10.1.0.255"),
        ("everybody on another link", "10.2.0.255"),
        ("host 0 of this link", "10.1.0.0"),
        ("host 0 of another link", "10.2.0.0"),
    ):
        b.add(f"to {name}", b.v4(address, to=BROADCAST))
        b.add(f"echo to {name}", b.ping(address, to=BROADCAST, ttl=9))
        b.add(f"to {name}, in a unicast frame", b.v4(address))
        if "host 0" not in name:
            b.add(f"closed port, to {name}", b.udp(address, to=BROADCAST))
            b.add(f"TTL 1, to {name}", b.v4(address, ttl=1))
    b.add("to the other of a /31", b.v4("10.3.1.1"))
    b.add("echo to us on a /31", b.ping("10.3.1.0"))
    b.add("to a closed port of ours on a /31", b.udp("10.3.1.0"))


SOURCES = {
    "0.0.0.0": "nobody",
    "0.1.2.3": "this network",
    "127.0.0.1": "loopback",
    "224.0.0.1": "a group",
    "239.1.2.3": "a private group",
    "240.0.0.1": "class E",
    "255.255.255.255": "everybody",
    "10.1.0.1": "our address here",
    "10.2.0.1": "our address there",
    "10.1.0.255": "the broadcast here",
    "10.2.0.255": "the broadcast there",
    "10.1.0.0": "host 0 here",
    "169.254.1.1": "link-local",
    "100.64.0.1": "shared",
    "192.0.0.8": "the dummy address",
    "192.0.2.1": "documentation",
    "192.88.99.1": "6to4 relays",
    "198.18.0.1": "benchmarks",
    "203.0.113.1": "documentation 3",
    "10.2.0.9": "a host of another link",
    "10.99.0.1": "no route back",
}
DESTINATIONS = {
    "0.0.0.0": "nobody",
    "0.1.2.3": "this network",
    "127.0.0.1": "loopback",
    "127.1.2.3": "loopback, another",
    "240.0.0.1": "class E",
    "255.255.255.254": "class E, the last",
    "169.254.9.9": "link-local",
    "100.64.0.9": "shared",
    "192.0.0.8": "the dummy address",
    "192.0.0.9": "PCP anycast",
    "192.0.2.9": "documentation",
    "192.88.99.1": "6to4 relays",
    "198.18.0.9": "benchmarks",
    "203.0.113.9": "documentation 3",
    "224.0.0.1": "all systems",
    "224.0.0.2": "all routers",
    "224.0.0.5": "OSPF routers",
    "224.0.1.1": "NTP group",
    "239.1.2.3": "a private group",
}


def martians(b: Batch) -> None:
    b.line = "5 martians"
    for address, name in SOURCES.items():
        b.add(f"from {name} ({address})", b.v4(source=address))
    for address, name in DESTINATIONS.items():
        group = address[:4] in ("224.", "239.")
        low = int(IPv4Address(address)) & 0x7FFFFF
        to = "01:00:5e:" + low.to_bytes(3, "big").hex(":") if group else OWN["eth0"]
        b.add(f"to {name} ({address})", b.v4(address, to=to))
    b.add("from its own destination", b.v4(source=FAR))
    b.add("from nobody to us", b.ping(source="0.0.0.0"))
    b.add("from nobody to everybody", b.udp("255.255.255.255", source="0.0.0.0", to=BROADCAST))
    b.add("from loopback to us", b.ping(source="127.0.0.1"))
    b.add("from our address to us", b.ping(source=HERE))
    b.add("from our other address to us", b.ping(source="10.2.0.1"))
    for address in ("0.1.2.3", "240.0.0.1", "169.254.1.1", "10.1.0.255", "10.2.0.255"):
        b.add(f"TTL 1 from {address}", b.v4(source=address, ttl=1))
        b.add(f"echo from {address}", b.ping(source=address))


def routes(b: Batch) -> None:
    b.line = "6 routes"
    b.add("no route", b.v4("10.99.0.1"))
    for name, net in (("unreachable", 60), ("prohibited", 61), ("blackhole", 62)):
        b.add(f"{name} route", b.v4(f"10.{net}.0.1"))
        b.add(f"{name} route, from our own link", b.v4(f"10.{net}.0.1", source="10.1.0.12"))
    b.add("a longer prefix goes elsewhere", b.v4("10.8.1.1"))
    b.add("a host route goes elsewhere again", b.v4("10.8.1.7"))
    b.add("a connected host", b.v4("10.2.0.9"))
    b.add("in on another link", b.v4(BACK, source="10.8.0.44", to=OWN["eth1"], port="eth1"))


def sizes(b: Batch) -> None:
    b.line = "7 fragmentation"
    b.add("larger than the link", b.v4(SMALL, bytes(range(250)) * 5 + bytes(180)))
    b.add("one byte larger", b.v4(SMALL, bytes(1381)))
    b.add("exactly the MTU", b.v4(SMALL, bytes(1380)))
    b.add("a first fragment is cut", b.v4(SMALL, bytes(1480), flags=MF))
    b.add("a middle fragment is cut", b.v4(SMALL, bytes(1480), flags=MF, offset=1480))
    b.add("a last fragment is cut", b.v4(SMALL, bytes(1401), offset=2960))
    b.add("a fragment that fits", b.v4(SMALL, bytes(800), offset=2960))
    b.add("type of service is kept in pieces", b.v4(SMALL, bytes(1450), tos=0xBB))
    b.add("reserved flag is kept in pieces", b.v4(SMALL, bytes(1450), flags=RESERVED))
    copied = bytes((130, 11)) + bytes(9)  # security: in every piece
    b.add("copied option in pieces", b.v4(SMALL, bytes(1440), options=copied))
    route = bytes((7, 7, 4, 0, 0, 0, 0))  # record route: in the first alone
    b.add("record route in pieces", b.v4(SMALL, bytes(1440), options=route))
    b.add("both options in pieces", b.v4(SMALL, bytes(1440), options=route + b"\1" + copied))
    alert = bytes((148, 4, 0, 0))
    b.add("router alert in pieces", b.v4(SMALL, bytes(1440), options=alert))
    unknown = bytes((0x9E, 4, 1, 2, 0x1E, 4, 3, 4))  # one to be copied, one not
    b.add("unknown options in pieces", b.v4(SMALL, bytes(1440), options=unknown))
    b.line = "8 path MTU"
    b.add("not to be cut, exactly the MTU", b.v4(SMALL, bytes(1380), flags=DF))
    b.add("not to be cut, one byte larger", b.v4(SMALL, bytes(1381), flags=DF))
    b.add("not to be cut, a first fragment", b.v4(SMALL, bytes(1480), flags=DF | MF))
    b.add("not to be cut, a later fragment", b.v4(SMALL, bytes(1480), flags=DF, offset=1480))
    b.add(
        "not to be cut, an ICMP error",
        b.icmp(3, 1, bytes(1440), SMALL, flags=DF),
    )
    b.add("not to be cut, an echo", b.ping(SMALL, bytes(1440), flags=DF))
    b.add("not to be cut, on the link it came from", b.v4(BACK, bytes(1480), flags=DF))


def options(b: Batch) -> None:
    b.line = "9 options"
    slots = bytes(12)
    ours = IPv4Address("10.2.0.1").packed
    other = IPv4Address("10.77.0.1").packed
    for name, area in {
        "record route": bytes((7, 15, 4)) + slots,
        "record route, one filled": bytes((7, 15, 8)) + slots,
        "record route, full": bytes((7, 15, 16)) + slots,
        "record route, pointer 3": bytes((7, 15, 3)) + slots,
        "record route, pointer 5": bytes((7, 15, 5)) + slots,
        "record route, no room for one more": bytes((7, 14, 13)) + slots,
        "record route of 2 bytes": bytes((7, 2, 1, 1)),
        "record route of 3 bytes": bytes((7, 3, 4, 0)),
        "record route twice": bytes((7, 7, 4, 0, 0, 0, 0)) * 2,
        "timestamps": bytes((68, 12, 5, 0)) + bytes(8),
        "timestamps, full": bytes((68, 12, 13, 0)) + bytes(8),
        "timestamps, full for the 15th time": bytes((68, 12, 13, 0xF0)) + bytes(8),
        "timestamps with addresses": bytes((68, 20, 5, 1)) + bytes(16),
        "timestamps with addresses, full": bytes((68, 12, 13, 1)) + bytes(8),
        "timestamps where we are asked": bytes((68, 12, 5, 3)) + ours + bytes(4),
        "timestamps where others are asked": bytes((68, 12, 5, 3)) + other + bytes(4),
        "timestamps, flag 2": bytes((68, 12, 5, 2)) + bytes(8),
        "timestamps, pointer 4": bytes((68, 12, 4, 0)) + bytes(8),
        "timestamps, pointer 6": bytes((68, 12, 6, 0)) + bytes(8),
        "timestamps of 3 bytes": bytes((68, 3, 5, 0)),
        "timestamps of 4 bytes": bytes((68, 4, 5, 0)),
        "timestamps twice": bytes((68, 8, 5, 0, 0, 0, 0, 0)) * 2,
        "router alert": bytes((148, 4, 0, 0)),
        "router alert of value 1": bytes((148, 4, 0, 1)),
        "router alert of 3 bytes": bytes((148, 3, 0, 0)),
        "router alert of 6 bytes": bytes((148, 6, 0, 0, 0, 0)),
        "unknown option": bytes((0x1E, 4, 1, 2)),
        "unknown option to be copied": bytes((0x9E, 4, 1, 2)),
        "unknown option of length 1": bytes((0x1E, 1, 1, 2)),
        "unknown option of length 0": bytes((0x1E, 0, 1, 2)),
        "unknown option beyond the header": bytes((0x1E, 9, 1, 2)),
        "option without its length": bytes((1, 1, 1, 0x1E)),
        "nothing but no-operation": bytes((1, 1, 1, 1)),
        "something after the end": bytes((0, 7, 200, 9)),
        "security": bytes((130, 11)) + bytes(9),
        "commercial security": bytes((134, 10, 0, 0, 0, 1, 1, 4, 0, 1)),
        "two source routes": (bytes((131, 7, 8)) + other + b"\1") * 2,
        "security twice": (bytes((130, 11)) + bytes(9) + b"\1") * 2,
        "stream identifier": bytes((136, 4, 0, 7)),
        "loose source route, not through us": bytes((131, 7, 4)) + other,
        "strict source route, not through us": bytes((137, 7, 4)) + other,
        "source route that is used up": bytes((131, 7, 8)) + other,
        "source route, pointer 3": bytes((131, 7, 3)) + other,
    }.items():
        b.add(name, b.v4(options=area))
    route = bytes((7, 11, 4)) + bytes(8)
    stamps = bytes((68, 20, 5, 1)) + bytes(16)
    source = bytes((131, 7, 4)) + IPv4Address(FAR).packed
    b.add("source route through us", b.v4(HERE, options=source))
    b.add("strict source route through us", b.v4(HERE, options=b"\x89" + source[1:]))
    b.add("echo with record route", b.ping(options=route))
    b.add("echo with record route to our far interface", b.ping("10.2.0.1", options=route))
    b.add("echo with timestamps", b.ping(options=stamps))
    b.add("echo with router alert", b.ping(options=bytes((148, 4, 0, 0))))
    b.add("echo with an unknown option", b.ping(options=bytes((0x1E, 4, 1, 2))))
    b.add("echo with a malformed option", b.ping(options=bytes((7, 15, 3)) + slots))
    b.add("malformed option, TTL 1", b.v4(options=bytes((7, 15, 3)) + slots, ttl=1))
    b.add("record route, TTL 1", b.v4(options=route, ttl=1))
    b.add("record route and no route", b.v4("10.99.0.1", options=route))
    b.add("malformed option, a later fragment", b.v4(options=b"\x07\x0f\x03" + slots, offset=80))
    b.add("closed port, with record route", b.udp(options=route))
    b.line = "10 type of service, flags"
    for tos in (0x01, 0x02, 0x03, 0xB8, 0xFF):
        b.add(f"type of service {tos:#04x}", b.v4(tos=tos))
    b.add("reserved flag", b.v4(flags=RESERVED))
    b.add("identification 0", b.v4(identification=0))
    b.add("do not fragment", b.v4(flags=DF))


def reverse_path(b: Batch) -> None:
    """eth2 looks whether the source could have come this way."""
    b.line = "24 reverse path"
    for name, source in {
        "from behind this link": "10.9.0.7",
        "from this link": "10.3.0.9",
        "from another link": "10.8.0.7",
        "from nowhere": "10.99.0.7",
        "from a longer prefix of this link": "10.8.1.6",
        "from a host route of another link": "10.8.1.7",
        "from a blackhole": "10.62.0.7",
    }.items():
        b.add(name, b.v4(source=source, to=OWN["eth2"], port="eth2"))
    b.add("TTL 1 from another link", b.v4(source="10.8.0.7", ttl=1, to=OWN["eth2"], port="eth2"))


def redirects(b: Batch) -> None:
    b.line = "14 redirects"
    b.add("a neighbour's packet to another neighbour", b.v4(NEAR, source="10.1.0.20"))
    b.add("a neighbour's packet by another router", b.v4(BACK, source="10.1.0.21"))
    b.add("from behind a router, back there", b.v4(BACK))
    b.add("from behind a router, to a neighbour", b.v4(NEAR))
    b.add("with a type of service", b.v4(BACK, source="10.1.0.22", tos=0xB9))
    b.add("TTL 2", b.v4(BACK, source="10.1.0.23", ttl=2))
    b.add("a later fragment", b.v4(BACK, source="10.1.0.24", offset=80))
    b.add("an ICMP error", b.icmp(3, 1, bytes(32), BACK, source="10.1.0.25"))
    b.add("with record route", b.v4(BACK, source="10.1.0.26", options=bytes((7, 7, 4)) + bytes(5)))
    b.add("a long packet", b.v4(BACK, bytes(1000), source="10.1.0.27"))
    b.add("broadcast frame", b.v4(BACK, source="10.1.0.28", to=BROADCAST))


BLOCKS = (
    headers,
    hop_limits,
    stations,
    broadcasts,
    martians,
    routes,
    sizes,
    options,
    reverse_path,
    redirects,
)
