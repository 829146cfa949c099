"""Neighbours that speak and have no session here: the latest of them, to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.bfd.faults import Fault


@dataclass(slots=True)
class Stranger:
    """Who it is, why its last packet was not taken, how many were not, and when it was heard."""

    interface: str
    address: Address
    fault: Fault
    packets: int
    heard: int


class Strangers:
    """The latest who were not heard, bounded."""

    def __init__(self) -> None:
        """Nobody was."""
        self._held: dict[tuple[str, Address], Stranger] = {}

    def __len__(self) -> int:
        """How many are known."""
        return len(self._held)

    def put(self, interface: str, address: Address, fault: Fault, now: int, limit: int) -> None:
        """Know one more, and forget who is silent for longest beyond the limit."""
        before = self._held.pop((interface, address), None)
        packets = 1 if before is None else before.packets + 1
        self._held[interface, address] = Stranger(interface, address, fault, packets, now)
        while len(self._held) > limit:
            del self._held[next(iter(self._held))]

    def forget(self, interface: str, address: Address) -> None:
        """One of them has a session now."""
        self._held.pop((interface, address), None)

    def all(self) -> list[Stranger]:
        """All of them, in order."""
        return sorted(
            self._held.values(), key=lambda one: (one.interface, one.address.version, one.address)
        )
