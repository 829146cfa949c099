"""PREF64, the prefix of a NAT64 (RFC 8781 4).

+---------------+---------------+-------------------------+-----+
|    type 38    |   length 2    | lifetime, units of 8 s  | PLC |
+---------------+---------------+-------------------------+-----+
|                highest 96 bits of the prefix                  |
+---------------------------------------------------------------+
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.addr import Prefix
from fingerpost.errors import UsageError
from fingerpost.wire.nd.options.option import NdOption, OptionType

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_BODY = struct.Struct("!H12s")
_WHOLE = struct.Struct("!BBH12s")
LENGTHS = (96, 64, 56, 48, 40, 32)  # by prefix length code
LONGEST_LIFETIME_S = 65_528


@dataclass(frozen=True, slots=True)
class Pref64(NdOption):
    """Where IPv4 addresses are embedded (RFC 6052); `lifetime_s` is a multiple of 8 s."""

    prefix: Prefix
    lifetime_s: int = LONGEST_LIFETIME_S

    TYPE = OptionType.PREF64

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the fields; a code above 5 makes it an option to ignore (RFC 8781 4)."""
        bits, octets = reader.unpack(_BODY, "PREF64")
        reader.finish(section="RFC 8781 4")
        if bits & 7 >= len(LENGTHS):
            reader.refuse("prefix length code", bits & 7, "at most 5", "RFC 8781 4")
        return cls(Prefix(octets + bytes(4), LENGTHS[bits & 7]), bits & ~7)

    def pack(self) -> bytes:
        """Give the option."""
        if self.prefix.length not in LENGTHS or self.prefix.version != 6:
            raise UsageError(f"{self.prefix}: a PREF64 has length {LENGTHS} (RFC 8781 4)")
        if self.lifetime_s % 8:
            raise UsageError(f"lifetime {self.lifetime_s} s: a multiple of 8 (RFC 8781 4)")
        bits = self.lifetime_s | LENGTHS.index(self.prefix.length)
        return _WHOLE.pack(self.TYPE, 2, bits, self.prefix.network.packed[:12])
