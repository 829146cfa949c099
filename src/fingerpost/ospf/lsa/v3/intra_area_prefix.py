"""Intra-area prefix LSA, type 0x2009: the prefixes of a router or network (RFC 5340 A.4.10).

 0               2               4
+---------------+---------------+
| no. of prefix.|referenced type|
+---------------+---------------+
|   referenced link state id    |
+-------------------------------+
|       referenced router       |
+-------------------------------+
|           prefixes ...        |   each with its metric
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.v3.prefix import LsaPrefix, pack_prefix, read_prefix

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

SECTION = "RFC 5340 A.4.10"
_HEAD = Struct("!HHII")


@dataclass(frozen=True, slots=True)
class PrefixWithMetric:
    """A prefix, and what it costs from the router or network that has it."""

    prefix: LsaPrefix
    metric: int


@dataclass(frozen=True, slots=True)
class IntraAreaPrefixLsa:
    """The prefixes that belong to the router or network LSA that is referenced by its key."""

    referenced_type: int
    referenced_id: int
    referenced_router: int
    prefixes: tuple[PrefixWithMetric, ...] = ()

    TYPES: ClassVar = (0x2009,)

    @classmethod
    def read(cls, reader: Reader) -> IntraAreaPrefixLsa:
        """Read the body."""
        reader.section = SECTION
        count, kind, number, router = reader.unpack(_HEAD, "number of prefixes and reference")
        prefixes = tuple(PrefixWithMetric(*read_prefix(reader)) for _ in range(count))
        reader.finish("bytes after the prefixes")
        return cls(kind, number, router, prefixes)

    def pack(self) -> bytes:
        """Give the body."""
        reference = (self.referenced_type, self.referenced_id, self.referenced_router)
        head = _HEAD.pack(len(self.prefixes), *reference)
        return head + b"".join([pack_prefix(one.prefix, one.metric) for one in self.prefixes])
