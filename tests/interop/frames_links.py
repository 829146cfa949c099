"""Neighbours: ND and ARP, what is learned from them, who is asked, who does not answer (22, 23)."""

from __future__ import annotations

from ipaddress import IPv6Address

from interop.craft import (
    ARP,
    FRAGMENT,
    ICMPV6,
    arp,
    ethernet,
    fragment6,
    icmp6,
    link_address,
)
from interop.frames import BROADCAST, HERE, HERE6, OWN, STATION, THERE6, Batch

NOBODY_MAC = "00:00:00:00:00:00"
GROUP_MAC = "01:00:5e:00:00:01"
MINE, OURS = STATION["eth0"], OWN["eth0"]
SNMA = "ff02::1:ff00:1"  # the solicited-node group of all addresses that end with ::1
SNMA_MAC = "33:33:ff:00:00:01"


def solicitation(target: str, options: bytes = b"") -> bytes:
    return bytes(4) + IPv6Address(target).packed + options


def advertisement(target: str, flags: int, options: bytes = b"") -> bytes:
    return bytes((flags, 0, 0, 0)) + IPv6Address(target).packed + options


def ask(
    b: Batch,
    target: str = HERE6,
    destination: str = SNMA,
    *,
    source: str = "fd00:1::9",
    options: bytes = link_address(1, MINE),
    to: str = SNMA_MAC,
    hop_limit: int = 255,
    code: int = 0,
    good: bool = True,
) -> bytes:
    """A frame with a neighbour solicitation."""
    body = solicitation(target, options)
    return b.icmp6(
        135, code, body, destination, source=source, to=to, hop_limit=hop_limit, good=good
    )


def solicitations(b: Batch) -> None:
    b.line = "22 neighbour discovery"
    mine = link_address(1, MINE)
    b.add("NS to the group", ask(b))
    b.add("NS to us", ask(b, destination=HERE6, to=OURS))
    b.add("NS to us without a station", ask(b, destination=HERE6, to=OURS, options=b""))
    b.add("NS from a link-local address", ask(b, source="fe80::9"))
    b.add("NS for our link-local address", ask(b, "fe80::1"))
    b.add("NS for our address of another link", ask(b, THERE6))
    b.add("NS for the link-local address of another link", ask(b, "fe80::2", "ff02::1:ff00:2"))
    b.add("NS for somebody else", ask(b, "fd00:1::9"))
    b.add("NS for a group", ask(b, "ff02::1"))
    anycast = ask(b, "fd00:1::", "ff02::1:ff00:0", to="33:33:ff:00:00:00")
    b.add("NS for the anycast address", anycast)
    b.add("NS of hop limit 254", ask(b, hop_limit=254))
    b.add("NS of code 1", ask(b, code=1))
    b.add("NS with a wrong checksum", ask(b, good=False))
    b.add("NS with an option of length 0", ask(b, options=b"\1\0" + bytes(6)))
    b.add("NS with an option beyond its end", ask(b, options=b"\1\2" + bytes(6)))
    b.add("NS with an unknown option", ask(b, options=b"\xfd\1" + bytes(6) + mine))
    b.add("NS with a group as station", ask(b, options=link_address(1, BROADCAST)))
    b.add("NS cut short", b.icmp6(135, 0, bytes(12), source="fd00:1::9", hop_limit=255))
    b.add("NS to all nodes", ask(b, destination="ff02::1", to="33:33:00:00:00:01"))
    b.add("NS from afar", ask(b, source="fd00:50::99"))
    message = icmp6("fd00:1::9", HERE6, 135, 0, solicitation(HERE6, mine))
    whole = fragment6(ICMPV6, 0, False, 9) + message
    b.add("NS in a fragment", b.v6(HERE6, whole, FRAGMENT, source="fd00:1::9", hop_limit=255))


def duplicates(b: Batch) -> None:
    def dad(
        target: str = HERE6, group: str = SNMA, to: str = SNMA_MAC, options: bytes = b""
    ) -> bytes:
        return ask(b, target, group, source="::", options=options, to=to)

    b.add("DAD for our address", dad())
    b.add("DAD for our link-local address", dad("fe80::1"))
    b.add("DAD for our address of another link", dad(THERE6))
    b.add("DAD for somebody else", dad("fd00:1::77", "ff02::1:ff00:77"))
    b.add("DAD with a station", dad(options=link_address(1, MINE)))
    b.add("DAD to us alone", dad(HERE6, HERE6, OURS))
    b.add("DAD to all nodes", dad(HERE6, "ff02::1", "33:33:00:00:00:01"))
    b.add("DAD with a nonce", dad(options=b"\x0e\1" + b"nonce!"))
    b.add("DAD for the anycast address", dad("fd00:1::", "ff02::1:ff00:0"))


