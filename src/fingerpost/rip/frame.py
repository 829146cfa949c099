"""A RIP message of version 1 or 2 taken apart as far as its entries, which stay bytes.

`packet` makes values of the entries, `dialect_v2` judges them as they stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import TYPE_CHECKING

from fingerpost.rip.authentication_entry import (
    AUTHENTICATION_FAMILY,
    Authentication,
    Trailed,
    read_authentication,
    read_digest,
)
from fingerpost.rip.constants import ENTRY_LENGTH
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

LAYER = "rip"
SECTION = "RFC 2453 4"
ENTRY = Struct("!HH4s4s4sI")
ZERO = bytes(4)


class Command(IntEnum):
    """What a message is; the others of RFC 1058 3.1 are obsolete."""

    REQUEST = 1
    RESPONSE = 2


@dataclass(frozen=True, slots=True)
class Frame:
    """A message. `entries` are those behind the one that authenticates, 20 bytes each."""

    command: int
    version: int
    unused: int
    authentication: Authentication | None
    entries: bytes


def read_frame(data: Buffer) -> Frame:
    """Take the payload of a datagram apart; raises `DecodeError`, nothing else."""
    reader = Reader(data, LAYER, section=SECTION)
    command = reader.u8("command")
    if command not in (1, 2):
        reader.refuse("command", command, "1 (request) or 2 (response)", "RFC 2453 3.6")
    version = reader.u8("version")
    if version not in (1, 2):
        reader.refuse("version", version, "1 or 2", "RFC 2453 5")
    unused = reader.u16("unused")
    if version == 1 and unused:
        reader.refuse("unused", unused, "0", "RFC 2453 5")
    authentication: Authentication | None = None
    if version == 2 and reader.peek(2) == AUTHENTICATION_FAMILY:
        authentication = read_authentication(reader)
    if not isinstance(authentication, Trailed):
        entries = _entries(reader, version, reader.end)
        return Frame(command, version, unused, authentication, entries)
    entries = _entries(reader, version, authentication.length)
    return Frame(command, version, unused, read_digest(reader, authentication), entries)


def _entries(reader: Reader, version: int, end: int) -> bytes:
    """Read the entries up to `end`."""
    start, size = reader.at, end - reader.at
    if size % ENTRY_LENGTH:
        expected = f"a multiple of {ENTRY_LENGTH}"
        reader.refuse("entries", f"{size} bytes long", expected, at=start)
    entries = reader.take(size, "entries")
    if version == 1:
        _require_zeros(reader, entries, start)
    return entries


def _require_zeros(reader: Reader, entries: bytes, start: int) -> None:
    """Version 1 has nothing but family, address and metric (RFC 2453 5)."""
    for number, (_, tag, _, mask, next_hop, _) in enumerate(ENTRY.iter_unpack(entries)):
        if tag or mask != ZERO or next_hop != ZERO:
            at = start + number * ENTRY_LENGTH
            reader.refuse("entry", "no zeros", "zeros around the address", "RFC 2453 5", at=at)
