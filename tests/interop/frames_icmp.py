"""ICMP: about what nothing is said, what is said, and what is answered (lines 11 to 15)."""

from __future__ import annotations

import struct

from interop.craft import DF, ICMP, MF, NOBODYS, UDP, echo, icmp4, ip4, udp4
from interop.frames import BACK, BROADCAST, FAR, HERE, OWN, THERE, Batch

ERRORS = {3: "unreachable", 4: "source quench", 5: "redirect", 11: "time exceeded", 12: "parameter"}


def quote(b: Batch) -> bytes:
    """The head of a packet that some error could be about."""
    return ip4(FAR, b.source, b"12345678", UDP, identification=7)


def silence(b: Batch) -> None:
    b.line = "11 about what nothing is said"
    for kind, name in ERRORS.items():
        b.add(f"TTL 1, ICMP {name}", b.icmp(kind, 0, bytes(4) + quote(b), FAR, ttl=1))
    for kind in (0, 8, 9, 10, 13, 17, 18, 19, 30, 41, 42, 255):
        b.add(f"TTL 1, ICMP type {kind}", b.icmp(kind, 0, echo(b.number), FAR, ttl=1))
    b.add("TTL 1, ICMP without a type", b.v4(FAR, b"", ICMP, ttl=1))
    b.add("no route, ICMP error", b.icmp(3, 1, bytes(4) + quote(b), "10.99.0.1"))
    b.add("prohibited, ICMP error", b.icmp(11, 0, bytes(4) + quote(b), "10.61.0.1"))
    b.add("TTL 1, first fragment", b.v4(ttl=1, flags=MF))
    b.add("TTL 1, later fragment", b.v4(ttl=1, offset=80))
    b.add("TTL 1, last fragment with MF", b.v4(ttl=1, offset=80, flags=MF))
    b.add("no route, later fragment", b.v4("10.99.0.1", offset=80))
    b.add("TTL 1, to a group", b.v4("239.1.2.3", to="01:00:5e:01:02:03", ttl=1))
    b.add("malformed option in an ICMP error", _bad_option(b))
    b.add("malformed option in a broadcast frame", b.v4(to=BROADCAST, options=b"\x07\x0f\x03\0"))


def _bad_option(b: Batch) -> bytes:
    return b.icmp(3, 1, bytes(4) + quote(b), FAR, options=b"\x07\x0f\x03" + bytes(12))


def contents(b: Batch) -> None:
    b.line = "12 what is said"
    b.add("a long quote", b.v4(payload=bytes(range(250)) * 5, ttl=1))
    b.add("a quote of exactly what fits", b.v4(payload=bytes(528), ttl=1))
    b.add("a quote of one byte more", b.v4(payload=bytes(529), ttl=1))
    b.add("a quote with padding", b.v4(payload=b"x", ttl=1) + bytes(25))
    b.add("a quote of one byte of data", b.v4(payload=b"x", ttl=1))
    b.add("the way back is another link", b.v4(source="10.8.0.55", ttl=1))
    b.add("the way back is a third link", b.v4(source="10.9.0.55", ttl=1))
    b.add("nobody on the way back", b.v4(source="10.99.0.55", ttl=1))
    b.add("the way back is prohibited", b.v4(source="10.61.0.55", ttl=1))
    for tos in (0x02, 0x03, 0x1C, 0xB8, 0xFF):
        b.add(f"type of service {tos:#04x}, TTL 1", b.v4(tos=tos, ttl=1))
    b.add("do not fragment, TTL 1", b.v4(ttl=1, flags=DF))
    b.add("no route and the way back is another link", b.v4("10.99.0.1", source="10.8.0.56"))
    b.add("closed port, the way back is another link", b.udp(HERE, source="10.8.0.57"))
    b.add("closed port of our far interface", b.udp(THERE))


