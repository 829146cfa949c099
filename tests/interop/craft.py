"""Frames made byte by byte, right or wrong, without the package's own encoders.

Every field of a header can be given a value of its own; what is not given is right.
"""

from __future__ import annotations

import struct
from ipaddress import IPv4Address, IPv6Address

IPV4, ARP, IPV6, VLAN = 0x0800, 0x0806, 0x86DD, 0x8100
ICMP, IGMP, TCP, UDP, NOBODYS = 1, 2, 6, 17, 253  # 253: for experiments (RFC 3692)
HOPOPTS, ROUTING, FRAGMENT, ICMPV6, NO_NEXT, DSTOPTS = 0, 43, 44, 58, 59, 60
DF, MF, RESERVED = 0x4000, 0x2000, 0x8000


def ones_sum(data: bytes) -> int:
    """The sum of RFC 1071 over `data`."""
    total = sum(data[at] << 8 | data[at + 1] for at in range(0, len(data) - 1, 2))
    total += data[-1] << 8 if len(data) & 1 else 0
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def check(data: bytes) -> bytes:
    """The checksum field for `data`, in which it is zero."""
    return (~ones_sum(data) & 0xFFFF).to_bytes(2, "big")


def ethernet(target: str, sender: str, ethertype: int, payload: bytes) -> bytes:
    """A frame without its check sequence."""
    return mac(target) + mac(sender) + ethertype.to_bytes(2, "big") + payload


def mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def ip4(
    source: str,
    destination: str,
    payload: bytes,
    protocol: int,
    *,
    ttl: int = 64,
    tos: int = 0,
    identification: int = 0,
    flags: int = 0,
    offset: int = 0,
    options: bytes = b"",
    version: int = 4,
    words: int | None = None,
    total: int | None = None,
    checksum: int | None = None,
) -> bytes:
    """An IPv4 packet. `offset` counts bytes, `words` is the header length field."""
    options += bytes(-len(options) % 4)
    length = 20 + len(options)
    head = struct.pack(
        "!BBHHHBBH4s4s",
        version << 4 | (length // 4 if words is None else words),
        tos,
        length + len(payload) if total is None else total,
        identification,
        flags | offset // 8,
        ttl,
        protocol,
        0,
        IPv4Address(source).packed,
        IPv4Address(destination).packed,
    )
    head += options
    field = check(head) if checksum is None else checksum.to_bytes(2, "big")
    return head[:10] + field + head[12:] + payload


def ip6(
    source: str,
    destination: str,
    payload: bytes,
    next_header: int,
    *,
    hop_limit: int = 64,
    traffic_class: int = 0,
    flow_label: int = 0,
    version: int = 6,
    length: int | None = None,
) -> bytes:
    """An IPv6 packet; `payload` begins with the extension headers."""
    first = version << 28 | traffic_class << 20 | flow_label
    size = len(payload) if length is None else length
    head = struct.pack("!IHBB", first, size, next_header, hop_limit)
    return head + IPv6Address(source).packed + IPv6Address(destination).packed + payload


def icmp4(kind: int, code: int, body: bytes, *, good: bool = True) -> bytes:
    """An ICMP message; `body` is all that follows the checksum."""
    whole = bytes((kind, code, 0, 0)) + body
    field = check(whole) if good else b"\x12\x34"
    return whole[:2] + field + body


def pseudo6(source: str, destination: str, protocol: int, length: int) -> bytes:
    addresses = IPv6Address(source).packed + IPv6Address(destination).packed
    return addresses + struct.pack("!II", length, protocol)


def icmp6(
    source: str, destination: str, kind: int, code: int, body: bytes, *, good: bool = True
) -> bytes:
    """An ICMPv6 message with the checksum for these addresses."""
    whole = bytes((kind, code, 0, 0)) + body
    field = check(pseudo6(source, destination, ICMPV6, len(whole)) + whole) if good else b"\x12\x34"
    return whole[:2] + field + body


def udp4(
    source: str, destination: str, port: int, data: bytes = b"datagram", *, good: bool = True
) -> bytes:
    """A UDP datagram from port 40000."""
    length = 8 + len(data)
    whole = struct.pack("!HHHH", 40000, port, length, 0) + data
    pseudo = IPv4Address(source).packed + IPv4Address(destination).packed
    field = check(pseudo + struct.pack("!BBH", 0, UDP, length) + whole) if good else b"\x12\x34"
    return whole[:6] + field + whole[8:]


def udp6(
    source: str, destination: str, port: int, data: bytes = b"datagram", *, field: int | None = None
) -> bytes:
    """A UDP datagram from port 40000; `field` is a checksum to write instead of the right one."""
    length = 8 + len(data)
    whole = struct.pack("!HHHH", 40000, port, length, 0) + data
    right = check(pseudo6(source, destination, UDP, length) + whole)
    return whole[:6] + (right if field is None else field.to_bytes(2, "big")) + whole[8:]


def echo(number: int, data: bytes = b"abcdefgh") -> bytes:
    """The body of an echo message."""
    return struct.pack("!HH", 0x4650, number) + data


def extension(next_header: int, content: bytes) -> bytes:
    """A hop-by-hop or destination options header whose options are padded with PadN."""
    missing = -(2 + len(content)) % 8
    pad = bytes((1, missing - 2)) + bytes(missing - 2) if missing > 1 else bytes(missing)
    whole = content + pad
    return bytes((next_header, (2 + len(whole)) // 8 - 1)) + whole


def routing(next_header: int, kind: int, left: int, *addresses: str) -> bytes:
    """A routing header as type 0 has it (RFC 2460 4.4)."""
    rest = b"".join(IPv6Address(text).packed for text in addresses)
    return bytes((next_header, len(rest) // 8, kind, left)) + bytes(4) + rest


def fragment6(next_header: int, offset: int, more: bool, identification: int) -> bytes:
    """A fragment header; `offset` counts bytes."""
    return struct.pack("!BBHI", next_header, 0, offset | more, identification)


def arp(
    operation: int,
    sender_mac: str,
    sender: str,
    target_mac: str,
    target: str,
    *,
    hardware: int = 1,
    protocol: int = IPV4,
    lengths: tuple[int, int] = (6, 4),
) -> bytes:
    """An ARP message for IPv4 over Ethernet."""
    head = struct.pack("!HHBBH", hardware, protocol, *lengths, operation)
    return (
        head
        + mac(sender_mac)
        + IPv4Address(sender).packed
        + mac(target_mac)
        + IPv4Address(target).packed
    )


def link_address(kind: int, station: str) -> bytes:
    """A source (1) or target (2) link-layer address option of neighbour discovery."""
    return bytes((kind, 1)) + mac(station)
