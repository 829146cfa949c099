"""Conditions on AS paths by regular expressions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost.policy.attributes import as_path_of
from fingerpost.policy.automaton import Automaton, automaton
from fingerpost.policy.segments import text_of

if TYPE_CHECKING:
    from fingerpost.rib import Context, RibRoute


@dataclass(frozen=True, slots=True)
class AsPath:
    """The AS path, written with spaces between, fits a regular expression, or one of `others`.

    `_` means a border of a number, as in FRR: `^65000_` begins with AS 65000, `_65000_` has it
    anywhere, `^$` is empty; `expression` says what else is known. Raises `UsageError` for what is
    no expression, and for one that would need too large an automaton.
    """

    expression: str
    others: tuple[str, ...] = ()
    automata: tuple[Automaton, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the automata."""
        object.__setattr__(self, "automata", tuple(map(automaton, self.expressions)))

    @property
    def expressions(self) -> tuple[str, ...]:
        """All of them."""
        return (self.expression, *self.others)

    def holds(self, route: RibRoute, context: Context) -> bool:  # noqa: ARG002 - all are asked alike
        """Look through the path."""
        path = text_of(as_path_of(route))
        return any(one.fits(path) for one in self.automata)

    def implies(self, asked: AsPath) -> bool:
        """Whether `asked` surely holds of every route of which this holds."""
        return set(self.expressions) <= set(asked.expressions)

    def __str__(self) -> str:
        """As declared."""
        return f"AS path {' or '.join(self.expressions)}"