def answers(b: Batch) -> None:
    b.line = "15 what is answered"
    for name, address in (("here", HERE), ("there", THERE), ("on a third link", "10.3.0.1")):
        b.add(f"echo {name}", b.ping(address))
    for size in (0, 1, 1000, 1472):
        b.add(f"echo with {size} bytes", b.ping(data=bytes(index & 255 for index in range(size))))
    b.add("echo with padding of the link", b.ping(data=b"x") + bytes(17))
    b.add("echo with a wrong checksum", b.icmp(8, 0, echo(b.number), good=False))
    b.add("echo of code 5", b.icmp(8, 5, echo(b.number)))
    b.add("echo of 4 bytes", b.v4(HERE, icmp4(8, 0, b""), ICMP))
    b.add("echo with type of service", b.ping(tos=0xB8))
    b.add("echo with congestion notification", b.ping(tos=0xBB))
    b.add("echo not to be cut", b.ping(flags=DF))
    b.add("echo from our own link", b.ping(source="10.1.0.13"))
    b.add("echo by another link", b.ping(HERE, source="10.8.0.9", to=OWN["eth1"], port="eth1"))
    b.add("echo from behind another link", b.ping(source="10.8.0.58"))
    b.add("echo to all systems", b.ping("224.0.0.1", to="01:00:5e:00:00:01", ttl=1))
    b.add("echo to all routers", b.ping("224.0.0.2", to="01:00:5e:00:00:02", ttl=1))
    b.add("echo reply that nobody asked for", b.icmp(0, 0, echo(b.number)))
    b.add("timestamp", b.icmp(13, 0, echo(b.number, bytes(12))))
    b.add("timestamp cut short", b.icmp(13, 0, echo(b.number, bytes(8))))
    b.add("timestamp of code 1", b.icmp(13, 1, echo(b.number, bytes(12))))
    b.add("timestamp to everybody", b.icmp(13, 0, echo(1, bytes(12)), "10.1.0.255", to=BROADCAST))
    b.add("information request", b.icmp(15, 0, echo(b.number, b"")))
    b.add("mask request", b.icmp(17, 0, echo(b.number, bytes(4))))
    b.add("router solicitation", b.icmp(10, 0, bytes(4), "224.0.0.2", to="01:00:5e:00:00:02"))
    b.add("source quench", b.icmp(4, 0, bytes(4) + quote(b)))
    b.add("unreachable about nothing of ours", b.icmp(3, 3, bytes(4) + quote(b)))
    b.add("redirect", b.icmp(5, 1, bytes((10, 1, 0, 9)) + ip4(HERE, BACK, b"12345678", UDP)))
    b.add("and its destination", b.v4(BACK))
    b.add("unknown type", b.icmp(40, 0, echo(b.number)))
    b.add("another unknown type", b.icmp(200, 0, echo(b.number)))
    b.add("extended echo, not allowed", b.icmp(42, 0, echo(b.number, b"")))
    b.add("unknown protocol", b.v4(HERE))
    b.add("unknown protocol there", b.v4(THERE))
    b.add("unknown protocol, to a group of ours", b.v4("224.0.0.1", to="01:00:5e:00:00:01"))
    b.add("OSPF, which nobody speaks here", b.v4(HERE, bytes(24), 89))
    b.add("protocol 255", b.v4(HERE, bytes(24), 255))
    b.add("closed port", b.udp())
    b.add("closed port, wrong checksum", b.udp(good=False))
    b.add("closed port, no checksum", _without_checksum(b))
    b.add("closed port, length beyond the packet", _with_length(b, 60))
    b.add("closed port, length of 7", _with_length(b, 7))
    b.add("datagram of 5 bytes", b.v4(HERE, b"\0\1\0\2\0", UDP))
    b.add("closed port, to all systems", b.udp("224.0.0.1", to="01:00:5e:00:00:01"))
    b.add("closed port, TTL 0", b.udp(ttl=0))


def _without_checksum(b: Batch) -> bytes:
    data = udp4(b.source, HERE, 9)
    return b.v4(HERE, data[:6] + b"\0\0" + data[8:], UDP)


def _with_length(b: Batch, length: int) -> bytes:
    data = udp4(b.source, HERE, 9, good=False)
    return b.v4(HERE, data[:4] + struct.pack("!HH", length, 0) + data[8:], UDP)


def reassembly(b: Batch) -> None:
    b.line = "7 reassembly"
    message = icmp4(8, 0, echo(1, bytes(range(40))))

    def piece(start: int, end: int | None, *, more: bool, **header: object) -> bytes:
        flags = MF if more else 0
        return b.v4(HERE, message[start:end], ICMP, offset=start, flags=flags, **header)  # type: ignore[arg-type]

    first, last = piece(0, 24, more=True), piece(24, None, more=False)
    b.add("two pieces", first, last)
    first, last = piece(0, 24, more=True), piece(24, None, more=False)
    b.add("two pieces, the last one first", last, first)
    first, last = piece(0, 24, more=True), piece(24, None, more=False)
    b.add("a piece twice", first, first, last)
    b.add("pieces that overlap", piece(0, 32, more=True), piece(24, None, more=False))
    b.add(
        "pieces by two links",
        piece(0, 24, more=True),
        ("eth1", piece(24, None, more=False, to=OWN["eth1"], port="eth1")),
    )
    first, last = piece(0, 20, more=True), piece(24, None, more=False)
    b.add("a piece of 20 bytes", first, last)
    first, last = piece(0, 24, more=True, tos=2), piece(24, None, more=False, tos=3)
    b.add("congestion in one piece", first, last)
    first, last = piece(0, 24, more=True, tos=0), piece(24, None, more=False, tos=3)
    b.add("congestion in one piece, the other not able", first, last)
    b.add("unknown protocol in two pieces", *_unknown(b))


def _unknown(b: Batch) -> tuple[bytes, bytes]:
    head = b.v4(HERE, bytes(24), NOBODYS, flags=MF)
    return head, b.v4(HERE, bytes(9), NOBODYS, offset=24)


BLOCKS = (silence, contents, answers, reassembly)
