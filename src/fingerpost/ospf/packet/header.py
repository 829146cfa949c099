"""The header of a packet, of either version (RFC 2328 A.3.1, RFC 5340 A.3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from struct import Struct

    from fingerpost.ospf.packet.types import PacketType

LAYER = "ospf"


@dataclass(frozen=True, slots=True)
class PacketHeader:
    """The header as it stands; `length` is at least that of the header, and the bytes are there.

    `authentication_type` and `authentication` (8 bytes) are those of version 2. `instance_id` is a
    field of version 3 and the high octet of version 2's authentication type (RFC 6549 2).
    """

    version: int
    type: PacketType
    length: int
    router_id: int
    area_id: int
    checksum: int
    authentication_type: int = 0
    authentication: bytes = b""
    instance_id: int = 0


def refuse_header(octets: bytes, version: int, layout: Struct, section: str) -> NoReturn:
    """Raise the `DecodeError` for a header that is not one of this version.

    It reads once more what was found wanting, so that good headers pay nothing for its words.
    """
    reader = Reader(octets, LAYER, section=section)
    found, kind, length, *_ = reader.unpack(layout, "header")
    if found != version:
        reader.refuse("version", found, str(version), at=0)
    if not 1 <= kind <= 5:
        reader.refuse("type", kind, "1 to 5", at=1)
    reader.refuse("length", length, f"{layout.size} to {reader.end}", at=2)
