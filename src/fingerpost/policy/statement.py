"""`Statement`: one line of a policy: if all this holds, change that, then accept, reject, go on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost.policy.action import Outcome, Set, with_numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.policy.action import Action
    from fingerpost.policy.match import Condition
    from fingerpost.rib import Context, RibRoute

    Ask = Callable[[RibRoute, Context], bool]


@dataclass(frozen=True, slots=True)
class Statement:
    """`name` is what traces call it; without conditions it means every route."""

    name: str
    conditions: tuple[Condition, ...] = ()
    actions: tuple[Action, ...] = ()
    outcome: Outcome = Outcome.ACCEPT
    did: str = field(init=False, repr=False, compare=False)
    _asked: tuple[Ask, ...] = field(init=False, repr=False, compare=False)
    _sets: tuple[Set, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare what the trace says, which is the same for every route, and what is asked."""
        done = [*map(str, self.actions), self.outcome.value]
        sets = tuple(one for one in self.actions if isinstance(one, Set))
        object.__setattr__(self, "did", ", ".join(done))
        object.__setattr__(self, "_asked", tuple(one.holds for one in self.conditions))
        object.__setattr__(self, "_sets", sets if len(sets) == len(self.actions) else ())

    def means(self, route: RibRoute, context: Context) -> bool:
        """Whether every condition holds."""
        for holds in self._asked:  # noqa: SIM110 - a generator costs more than most conditions
            if not holds(route, context):
                return False
        return True

    def change(self, route: RibRoute) -> RibRoute:
        """The route after every action, in order."""
        if self._sets:
            return with_numbers(route, self._sets)
        for action in self.actions:
            route = action.apply(route)
        return route

    def __str__(self) -> str:
        """As a report shows it."""
        asked = " and ".join(map(str, self.conditions)) or "every route"
        return f"{self.name}: {asked}: {self.did}"
