"""The IPv4 options that hold a list of addresses: record route and the two source routes.

    +--------+--------+---------+-----------+-----------+----
    | kind   | length | pointer | address 1 | address 2 | ...     RFC 791 3.1
    +--------+--------+---------+-----------+-----------+----

The pointer counts from the option's first byte, which is 1: the smallest is 4, and one beyond the
length says that the list is full (record route) or used up (source route).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.wire.fields import packed, unsigned
from fingerpost.wire.tlv import framed

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

RECORD_ROUTE, LOOSE_ROUTE, STRICT_ROUTE = 7, 131, 137
SIZE = 4
FIRST = 4
UNSET = Address("0.0.0.0")


def _slot(pointer: int, slots: tuple[Address, ...]) -> int | None:
    """Give the index of the slot that the pointer names, None when it is past the last."""
    index = (pointer - FIRST) // SIZE
    return index if index < len(slots) else None


def _with(slots: tuple[Address, ...], index: int, address: Address) -> tuple[Address, ...]:
    return (*slots[:index], address, *slots[index + 1 :])


def _decode(reader: Reader) -> tuple[int, tuple[Address, ...]]:
    """Read pointer and addresses; a fault points at the length or at the pointer."""
    length = reader.remaining + 2
    if length < FIRST - 1 or (length - FIRST + 1) % SIZE:
        reader.refuse("option length", length, "3 and 4 for each address", at=-1)
    pointer = reader.u8("pointer")
    if pointer < FIRST or pointer % SIZE:
        reader.refuse("pointer", pointer, "4 or a greater multiple of 4")
    slots = []
    while reader:
        slots.append(reader.ip4("address"))
    return pointer, tuple(slots)


def _encode(kind: int, pointer: int, slots: tuple[Address, ...]) -> bytes:
    addresses = [packed(slot, 4, "ipv4 option address") for slot in slots]
    unsigned(pointer, 8, "ipv4 option pointer")
    return framed(kind, bytes((pointer,)) + b"".join(addresses), "ipv4 option")


@dataclass(frozen=True, slots=True)
class RecordRoute:
    """Record route (RFC 791 3.1): each router on the way writes its address into a slot."""

    pointer: int
    slots: tuple[Address, ...]
    kind: ClassVar[int] = RECORD_ROUTE

    @classmethod
    def empty(cls, slots: int = 9) -> RecordRoute:
        """Give an option with this many open slots; a header has room for nine."""
        return cls(FIRST, (UNSET,) * slots)

    @property
    def is_full(self) -> bool:
        """Tell whether no slot is open."""
        return _slot(self.pointer, self.slots) is None

    @property
    def recorded(self) -> tuple[Address, ...]:
        """The addresses that routers have written so far."""
        return self.slots[: (self.pointer - FIRST) // SIZE]

    def recording(self, address: Address) -> RecordRoute:
        """Give the option as a router forwards it: its address in the next slot, if one is open."""
        index = _slot(self.pointer, self.slots)
        if index is None:
            return self
        return RecordRoute(self.pointer + SIZE, _with(self.slots, index, address))

    @classmethod
    def decode_body(cls, kind: int, reader: Reader) -> RecordRoute:
        """Read what follows kind and length."""
        del kind  # there is one
        return cls(*_decode(reader))

    def encode(self) -> bytes:
        """Give the option; raises `UsageError` for a field out of range."""
        return _encode(RECORD_ROUTE, self.pointer, self.slots)


@dataclass(frozen=True, slots=True)
class SourceRoute:
    """A loose or strict source route (RFC 791 3.1): the addresses to visit, then visited."""

    strict: bool
    pointer: int
    addresses: tuple[Address, ...]

    @property
    def kind(self) -> int:
        """The option's kind: 137 strict, 131 loose."""
        return STRICT_ROUTE if self.strict else LOOSE_ROUTE

    @property
    def is_used_up(self) -> bool:
        """Tell whether the packet is at its last destination."""
        return _slot(self.pointer, self.addresses) is None

    @property
    def next_address(self) -> Address | None:
        """The address to visit next, None when the route is used up."""
        index = _slot(self.pointer, self.addresses)
        return None if index is None else self.addresses[index]

    def advanced(self, recorded: Address) -> SourceRoute:
        """Give the option after its next address became the destination.

        `recorded` is the address of the router that does so. Raises `UsageError` when the route is
        used up.
        """
        index = _slot(self.pointer, self.addresses)
        if index is None:
            raise UsageError("the source route is used up; look at is_used_up first")
        addresses = _with(self.addresses, index, recorded)
        return replace(self, pointer=self.pointer + SIZE, addresses=addresses)

    @classmethod
    def decode_body(cls, kind: int, reader: Reader) -> SourceRoute:
        """Read what follows kind and length."""
        return cls(kind == STRICT_ROUTE, *_decode(reader))

    def encode(self) -> bytes:
        """Give the option; raises `UsageError` for a field out of range."""
        return _encode(self.kind, self.pointer, self.addresses)
