"""What happened in a lab, in the order of time: what routers say, and what links and nodes do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import overload

MOST = 100_000  # entries kept; the oldest go first


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `where` names a node or link, `kind` what it is in few words."""

    instant: int
    where: str
    kind: str
    detail: str = ""
    interface: str | None = None

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
    """The entries so far. `forgotten` counts those that were too many."""

    def __init__(self, most: int = MOST) -> None:
        """Keep the latest `most`."""
        self._entries: list[Entry] = []
        self._most = most
        self.forgotten = 0

    def add(self, entry: Entry) -> None:
        """Add what has just happened."""
        self._entries.append(entry)
        if len(self._entries) > self._most:
            cut = max(self._most // 10, 1)
            del self._entries[:cut]
            self.forgotten += cut

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