def advertisements(b: Batch) -> None:
    def say(flags: int, target: str, destination: str = HERE6, hop_limit: int = 255) -> bytes:
        body = advertisement(target, flags, link_address(2, MINE))
        to = OURS if destination == HERE6 else "33:33:00:00:00:01"
        return b.icmp6(136, 0, body, destination, source="fd00:1::9", hop_limit=hop_limit, to=to)

    b.add("NA that nobody asked for", say(0x20, "fd00:1::70", "ff02::1"))
    b.add("NA for our address", say(0x20, HERE6, "ff02::1"))
    b.add("NA of hop limit 64", say(0x60, "fd00:1::71", hop_limit=64))
    b.add("NA solicited, to a group", say(0x60, "fd00:1::72", "ff02::1"))
    b.add("RS", _router_solicitation(b, "fe80::9", link_address(1, MINE)))
    b.add("RS from nobody", _router_solicitation(b, "::", b""))
    b.add("RA", _router_advertisement(b, 255))
    b.add("RA of hop limit 64", _router_advertisement(b, 64))


def _router_solicitation(b: Batch, source: str, options: bytes) -> bytes:
    body = bytes(4) + options
    group, to = "ff02::2", "33:33:00:00:00:02"
    return b.icmp6(133, 0, body, group, source=source, hop_limit=255, to=to)


def _router_advertisement(b: Batch, hop_limit: int) -> bytes:
    prefix = bytes((3, 4, 64, 0xC0)) + b"\0\1\0\0" * 2 + bytes(4) + IPv6Address("fd00:77::").packed
    body = bytes((64, 0, 7, 8)) + bytes(8) + prefix
    return b.icmp6(
        134, 0, body, "ff02::1", source="fe80::9", to="33:33:00:00:00:01", hop_limit=hop_limit
    )


def addresses(b: Batch) -> None:
    b.line = "23 ARP"

    def say(
        operation: int = 1,
        *,
        sender: str = "10.1.0.9",
        target: str = HERE,
        station: str = MINE,
        named: str = NOBODY_MAC,
        to: str = BROADCAST,
        **header: object,
    ) -> bytes:
        message = arp(operation, station, sender, named, target, **header)  # type: ignore[arg-type]
        return ethernet(to, MINE, ARP, message)

    b.add("ARP request", say())
    b.add("ARP request, padded", say() + bytes(18))
    b.add("ARP request to us alone", say(to=OURS))
    b.add("ARP request for our far interface", say(target="10.2.0.1"))
    b.add("ARP request for our third interface", say(target="10.3.1.0"))
    b.add("ARP request for somebody else", say(target="10.1.0.30"))
    b.add("ARP request for the broadcast", say(target="10.1.0.255"))
    b.add("ARP request for a routed address", say(target="10.8.0.1"))
    b.add("ARP request for loopback", say(target="127.0.0.1"))
    b.add("ARP request for a group", say(target="224.0.0.1"))
    b.add("ARP request for nobody", say(target="0.0.0.0"))
    b.add("ARP request from another subnet", say(sender="10.8.0.9"))
    b.add("ARP request from a routed address", say(sender="10.50.0.200"))
    b.add("ARP request from an unknown subnet", say(sender="10.99.0.9"))
    b.add("ARP request from loopback", say(sender="127.0.0.1"))
    b.add("ARP request from a group", say(sender="224.0.0.9"))
    b.add("ARP request from everybody", say(sender="255.255.255.255"))
    b.add("ARP request from the broadcast", say(sender="10.1.0.255"))
    b.add("ARP request from class E", say(sender="240.0.0.1"))
    b.add("ARP probe for our address", say(sender="0.0.0.0"))
    b.add("ARP probe for our far interface", say(sender="0.0.0.0", target="10.2.0.1"))
    b.add("ARP probe for somebody else", say(sender="0.0.0.0", target="10.1.0.30"))
    b.add("ARP announcement", say(sender="10.1.0.30", target="10.1.0.30"))
    b.add("ARP announcement of our address", say(sender=HERE))
    b.add("ARP reply of our address", say(2, sender=HERE, target="10.1.0.9"))
    b.add("ARP request from a broadcast station", say(station=BROADCAST))
    b.add("ARP request from a group station", say(station=GROUP_MAC))
    b.add("ARP request from the zero station", say(station=NOBODY_MAC))
    b.add("ARP request from our own station", say(station=OURS))
    b.add("ARP request that names a station", say(named=OURS))
    b.add("ARP reply", say(2, named=OURS, to=OURS))
    for operation in (0, 3, 4, 8, 9, 99):
        b.add(f"ARP operation {operation}", say(operation))
    b.add("ARP, hardware 6", say(hardware=6))
    b.add("ARP, hardware 7", say(hardware=7))
    b.add("ARP, protocol IPv6", say(protocol=0x86DD))
    b.add("ARP, stations of 8 bytes", say(lengths=(8, 4)))
    b.add("ARP cut short", say()[:-1])
    b.add("ARP for another station", say(to="02:00:00:00:00:99"))


