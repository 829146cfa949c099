"""Questions that a router asks the registries, answered with the row that decided.

A terminated row decides nothing: its block went back to the row around it, which is asked
instead. "N/A" in a live row is no permission, so the answer is no.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from fingerpost._core import Address
from fingerpost.addr.classification import Cell, cell_of
from fingerpost.addr.registry import Entry

if TYPE_CHECKING:
    from fingerpost.addr.types import AddressLike


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes or no (its truth value), the row that decided, and the sentence to log."""

    answer: bool
    entry: Entry
    reason: str

    def __bool__(self) -> bool:
        """The answer."""
        return self.answer


def is_forwardable(address: AddressLike) -> Verdict:
    """May a router forward a packet with this destination between external interfaces?

    The registries' column "Forwardable" (RFC 6890 2.2.1). Unassigned IPv6 space is handled as
    global unicast (RFC 4291 2.4). True for private space: its border is a matter of policy.
    """
    return _decide(cell_of(Address(address)), "forwardable")


def is_valid_source(address: AddressLike) -> Verdict:
    """May a packet that crosses two devices carry this source?

    The registries' column "Source" (RFC 6890 2.2.1). It is True for `0.0.0.0/8`, `::` and
    link-local addresses, which are sources on their own link; that a router must not pass such
    packets on is RFC 1812 5.3.7 and RFC 4291 2.5.2, 2.5.6, and `is_forwardable` says so.
    """
    return _decide(cell_of(Address(address)), "source")


def is_valid_destination(address: AddressLike) -> Verdict:
    """May a packet that crosses two devices carry this destination?

    The registries' column "Destination" (RFC 6890 2.2.1).
    """
    return _decide(cell_of(Address(address)), "destination")


def is_globally_reachable(address: AddressLike) -> Verdict:
    """May a packet to this destination leave its administrative domain?

    The registries' column "Globally Reachable" (RFC 8190 2.1). 6to4 and Teredo ("N/A") and
    IPv6 space that has not been given out: no. Multicast: if its scope is global.
    """
    return _decide(cell_of(Address(address)), "globally_reachable")


@cache
def _decide(cell: Cell, column: str) -> Verdict:
    """Ask the innermost live row of a cell."""
    deciding = next(entry for entry in cell.chain if entry.terminated is None)
    said: bool | None = getattr(deciding, column)
    word = "N/A" if said is None else "yes" if said else "no"
    what = column.replace("_", " ")
    reason = f"{what}: {word}, {deciding.prefix} {deciding.name} ({', '.join(deciding.rfcs)})"
    return Verdict(bool(said), deciding, reason)
