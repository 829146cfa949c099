"""What came out, as it can be compared: bytes, without what a sender may choose, and in words.

Left out, in packets that the router itself made: the identification (RFC 6864 4.1: any value) with
the header checksum, and the flow label (RFC 6437 3: the source may choose one). Left out in all:
times of day in timestamp options and messages, with the checksums over them. Reports of groups
(IGMP, MLD) are not looked at: they come at random times (RFC 3376 5.1).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_interface

from interop import craft
from interop.frames import ADDRESSES

_INTERFACES = [ip_interface(text) for addresses in ADDRESSES.values() for text in addresses]
_OURS = {own.ip.packed for own in _INTERFACES}
_OURS |= {own.network.network_address.packed for own in _INTERFACES if own.version == 6}  # anycast
_ETHERNET = 14
_TIMES = {13, 14}
_REPORTS = {130, 131, 132, 143}
_NAMES = {0: "echo reply", 8: "echo", 14: "timestamp reply"}
_NAMES6 = {128: "echo", 129: "echo reply", 135: "NS", 136: "NA", 137: "redirect", 134: "RA"}


def comparable(frame: bytes) -> bytes | None:
    """A frame with what is not determined set to zero; None for reports of groups."""
    kind = frame[12:14]
    if kind == craft.IPV4.to_bytes(2, "big"):
        return _comparable4(frame)
    return _comparable6(frame) if kind == craft.IPV6.to_bytes(2, "big") else frame


def _comparable4(frame: bytes) -> bytes | None:
    data = bytearray(frame[_ETHERNET:])
    end = (data[0] & 15) * 4
    if data[9] == craft.IGMP:
        return None
    if bytes(data[12:16]) in _OURS:
        assert craft.ones_sum(bytes(data[:end])) == 0xFFFF, f"header checksum of {data.hex()}"
        data[4:6] = data[10:12] = bytes(2)
        if data[9] == craft.ICMP:
            assert craft.ones_sum(bytes(data[end:])) == 0xFFFF, f"checksum of {data.hex()}"
            if data[end] in _TIMES:
                data[end + 2 : end + 4] = bytes(2)
                data[end + 12 : end + 20] = bytes(8)
    _forget_times(data, end)
    return frame[:_ETHERNET] + bytes(data)


def _forget_times(data: bytearray, end: int) -> None:
    """Set the stamps of timestamp options to zero, those before the pointer."""
    at = 20
    while at + 4 <= end and data[at]:
        if data[at] == 1:
            at += 1
            continue
        length = data[at + 1]
        if length < 2 or at + length > end:
            return
        if data[at] == 68:
            step = 4 if data[at + 3] & 15 == 0 else 8
            for last in range(at + 4 + step, min(at + data[at + 2], at + length + 1), step):
                data[last - 4 : last] = bytes(4)
            data[10:12] = bytes(2)
        at += length


def _comparable6(frame: bytes) -> bytes | None:
    data = bytearray(frame[_ETHERNET:])
    first, at = data[6], 40
    if first == craft.HOPOPTS and len(data) > 48:
        first, at = data[40], 40 + (data[41] + 1) * 8
    if first == craft.ICMPV6 and len(data) > at and data[at] in _REPORTS:
        return None
    if bytes(data[8:24]) in _OURS:
        if data[6] == craft.ICMPV6:
            pseudo = bytes(data[8:40]) + (len(data) - 40).to_bytes(4, "big") + b"\0\0\0\x3a"
            right = craft.ones_sum(pseudo + bytes(data[40:])) == 0xFFFF
            assert right, f"checksum of {data.hex()}"
        data[1] &= 0xF0
        data[2:4] = bytes(2)
    return frame[:_ETHERNET] + bytes(data)


def in_words(port: str, frame: bytes) -> str:
    """One frame in a few words, for who reads a failure."""
    data = frame[_ETHERNET:]
    name = kind(frame)
    if name.startswith("ARP"):
        sender, target = IPv4Address(data[14:18]), IPv4Address(data[24:28])
        return f"{name} on {port}, {sender} to {target}"
    if name == "forwarded":
        return f"{name} on {port}"
    is_ipv4 = data[0] >> 4 == 4
    source = IPv4Address(data[12:16]) if is_ipv4 else IPv6Address(data[8:24])
    return f"{name} on {port} from {source}"


def kind(frame: bytes) -> str:
    """What a frame is: forwarded, or the name of what the router itself sent."""
    ethertype, data = frame[12:14], frame[_ETHERNET:]
    if ethertype == craft.ARP.to_bytes(2, "big"):
        return {1: "ARP request", 2: "ARP reply"}[data[7]]
    is_ipv4 = ethertype == craft.IPV4.to_bytes(2, "big")
    if (data[12:16] if is_ipv4 else data[8:24]) not in _OURS:
        return "forwarded"
    protocol, at = (data[9], (data[0] & 15) * 4) if is_ipv4 else (data[6], 40)
    if protocol not in (craft.ICMP, craft.ICMPV6):
        return "forwarded"  # with a source that is ours
    name = (_NAMES if is_ipv4 else _NAMES6).get(data[at])
    return name or f"{'ICMP' if is_ipv4 else 'ICMPv6'} {data[at]}/{data[at + 1]}"


def kinds(frames: list[tuple[str, bytes]]) -> str:
    """What came out, each kind once, in the order of the alphabet."""
    return ", ".join(sorted({kind(frame) for _, frame in frames})) or "nothing"


def compared(frames: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """All that came out, as it can be compared."""
    return [(port, same) for port, frame in frames if (same := comparable(frame)) is not None]
