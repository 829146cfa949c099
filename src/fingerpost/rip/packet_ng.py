"""RIPng on the wire (RFC 2080 2.1).

     0         1         2                   4
    +---------+---------+-------------------+
    | command | version | unused            |
    +---------+---------+-------------------+  then entries of 20 bytes:
    | prefix, 16 bytes                      |
    +-------------------+---------+---------+
    | route tag         | length  | metric  |
    +-------------------+---------+---------+

An entry of metric 0xFF names the next hop of those that follow it (2.1.1). Entries are kept as they
stand; whether one makes sense is judged where it is used (`dialect_ng`).
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, error
from typing import TYPE_CHECKING, Final

from fingerpost.addr import Address
from fingerpost.rip.constants import ENTRY_LENGTH
from fingerpost.rip.packet import Command
from fingerpost.wire.fields import packed, unsigned
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

LAYER = "ripng"
SECTION = "RFC 2080 2.1"
VERSION = 1
NEXT_HOP_METRIC: Final = 0xFF
UNSPECIFIED = Address("::")

ENTRY = Struct("!16sHBB")
_HEADER = Struct("!BBH")


@dataclass(frozen=True, slots=True)
class RteNg:
    """A route entry, or one that names a next hop, as it stands: nothing of it is checked."""

    address: Address
    length: int
    metric: int = 1
    tag: int = 0

    @property
    def is_next_hop(self) -> bool:
        """Whether the address is the next hop of the entries that follow (2.1.1)."""
        return self.metric == NEXT_HOP_METRIC

    def encode(self) -> bytes:
        """Give the 20 bytes; raises `UsageError` for a field out of range."""
        octets = packed(self.address, 6, "ripng address")
        try:
            return ENTRY.pack(octets, self.tag, self.length, self.metric)
        except error:
            unsigned(self.tag, 16, "ripng tag")
            unsigned(self.length, 8, "ripng length")
            unsigned(self.metric, 8, "ripng metric")
            raise


@dataclass(frozen=True, slots=True)
class RipngPacket:
    """A message. `unused` is zero from all who follow the RFC."""

    command: int
    entries: tuple[RteNg, ...] = ()
    unused: int = 0

    @classmethod
    def decode(cls, data: Buffer) -> RipngPacket:
        """Take the payload of a datagram apart; raises `DecodeError`, nothing else."""
        command, unused, body = read_frame(data)
        entries = tuple(
            RteNg(Address(address), length, metric, tag)
            for address, tag, length, metric in ENTRY.iter_unpack(body)
        )
        return cls(command, entries, unused)

    def encode(self) -> bytes:
        """Give the payload; raises `UsageError` for a field out of range."""
        head = header(self.command, self.unused)
        return head + b"".join(entry.encode() for entry in self.entries)


def header(command: int, unused: int = 0) -> bytes:
    """Give the four bytes before the entries; raises `UsageError` for a field out of range."""
    try:
        return _HEADER.pack(command, VERSION, unused)
    except error:
        unsigned(command, 8, "ripng command")
        unsigned(unused, 16, "ripng unused")
        raise


def read_frame(data: Buffer) -> tuple[int, int, bytes]:
    """Give command, unused field and entries of a message, these as bytes; raises `DecodeError`."""
    reader = Reader(data, LAYER, section=SECTION)
    command = reader.u8("command")
    if command not in (Command.REQUEST, Command.RESPONSE):
        reader.refuse("command", command, "1 (request) or 2 (response)")
    version = reader.u8("version")
    if version != VERSION:
        reader.refuse("version", version, str(VERSION))
    unused = reader.u16("unused")
    size = reader.remaining
    if size % ENTRY_LENGTH:
        expected = f"a multiple of {ENTRY_LENGTH}"
        reader.refuse("entries", f"{size} bytes long", expected, at=reader.at)
    return command, unused, reader.rest()
