"""DNS search list (RFC 8106 5.2).

+---------------+---------------+-------------------------------+
|    type 31    |    length     |           reserved            |
+---------------+---------------+-------------------------------+
|                          lifetime, s                          |
+---------------------------------------------------------------+
|      domain names (RFC 1035 3.1), zeros to whole units        |
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.dns_name import name_bytes, read_name
from fingerpost.wire.nd.options.option import NdOption, OptionType, filled

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_BODY = struct.Struct("!xxI")
_WHOLE = struct.Struct("!BBxxI")


@dataclass(frozen=True, slots=True)
class DnsSearchList(NdOption):
    """Suffixes of at least one domain to search, for `lifetime_s`; without a last dot."""

    domains: tuple[str, ...]
    lifetime_s: int = 0xFFFF_FFFF

    TYPE = OptionType.DNS_SEARCH_LIST

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the names up to the padding; none makes it an option to ignore (RFC 8106 5.3.1)."""
        (lifetime,) = reader.unpack(_BODY, "lifetime")
        domains: list[str] = []
        while reader and reader.peek(1) != b"\0":
            domains.append(read_name(reader))
        if not domains or any(reader.rest()):
            reader.refuse("domain names", len(domains), "at least 1, then zeros", "RFC 8106 5.2")
        return cls(tuple(domains), lifetime)

    def pack(self) -> bytes:
        """Give the option."""
        names = b"".join(map(name_bytes, self.domains))
        return filled(_WHOLE.pack(self.TYPE, 0, self.lifetime_s) + names)