def learned(b: Batch) -> None:
    """A frame, then a packet to who was in it: it goes out if the frame was learned from."""
    b.line = "23 what is learned"
    new = "02:00:00:00:00:77"

    def say(operation: int, sender: str, target: str, to: str) -> bytes:
        named = NOBODY_MAC if operation == 1 else OURS
        return ethernet(to, new, ARP, arp(operation, new, sender, named, target))

    def packet(destination: str) -> tuple[str, bytes]:
        frame = b.v6 if ":" in destination else b.v4
        source = "fd00:8::66" if ":" in destination else "10.8.0.66"
        return "eth1", frame(destination, source=source, to=OWN["eth1"], port="eth1")

    def found(address: str) -> bytes:
        """The answer of the neighbour, if it was asked."""
        return say(2, address, HERE, OURS)

    request = say(1, "10.1.0.101", HERE, BROADCAST)
    b.add("from an ARP request for us", request, packet("10.1.0.101"))
    for name, frame, address in (
        ("an ARP request for somebody else", say(1, "10.1.0.102", "10.1.0.30", BROADCAST), 102),
        ("an announcement", say(1, "10.1.0.103", "10.1.0.103", BROADCAST), 103),
        ("an announcement by reply", say(2, "10.1.0.104", "10.1.0.104", BROADCAST), 104),
        ("an ARP reply that nobody asked for", say(2, "10.1.0.105", HERE, OURS), 105),
    ):
        target = f"10.1.0.{address}"
        b.add(f"from {name}", frame, packet(target), found(target))
    target = "10.1.0.106"
    b.add("packets wait for ARP", *(packet(target) for _ in range(3)), found(target))
    station = link_address(1, new)

    def asks(source: str, options: bytes, target: str = HERE6) -> bytes:
        return ask(b, target, source=source, options=options)

    def told(source: str) -> bytes:
        body = advertisement(source, 0x60, link_address(2, new))
        return b.icmp6(136, 0, body, HERE6, source=source, hop_limit=255)

    b.add("from an NS for us", asks("fd00:1::65", station), packet("fd00:1::65"))
    b.add("from an NS without a station", asks("fd00:1::66", b""), told("fd00:1::66"))
    target = "fd00:1::67"
    elsewhere = asks(target, station, "fd00:1::9")
    b.add("from an NS for somebody else", elsewhere, packet(target), told(target))
    target = "fd00:1::68"
    b.add("packets wait for ND", *(packet(target) for _ in range(3)), told(target))
    target = "fd00:1::69"
    b.add("from an NA that nobody asked for", told(target), packet(target), told(target))


def silent(b: Batch) -> None:
    """Neighbours that never answer; the questions are asked every 0.2 s in this batch."""
    b.line = "6 nobody answers"
    b.add(
        "nobody answers",
        b.v4("10.2.0.200"),
        b.v4("10.2.0.200", ttl=2),
        b.v4("10.2.0.201", flags=0x4000),
        b.icmp(3, 1, bytes(40), "10.2.0.202"),
        b.v6("fe80::77"),
        b.v6("fd00:2::200"),
        b.v6("fd00:2::200", hop_limit=2),
        b.icmp6(1, 0, bytes(48), "fd00:2::201"),
        wait_s=1.2,
    )


BLOCKS = (solicitations, duplicates, advertisements, addresses, learned, silent)
