"""What happened in a lab, in the order of time: what routers say, and what links and nodes do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import overload

MOST = 100_000  # entries kept; the oldest go first
MOST_FREQUENT = 20_000  # of those that come by the thousand


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `where` names a node or link, `kind` what it is in few words.

    `is_frequent`: one of thousands that say much the same, such as changes of routes.
    """

    instant: int
    where: str
    kind: str
    detail: str = ""
    interface: str | None = None
    is_frequent: bool = False

    def __str__(self) -> str:
        """One line: seconds, place, kind, detail."""
        place = f"{self.where} {self.interface}" if self.interface else self.where
        tail = f": {self.detail}" if self.detail else ""
        return f"{self.instant / 1e9:12.6f} {place}: {self.kind}{tail}"

    def as_dict(self) -> dict[str, object]:
        """The same as plain data, for JSON."""
        return {
            "instant_ns": self.instant,
            "where": self.where,
            "interface": self.interface,
            "kind": self.kind,
            "detail": self.detail,
        }


class Record(Sequence[Entry]):
    """The entries so far. `forgotten` counts those that were too many.

    Fewer are kept of those that are frequent, so that they do not push out the others.
    """

    def __init__(self, most: int = MOST, most_frequent: int = MOST_FREQUENT) -> None:
        """Keep the latest `most`, and the latest `most_frequent` of the frequent ones."""
        self._entries: list[Entry] = []
        self._most, self._most_frequent = most, most_frequent
        self._frequent = 0
        self.forgotten = 0

    def add(self, entry: Entry) -> None:
        """Add what has just happened."""
        self._entries.append(entry)
        self._frequent += entry.is_frequent
        if self._frequent > self._most_frequent:
            self._forget_frequent(max(self._most_frequent // 10, 1))
        if len(self._entries) > self._most:
            cut = max(self._most // 10, 1)
            self._frequent -= sum(one.is_frequent for one in self._entries[:cut])
            del self._entries[:cut]
            self.forgotten += cut

    def _forget_frequent(self, count: int) -> None:
        kept, cut = [], count
        for entry in self._entries:
            if cut and entry.is_frequent:
                cut -= 1
            else:
                kept.append(entry)
        self._entries = kept
        self._frequent -= count
        self.forgotten += count

    def of(self, where: str | None = None, kind: str | None = None) -> list[Entry]:
        """The entries of a node or link, or of a kind, or both."""
        return [
            entry
            for entry in self._entries
            if where in (None, entry.where) and kind in (None, entry.kind)
        ]

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        """One entry, or several."""
        return self._entries[index]

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """Oldest first."""
        return iter(self._entries)

    def __str__(self) -> str:
        """A line an entry."""
        return "\n".join(map(str, self._entries))

    def __repr__(self) -> str:
        """How many there are."""
        return f"<{len(self):,} events>"

    def _repr_html_(self) -> str:
        """For notebooks: the text."""
        return f"<pre>{escape(str(self))}</pre>"
