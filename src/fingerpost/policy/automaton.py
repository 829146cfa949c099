"""An AS-path expression as an automaton: one table, one look at each character of a path.

The sets of parts that an expression can be in are the states, made once (`STATES_MOST` of them at
most). So no path takes longer than its length, whatever an expression looks like; one that would
need more states is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from fingerpost.errors import UsageError
from fingerpost.policy.expression import ALPHABET, parts_of

if TYPE_CHECKING:
    from fingerpost.policy.expression import Step

STATES_MOST: Final = 4096
WORK_MOST: Final = 3_000_000  # parts that are looked at while it is made

NEVER, AT_END, ALWAYS = 0, 1, 2
"""Of a state: the path does not fit; it does if it ends here; it does, whatever follows."""


@dataclass(frozen=True, slots=True)
class Automaton:
    """`table[state * width + group]` is the next state, where `groups` has that of a character.

    State 0 is the first. `ends` has `NEVER`, `AT_END` or `ALWAYS` for each.
    """

    groups: bytes  # by character below 128
    width: int
    table: tuple[int, ...]
    ends: bytes

    def fits(self, path: str) -> bool:
        """Whether a path fits, in time of its length."""
        state = 0
        for one in path:
            state = self.table[state * self.width + self.groups[ord(one) & 0x7F]]
            if self.ends[state] == ALWAYS:
                return True
        return self.ends[state] != NEVER

    @property
    def fits_nothing(self) -> bool:
        """Whether there is no path that would fit."""
        return not any(self.ends)


@lru_cache(maxsize=4096)
def automaton(expression: str) -> Automaton:
    """The automaton of an expression. Raises `UsageError` for one that is wrong or too large."""
    return _Making(expression).made()


class _Making:
    """Sets of parts become states, as they are found."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._steps, self._first = parts_of(expression)
        self._work = 0
        self._known: dict[frozenset[int], int] = {}
        self._waiting: list[frozenset[int]] = []
        self._ends = bytearray()

    def made(self) -> Automaton:
        groups, shown = _groups(self._steps)
        begun = self._closure((self._first,), is_first=True)
        # the first state is no other's, for only there is the beginning
        self._waiting.append(begun)
        self._ends.append(self._end(begun, is_first=True))
        table: list[int] = []
        for parts in self._waiting:
            table += (self._after(parts, one) for one in shown)
        return Automaton(groups, len(shown), tuple(table), bytes(self._ends))

    def _after(self, parts: frozenset[int], one: str) -> int:
        if 0 in parts:
            return self._number(frozenset((0,)))
        moved = {self._first}  # it may fit from here on
        for part in parts:
            step = self._steps[part]
            if step.characters is not None and one in step.characters:
                moved.update(step.next)
        return self._number(self._closure(moved))

    def _number(self, parts: frozenset[int]) -> int:
        if 0 in parts:
            parts = frozenset((0,))
        found = self._known.get(parts)
        if found is None:
            found = self._known[parts] = len(self._waiting)
            if found >= STATES_MOST:
                raise self._too_large(f"{STATES_MOST} states")
            self._waiting.append(parts)
            self._ends.append(self._end(parts))
        return found

    def _end(self, parts: frozenset[int], *, is_first: bool = False) -> int:
        if 0 in parts:
            return ALWAYS
        return AT_END if 0 in self._closure(parts, is_first=is_first, is_last=True) else NEVER

    def _closure(
        self, parts: Iterable[int], *, is_first: bool = False, is_last: bool = False
    ) -> frozenset[int]:
        """Those parts and all that are reached from them without a character."""
        found = set(parts)
        waiting = list(found)
        while waiting:
            step = self._steps[waiting.pop()]
            if step.characters is not None or not _passes(step.at, is_first, is_last):
                continue
            for part in step.next:
                if part not in found:
                    found.add(part)
                    waiting.append(part)
        self._work += len(found)
        if self._work > WORK_MOST:
            raise self._too_large("so many states that it would take long to make them")
        return frozenset(found)

    def _too_large(self, what: str) -> UsageError:
        said = self._expression
        shown = said if len(said) < 60 else f"{said[:57]}..."
        return UsageError(
            f"AS path {shown!r} is too large: it needs more than {what}; "
            "write several expressions, or an as-set"
        )


def _passes(at: str, is_first: bool, is_last: bool) -> bool:
    return is_first if at == "^" else is_last if at == "$" else True


def _groups(steps: list[Step]) -> tuple[bytes, list[str]]:
    """The group of each character, and one character of each group: those told apart nowhere."""
    asked = list(dict.fromkeys(one.characters for one in steps if one.characters is not None))
    by_answer: dict[tuple[bool, ...], int] = {}
    groups, shown = bytearray(128), list[str]()
    for one in ALPHABET:
        group = by_answer.setdefault(tuple(one in of for of in asked), len(shown))
        if group == len(shown):
            shown.append(one)
        groups[ord(one)] = group
    return bytes(groups), shown
