"""Lines of a policy that can never do anything, or never did.

`shadowed`: an earlier line means every route that this one does, and ends there. `dead`: nothing
reaches it, or nothing can fit it. `unused`: it could, but no route has fitted it so far.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.policy.action import Outcome
from fingerpost.policy.contradiction import contradiction
from fingerpost.policy.match import Implying, InPrefixList, Is

if TYPE_CHECKING:
    from fingerpost.policy.match import Condition
    from fingerpost.policy.policy import Policy
    from fingerpost.policy.prefix_list import PrefixList
    from fingerpost.policy.statement import Statement


@dataclass(frozen=True, slots=True)
class Finding:
    """One line that does nothing: where, of which sort, and why."""

    policy: str
    line: str
    sort: str
    why: str

    def __str__(self) -> str:
        """As a report prints it."""
        return f"{self.policy} line {self.line}: {self.sort}, {self.why}"


def findings(policy: Policy) -> list[Finding]:
    """What is wrong with a policy and the prefix lists that it uses, in order of lines."""
    return [*idle_statements(policy), *_of_lists(policy)]


def idle_statements(policy: Policy) -> Iterator[Finding]:
    """The statements that do nothing; prefix lists are not looked into."""
    judged = policy.defaulted + sum(policy.hits)
    for place, statement in enumerate(policy.statements):
        if (why := contradiction(statement)) is not None:
            yield Finding(policy.name, statement.name, "dead", why)
            continue
        before = next((one for one in _lately(policy, place) if _hides(one, statement)), None)
        if before is not None:
            sort = "shadowed" if before.conditions else "dead"
            why = f"line {before.name} ends with all that it means"
            yield Finding(policy.name, statement.name, sort, why)
        elif judged and not policy.hits[place]:
            why = "no route has fitted it so far"
            yield Finding(policy.name, statement.name, "unused", why)


def _of_lists(policy: Policy) -> Iterator[Finding]:
    lists: dict[str, PrefixList] = {
        condition.list.name: condition.list
        for statement in policy.statements
        for condition in statement.conditions
        if isinstance(condition, InPrefixList)
    }
    for held in lists.values():
        yield from shadowed_entries(held)


def shadowed_entries(held: PrefixList) -> Iterator[Finding]:
    """The entries of a prefix list that can never decide; they are numbered from 1."""
    for place, hiding in held.shadowed():
        why = f"{held.entries[place]} is inside {held.entries[hiding]}"
        yield Finding(f"prefix list {held.name}", str(place + 1), "shadowed", why)


def _lately(policy: Policy, place: int) -> list[Statement]:
    """The statements before one that see routes as it does: no line between changes them.

    One that means every route sees those of it all the same.
    """
    found: list[Statement] = []
    is_changed = False
    for before in reversed(policy.statements[:place]):
        is_changed |= before.outcome is Outcome.CONTINUE and bool(before.actions)
        if not is_changed or not before.conditions:
            found.insert(0, before)
    return found


def _hides(before: Statement, after: Statement) -> bool:
    """Whether nothing that fits `after` gets past `before`."""
    if before.outcome is Outcome.CONTINUE:
        return False
    return all(
        any(_implies(given, asked) for given in after.conditions) for asked in before.conditions
    )


def _implies(given: Condition, asked: Condition) -> bool:
    """Whether `asked` surely holds where `given` does; false if that is not known."""
    if isinstance(given, Is) and isinstance(asked, Is):
        return given.field == asked.field and all(
            _is_among(value, asked.values) for value in given.values
        )
    if isinstance(given, InPrefixList) and isinstance(asked, InPrefixList):
        return given.list is asked.list or _list_implies(given.list, asked.list)
    if type(given) is type(asked) and isinstance(given, Implying):
        return given.implies(asked)
    return given == asked


def _is_among(value: object, values: tuple[object, ...]) -> bool:
    ranges = [one for one in values if isinstance(one, range)]
    if isinstance(value, range):
        return any(value[0] in one and value[-1] in one for one in ranges)
    return value in values or any(value in one for one in ranges)


def _list_implies(given: PrefixList, asked: PrefixList) -> bool:
    """Sure only where the asked list denies nothing."""
    return all(entry.permits for entry in asked.entries) and all(
        any(other.hides(entry) for other in asked.entries)
        for entry in given.entries
        if entry.permits
    )
