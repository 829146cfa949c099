"""Link state acknowledgment: I have these, by their headers (RFC 2328 A.3.6, RFC 5340 A.3.6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.header import LsaHeader, decode_headers
from fingerpost.ospf.packet.description import read_headers, whole_headers
from fingerpost.ospf.packet.types import PacketType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.wire.reader import Reader


@dataclass(frozen=True, slots=True)
class LinkStateAcknowledgment:
    """An acknowledgment. `headers` are LSA headers as they stand, 20 bytes each.

    `version` says how the headers are laid out; it is no part of the message.
    """

    headers: bytes
    version: int = field(default=2, compare=False, repr=False)

    TYPE: ClassVar = PacketType.ACKNOWLEDGMENT

    def lsa_headers(self) -> Iterator[LsaHeader]:
        """Give the headers; raises `DecodeError` where they are no multiple of 20 bytes."""
        return decode_headers(self.headers, self.version)

    @classmethod
    def read_v2(cls, reader: Reader) -> LinkStateAcknowledgment:
        """Read the body of an acknowledgment of version 2."""
        return cls(read_headers(reader), 2)

    @classmethod
    def read_v3(cls, reader: Reader) -> LinkStateAcknowledgment:
        """Read the body of an acknowledgment of version 3."""
        return cls(read_headers(reader), 3)

    def pack_v2(self) -> bytes:
        """Give the body; raises `UsageError` where a header is cut."""
        return whole_headers(self.headers, "ospf acknowledgment headers")

    pack_v3 = pack_v2
