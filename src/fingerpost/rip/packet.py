"""RIP versions 1 and 2 on the wire (RFC 1058 3.1, RFC 2453 3.6 and 4, RFC 4822 2.1).

     0         1         2                   4
    +---------+---------+-------------------+
    | command | version | unused            |
    +---------+---------+-------------------+  then entries of 20 bytes:
    | address family    | route tag         |
    +-------------------+-------------------+
    | address                               |
    +---------------------------------------+
    | subnet mask                           |
    +---------------------------------------+
    | next hop                              |
    +---------------------------------------+
    | metric                                |
    +---------------------------------------+

Tag, mask and next hop are zero in version 1. A first entry of family 0xFFFF authenticates
(`authentication_entry`). Entries are kept as they stand, so that what decodes is encoded to the
same bytes; whether one makes sense is judged where it is used (`dialect_v2`).

Deliberately: versions other than 1 and 2 are refused, where RFC 1058 3.4 would guess at them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct, error
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.rip.authentication_entry import (
    AUTHENTICATION_FAMILY,
    Authentication,
    Trailed,
    read_authentication,
    read_digest,
)
from fingerpost.rip.constants import ENTRY_LENGTH
from fingerpost.wire.fields import packed, unfit, unsigned
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

LAYER = "rip"
SECTION = "RFC 2453 4"
INET = 2  # the only family that is routed (RFC 2453 3.6)
UNSPECIFIED = 0  # the family of the one entry that asks for the whole table (3.9.1)
ZERO = Address("0.0.0.0")

_HEADER = Struct("!BBH")
_ENTRY = Struct("!HH4s4s4sI")


class Command(IntEnum):
    """What a message is; the others of RFC 1058 3.1 are obsolete."""

    REQUEST = 1
    RESPONSE = 2


@dataclass(frozen=True, slots=True)
class Rte:
    """A route entry as it stands: nothing of it is checked."""

    address: Address
    mask: Address = ZERO
    next_hop: Address = ZERO
    metric: int = 1
    tag: int = 0
    family: int = INET

    @classmethod
    def read(cls, reader: Reader) -> Rte:
        """Read the next 20 bytes."""
        family, tag, address, mask, next_hop, metric = reader.unpack(_ENTRY, "entry")
        return cls(Address(address), Address(mask), Address(next_hop), metric, tag, family)

    def encode(self) -> bytes:
        """Give the 20 bytes; raises `UsageError` for a field out of range."""
        octets = (
            packed(self.address, 4, "rip address"),
            packed(self.mask, 4, "rip mask"),
            packed(self.next_hop, 4, "rip next_hop"),
        )
        try:
            return _ENTRY.pack(self.family, self.tag, *octets, self.metric)
        except error:
            unsigned(self.family, 16, "rip family")
            unsigned(self.tag, 16, "rip tag")
            unsigned(self.metric, 32, "rip metric")
            raise


@dataclass(frozen=True, slots=True)
class RipPacket:
    """A message of version 1 or 2. `unused` is zero from all who follow the RFC."""

    command: int
    version: int = 2
    entries: tuple[Rte, ...] = ()
    authentication: Authentication | None = None
    unused: int = 0

    @classmethod
    def decode(cls, data: Buffer) -> RipPacket:
        """Take the payload of a datagram apart; raises `DecodeError`, nothing else."""
        reader = Reader(data, LAYER, section=SECTION)
        command = reader.u8("command")
        if command not in (Command.REQUEST, Command.RESPONSE):
            reader.refuse("command", command, "1 (request) or 2 (response)", "RFC 2453 3.6")
        version = reader.u8("version")
        if version not in (1, 2):
            reader.refuse("version", version, "1 or 2", "RFC 2453 4.6")
        unused = reader.u16("unused")
        if version == 1 and unused:
            reader.refuse("unused", unused, "0", "RFC 1058 3.4")
        authentication: Authentication | None = None
        if version == 2 and reader.peek(2) == AUTHENTICATION_FAMILY:
            authentication = read_authentication(reader)
        end = authentication.length if isinstance(authentication, Trailed) else reader.end
        entries = _entries(reader, version, end)
        if isinstance(authentication, Trailed):
            authentication = read_digest(reader, authentication)
        return cls(command, version, entries, authentication, unused)

    def encode(self) -> bytes:
        """Give the payload; raises `UsageError` for a field out of range.

        A digest is written as it stands; `authentication.seal` makes one.
        """
        try:
            head = _HEADER.pack(self.command, self.version, self.unused)
        except error:
            unsigned(self.command, 8, "rip command")
            unsigned(self.version, 8, "rip version")
            unsigned(self.unused, 16, "rip unused")
            raise
        if self.version == 1 and self.authentication is not None:
            unfit("rip authentication", self.authentication, "None in version 1")
        body = b"".join(entry.encode() for entry in self.entries)
        if self.authentication is None:
            return head + body
        return head + self.authentication.encode() + body + self.authentication.tail()


def _entries(reader: Reader, version: int, end: int) -> tuple[Rte, ...]:
    """Read the entries up to `end`."""
    if (end - reader.at) % ENTRY_LENGTH:
        size = end - reader.at
        expected = f"a multiple of {ENTRY_LENGTH}"
        reader.refuse("entries", f"{size} bytes long", expected, at=reader.at)
    entries = []
    while reader.at < end:
        start = reader.at
        entry = Rte.read(reader)
        if version == 1 and (entry.tag or entry.mask != ZERO or entry.next_hop != ZERO):
            reader.refuse("entry", "no zeros", "zeros around the address", "RFC 1058 3.4", at=start)
        entries.append(entry)
    return tuple(entries)
