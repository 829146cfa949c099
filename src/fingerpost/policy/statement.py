"""`Statement`: one line of a policy: if all this holds, change that, then accept, reject, go on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost.policy.action import Outcome

if TYPE_CHECKING:
    from fingerpost.policy.action import Action
    from fingerpost.policy.match import Condition
    from fingerpost.rib import Context, RibRoute


@dataclass(frozen=True, slots=True)
class Statement:
    """`name` is what traces call it; without conditions it means every route."""

    name: str
    conditions: tuple[Condition, ...] = ()
    actions: tuple[Action, ...] = ()
    outcome: Outcome = Outcome.ACCEPT
    did: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare what the trace says, which is the same for every route."""
        done = [*map(str, self.actions), self.outcome.value]
        object.__setattr__(self, "did", ", ".join(done))

    def means(self, route: RibRoute, context: Context) -> bool:
        """Whether every condition holds."""
        return all(condition.holds(route, context) for condition in self.conditions)

    def change(self, route: RibRoute) -> RibRoute:
        """The route after every action, in order."""
        for action in self.actions:
            route = action.apply(route)
        return route

    def __str__(self) -> str:
        """As a report shows it."""
        asked = " and ".join(map(str, self.conditions)) or "every route"
        return f"{self.name}: {asked}: {self.did}"
