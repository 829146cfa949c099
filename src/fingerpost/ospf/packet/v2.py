"""Packets of OSPF version 2 (RFC 2328 A.3).

     0       1       2               4
    +-------+-------+---------------+
    |   2   | type  |    length     |
    +-------+-------+---------------+
    |           router id           |
    +-------------------------------+
    |            area id            |
    +---------------+-------+-------+
    |   checksum    |inst.id|AuType |   the instance id: RFC 6549 2
    +---------------+-------+-------+
    |        authentication         |   8 bytes, left out of the checksum
    |                               |
    +-------------------------------+

`decode_header` judges what RFC 2328 8.2 asks of the bytes alone; whether the checksum is right is
asked of `has_right_checksum`, since packets with a digest have none (D.4.3).
"""

from __future__ import annotations

from struct import Struct, error
from typing import TYPE_CHECKING

from fingerpost.ospf.packet.body import BODIES, Body
from fingerpost.ospf.packet.header import LAYER, PacketHeader, refuse_header
from fingerpost.ospf.packet.types import TYPES
from fingerpost.wire.checksum import checksum as internet_checksum
from fingerpost.wire.fields import octets, unfit, unsigned
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

VERSION = 2
HEADER_LENGTH = 24
LONGEST = 0xFFFF
CRYPTOGRAPHIC = 2  # a digest follows (RFC 2328 D.3)
EXTENDED = 3  # a sequence number of 64 bits and a digest follow (RFC 7474 3)
WITH_DIGEST = (CRYPTOGRAPHIC, EXTENDED)  # the authentication types without checksum
NO_AUTHENTICATION = bytes(8)
SECTION = "RFC 2328 A.3.1"
SECTIONS = {number: f"RFC 2328 A.3.{number + 1}" for number in BODIES}

_HEADER = Struct("!BBHIIHBB8s")
_WITHOUT_AUTHENTICATION = Struct("!BBHIIHBB")
_CHECKSUM_AT, _AUTHENTICATION_AT = 12, 16
_READ = {number: body.read_v2 for number, body in BODIES.items()}


def decode_header(data: Buffer) -> PacketHeader:
    """Read the header of the packet in `data`; raises `DecodeError`, nothing else."""
    octets = data if type(data) is bytes else bytes(data)
    size = len(octets)
    if size < HEADER_LENGTH:
        refuse_header(octets, VERSION, _HEADER, SECTION)
    version, kind, length, router, area, checksum, instance, authentication, eight = (
        _HEADER.unpack_from(octets)
    )
    if version != VERSION or not 1 <= kind <= 5 or not HEADER_LENGTH <= length <= size:
        refuse_header(octets, VERSION, _HEADER, SECTION)
    return PacketHeader(
        VERSION, TYPES[kind], length, router, area, checksum, authentication, eight, instance
    )


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
    *,
    authentication_type: int = 0,
    authentication: bytes = NO_AUTHENTICATION,
) -> bytes:
    """Give a packet with its length and checksum; raises `UsageError` for a field out of range.

    With a digest (types 2 and 3) the checksum is zero (RFC 2328 D.4.3), and the digest is the
    caller's to append.
    """
    payload = body.pack_v2()
    length = HEADER_LENGTH + len(payload)
    check = 0
    try:
        head = _WITHOUT_AUTHENTICATION.pack(
            VERSION, body.TYPE, length, router_id, area_id, 0, instance_id, authentication_type
        )
        if authentication_type not in WITH_DIGEST:
            check = internet_checksum(head + payload)
            head = head[:_CHECKSUM_AT] + check.to_bytes(2, "big") + head[_CHECKSUM_AT + 2 :]
    except error:
        unsigned(router_id, 32, "ospf router_id")
        unsigned(area_id, 32, "ospf area_id")
        unsigned(instance_id, 8, "ospf instance_id")
        unsigned(authentication_type, 8, "ospf authentication_type")
        unfit("ospf packet", f"{length} bytes long", f"at most {LONGEST}")
    return head + octets(authentication, 8, "ospf authentication") + payload


def checksum(data: bytes) -> int:
    """Give what the checksum of a packet must be; `data` ends where the packet's length says."""
    head = data[:_CHECKSUM_AT] + b"\0\0" + data[_CHECKSUM_AT + 2 : _AUTHENTICATION_AT]
    return internet_checksum(head + data[HEADER_LENGTH:])


def has_right_checksum(header: PacketHeader, data: bytes) -> bool:
    """Tell whether the packet's checksum is right; one with a digest is not asked (D.4.3)."""
    if header.authentication_type in WITH_DIGEST:
        return True
    end = header.length
    return not internet_checksum(data[:_AUTHENTICATION_AT] + data[HEADER_LENGTH:end])


def trailer(header: PacketHeader, data: bytes) -> bytes:
    """Give what follows the packet: a digest, an LLS block, or both (RFC 2328 D.4.3, RFC 5613)."""
    return data[header.length :]
