"""What an operator hears of: sessions that come and go, and packets that are not taken.

The latter at the first, tenth, hundredth time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.events import Happened

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    from fingerpost.bfd.faults import Fault
    from fingerpost.bfd.session import Session
    from fingerpost.protocol.events import DatagramReceived


class Complaints:
    """Tells what happens to sessions."""

    def __init__(self, tell: Callable[[Happened], None]) -> None:
        """`tell` takes what is to be told."""
        self._tell = tell

    def rose(self, session: Session) -> None:
        """A session is Up."""
        key = session.key
        self._tell(Happened("session up", key.interface, str(key.remote), key.remote))

    def fell(self, session: Session) -> None:
        """A session is Up no more."""
        key = session.key
        detail = f"{key.remote}: {session.fell}"
        self._tell(Happened("session down", key.interface, detail, key.remote))

    def no_room(self, remote: object, interface: str | None, limit: int) -> None:
        """A session cannot be made."""
        detail = f"{remote}: {limit} sessions are the limit"
        self._tell(Happened("session refused", interface, detail))

    def packet(self, fault: Fault, counts: Counter[Fault], event: DatagramReceived) -> None:
        """Count a packet that is not taken."""
        counts[fault] += 1
        count = counts[fault]
        if str(count).strip("0") == "1":
            detail = f"from {event.source}: {fault} ({count})"
            self._tell(Happened("packet ignored", event.interface, detail, event.source))
