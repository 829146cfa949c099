"""Do tables go round in a circle? Policies may contradict each other so that they never stand.

Nobody looks while tables do what they always do before they stand. Where a node has changed its
routes far more often than it has routes, though nothing was done to the network, each prefix is
watched from then on: its changes are a sequence, and where the same few come again and again in the
same order, they oscillate. BGP does so by policies that have no solution (Griffin and Wilfong's BAD
GADGET) and by MED among route reflectors (RFC 3345).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.lab.instant import roughly

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fingerpost.addr import Address, Prefix
    from fingerpost.rib.events import Change
    from fingerpost.rib.route import RibRoute

LEAST, TIMES = 100, 10
"""A node is suspected above `LEAST` changes and `TIMES` as many as it has routes."""
ROUNDS = 4
"""How often the same changes have to come."""
LONGEST = 64
"""Changes of a prefix in one round, at most."""


@dataclass(frozen=True, slots=True)
class Step:
    """A node begins to send to `next_hops`, the nodes there; none: it lost its route."""

    node: str
    next_hops: tuple[str, ...]
    metric: int = 0

    def __str__(self) -> str:
        """As "a by b", or "a by nobody"."""
        hops = " and ".join(self.next_hops) or "nobody"
        return f"{self.node} by {hops}" + (f" metric {self.metric}" if self.metric else "")


@dataclass(frozen=True, slots=True)
class Oscillation:
    """A prefix whose routes go round: one round of changes in order, and how long it takes."""

    prefix: Prefix
    steps: tuple[Step, ...]
    round_ns: int
    found_at: int

    @property
    def nodes(self) -> tuple[str, ...]:
        """Those that take part, in the order of their first change."""
        return tuple(dict.fromkeys(step.node for step in self.steps))

    def __str__(self) -> str:
        """One line with the whole round."""
        steps = ", ".join(map(str, self.steps))
        return f"{self.prefix} goes round every {roughly(self.round_ns)}: {steps}"

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        steps = [
            {"node": one.node, "next_hops": list(one.next_hops), "metric": one.metric}
            for one in self.steps
        ]
        return {
            "prefix": str(self.prefix),
            "round_ns": self.round_ns,
            "found_at_ns": self.found_at,
            "steps": steps,
        }


class Rounds:
    """Watches changes of routes. `name_of` gives the node that has an address, None: nobody.

    `found`: the first oscillation of each prefix since the network was last disturbed.
    """

    def __init__(self, name_of: Callable[[Address], str | None]) -> None:
        """Nothing has changed."""
        self.found: dict[Prefix, Oscillation] = {}
        self._name_of = name_of
        self._counts: dict[str, int] = {}
        self._sizes: dict[str, int] = {}
        self._histories: dict[Prefix, deque[tuple[int, Step]]] = {}
        self._is_watching = False

    def disturbed(self) -> None:
        """Something was done to the network: what was, does not count."""
        self.found.clear()
        self._counts.clear()
        self._histories.clear()
        self._is_watching = False

    def changed(
        self, node: str, changes: Sequence[Change], growth: int, now: int
    ) -> Oscillation | None:
        """Routes of a node have changed; gives the oscillation that this shows, the first time.

        `growth`: how many routes more it has.
        """
        count = self._counts[node] = self._counts.get(node, 0) + len(changes)
        size = self._sizes[node] = self._sizes.get(node, 0) + growth
        if not self._is_watching:
            self._is_watching = count > LEAST + TIMES * size
            return None
        found = None
        for change in changes:
            if change.prefix not in self.found:
                found = self._add(change.prefix, self._step(node, change.after), now) or found
        return found

    def _step(self, node: str, route: RibRoute | None) -> Step:
        if route is None:
            return Step(node, ())
        hops = [one.gateway for one in route.next_hops if one.gateway is not None]
        names = [self._name_of(one) or str(one) for one in hops]
        return Step(node, tuple(names) or (node,), route.metric)

    def _add(self, prefix: Prefix, step: Step, now: int) -> Oscillation | None:
        steps = self._histories.setdefault(prefix, deque(maxlen=(ROUNDS + 1) * LONGEST))
        steps.append((now, step))
        length = _round([one for _, one in steps])
        if length is None:
            return None
        last = [one for _, one in steps][-length:]
        round_ns = now - steps[-1 - length][0]
        made = self.found[prefix] = Oscillation(prefix, _from_least(last), round_ns, now)
        return made


def _round(steps: Sequence[Step]) -> int | None:
    """How many of the last steps come `ROUNDS` times in a row; None: none do."""
    for length in range(2, min(LONGEST, len(steps) // ROUNDS) + 1):
        if steps[-1] != steps[-1 - length]:
            continue
        last = steps[-length:]
        if all(steps[-(at + 1) * length : -at * length or None] == last for at in range(1, ROUNDS)):
            return length
    return None


def _from_least(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The same round, however it was cut: the first node by name begins."""
    begins = min(range(len(steps)), key=lambda at: (steps[at].node, steps[at].next_hops, at))
    return (*steps[begins:], *steps[:begins])
