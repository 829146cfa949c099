"""Why an address goes where it goes: the entries that compete and the rule that decides.

Longest match (RFC 1812 5.2.4.3, RFC 4632 5.1): of all prefixes that contain the address, the one
with the most bits wins. All others matched too; each lost for having fewer bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from fingerpost.addr import Address, Prefix

if TYPE_CHECKING:
    from fingerpost.addr import AddressLike
    from fingerpost.fib.table import Fib

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Candidate(Generic[V]):
    """An entry whose prefix contains the address, and why it won or lost."""

    prefix: Prefix
    value: V
    reason: str


@dataclass(frozen=True, slots=True)
class Lookup(Generic[V]):
    """The answer for one address: the winner, or None, and the losers, longest first."""

    address: Address
    winner: Candidate[V] | None
    losers: tuple[Candidate[V], ...]

    def __str__(self) -> str:
        """A line an entry, the winner first."""
        if self.winner is None:
            return f"{self.address}: no prefix of the table contains it"
        lines = [f"{self.address}: {self.winner.prefix} wins, {self.winner.reason}"]
        lines += [f"  {loser.prefix} also matches, but {loser.reason}" for loser in self.losers]
        return "\n".join(lines)


def explain(fib: Fib[V], address: AddressLike) -> Lookup[V]:
    """Ask the table for every match and say what decided between them."""
    asked = Address(address)
    matches: list[tuple[Prefix, V]] = fib.covering(asked)
    if not matches:
        return Lookup(asked, None, ())
    *shorter, (prefix, value) = matches
    reason = "the longest match" if shorter else "the only match"
    losers = (
        Candidate(other, held, f"its {_bits(other)} {_are(other)} fewer than {prefix.length}")
        for other, held in reversed(shorter)
    )
    return Lookup(asked, Candidate(prefix, value, f"{reason} with {_bits(prefix)}"), tuple(losers))


def _bits(prefix: Prefix) -> str:
    return "1 bit" if prefix.length == 1 else f"{prefix.length} bits"


def _are(prefix: Prefix) -> str:
    return "is" if prefix.length == 1 else "are"
