"""The routers that were heard, and the sequence numbers that authenticate them.

RFC 2082 3.2.2 and RFC 4822 2: a number that is less than the last one of its key is an old message.
A router whose routes are lost may begin again at zero, or above where it was, never between. So who
signs is remembered while it is silent, and its link down, as long as there is room.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.protocol.events import WatchTimers


@dataclass(slots=True)
class Neighbor:
    """A router on a link; instants are nanoseconds. `sequences` are the last numbers by key.

    `bad_messages` and `bad_entries` are those that were not taken. `watched` is how BFD was asked
    to watch it, and `is_reached` what BFD said last; None: it was not asked, it said nothing yet.
    """

    interface: str
    address: Address
    version: int
    since: int
    heard: int
    responses: int = 0
    entries: int = 0
    bad_messages: int = 0
    bad_entries: int = 0
    is_silent: bool = False
    sequences: dict[int, int] = field(default_factory=dict)
    watched: WatchTimers | None = None
    is_reached: bool | None = None


class Neighbors:
    """At most `most` of them; who is silent for the timeout makes room."""

    def __init__(self) -> None:
        """Nobody was heard."""
        self._by_place: dict[tuple[str, Address], Neighbor] = {}
        self._oldest: int | None = None  # nobody who speaks was heard last before this

    def __len__(self) -> int:
        """How many are kept, silent ones that signed among them."""
        return len(self._by_place)

    def find(self, interface: str, address: Address, now: int, timeout_ns: int) -> Neighbor | None:
        """Who speaks from there; `is_silent` if it was not heard within the timeout."""
        found = self._by_place.get((interface, address))
        if found is not None and now - found.heard > timeout_ns:
            found.is_silent = True
        return found

    def add(self, neighbor: Neighbor, most: int, timeout_ns: int) -> bool:
        """Keep a new one; False where there is no room even without the silent ones."""
        if len(self._by_place) >= most:
            self._make_room(neighbor.heard, timeout_ns)
        if len(self._by_place) >= most:
            return False
        self._by_place[(neighbor.interface, neighbor.address)] = neighbor
        self.speaks_again(neighbor)
        return True

    def speaks_again(self, neighbor: Neighbor) -> None:
        """One that is new or was silent is heard."""
        neighbor.is_silent = False
        if self._oldest is None:
            self._oldest = neighbor.heard

    def forget_link(self, interface: str) -> list[Neighbor]:
        """Nobody speaks on an interface any more; gives those who did."""
        lost = []
        for place, neighbor in list(self._by_place.items()):
            if place[0] == interface:
                if not neighbor.is_silent:
                    lost.append(neighbor)
                neighbor.is_silent = True
                if not neighbor.sequences:
                    del self._by_place[place]
        return lost

    def fall_silent(self, now: int, timeout_ns: int) -> list[Neighbor]:
        """Mark who was not heard within the timeout; gives those who spoke until now."""
        if self._oldest is None or now - self._oldest <= timeout_ns:
            return []
        lost = []
        for one in self._by_place.values():
            if not one.is_silent and now - one.heard > timeout_ns:
                one.is_silent = True
                lost.append(one)
        heard = [one.heard for one in self._by_place.values() if not one.is_silent]
        self._oldest = min(heard, default=None)
        return lost

    def all(self, now: int, timeout_ns: int) -> list[Neighbor]:
        """Who speaks, by interface and address."""
        found = [self._by_place[place] for place in sorted(self._by_place)]
        return [one for one in found if not one.is_silent and now - one.heard <= timeout_ns]

    def _make_room(self, now: int, timeout_ns: int) -> None:
        """Forget the silent ones that never signed; if there are none, the longest silent one."""
        silent = [
            (one.heard, place)
            for place, one in self._by_place.items()
            if one.is_silent or now - one.heard > timeout_ns
        ]
        unsigned = [place for _, place in silent if not self._by_place[place].sequences]
        for place in unsigned or [place for _, place in sorted(silent)[:1]]:
            del self._by_place[place]


def is_replayed(sequence: tuple[int, int], last: Neighbor | None, *, is_lost: bool) -> bool:
    """Whether a number (key, number) is less than the last one of that neighbour and key.

    Zero is that of a router that has started anew; it is believed when nothing goes through it any
    more (RFC 2082 3.2.2).
    """
    key, number = sequence
    if last is None or key not in last.sequences:
        return False
    return number < last.sequences[key] and not (number == 0 and is_lost)
