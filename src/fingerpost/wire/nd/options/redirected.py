"""Redirected header (RFC 4861 4.6.3).

+---------------+---------------+-------------------------------+
|    type 4     |    length     |           reserved            |
+---------------+---------------+-------------------------------+
|                            reserved                           |
+---------------------------------------------------------------+
|             IPv6 header and data of the packet                |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.nd.options.option import NdOption, OptionType, filled

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader


@dataclass(frozen=True, slots=True)
class RedirectedHeader(NdOption):
    """As much of the redirected packet as fits; filled with zeros to a multiple of 8 bytes."""

    quote: bytes

    TYPE = OptionType.REDIRECTED_HEADER

    def __post_init__(self) -> None:
        """Fill the quote to its size on the wire."""
        if len(self.quote) % 8:
            object.__setattr__(self, "quote", filled(self.quote))

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the quote."""
        reader.take(6, "reserved")
        return cls(reader.rest())

    def pack(self) -> bytes:
        """Give the option."""
        return bytes([self.TYPE]) + bytes(7) + self.quote
