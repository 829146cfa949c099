"""Who speaks on an interface and is not heard, and why: what an operator asks first.

A router whose Hellos are refused is no neighbour, and the protocol itself forgets it. "Why is that
router no neighbour" has its answer here: another area, another timer, another key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.ospf.faults import SILENT, Reason
from fingerpost.ospf.text import dotted

if TYPE_CHECKING:
    from fingerpost.addr import Address

MOST = 256  # anybody can make up routers: the one that was silent for longest makes room


@dataclass(slots=True)
class Refusal:
    """A router whose packets are not taken, the last one for `reason` at the instant `heard`.

    `router_id` is what it says, and 0 where its packet could not be read.
    """

    interface: str
    router_id: int
    address: Address
    reason: Reason
    since: int
    heard: int
    packets: int = 0

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {
            "interface": self.interface,
            "router_id": dotted(self.router_id),
            "address": str(self.address),
            "reason": self.reason.fault.name.lower().replace("_", "-"),
            "theirs": self.reason.theirs,
            "ours": self.reason.ours,
            "text": str(self.reason),
            "since": self.since,
            "heard": self.heard,
            "packets": self.packets,
        }


class Refusals:
    """At most `MOST` of them, by interface and router id."""

    def __init__(self) -> None:
        """Nobody was refused."""
        self._by_place: dict[tuple[str, int], Refusal] = {}

    def put(
        self, interface: str, router_id: int, address: Address, reason: Reason, now: int
    ) -> Refusal | None:
        """A packet was refused; gives what is new: another reason than before, or None."""
        if reason.fault in SILENT:
            return None
        place = (interface, router_id)
        held = self._by_place.pop(place, None)
        is_new = held is None or held.reason.fault is not reason.fault
        if held is None or is_new:
            if len(self._by_place) >= MOST:
                del self._by_place[next(iter(self._by_place))]
            held = Refusal(interface, router_id, address, reason, now, now)
        held.address, held.reason, held.heard = address, reason, now
        held.packets += 1
        self._by_place[place] = held  # behind all others: the first was silent for longest
        return held if is_new else None

    def forget(self, interface: str, router_id: int) -> None:
        """A Hello was taken: whatever was wrong with it is right now."""
        if self._by_place:
            self._by_place.pop((interface, router_id), None)

    def forget_interface(self, interface: str) -> None:
        """An interface is down, or what we compare with has changed."""
        for place in [place for place in self._by_place if place[0] == interface]:
            del self._by_place[place]

    def of(self, interface: str, router_id: int) -> Refusal | None:
        """What was refused of a router; None if nothing."""
        return self._by_place.get((interface, router_id))

    def all(self, since: int = 0) -> list[Refusal]:
        """Who was refused since an instant, by interface and router id."""
        found = [self._by_place[place] for place in sorted(self._by_place)]
        return [one for one in found if one.heard >= since]
