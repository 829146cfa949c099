"""UPDATE (RFC 4271 4.3) as three parts; what is in them depends on what a session agreed on.

|  withdrawn routes length (16)  |  withdrawn routes  |
|  total path attribute length (16)  |  path attributes  |
|  network layer reachability information (the rest)  |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fingerpost.bgp.constants import ErrorCode, MessageType, UpdateError
from fingerpost.bgp.packet.fault import LAYER, MessageError
from fingerpost.bgp.packet.header import encode_header
from fingerpost.errors import DecodeError
from fingerpost.wire.fields import at_most
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer


@dataclass(frozen=True, slots=True)
class Update:
    """Prefixes that are withdrawn, attributes, and prefixes that have them; all as they came."""

    withdrawn: bytes = b""
    attributes: bytes = b""
    nlri: bytes = b""
    kind: ClassVar[MessageType] = MessageType.UPDATE

    @classmethod
    def decode_body(cls, body: Buffer) -> Update:
        """Read what follows the header; raises `MessageError` for lengths beyond it (6.3)."""
        reader = Reader(body, LAYER, 19, section="RFC 4271 6.3")
        try:
            withdrawn = reader.take(reader.u16("withdrawn routes length"), "withdrawn routes")
            attributes = reader.take(reader.u16("path attribute length"), "path attributes")
        except DecodeError as fault:
            numbers = (ErrorCode.UPDATE_MESSAGE, UpdateError.MALFORMED_LIST)
            raise MessageError.of(fault, *numbers) from None
        return cls(withdrawn, attributes, reader.rest())

    def encode_body(self) -> bytes:
        """What follows the header."""
        parts = ((self.withdrawn, "withdrawn routes"), (self.attributes, "path attributes"))
        led = (at_most(part, 0xFFFF, what) for part, what in parts)
        return b"".join(len(one).to_bytes(2, "big") + one for one in led) + self.nlri

    def encode(self) -> bytes:
        """As bytes of the wire, header and all."""
        return encode_header(self.kind, self.encode_body())
