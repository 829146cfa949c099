"""`Failures`: what goes wrong with sockets, counted, and told without repeating it endlessly."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fingerpost.forwarding.events import Happened
from fingerpost.host.linux.sockets.datagrams import name_of

if TYPE_CHECKING:
    from collections.abc import Callable


class Failures:
    """`counters` counts them by kind; `report` hears of the first, the tenth, the hundredth."""

    def __init__(self, report: Callable[[Happened], None]) -> None:
        """Nothing has failed yet."""
        self.counters: Counter[str] = Counter()
        self._report = report

    def tell(self, what: str, interface: str | None, where: str, error: Exception) -> None:
        """Something failed: `what` is the verb, `where` says of what or to whom."""
        name = name_of(error) if isinstance(error, OSError) else "refused"
        kind = f"{what} {name}" if interface is None else f"{what} {name} on {interface}"
        self.counters[kind] += 1
        digits = str(self.counters[kind])
        if digits.strip("0") == "1":
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            detail = f"{where}: {reason} ({digits})"
            self._report(Happened(f"{what} failed", interface, detail))
