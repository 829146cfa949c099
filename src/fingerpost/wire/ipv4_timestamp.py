"""The IPv4 timestamp option (RFC 791 3.1).

    +--------+--------+---------+----------+------+-----------------
    | 68     | length | pointer | overflow | flag | entries
    +--------+--------+---------+----------+------+-----------------

Flag 0: entries are timestamps. Flag 1: each is an address and a timestamp. Flag 3: so too, but the
sender wrote the addresses, and only the one whose turn it is adds its time. A timestamp is
milliseconds since midnight UT, its high bit set when it is something else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

from fingerpost.errors import UsageError
from fingerpost.wire.fields import packed, unfit, unsigned
from fingerpost.wire.tlv import framed

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.wire.reader import Reader

TIMESTAMP = 68
FIRST = 5
MOST_OVERFLOW = 15


class TimestampFlag(IntEnum):
    """What the entries hold."""

    TIMES = 0
    ADDRESSES_AND_TIMES = 1
    GIVEN_ADDRESSES = 3


@dataclass(frozen=True, slots=True)
class Stamp:
    """One entry; `address` is None exactly where the flag is `TIMES`."""

    time: int = 0
    address: Address | None = None

    def encode(self) -> bytes:
        """Give the entry of four or eight bytes; raises `UsageError` for a field out of range."""
        time = unsigned(self.time, 32, "timestamp option time").to_bytes(4, "big")
        if self.address is None:
            return time
        return packed(self.address, 4, "timestamp option address") + time


@dataclass(frozen=True, slots=True)
class Timestamp:
    """The timestamp option: all its entries, those that are still open included."""

    flag: TimestampFlag
    pointer: int
    overflow: int
    entries: tuple[Stamp, ...]
    kind: ClassVar[int] = TIMESTAMP

    @property
    def size(self) -> int:
        """The bytes of one entry."""
        return 4 if self.flag == TimestampFlag.TIMES else 8

    @property
    def is_full(self) -> bool:
        """Tell whether no entry is open."""
        return self._turn is None

    @property
    def stamped(self) -> tuple[Stamp, ...]:
        """The entries that routers have filled in so far."""
        return self.entries[: (self.pointer - FIRST) // self.size]

    @property
    def awaited(self) -> Address | None:
        """The address whose turn it is, where the sender gave the addresses."""
        turn = self._turn
        if turn is None or self.flag != TimestampFlag.GIVEN_ADDRESSES:
            return None
        return self.entries[turn].address

    def stamping(self, address: Address, time: int) -> Timestamp:
        """Give the option as the router with this address forwards it at this time.

        A full option counts up its overflow; one that awaits another address is unchanged. Raises
        `UsageError` when the overflow is 15 already: then the packet is in error (RFC 791 3.1).
        """
        turn = self._turn
        if turn is None:
            if self.overflow >= MOST_OVERFLOW:
                raise UsageError("the overflow count is 15, its greatest; the packet is in error")
            return replace(self, overflow=self.overflow + 1)
        if self.flag == TimestampFlag.GIVEN_ADDRESSES and self.entries[turn].address != address:
            return self
        stamp = Stamp(time, None if self.flag == TimestampFlag.TIMES else address)
        entries = (*self.entries[:turn], stamp, *self.entries[turn + 1 :])
        return replace(self, pointer=self.pointer + self.size, entries=entries)

    @property
    def _turn(self) -> int | None:
        index = (self.pointer - FIRST) // self.size
        return index if index < len(self.entries) else None

    @classmethod
    def decode_body(cls, kind: int, reader: Reader) -> Timestamp:
        """Read what follows kind and length; a fault points at the byte that is wrong."""
        del kind  # there is one
        length = reader.remaining + 2
        if length < FIRST - 1:
            reader.refuse("option length", length, "4 or more", at=-1)
        pointer, word = reader.u8("pointer"), reader.u8("overflow and flag")
        overflow, number = word >> 4, word & 0xF
        if number not in (0, 1, 3):
            reader.refuse("flag", number, "0, 1 or 3")
        flag = TimestampFlag(number)
        size = 4 if flag == TimestampFlag.TIMES else 8
        if (length - FIRST + 1) % size:
            reader.refuse("option length", length, f"4 and {size} for each entry", at=-1)
        if pointer < FIRST or (pointer - FIRST) % size:
            reader.refuse("pointer", pointer, f"5 and {size} for each stamp so far", at=0)
        entries = []
        while reader:
            address = None if size == 4 else reader.ip4("address")
            entries.append(Stamp(reader.u32("timestamp"), address))
        return cls(flag, pointer, overflow, tuple(entries))

    def encode(self) -> bytes:
        """Give the option; raises `UsageError` for a field out of range."""
        if self.flag not in (0, 1, 3):
            unfit("timestamp option flag", self.flag, "0, 1 or 3")
        for entry in self.entries:
            if (entry.address is None) != (self.flag == TimestampFlag.TIMES):
                unfit("timestamp option entry", entry, f"what flag {int(self.flag)} asks for")
        pointer = unsigned(self.pointer, 8, "timestamp option pointer")
        overflow = unsigned(self.overflow, 4, "timestamp option overflow")
        head = bytes((pointer, overflow << 4 | self.flag))
        return framed(TIMESTAMP, head + b"".join(e.encode() for e in self.entries), "ipv4 option")
