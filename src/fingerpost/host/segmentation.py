"""Cut what a sender left to its network card to cut (GSO), as the card would have done.

Linux, include/uapi/linux/virtio_net.h: a large TCP or UDP packet with one set of headers and a size
says that the wire should carry many. Sequence numbers, lengths, identification, flags and checksums
are those that the sender would have written itself.
"""

from __future__ import annotations

from fingerpost.addr import Address
from fingerpost.wire.checksum import checksum, pseudo_sum
from fingerpost.wire.ethernet import EtherType
from fingerpost.wire.protocol import IpProtocol

TCP_IPV4, TCP_IPV6, UDP = 1, 4, 5
_ECN = 0x80  # a bit beside the kind: the first segment alone carries CWR (RFC 3168 6.1.2)
_LAST_ONLY = 0x09  # FIN and PSH
_FIRST_ONLY = 0x80  # CWR


def segments(frame: bytes, kind: int, size: int, start: int) -> list[bytes] | None:
    """The frames that a large one stands for; None for a kind that is not known here.

    `start` is where the transport header begins, `size` how much payload each frame takes.
    """
    kind &= ~_ECN
    l3 = _network_header(frame, start)
    if kind not in (TCP_IPV4, TCP_IPV6, UDP) or l3 is None or size == 0:
        return None
    transport = 8 if kind == UDP else (frame[start + 12] >> 4) * 4
    begin = start + transport
    if begin >= len(frame):
        return None
    made: list[bytes] = []
    for number, at in enumerate(range(begin, len(frame), size)):
        part = frame[at : at + size]
        head = bytearray(frame[:begin])
        _fix_network(head, l3, number, len(part))
        if kind == UDP:
            head[start + 4 : start + 6] = (8 + len(part)).to_bytes(2, "big")
        else:
            _fix_tcp(head, start, at - begin, number == 0, at + size >= len(frame))
        made.append(_sealed(head, l3, start, 6 if kind == UDP else 16, part))
    return made


def _network_header(frame: bytes, start: int) -> int | None:
    """Where the IP header begins, if it and the transport header are there."""
    l3 = 18 if frame[12:14] == b"\x81\x00" else 14
    if start + 20 > len(frame) or start < l3 + 20:
        return None
    ethertype = int.from_bytes(frame[l3 - 2 : l3], "big")
    return l3 if ethertype in (EtherType.IPV4, EtherType.IPV6) else None


def _fix_network(head: bytearray, l3: int, number: int, size: int) -> None:
    length = len(head) - l3 + size
    if head[l3] >> 4 == 6:
        head[l3 + 4 : l3 + 6] = (length - 40).to_bytes(2, "big")
        return
    identification = int.from_bytes(head[l3 + 4 : l3 + 6], "big") + number & 0xFFFF
    head[l3 + 2 : l3 + 4] = length.to_bytes(2, "big")
    head[l3 + 4 : l3 + 6] = identification.to_bytes(2, "big")
    head[l3 + 10 : l3 + 12] = b"\0\0"
    end = l3 + (head[l3] & 0x0F) * 4
    head[l3 + 10 : l3 + 12] = checksum(head[l3:end]).to_bytes(2, "big")


def _fix_tcp(head: bytearray, start: int, offset: int, is_first: bool, is_last: bool) -> None:
    sequence = int.from_bytes(head[start + 4 : start + 8], "big") + offset & 0xFFFFFFFF
    head[start + 4 : start + 8] = sequence.to_bytes(4, "big")
    head[start + 13] &= 0xFF if is_last else ~_LAST_ONLY & 0xFF
    head[start + 13] &= 0xFF if is_first else ~_FIRST_ONLY & 0xFF


def _sealed(head: bytearray, l3: int, start: int, offset: int, part: bytes) -> bytes:
    """The frame with the transport checksum done."""
    source, destination = (
        (head[l3 + 12 : l3 + 16], head[l3 + 16 : l3 + 20])
        if head[l3] >> 4 == 4
        else (head[l3 + 8 : l3 + 24], head[l3 + 24 : l3 + 40])
    )
    protocol = IpProtocol.UDP if offset == 6 else IpProtocol.TCP
    at = start + offset
    head[at : at + 2] = b"\0\0"
    data = bytes(head[start:]) + part
    begun = pseudo_sum(Address(bytes(source)), Address(bytes(destination)), protocol, len(data))
    head[at : at + 2] = (checksum(data, begun) or 0xFFFF).to_bytes(2, "big")
    return bytes(head) + part
