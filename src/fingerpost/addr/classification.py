"""What an address is: the most specific registry row wins, and the answer says what it beat.

The rows of a family nest, so they cut the address space into intervals on which the same rows
match. The intervals are computed once; an address is then one binary search away from its row,
the rows that lost, and every verdict.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from fingerpost._core import Address, Prefix
from fingerpost.addr.ipv4_forms import CARRIERS, carried
from fingerpost.addr.registry import Entry, Kind, Registry, entries
from fingerpost.addr.scopes import MulticastFlags, MulticastScope, multicast_flags

if TYPE_CHECKING:
    from fingerpost.addr.types import AddressLike, PrefixLike


@dataclass(frozen=True, slots=True)
class Loser:
    """A row that also matches the address, and why it does not speak for it."""

    entry: Entry
    reason: str


@dataclass(frozen=True, slots=True)
class Embedded:
    """An IPv4 address inside an IPv6 address: what it is there for, and what it is itself."""

    role: str
    classification: Classification


@dataclass(frozen=True, slots=True)
class Classification:
    """The answer of `classify`: the row that won, the rows that lost, what is inside.

    The columns are the row's, as the registry has them; None is the registry's "N/A".
    """

    address: Address
    entry: Entry
    losers: tuple[Loser, ...]
    """Less specific rows, longest prefix first."""
    embedded: tuple[Embedded, ...] = ()

    @property
    def name(self) -> str:
        """Name of the row."""
        return self.entry.name

    @property
    def prefix(self) -> Prefix:
        """Prefix of the row."""
        return self.entry.prefix

    @property
    def kind(self) -> Kind:
        """What the block is for, in one word."""
        return self.entry.kind

    @property
    def rfcs(self) -> tuple[str, ...]:
        """RFCs that define the block, with sections."""
        return self.entry.rfcs

    @property
    def registry(self) -> Registry:
        """Registry of the row."""
        return self.entry.registry

    @property
    def source(self) -> bool | None:
        """May it be the source of a datagram that crosses two devices (RFC 6890 2.2.1)?"""
        return self.entry.source

    @property
    def destination(self) -> bool | None:
        """May it be the destination of a datagram that crosses two devices (RFC 6890 2.2.1)?"""
        return self.entry.destination

    @property
    def forwardable(self) -> bool | None:
        """May a router forward to it between external interfaces (RFC 6890 2.2.1)?"""
        return self.entry.forwardable

    @property
    def globally_reachable(self) -> bool | None:
        """May a datagram to it leave an administrative domain (RFC 8190 2.1)?"""
        return self.entry.globally_reachable

    @property
    def reserved_by_protocol(self) -> bool | None:
        """Does IP itself give it a special meaning (RFC 6890 2.2.1)?"""
        return self.entry.reserved_by_protocol

    @property
    def scope(self) -> MulticastScope | None:
        """How far a group reaches; None for unicast, and for scopes that no RFC assigns."""
        return self.entry.scope

    @property
    def flags(self) -> MulticastFlags | None:
        """The flag bits of an IPv6 group."""
        return multicast_flags(self.address)


@dataclass(frozen=True, slots=True)
class PrefixClassification:
    """The answer of `classify_prefix`: the rows that speak for addresses of the prefix."""

    prefix: Prefix
    entries: tuple[Entry, ...]
    """In the order of their prefixes; exactly one if the prefix lies within one row."""

    @property
    def entry(self) -> Entry | None:
        """The one row that speaks for the whole prefix, if there is one."""
        return self.entries[0] if len(self.entries) == 1 else None


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """An interval of addresses on which the same rows match; equal only to itself."""

    chain: tuple[Entry, ...]
    """The rows, longest prefix first; the address space is covered, so there is one."""
    losers: tuple[Loser, ...]

    @property
    def entry(self) -> Entry:
        """The row that wins."""
        return self.chain[0]


def classify(address: AddressLike) -> Classification:
    """Say what an address is by the IANA registries: the most specific row wins.

    An address in no special block is "Global unicast", or "Reserved by IETF" where IPv6 space
    has not been given out. IPv4 addresses inside an IPv6 address (IPv4-mapped, 6to4, Teredo,
    NAT64) are classified as well. Raises `AddressError` for what is no address.
    """
    address = Address(address)
    cell = cell_of(address)
    if cell.entry.kind not in CARRIERS:
        return Classification(address, cell.entry, cell.losers)
    inside = tuple(Embedded(role, classify(inner)) for role, inner in carried(address, cell.entry))
    return Classification(address, cell.entry, cell.losers, inside)


def classify_prefix(prefix: PrefixLike) -> PrefixClassification:
    """Say which rows speak for the addresses of a prefix, in the order of their prefixes."""
    prefix = Prefix(prefix)
    first, last = int(prefix.first), int(prefix.last)
    starts, cells = _cells(prefix.version)
    spanned = cells[bisect_right(starts, first) - 1 : bisect_right(starts, last)]
    found = dict.fromkeys(cell.entry for cell in spanned)
    return PrefixClassification(prefix, tuple(sorted(found, key=lambda entry: entry.prefix)))


def cell_of(address: Address) -> Cell:
    """The interval in which an address lies."""
    starts, cells = _cells(address.version)
    return cells[bisect_right(starts, int(address)) - 1]


@cache
def _cells(version: int) -> tuple[list[int], tuple[Cell, ...]]:
    """Starts of the intervals of a family, ascending from 0, and the intervals."""
    chains: dict[int, tuple[Entry, ...]] = {}
    open_rows: list[tuple[int, Entry]] = []  # (last address, row), innermost at the end

    def close_up_to(address: int) -> None:
        while open_rows and open_rows[-1][0] < address:
            after = open_rows.pop()[0] + 1
            chains[after] = tuple(entry for _, entry in reversed(open_rows))

    for entry in entries(version):
        first, last = int(entry.prefix.first), int(entry.prefix.last)
        close_up_to(first)
        open_rows.append((last, entry))
        chains[first] = tuple(entry for _, entry in reversed(open_rows))
    end = 1 << (32 if version == 4 else 128)
    close_up_to(end)
    del chains[end]  # what follows the last address is no interval
    return list(chains), tuple(_cell(chain) for chain in chains.values())


def _cell(chain: tuple[Entry, ...]) -> Cell:
    winner, *rest = chain
    won = winner.prefix.length
    losers = (Loser(entry, f"/{entry.prefix.length} is shorter than /{won}") for entry in rest)
    return Cell(chain, tuple(losers))
