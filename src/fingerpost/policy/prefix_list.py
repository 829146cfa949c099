"""`PrefixList`: permit or deny prefixes by where they lie and how long they are.

An entry means prefixes inside its own whose length is in a range: without `ge` and `le` exactly
its own length; with `le` only, its own length up to `le`; with `ge` only, `ge` up to the most
there is; with both, `ge` up to `le`. So FRR reads them, and OpenBGPD's `prefixlen` ranges say the
same. The first entry in order that means a prefix decides; a prefix that none means is denied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.errors import UsageError
from fingerpost.fib import Fib

if TYPE_CHECKING:
    from fingerpost.addr import PrefixLike

    _Wide = tuple[int, int, int]  # place, least and greatest length


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. Raises `UsageError` unless length <= ge <= le <= the bits of an address."""

    prefix: Prefix
    ge: int | None = None
    le: int | None = None
    permits: bool = True

    def __post_init__(self) -> None:
        """Refuse a range that means nothing."""
        least, most = self.lengths
        if not self.prefix.length <= least <= most <= self.prefix.bits:
            raise UsageError(
                f"{self}: lengths {least} to {most}; they must rise and lie in "
                f"{self.prefix.length} to {self.prefix.bits}"
            )

    @property
    def lengths(self) -> tuple[int, int]:
        """The least and the greatest length that it means."""
        if self.ge is None and self.le is None:
            return self.prefix.length, self.prefix.length
        least = self.prefix.length if self.ge is None else self.ge
        return least, self.prefix.bits if self.le is None else self.le

    def means(self, prefix: Prefix) -> bool:
        """Whether a prefix lies inside and has a length in the range."""
        least, most = self.lengths
        return least <= prefix.length <= most and prefix.is_subnet_of(self.prefix)

    def hides(self, other: Entry) -> bool:
        """Whether it means every prefix that `other` does."""
        least, most = self.lengths
        other_least, other_most = other.lengths
        return (
            least <= other_least and other_most <= most and other.prefix.is_subnet_of(self.prefix)
        )

    def __str__(self) -> str:
        """As FRR writes it."""
        ge = "" if self.ge is None else f" ge {self.ge}"
        le = "" if self.le is None else f" le {self.le}"
        return f"{'permit' if self.permits else 'deny'} {self.prefix}{ge}{le}"


class PrefixList:
    """A named list of entries, in order. Answers in time of the entries around a prefix.

    Two of one name with the same entries are equal, whatever they counted; called with a prefix it
    tells whether that is permitted.
    """

    def __init__(self, name: str, entries: Iterable[Entry]) -> None:
        """Index the entries by prefix."""
        self.name = name
        self.entries = tuple(entries)
        self.hits = [0] * len(self.entries)
        self._exact: dict[Prefix, int] = {}  # the first that means a prefix and no other
        wide: dict[Prefix, list[_Wide]] = {}
        for place, entry in enumerate(self.entries):
            least, most = entry.lengths
            if least == most == entry.prefix.length:
                self._exact.setdefault(entry.prefix, place)
            else:
                wide.setdefault(entry.prefix, []).append((place, least, most))
        self._wide: Fib[tuple[_Wide, ...]] = Fib(
            (prefix, tuple(held)) for prefix, held in wide.items()
        )
        self._has_wide = bool(wide)

    def find(self, prefix: PrefixLike) -> int | None:
        """The place of the entry that decides about a prefix; None if none means it."""
        if type(prefix) is not Prefix:
            prefix = Prefix(prefix)
        found = self._exact.get(prefix)
        if not self._has_wide:
            return found
        length = prefix.length
        for _, held in self._wide.covering(prefix):
            for place, least, most in held:
                if least <= length <= most and (found is None or place < found):
                    found = place
        return found

    def permits(self, prefix: PrefixLike, *, counts: int = 0) -> bool:
        """Whether the entry that decides about a prefix permits it; `counts` routes ask."""
        place = self.find(prefix)
        if place is None:
            return False
        self.hits[place] += counts
        return self.entries[place].permits

    def __call__(self, prefix: PrefixLike) -> bool:
        """Whether a prefix is permitted; counted."""
        return self.permits(prefix, counts=1)

    def __eq__(self, other: object) -> bool:
        """Whether it says the same by the same name."""
        if not isinstance(other, PrefixList):
            return NotImplemented
        return self is other or (self.name == other.name and self.entries == other.entries)

    def __hash__(self) -> int:
        """By name and size, which is enough: lists of one name are few."""
        return hash((self.name, len(self.entries)))

    def shadowed(self) -> list[tuple[int, int]]:
        """The places of entries that can never decide, each with one before it that hides it."""
        found = []
        for place, entry in enumerate(self.entries):
            before = [at for at in self._around(entry.prefix) if at < place]
            hiding = next((at for at in sorted(before) if self.entries[at].hides(entry)), None)
            if hiding is not None:
                found.append((place, hiding))
        return found

    def _around(self, prefix: Prefix) -> Iterator[int]:
        """The places of entries whose prefix contains one; of equal exact ones the first."""
        if (exact := self._exact.get(prefix)) is not None:
            yield exact
        if self._has_wide:
            for _, held in self._wide.covering(prefix):
                yield from (place for place, _, _ in held)

    def __str__(self) -> str:
        """The name, as statements refer to it."""
        return f"prefix list {self.name}"
