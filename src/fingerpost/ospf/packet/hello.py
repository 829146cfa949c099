"""Hello: who is here, and whom do I hear (RFC 2328 A.3.2, RFC 5340 A.3.2).

version 2                          version 3
+-------------------------------+  +-------------------------------+
|         network mask          |  |         interface id          |
+---------------+-------+-------+  +-------+-----------------------+
|   interval    |options|priorit|  |priorit|        options        |
+---------------+-------+-------+  +-------+-------+---------------+
|         dead interval         |  |   interval    | dead interval |
+-------------------------------+  +---------------+---------------+
|       designated router       |  |       designated router       |
+-------------------------------+  +-------------------------------+
|   backup designated router    |  |   backup designated router    |
+-------------------------------+  +-------------------------------+
|         neighbors ...         |  |         neighbors ...         |
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, error, pack
from struct import unpack as unpack_all
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.packet.types import PacketType
from fingerpost.wire.fields import unfit, unsigned

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_V2 = Struct("!IHBBIII")
_V3 = Struct("!IIHHII")  # priority and options share a word


@dataclass(frozen=True, slots=True)
class Hello:
    """A Hello. Intervals are in seconds, `options` is a number (`OptionsV2`, `OptionsV3`).

    `designated` and `backup` are addresses of interfaces in version 2, router ids in version 3, 0
    for none. `mask` belongs to version 2 and `interface_id` to version 3; the other is None.
    """

    interval_s: int
    dead_interval_s: int
    options: int
    priority: int
    designated: int
    backup: int
    neighbors: tuple[int, ...] = ()
    mask: int | None = None
    interface_id: int | None = None

    TYPE: ClassVar = PacketType.HELLO

    @classmethod
    def read_v2(cls, reader: Reader) -> Hello:
        """Read the body of a Hello of version 2."""
        mask, interval, options, priority, dead, designated, backup = reader.unpack(_V2, "hello")
        neighbors = _neighbors(reader)
        return cls(interval, dead, options, priority, designated, backup, neighbors, mask)

    @classmethod
    def read_v3(cls, reader: Reader) -> Hello:
        """Read the body of a Hello of version 3."""
        number, word, interval, dead, designated, backup = reader.unpack(_V3, "hello")
        return cls(
            interval,
            dead,
            word & 0xFFFFFF,
            word >> 24,
            designated,
            backup,
            _neighbors(reader),
            None,
            number,
        )

    def pack_v2(self) -> bytes:
        """Give the body for version 2; raises `UsageError` for a field out of range."""
        if self.mask is None:
            unfit("ospf hello mask", None, "a mask as a number in version 2")
        neighbors = self.neighbors
        try:
            return _V2.pack(
                self.mask, self.interval_s, self.options, self.priority,
                self.dead_interval_s, self.designated, self.backup,
            ) + pack(f"!{len(neighbors)}I", *neighbors)  # fmt: skip
        except error:
            self._check(8, 32)
            raise

    def pack_v3(self) -> bytes:
        """Give the body for version 3; raises `UsageError` for a field out of range."""
        if self.interface_id is None:
            unfit("ospf hello interface_id", None, "the number of the interface in version 3")
        neighbors = self.neighbors
        if self.options >> 24:
            unsigned(self.options, 24, "ospf hello options")
        try:
            return _V3.pack(
                self.interface_id, self.priority << 24 | self.options, self.interval_s,
                self.dead_interval_s, self.designated, self.backup,
            ) + pack(f"!{len(neighbors)}I", *neighbors)  # fmt: skip
        except error:
            self._check(24, 16)
            raise

    def _check(self, options_bits: int, dead_bits: int) -> None:
        for value in (self.mask, self.interface_id):
            if value is not None:
                unsigned(value, 32, "ospf hello mask or interface_id")
        unsigned(self.interval_s, 16, "ospf hello interval_s")
        unsigned(self.options, options_bits, "ospf hello options")
        unsigned(self.priority, 8, "ospf hello priority")
        unsigned(self.dead_interval_s, dead_bits, "ospf hello dead_interval_s")
        unsigned(self.designated, 32, "ospf hello designated")
        unsigned(self.backup, 32, "ospf hello backup")
        for neighbor in self.neighbors:
            unsigned(neighbor, 32, "ospf hello neighbor")


def _neighbors(reader: Reader) -> tuple[int, ...]:
    left = reader.remaining
    if left % 4:
        reader.refuse("neighbors", f"{left} bytes long", "a multiple of 4", at=reader.at)
    return unpack_all(f"!{left >> 2}I", reader.rest()) if left else ()
