"""Packets of OSPF version 3 (RFC 5340 A.3).

     0       1       2               4
    +-------+-------+---------------+
    |   3   | type  |    length     |
    +-------+-------+---------------+
    |           router id           |
    +-------------------------------+
    |            area id            |
    +---------------+-------+-------+
    |   checksum    |inst.id|   0   |
    +---------------+-------+-------+

The checksum covers the packet and a pseudo-header of the IPv6 addresses; a packet with an
authentication trailer has none (RFC 7166 4.2), so that it is asked for by itself.
"""

from __future__ import annotations

from struct import Struct, error
from typing import TYPE_CHECKING

from fingerpost.ospf.constants import IP_PROTOCOL
from fingerpost.ospf.packet.body import BODIES, Body
from fingerpost.ospf.packet.header import LAYER, PacketHeader, refuse_header
from fingerpost.ospf.packet.types import TYPES
from fingerpost.wire.checksum import checksum as internet_checksum
from fingerpost.wire.checksum import pseudo_sum
from fingerpost.wire.fields import unfit, unsigned
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from fingerpost.addr import Address

VERSION = 3
HEADER_LENGTH = 16
LONGEST = 0xFFFF
SECTION = "RFC 5340 A.3.1"
SECTIONS = {number: f"RFC 5340 A.3.{number + 1}" for number in BODIES}

_HEADER = Struct("!BBHIIHBx")
_CHECKSUM_AT = 12
_READ = {number: body.read_v3 for number, body in BODIES.items()}


def decode_header(data: Buffer) -> PacketHeader:
    """Read the header of the packet in `data`; raises `DecodeError`, nothing else."""
    octets = data if type(data) is bytes else bytes(data)
    size = len(octets)
    if size < HEADER_LENGTH:
        refuse_header(octets, VERSION, _HEADER, SECTION)
    version, kind, length, router, area, checksum, instance = _HEADER.unpack_from(octets)
    if version != VERSION or not 1 <= kind <= 5 or not HEADER_LENGTH <= length <= size:
        refuse_header(octets, VERSION, _HEADER, SECTION)
    return PacketHeader(VERSION, TYPES[kind], length, router, area, checksum, 0, b"", instance)


def decode_body(header: PacketHeader, data: Buffer) -> Body:
    """Read what follows the header of a packet; raises `DecodeError`, nothing else."""
    octets = data if type(data) is bytes else bytes(data)
    kind = header.type
    body = octets[HEADER_LENGTH : header.length]
    return _READ[kind](Reader(body, LAYER, HEADER_LENGTH, section=SECTIONS[kind]))


def encode(
    router_id: int,
    area_id: int,
    instance_id: int,
    body: Body,
    source: Address | None = None,
    destination: Address | None = None,
) -> bytes:
    """Give a packet with its length; raises `UsageError` for a field out of range.

    With both addresses its checksum is filled in. Without them it is zero, as for a packet that
    gets an authentication trailer (RFC 7166 4.2) or whose addresses are not known yet (`sealed`).
    """
    payload = body.pack_v3()
    length = HEADER_LENGTH + len(payload)
    try:
        head = _HEADER.pack(VERSION, body.TYPE, length, router_id, area_id, 0, instance_id)
    except error:
        unsigned(router_id, 32, "ospf router_id")
        unsigned(area_id, 32, "ospf area_id")
        unsigned(instance_id, 8, "ospf instance_id")
        unfit("ospf packet", f"{length} bytes long", f"at most {LONGEST}")
    packet = head + payload
    if source is None or destination is None:
        return packet
    return sealed(packet, source, destination)


def sealed(packet: bytes, source: Address, destination: Address) -> bytes:
    """Give a packet, without what may follow it, with its checksum filled in."""
    check = checksum(packet, source, destination)
    return packet[:_CHECKSUM_AT] + check.to_bytes(2, "big") + packet[_CHECKSUM_AT + 2 :]


def checksum(data: bytes, source: Address, destination: Address) -> int:
    """Give what the checksum of a packet must be; `data` ends where the packet's length says."""
    initial = pseudo_sum(source, destination, IP_PROTOCOL, len(data))
    return internet_checksum(data[:_CHECKSUM_AT] + b"\0\0" + data[_CHECKSUM_AT + 2 :], initial)


def has_right_checksum(
    header: PacketHeader, data: bytes, source: Address, destination: Address
) -> bool:
    """Tell whether the packet's checksum is right; one with an authentication trailer has none."""
    length = header.length
    initial = pseudo_sum(source, destination, IP_PROTOCOL, length)
    return not internet_checksum(data[:length], initial)


def trailer(header: PacketHeader, data: bytes) -> bytes:
    """Give what follows the packet: an LLS block, an authentication trailer, or both."""
    return data[header.length :]
