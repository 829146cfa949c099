"""What is not taken is counted each time, and told of at the first, tenth, hundredth time.

So are neighbours that come and go: each time.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fingerpost.protocol.events import DatagramReceived, Happened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fingerpost.rip.faults import Fault
    from fingerpost.rip.neighbors import Neighbor


class Complaints:
    """Faults of messages and of entries, which an operator hears of (RFC 2453 3.9.2)."""

    def __init__(self, tell: Callable[[Happened], None]) -> None:
        """`tell` takes what is to be told."""
        self._tell = tell

    def heard(self, neighbor: Neighbor) -> None:
        """A neighbour speaks that did not speak before, or not lately."""
        detail = f"{neighbor.address}, version {neighbor.version}"
        self._tell(Happened("neighbor up", neighbor.interface, detail))

    def lost(self, neighbor: Neighbor, reason: str) -> None:
        """A neighbour is not heard any more."""
        detail = f"{neighbor.address}: {reason}"
        self._tell(Happened("neighbor down", neighbor.interface, detail))

    def message(self, fault: Fault, counts: Counter[Fault], event: DatagramReceived) -> None:
        """Count a message that is ignored."""
        counts[fault] += 1
        if _is_told(counts[fault] - 1, counts[fault]):
            detail = f"from {event.source} port {event.source_port}: {fault} ({counts[fault]})"
            self._tell(Happened("message ignored", event.interface, detail))

    def entries(
        self, faults: Sequence[Fault], counts: Counter[Fault], event: DatagramReceived
    ) -> None:
        """Count entries that are left out."""
        for fault, times in Counter(faults).items():
            counts[fault] += times
            if _is_told(counts[fault] - times, counts[fault]):
                detail = f"from {event.source}: {fault} ({counts[fault]})"
                self._tell(Happened("entry ignored", event.interface, detail))


def _is_told(before: int, after: int) -> bool:
    """Whether a power of ten was reached."""
    return len(str(after)) > len(str(before)) or (before == 0 and after > 0)
