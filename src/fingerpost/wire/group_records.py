"""Group records: what IGMPv3 (RFC 3376 4.2.4) and MLDv2 (RFC 3810 5.2.4) reports are made of.

+---------------+---------------+-------------------------------+
|  record type  |   aux words   |       number of sources       |
+---------------+---------------+-------------------------------+
|               multicast address (4 or 16 bytes)               |
|              source addresses (4 or 16 bytes each)            |
|                         auxiliary data                        |
+---------------------------------------------------------------+
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_HEADER = struct.Struct("!BBH")


class RecordType(IntEnum):
    """What a record reports (RFC 3376 4.2.12, RFC 3810 5.2.12)."""

    MODE_IS_INCLUDE = 1
    MODE_IS_EXCLUDE = 2
    CHANGE_TO_INCLUDE = 3
    CHANGE_TO_EXCLUDE = 4
    ALLOW_NEW_SOURCES = 5
    BLOCK_OLD_SOURCES = 6


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """The state, or a change of it, of one group at the reporter; `kind` is a `RecordType`.

    To join a group of any source: CHANGE_TO_EXCLUDE without sources; to leave: CHANGE_TO_INCLUDE.
    Records of another type are to be ignored. `auxiliary` is a multiple of 4 bytes, unused so far.
    """

    kind: int
    group: Address
    sources: tuple[Address, ...] = ()
    auxiliary: bytes = b""

    def pack(self) -> bytes:
        """Give the record; `struct.error` for a misfit."""
        words, odd = divmod(len(self.auxiliary), 4)
        if odd:
            raise UsageError(f"auxiliary data of {len(self.auxiliary)} bytes: whole words of 4")
        head = _HEADER.pack(self.kind, words, len(self.sources))
        addresses = b"".join([source.packed for source in self.sources])
        return head + self.group.packed + addresses + self.auxiliary


def read_records(reader: Reader, count: int, size: int) -> tuple[GroupRecord, ...]:
    """Read `count` records with addresses of `size` bytes."""
    return tuple(_read_record(reader, size) for _ in range(count))


def _read_record(reader: Reader, size: int) -> GroupRecord:
    kind, words, count = reader.unpack(_HEADER, "record header")
    group = Address(reader.take(size, "multicast address"))
    octets = reader.take(size * count, "source addresses")
    sources = tuple(Address(octets[at : at + size]) for at in range(0, len(octets), size))
    return GroupRecord(kind, group, sources, reader.take(4 * words, "auxiliary data"))
