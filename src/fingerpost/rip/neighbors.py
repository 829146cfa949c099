"""The routers that were heard, and the sequence numbers that authenticate them (RFC 4822 2.4.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.addr import Address


@dataclass(slots=True)
class Neighbor:
    """A router on a link; instants are nanoseconds. `sequences` are the last numbers by key."""

    interface: str
    address: Address
    version: int
    since: int
    heard: int
    responses: int = 0
    entries: int = 0
    faults: int = 0
    sequences: dict[int, int] = field(default_factory=dict)


class Neighbors:
    """At most `most` of them; who was silent for the timeout is forgotten."""

    def __init__(self) -> None:
        """Nobody was heard."""
        self._by_place: dict[tuple[str, Address], Neighbor] = {}

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._by_place)

    def find(self, interface: str, address: Address, now: int, timeout_ns: int) -> Neighbor | None:
        """Who speaks from there, if it was heard within the timeout."""
        found = self._by_place.get((interface, address))
        if found is not None and now - found.heard > timeout_ns:
            del self._by_place[(interface, address)]
            return None
        return found

    def add(self, neighbor: Neighbor, most: int, timeout_ns: int) -> bool:
        """Keep a new one; False where there is no room even without the silent ones."""
        if len(self._by_place) >= most:
            self.forget_silent(neighbor.heard, timeout_ns)
        if len(self._by_place) >= most:
            return False
        self._by_place[(neighbor.interface, neighbor.address)] = neighbor
        return True

    def forget_silent(self, now: int, timeout_ns: int) -> None:
        """Forget who was not heard for the timeout."""
        for place, neighbor in list(self._by_place.items()):
            if now - neighbor.heard > timeout_ns:
                del self._by_place[place]

    def forget_link(self, interface: str) -> None:
        """Forget all of an interface."""
        for place in [one for one in self._by_place if one[0] == interface]:
            del self._by_place[place]

    def all(self) -> list[Neighbor]:
        """Who is kept, by interface and address."""
        return [self._by_place[place] for place in sorted(self._by_place)]


def is_replayed(sequence: tuple[int, int], last: Neighbor | None, *, is_lost: bool) -> bool:
    """Whether a number (key, number) went down since the last message of that neighbour.

    Zero is that of a router that has started anew; it is believed when nothing goes through it any
    more (RFC 4822 2.4.2).
    """
    key, number = sequence
    if last is None or key not in last.sequences:
        return False
    return number < last.sequences[key] and not (number == 0 and is_lost)
