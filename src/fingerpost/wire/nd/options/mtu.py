"""MTU (RFC 4861 4.6.4).

+---------------+---------------+-------------------------------+
|    type 5     |   length 1    |           reserved            |
+---------------+---------------+-------------------------------+
|                              MTU                              |
+---------------------------------------------------------------+
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.nd.options.option import NdOption, OptionType

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_BODY = struct.Struct("!xxI")
_WHOLE = struct.Struct("!BBxxI")


@dataclass(frozen=True, slots=True)
class Mtu(NdOption):
    """The MTU that all on the link are to use, in bytes."""

    mtu: int

    TYPE = OptionType.MTU

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the MTU."""
        (mtu,) = reader.unpack(_BODY, "MTU")
        reader.finish(section="RFC 4861 4.6.4")
        return cls(mtu)

    def pack(self) -> bytes:
        """Give the option."""
        return _WHOLE.pack(self.TYPE, 1, self.mtu)
