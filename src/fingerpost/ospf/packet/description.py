"""Database description: what I have, header by header (RFC 2328 A.3.3, RFC 5340 A.3.3).

version 2                          version 3
+---------------+-------+-------+  +-------+-----------------------+
|      MTU      |options| flags |  |   0   |        options        |
+---------------+-------+-------+  +-------+-------+-------+-------+
|        sequence number        |  |      MTU      |   0   | flags |
+-------------------------------+  +---------------+-------+-------+
|        LSA headers ...        |  |        sequence number        |
                                   +-------------------------------+
                                   |        LSA headers ...        |
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag
from struct import Struct, error
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.header import HEADER_LENGTH, LsaHeader, decode_headers
from fingerpost.ospf.packet.types import PacketType
from fingerpost.wire.fields import unfit, unsigned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.wire.reader import Reader

_V2 = Struct("!HBBI")
_V3 = Struct("!IHxBI")


class DdFlags(IntFlag):
    """The flags of a description; MS is master."""

    MS = 1
    M = 2
    I = 4  # noqa: E741 - the RFC's name
    R = 8  # resynchronization out of band (RFC 4811)


_FLAGS = tuple(map(DdFlags, range(256)))  # a member by number, without the search for its name


@dataclass(frozen=True, slots=True)
class DatabaseDescription:
    """A description. `headers` are LSA headers as they stand, 20 bytes each.

    `version` says how the headers are laid out; it is no part of the message.
    """

    mtu: int
    options: int
    flags: DdFlags
    sequence: int
    headers: bytes = b""
    version: int = field(default=2, compare=False, repr=False)

    TYPE: ClassVar = PacketType.DESCRIPTION

    def lsa_headers(self) -> Iterator[LsaHeader]:
        """Give the headers; raises `DecodeError` where they are no multiple of 20 bytes."""
        return decode_headers(self.headers, self.version)

    @classmethod
    def read_v2(cls, reader: Reader) -> DatabaseDescription:
        """Read the body of a description of version 2."""
        mtu, options, flags, sequence = reader.unpack(_V2, "description")
        return cls(mtu, options, _FLAGS[flags], sequence, read_headers(reader))

    @classmethod
    def read_v3(cls, reader: Reader) -> DatabaseDescription:
        """Read the body of a description of version 3."""
        options, mtu, flags, sequence = reader.unpack(_V3, "description")
        headers = read_headers(reader)
        return cls(mtu, options & 0xFFFFFF, _FLAGS[flags], sequence, headers, 3)

    def pack_v2(self) -> bytes:
        """Give the body for version 2; raises `UsageError` for a field out of range."""
        try:
            head = _V2.pack(self.mtu, self.options, self.flags, self.sequence)
        except error:
            self._check(8)
            raise
        return head + whole_headers(self.headers, "ospf description headers")

    def pack_v3(self) -> bytes:
        """Give the body for version 3; raises `UsageError` for a field out of range."""
        unsigned(self.options, 24, "ospf description options")
        try:
            head = _V3.pack(self.options, self.mtu, self.flags, self.sequence)
        except error:
            self._check(24)
            raise
        return head + whole_headers(self.headers, "ospf description headers")

    def _check(self, options_bits: int) -> None:
        unsigned(self.mtu, 16, "ospf description mtu")
        unsigned(self.options, options_bits, "ospf description options")
        unsigned(self.flags, 8, "ospf description flags")
        unsigned(self.sequence, 32, "ospf description sequence")


def read_headers(reader: Reader) -> bytes:
    """Read LSA headers to the end, which stay bytes."""
    if reader.remaining % HEADER_LENGTH:
        found = f"{reader.remaining} bytes long"
        reader.refuse("LSA headers", found, f"a multiple of {HEADER_LENGTH}", at=reader.at)
    return reader.rest()


def whole_headers(headers: bytes, field: str) -> bytes:
    """Give LSA headers as they are to be sent; raises `UsageError` where one is cut."""
    if not isinstance(headers, bytes) or len(headers) % HEADER_LENGTH:
        unfit(field, headers, f"bytes, a multiple of {HEADER_LENGTH} of them")
    return headers
