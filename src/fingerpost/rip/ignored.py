"""Who speaks on a link and is not heard, and why: what an operator asks first.

A router whose messages are refused is no neighbour, and RIP itself needs to know nothing of it.
But "why do I not see that router" has its answer here: another password, another subnet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.rip.faults import Fault

if TYPE_CHECKING:
    from fingerpost.addr import Address

MOST = 256  # anybody can make up sources: the one that was silent for longest makes room
NO_SPEAKER = frozenset(
    {Fault.OWN_SOURCE, Fault.INTERFACE_DOWN, Fault.PASSIVE, Fault.REQUEST_RATE}
)  # these say nothing against who sent it


@dataclass(slots=True)
class Ignored:
    """A source whose messages are not taken, the last one for `fault` at the instant `heard`."""

    interface: str
    address: Address
    fault: Fault
    since: int
    heard: int
    messages: int = 1

    def __str__(self) -> str:
        """In words."""
        return f"{self.address} on {self.interface} is not heard: {self.fault}"

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {
            "interface": self.interface,
            "address": str(self.address),
            "reason": str(self.fault),
            "since": self.since,
            "heard": self.heard,
            "messages": self.messages,
        }


class IgnoredSpeakers:
    """At most `MOST` of them, by interface and address."""

    def __init__(self) -> None:
        """Nobody was ignored."""
        self._by_place: dict[tuple[str, Address], Ignored] = {}

    def put(self, interface: str, address: Address, fault: Fault, now: int) -> None:
        """A message was refused."""
        if fault in NO_SPEAKER:
            return
        place = (interface, address)
        held = self._by_place.pop(place, None)
        if held is None:
            if len(self._by_place) >= MOST:
                del self._by_place[next(iter(self._by_place))]
            held = Ignored(interface, address, fault, now, now, 0)
        held.fault, held.heard = fault, now
        held.messages += 1
        self._by_place[place] = held  # behind all others: the first was silent for longest

    def forget(self, interface: str, address: Address) -> None:
        """A message was taken: whatever was wrong is right now."""
        if self._by_place:
            self._by_place.pop((interface, address), None)

    def all(self, now: int, timeout_ns: int) -> list[Ignored]:
        """Who spoke within the timeout, by interface and address."""
        found = [self._by_place[place] for place in sorted(self._by_place)]
        return [one for one in found if now - one.heard <= timeout_ns]
