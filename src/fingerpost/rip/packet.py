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

Ours: versions above 2 are refused, where RFC 2453 5 would let them be guessed at.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, error
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.rip.authentication_entry import Authentication
from fingerpost.rip.frame import ENTRY, Command, read_frame
from fingerpost.wire.fields import packed, unfit, unsigned

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = ["INET", "UNSPECIFIED", "ZERO", "Command", "RipPacket", "Rte", "header"]

INET = 2  # the only family that is routed (RFC 2453 3.6)
UNSPECIFIED = 0  # the family of the one entry that asks for the whole table (3.9.1)
ZERO = Address("0.0.0.0")

_HEADER = Struct("!BBH")


@dataclass(frozen=True, slots=True)
class Rte:
    """A route entry as it stands: nothing of it is checked."""

    address: Address
    mask: Address = ZERO
    next_hop: Address = ZERO
    metric: int = 1
    tag: int = 0
    family: int = INET

    def encode(self) -> bytes:
        """Give the 20 bytes; raises `UsageError` for a field out of range."""
        octets = (
            packed(self.address, 4, "rip address"),
            packed(self.mask, 4, "rip mask"),
            packed(self.next_hop, 4, "rip next_hop"),
        )
        try:
            return ENTRY.pack(self.family, self.tag, *octets, self.metric)
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
        frame = read_frame(data)
        entries = tuple(
            Rte(Address(address), Address(mask), Address(next_hop), metric, tag, family)
            for family, tag, address, mask, next_hop, metric in ENTRY.iter_unpack(frame.entries)
        )
        return cls(frame.command, frame.version, entries, frame.authentication, frame.unused)

    def encode(self) -> bytes:
        """Give the payload; raises `UsageError` for a field out of range.

        A digest is written as it stands; `authentication.seal` makes one.
        """
        head = header(self.command, self.version, self.unused)
        if self.version == 1 and self.authentication is not None:
            unfit("rip authentication", self.authentication, "None in version 1")
        body = b"".join(entry.encode() for entry in self.entries)
        if self.authentication is None:
            return head + body
        return head + self.authentication.encode() + body + self.authentication.tail()


def header(command: int, version: int, unused: int = 0) -> bytes:
    """Give the four bytes before the entries; raises `UsageError` for a field out of range."""
    try:
        return _HEADER.pack(command, version, unused)
    except error:
        unsigned(command, 8, "rip command")
        unsigned(version, 8, "rip version")
        unsigned(unused, 16, "rip unused")
        raise
