"""Nonce (RFC 3971 5.3.2), by which a node knows its own probes again (RFC 7527 4).

+---------------+---------------+-------------------------------+
|    type 14    |    length     |       nonce, 8 n - 2 bytes    |
+---------------+---------------+-------------------------------+
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.nd.options.option import NdOption, OptionType

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader


@dataclass(frozen=True, slots=True)
class Nonce(NdOption):
    """Random bytes, at least 6, and 8 n - 2 of them."""

    value: bytes

    TYPE = OptionType.NONCE

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the bytes; the shortest option holds 6."""
        return cls(reader.rest())

    def pack(self) -> bytes:
        """Give the option."""
        return bytes([self.TYPE, 0]) + self.value
