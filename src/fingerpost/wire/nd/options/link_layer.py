"""Source (type 1) and target (type 2) link-layer address (RFC 4861 4.6.1), on Ethernet.

    +---------------+---------------+-------------------------------+
    |  type 1 or 2  |   length 1    |  link-layer address, 6 bytes  |
    +---------------+---------------+                               |
    |                                                               |
    +---------------------------------------------------------------+

Addresses of other links have other sizes and are unknown options here (RFC 2464 6).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.mac import Mac
from fingerpost.wire.nd.options.option import NdOption, OptionType

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_WHOLE = struct.Struct("!BB6s")


@dataclass(frozen=True, slots=True)
class _LinkLayerAddress(NdOption):
    mac: Mac

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the address."""
        mac = reader.mac("link-layer address")
        reader.finish(section="RFC 2464 6")
        return cls(mac)

    def pack(self) -> bytes:
        """Give the option."""
        return _WHOLE.pack(self.TYPE, 1, self.mac)


class SourceLinkLayerAddress(_LinkLayerAddress):
    """Of the sender of the message."""

    __slots__ = ()

    TYPE = OptionType.SOURCE_LINK_LAYER_ADDRESS


class TargetLinkLayerAddress(_LinkLayerAddress):
    """Of the target in the message."""

    __slots__ = ()

    TYPE = OptionType.TARGET_LINK_LAYER_ADDRESS
