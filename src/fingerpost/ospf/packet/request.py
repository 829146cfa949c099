"""Link state request: give me these (RFC 2328 A.3.4, RFC 5340 A.3.4).

version 2                          version 3
+-------------------------------+  +---------------+---------------+
|             type              |  |       0       |     type      |
+-------------------------------+  +---------------+---------------+
|         link state id         |  |         link state id         |
+-------------------------------+  +-------------------------------+
|      advertising router       |  |      advertising router       |
+-------------------------------+  +-------------------------------+  and so on
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, error
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.header import LsaKey
from fingerpost.ospf.packet.types import PacketType
from fingerpost.wire.fields import unsigned

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_V2 = Struct("!III")
_V3 = Struct("!xxHII")


@dataclass(frozen=True, slots=True)
class LinkStateRequest:
    """A request for the current instances of `keys`."""

    keys: tuple[LsaKey, ...] = ()

    TYPE: ClassVar = PacketType.REQUEST

    @classmethod
    def read_v2(cls, reader: Reader) -> LinkStateRequest:
        """Read the body of a request of version 2; a type may be any number of 32 bits."""
        return cls(_read(reader, _V2))

    @classmethod
    def read_v3(cls, reader: Reader) -> LinkStateRequest:
        """Read the body of a request of version 3."""
        return cls(_read(reader, _V3))

    def pack_v2(self) -> bytes:
        """Give the body for version 2; raises `UsageError` for a field out of range."""
        return _pack(self.keys, _V2, 32)

    def pack_v3(self) -> bytes:
        """Give the body for version 3; raises `UsageError` for a field out of range."""
        return _pack(self.keys, _V3, 16)


def _read(reader: Reader, layout: Struct) -> tuple[LsaKey, ...]:
    if reader.remaining % layout.size:
        found = f"{reader.remaining} bytes long"
        reader.refuse("requests", found, f"a multiple of {layout.size}", at=reader.at)
    return tuple(map(LsaKey._make, layout.iter_unpack(reader.rest())))


def _pack(keys: tuple[LsaKey, ...], layout: Struct, type_bits: int) -> bytes:
    try:
        return b"".join([layout.pack(*key) for key in keys])
    except error:
        for key in keys:
            unsigned(key.type, type_bits, "ospf request type")
            unsigned(key.id, 32, "ospf request id")
            unsigned(key.router, 32, "ospf request router")
        raise
