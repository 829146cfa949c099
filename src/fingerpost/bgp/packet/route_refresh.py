"""ROUTE-REFRESH (RFC 2918 3, RFC 7313 3.2): AFI (16), subtype (8), SAFI (8).

What follows, such as outbound route filters (RFC 5291), is kept and not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

from fingerpost.bgp.constants import ErrorCode, MessageType
from fingerpost.bgp.family import Family
from fingerpost.bgp.packet.fault import LAYER, refuse
from fingerpost.bgp.packet.header import encode_header
from fingerpost.wire.fields import unsigned
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

INVALID_LENGTH = 1  # subcode, RFC 7313 5


class Refresh(IntEnum):
    """What is asked or told (RFC 7313 3.2)."""

    REQUEST = 0
    BEGIN = 1  # BoRR
    END = 2  # EoRR


@dataclass(frozen=True, slots=True)
class RouteRefresh:
    """Tell all of a family again, or: that begins, that was it.

    `subtype` is a `Refresh`, or another number, which is to be ignored (RFC 7313 5).
    """

    family: Family
    subtype: int = Refresh.REQUEST
    rest: bytes = b""
    kind: ClassVar[MessageType] = MessageType.ROUTE_REFRESH

    @property
    def refresh(self) -> Refresh | None:
        """The subtype, None for one that nobody knows."""
        return Refresh(self.subtype) if self.subtype in list(Refresh) else None

    @classmethod
    def decode_body(cls, body: Buffer, message: bytes = b"") -> RouteRefresh:
        """Read what follows the header; `message` is what a NOTIFICATION quotes.

        Raises `MessageError` for a length that cannot be (RFC 7313 5).
        """
        reader = Reader(body, LAYER, 19, section="RFC 2918 3")
        length = reader.end
        subtype = reader.peek(3)[2:3]
        if length < 4 or (length > 4 and subtype in (b"\1", b"\2")):
            numbers = (ErrorCode.ROUTE_REFRESH_MESSAGE, INVALID_LENGTH)
            what = f"{length} octets long"
            section = "RFC 7313 5"
            refuse(reader, "body", what, "4 octets", section, numbers=numbers, data=message, at=0)
        afi = reader.u16("AFI")
        kind = reader.u8("subtype")
        safi = reader.u8("SAFI")
        return cls(Family(afi, safi), kind, reader.rest())

    def encode(self) -> bytes:
        """As bytes of the wire, header and all."""
        afi = unsigned(self.family.afi, 16, "route refresh AFI").to_bytes(2, "big")
        subtype = unsigned(self.subtype, 8, "route refresh subtype")
        safi = unsigned(self.family.safi, 8, "route refresh SAFI")
        return encode_header(self.kind, afi + bytes((subtype, safi)) + self.rest)
