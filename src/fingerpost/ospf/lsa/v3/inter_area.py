"""What an area border router tells of other areas: prefixes and AS boundary routers.

type 0x2003 (RFC 5340 A.4.5)       type 0x2004 (RFC 5340 A.4.6)
+-------+-----------------------+  +-------+-----------------------+
|   0   |        metric         |  |   0   |        options        |
+-------+-----------------------+  +-------+-----------------------+
|            prefix             |  |   0   |        metric         |
                                   +-------+-----------------------+
                                   |   router id of the other one  |
                                   +-------------------------------+
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.v3.prefix import LsaPrefix, pack_prefix, read_prefix
from fingerpost.ospf.lsa.words import LOW, under

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_WORD = Struct("!I")
_WORDS = Struct("!III")


@dataclass(frozen=True, slots=True)
class InterAreaPrefixLsa:
    """A prefix of another area."""

    metric: int
    prefix: LsaPrefix

    TYPES: ClassVar = (0x2003,)

    @classmethod
    def read(cls, reader: Reader) -> InterAreaPrefixLsa:
        """Read the body."""
        reader.section = "RFC 5340 A.4.5"
        metric = reader.u32("metric") & LOW
        prefix, _ = read_prefix(reader)
        reader.finish("bytes after the prefix")
        return cls(metric, prefix)

    def pack(self) -> bytes:
        """Give the body."""
        return _WORD.pack(under(0, self.metric, "inter-area metric")) + pack_prefix(self.prefix)


@dataclass(frozen=True, slots=True)
class InterAreaRouterLsa:
    """An AS boundary router of another area."""

    options: int
    metric: int
    router: int

    TYPES: ClassVar = (0x2004,)

    @classmethod
    def read(cls, reader: Reader) -> InterAreaRouterLsa:
        """Read the body."""
        reader.section = "RFC 5340 A.4.6"
        options, metric, router = reader.unpack(_WORDS, "options, metric and router")
        reader.finish("bytes after the router")
        return cls(options & LOW, metric & LOW, router)

    def pack(self) -> bytes:
        """Give the body."""
        options = under(0, self.options, "inter-area options")
        return _WORDS.pack(options, under(0, self.metric, "inter-area metric"), self.router)
