"""Which of several routes for one prefix is used, as numbered steps.

1. `DISTANCE`: the less, the more its source is trusted; 255 is never used.
2. `METRIC`: the less the better, but only between routes of one kind of source, for the metrics of
   different protocols measure different things. "ospf:1" and "ospf:2" are of one kind.
3. `SOURCE`: the kinds in the order of `DISTANCES`, others behind them by name; then the instance.
4. `NEXT_HOP`: interface, gateway and weight, so that the order is total.

A route without a usable next hop takes no part. Routes that tie with the winner through step 2
and are of its kind carry traffic together with it: their next hops are merged.

The steps are a total order: they compare as the tuple (distance, kind, metric, source, next hops)
does, for where kinds differ step 3 decides by them before any metric could.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Final

from fingerpost.forwarding.route import RouteKind
from fingerpost.rib.distance import DISTANCES, NEVER, kind_of

if TYPE_CHECKING:
    from fingerpost.forwarding.route import NextHop
    from fingerpost.rib.path import Path
    from fingerpost.rib.route import RibRoute

    Ranked = Path | RibRoute

_ORDER: Final = {kind: place for place, kind in enumerate(DISTANCES)}


class Rule(Enum):
    """The step that decided between two routes."""

    DISTANCE = "distance"
    METRIC = "metric"
    SOURCE = "source"
    NEXT_HOP = "next hop"


@dataclass(frozen=True, slots=True)
class Decision:
    """Why one route stands before another: the step, and what each had to show."""

    rule: Rule
    better: str
    worse: str

    def __str__(self) -> str:
        """As `why` prints it about the loser."""
        return f"{self.rule.value} {self.worse} loses to {self.better}"

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {"rule": self.rule.value, "better": self.better, "worse": self.worse}


@dataclass(frozen=True, slots=True)
class Standing:
    """How one candidate came out. `decision` is None for winners and for those that cannot be used.

    `next_hops` are the usable ones, each with its interface; `why_not` says what made it unusable.
    """

    path: Path
    wins: bool
    next_hops: tuple[NextHop, ...]
    decision: Decision | None = None
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The outcome for one prefix: what is used, and how each candidate came out, best first."""

    best: Path | None
    standings: tuple[Standing, ...]


def choose(
    paths: Iterable[Path], usable: Callable[[Sequence[Path]], tuple[NextHop, ...]], width: int
) -> Choice:
    """Choose among `paths`, which are in order (`rank`).

    `usable` gives the next hops of paths that lead somewhere, with the share that each has of the
    traffic of all; `width` bounds those that are used together.
    """
    winners: list[Path] = []
    together: tuple[NextHop, ...] = ()
    standings: list[Standing] = []
    for path in paths:
        hops = usable((path,)) if path.kind is RouteKind.UNICAST else ()
        if (why_not := _obstacle(path, hops)) is not None:
            standings.append(Standing(path, wins=False, next_hops=hops, why_not=why_not))
        elif not winners or shares(winners[0], path):
            winners.append(path)
            together = hops
            standings.append(Standing(path, wins=True, next_hops=hops))
        else:
            decision = decide(winners[0], path)
            standings.append(Standing(path, wins=False, next_hops=hops, decision=decision))
    if len(winners) > 1:
        together = usable(winners)
    return Choice(_with(winners, together[:width]), tuple(standings))


def decide(better: Ranked, worse: Ranked) -> Decision | None:
    """The first step that tells two routes apart; None if none does.

    The first must not stand behind the second.
    """
    if better.distance != worse.distance:  # step 1
        return Decision(Rule.DISTANCE, str(better.distance), str(worse.distance))
    is_one_kind = _kind(better.source) == _kind(worse.source)
    if is_one_kind and better.metric != worse.metric:  # step 2
        return Decision(Rule.METRIC, str(better.metric), str(worse.metric))
    if better.source != worse.source:  # step 3
        return Decision(Rule.SOURCE, better.source, worse.source)
    if _hops(better) != _hops(worse):  # step 4
        return Decision(Rule.NEXT_HOP, _hops_text(better), _hops_text(worse))
    return None


def rank(route: Ranked) -> tuple[object, ...]:
    """What the steps sort by, as one value: the best route has the least."""
    return route.distance, _kind(route.source), route.metric, route.source, _hops(route)


def shares(winner: Ranked, other: Ranked) -> bool:
    """Whether a route carries traffic together with the winner: both could, and they tie."""
    return winner.kind is other.kind is RouteKind.UNICAST and ties(winner, other)


def ties(one: Ranked, other: Ranked) -> bool:
    """Whether steps 1 and 2 leave two routes of one kind of source equal."""
    return (
        one.distance == other.distance
        and one.metric == other.metric
        and _kind(one.source) == _kind(other.source)
    )


def _obstacle(path: Path, hops: tuple[NextHop, ...]) -> str | None:
    if path.distance >= NEVER:
        return f"distance {path.distance} is never used"
    if path.kind is RouteKind.UNICAST and not hops:
        return "no next hop leads anywhere"
    return None


def _with(winners: list[Path], hops: tuple[NextHop, ...]) -> Path | None:
    if not winners:
        return None
    return winners[0] if hops == winners[0].next_hops else winners[0].over(hops)


@cache
def _kind(source: str) -> tuple[int, str]:
    kind = kind_of(source)
    return _ORDER.get(kind, len(_ORDER)), kind


def _hops(route: Ranked) -> tuple[object, ...]:
    return tuple(_hop_key(hop) for hop in route.next_hops)


def _hop_key(hop: NextHop) -> tuple[object, ...]:
    gateway = (0, 0) if hop.gateway is None else (hop.gateway.version, int(hop.gateway))
    return hop.interface or "", gateway, hop.weight, hop.is_onlink


def _hops_text(route: Ranked) -> str:
    return ", ".join(map(str, route.next_hops)) or route.kind.value
