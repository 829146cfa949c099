"""`Applied`: what is known of one configuration, and `Index`: all of them with the pointers."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from fingerpost.errors import UsageError

_FORMAT = 1
_TYPES: dict[str, Any] = {
    "number": int,
    "applied": int,
    "digest": str,
    "source": str,
    "comment": str,
    "ran": bool,
    "before": int | None,
}


@dataclass(frozen=True, slots=True)
class Applied:
    """One configuration. `applied` is nanoseconds since 1970; `digest` the SHA-256 of its text.

    `ran`: it was applied and not only tried. `before`: what ran when it began to, for a rollback.
    """

    number: int
    applied: int
    digest: str
    source: str = ""
    comment: str = ""
    ran: bool = False
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """What is on disk. A pointer is the number of an entry, or None.

    `candidate` is being applied, `running` was applied last, `confirmed` is what a rollback leads
    to; `confirm_by`: the instant until which `running` is to be confirmed, None where it is.
    """

    entries: tuple[Applied, ...] = ()
    next_number: int = 1
    candidate: int | None = None
    running: int | None = None
    confirmed: int | None = None
    confirm_by: int | None = None

    def entry(self, number: int | None) -> Applied | None:
        """The entry of a number."""
        return next((one for one in self.entries if one.number == number), None)

    @property
    def pointed(self) -> set[int]:
        """The numbers that may not go."""
        return {one for one in (self.candidate, self.running, self.confirmed) if one is not None}

    @property
    def idle(self) -> int | None:
        """The candidate, if it has never run: nobody misses it."""
        entry = self.entry(self.candidate)
        return None if entry is None or entry.ran else entry.number

    def without(self, number: int | None) -> Index:
        """Without an entry, and without a candidate."""
        kept = tuple(one for one in self.entries if one.number != number)
        return replace(self, entries=kept, candidate=None)

    def bounded(self, keep: int) -> Index:
        """Without the oldest beyond `keep` that nothing points to."""
        spare = [one.number for one in self.entries if one.number not in self.pointed]
        gone = set(spare[: max(0, len(self.entries) - keep)])
        return replace(self, entries=tuple(one for one in self.entries if one.number not in gone))

    def encode(self) -> bytes:
        """As JSON."""
        return json.dumps({"format": _FORMAT, **asdict(self)}, indent=1).encode() + b"\n"


def decode(data: bytes, where: str) -> Index:
    """Read what `encode` wrote; raises `UsageError` for anything else."""
    try:
        held = json.loads(data)
        if held.pop("format") != _FORMAT:
            raise ValueError("another format")
        entries = tuple(Applied(**_checked(one)) for one in held.pop("entries"))
        index = Index(entries=entries, **held)
        _check(index)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{where} is no list of applied configurations ({error}); move it away to begin anew"
        ) from None
    return index


def _checked(held: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    for one in fields(Applied):
        if not isinstance(held[one.name], _TYPES[one.name]):
            raise TypeError(f"{one.name} is {held[one.name]!r}")
    return dict(held)


def _check(index: Index) -> None:
    pointers = (index.candidate, index.running, index.confirmed)
    numbers = [one.number for one in index.entries]
    if numbers != sorted(set(numbers)) or any(one < 1 for one in numbers):
        raise ValueError("numbers that do not rise")
    if any(one is not None and index.entry(one) is None for one in pointers):
        raise ValueError("a pointer to nothing")
    if not isinstance(index.next_number, int) or index.next_number <= max(numbers, default=0):
        raise ValueError("a next number that was given out")
    if not isinstance(index.confirm_by, int | None):
        raise TypeError("a time that is no number")
