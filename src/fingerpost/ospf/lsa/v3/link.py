"""Link LSA, type 0x0008: a router to the others of its link (RFC 5340 A.4.9).

     0       1                       4
    +-------+-----------------------+
    |priorit|        options        |
    +-------+-----------------------+
    |   link-local address, 16 B    |
    +-------------------------------+
    |      number of prefixes       |
    +-------------------------------+
    |           prefixes ...        |

Its link state id is the interface id of the router.
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

SECTION = "RFC 5340 A.4.9"
_HEAD = Struct("!I16sI")


@dataclass(frozen=True, slots=True)
class LinkLsa:
    """A router's link-local address, and the prefixes that it would see on the link.

    In an instance of IPv4 the address is of that family and stands in the first four of its bytes
    (RFC 5838 2.5).
    """

    priority: int
    options: int
    link_local: Address
    prefixes: tuple[LsaPrefix, ...] = ()

    TYPES: ClassVar = (0x0008,)

    @classmethod
    def read(cls, reader: Reader) -> LinkLsa:
        """Read the body."""
        reader.section = SECTION
        word, address, count = reader.unpack(_HEAD, "priority, options, address and number")
        prefixes = tuple(read_prefix(reader)[0] for _ in range(count))
        reader.finish("bytes after the prefixes")
        return cls(word >> 24, word & LOW, Address(address), prefixes)

    def pack(self) -> bytes:
        """Give the body."""
        word = under(self.priority, self.options, "link options")
        address = packed(self.link_local, 6, "link link_local")
        head = _HEAD.pack(word, address, len(self.prefixes))
        return head + b"".join(map(pack_prefix, self.prefixes))
