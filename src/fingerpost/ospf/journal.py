"""What happened in an instance, the last so many: the model behind `show ospf events`."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from fingerpost.protocol.events import Happened

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.addr import Address


class Occurrence(NamedTuple):
    """Something at an instant: a stable kind in few words, where, and a sentence."""

    instant: int
    kind: str
    interface: str | None
    detail: str

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return self._asdict()


class Journal:
    """Tells of what happens, and keeps it for a while."""

    def __init__(self, tell: Callable[[Happened], None], most: int) -> None:
        """`tell` takes each at once; `most` are kept."""
        self._tell = tell
        self._kept: deque[Occurrence] = deque(maxlen=most)

    def add(
        self,
        now: int,
        kind: str,
        interface: str | None,
        detail: str,
        address: Address | None = None,
    ) -> None:
        """Something happened."""
        self._kept.append(Occurrence(now, kind, interface, detail))
        self._tell(Happened(kind, interface, detail, address))

    def all(self) -> list[Occurrence]:
        """What is kept, the oldest first."""
        return list(self._kept)
