"""The header of a packet, of either version (RFC 2328 A.3.1, RFC 5340 A.3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
