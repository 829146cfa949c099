"""`Help`: whom we help or helped while it restarted, until when, and why that ended."""

from __future__ import annotations

from dataclasses import dataclass

from fingerpost.ospf.lsa.grace import RestartReason
from fingerpost.ospf.text import dotted

MOST = 64  # that are kept after their end


@dataclass(slots=True)
class Help:
    """A neighbour on an interface that restarts or restarted. Instants in nanoseconds; `reason` is
    its own number for why it restarts; `ended` and `why` None while it is helped.
    """

    router_id: int
    interface: str
    since: int
    until: int
    reason: int | None
    ended: int | None = None
    why: str | None = None

    @property
    def reason_text(self) -> str:
        """Why it restarts, in words."""
        try:
            return RestartReason(self.reason or 0).name.lower().replace("_", " ")
        except ValueError:
            return f"reason {self.reason}"

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {
            "router_id": dotted(self.router_id),
            "interface": self.interface,
            "since": self.since,
            "until": self.until,
            "reason": self.reason_text,
            "ended": self.ended,
            "why": self.why,
        }


class Helps:
    """Those that are helped, by the neighbour's number, and the last of every one that was."""

    def __init__(self) -> None:
        """Nobody was ever helped."""
        self._now: dict[int, Help] = {}
        self._past: dict[tuple[str, int], Help] = {}  # the oldest first

    def set(self, number: int, asked: Help) -> Help:
        """A neighbour is helped, or for another time than before; gives what is kept of it."""
        held = self._now.setdefault(number, asked)
        held.until, held.reason = asked.until, asked.reason
        return held

    def end(self, number: int, now: int, why: str) -> None:
        """It is helped no more."""
        held = self._now.pop(number, None)
        if held is None:
            return
        held.ended, held.why = now, why
        place = (held.interface, held.router_id)
        self._past.pop(place, None)
        self._past[place] = held
        while len(self._past) > MOST:
            del self._past[next(iter(self._past))]

    def of(self, number: int) -> Help | None:
        """That of a neighbour which is helped."""
        return self._now.get(number)

    def all(self) -> list[Help]:
        """All that are kept, those that ended first."""
        return [*self._past.values(), *self._now.values()]
