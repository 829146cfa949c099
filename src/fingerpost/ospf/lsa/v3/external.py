"""External LSAs, types 0x4005 and 0x2007: a destination outside (RFC 5340 A.4.7, A.4.8).

 0       1       2               4
+-------+-----------------------+
|  EFT  |        metric         |
+-------+-------+---------------+
|length |options|referenced type|
+-------+-------+---------------+
|            prefix             |
+-------------------------------+
|   forwarding address, 16 B    |   with F
+-------------------------------+
|              tag              |   with T
+-------------------------------+
|   referenced link state id    |   with a referenced type
+-------------------------------+
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, ClassVar

from fingerpost.addr import Address
from fingerpost.ospf.lsa.v3.prefix import LsaPrefix, pack_prefix, read_prefix
from fingerpost.ospf.lsa.words import LOW, under
from fingerpost.wire.fields import packed

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

SECTION = "RFC 5340 A.4.7"
E, F, T = 4, 2, 1
_WORD = Struct("!I")


@dataclass(frozen=True, slots=True)
class ExternalLsa:
    """A destination outside. It is the same in both types; the header says which it is.

    `forwarding` and `tag` are None where they are not there, and so is `referenced_id` where
    `referenced_type` is 0. In an instance of IPv4 the forwarding address stands in the first four
    of its bytes (RFC 5838 2.6).
    """

    metric: int
    prefix: LsaPrefix
    is_type_2: bool = False
    forwarding: Address | None = None
    tag: int | None = None
    referenced_type: int = 0
    referenced_id: int | None = None

    TYPES: ClassVar = (0x4005, 0x2007)

    @classmethod
    def read(cls, reader: Reader) -> ExternalLsa:
        """Read the body."""
        reader.section = SECTION
        word = reader.u32("flags and metric")
        flags = word >> 24
        prefix, kind = read_prefix(reader)
        forwarding = reader.ip6("forwarding address") if flags & F else None
        tag = reader.u32("tag") if flags & T else None
        number = reader.u32("referenced link state id") if kind else None
        reader.finish("bytes after the last field")
        return cls(word & LOW, prefix, bool(flags & E), forwarding, tag, kind, number)

    def pack(self) -> bytes:
        """Give the body."""
        flags = E if self.is_type_2 else 0
        tail = b""
        if self.forwarding is not None:
            flags |= F
            tail += packed(self.forwarding, 6, "external forwarding")
        if self.tag is not None:
            flags |= T
            tail += _WORD.pack(self.tag)
        if self.referenced_type:
            tail += _WORD.pack(self.referenced_id or 0)
        head = _WORD.pack(under(flags, self.metric, "external metric"))
        return head + pack_prefix(self.prefix, self.referenced_type) + tail
