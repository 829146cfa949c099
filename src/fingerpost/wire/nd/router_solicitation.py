"""Router solicitation (RFC 4861 4.1).

+---------------+---------------+-------------------------------+
|   type 133    |    code 0     |           checksum            |
+---------------+---------------+-------------------------------+
|                            reserved                           |
+---------------------------------------------------------------+
|                            options                            |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.icmpv6_message import HEAD_WORD, Icmpv6Message, Icmpv6Type
from fingerpost.wire.nd.options import NdOption, encode_options, read_options
from fingerpost.wire.sealing import refuse_code

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader


@dataclass(frozen=True, slots=True)
class RouterSolicitation(Icmpv6Message):
    """A host asks the routers of its link to advertise now."""

    options: tuple[NdOption, ...] = ()

    TYPE = Icmpv6Type.ROUTER_SOLICITATION

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read the options (RFC 4861 6.1.1)."""
        reader.section = "RFC 4861 6.1.1"
        refuse_code(reader, code, "RFC 4861 6.1.1")
        reader.take(4, "reserved")
        return cls(read_options(reader))

    def pack(self) -> bytes:
        """Give the message."""
        return HEAD_WORD.pack(self.TYPE, 0, 0, 0) + encode_options(self.options)
