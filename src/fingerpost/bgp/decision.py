"""The choice among the paths to one prefix (RFC 4271 9.1.2.2), step by step, with its reasons.

Each step takes away every path that is worse than another one that is left; whoever is left at the
end is best. Nothing depends on the order in which paths came, also not MULTI_EXIT_DISC, which is
compared among paths by the same AS only. The core does the same (rust/core/src/bgp/decision.rs);
tests hold both to each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from fingerpost.bgp.attributes import Aigp, AsPath, ClusterList, Origin, OriginatorId
from fingerpost.bgp.path_view import REFUSED, PathFlags, PathView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fingerpost.bgp.attributes import AttributeSet
    from fingerpost.bgp.config import Decision

_INCOMPLETE: Final = 2
_LLGR_STALE: Final = 0xFFFF_0006
_HIGHEST: Final = 0xFFFF_FFFF
_FARTHEST: Final = 0xFFFF_FFFF_FFFF_FFFF


class Step(IntEnum):
    """Why a path lost, in the order of the steps; the numbers are those of the core."""

    UNUSABLE = 1
    LONG_LIVED_STALE = 2
    WEIGHT = 3
    LOCAL_PREFERENCE = 4
    LOCAL = 5
    AIGP = 6
    PATH_LENGTH = 7
    ORIGIN = 8
    MED = 9
    EXTERNAL = 10
    METRIC = 11
    YOUNGER = 12
    ROUTER_ID = 13
    CLUSTERS = 14
    ADDRESS = 15
    PATH_ID = 16

    @property
    def title(self) -> str:
        """What is compared."""
        return _TITLES[self][0]

    @property
    def section(self) -> str:
        """Who says so; nothing where it is custom."""
        return _TITLES[self][1]


_TITLES: Final[dict[Step, tuple[str, str]]] = {
    Step.UNUSABLE: ("usable at all", "RFC 4271 9.1.2"),
    Step.LONG_LIVED_STALE: ("not stale for long", "RFC 9494 4.3"),
    Step.WEIGHT: ("highest weight", ""),
    Step.LOCAL_PREFERENCE: ("highest local preference", "RFC 4271 9.1.1"),
    Step.LOCAL: ("our own", ""),
    Step.AIGP: ("lowest accumulated metric, the way to the next hop included", "RFC 7311 4.1"),
    Step.PATH_LENGTH: ("shortest AS path", "RFC 4271 9.1.2.2 a"),
    Step.ORIGIN: ("lowest origin", "RFC 4271 9.1.2.2 b"),
    Step.MED: ("lowest MED among paths by the same AS", "RFC 4271 9.1.2.2 c"),
    Step.EXTERNAL: ("external", "RFC 4271 9.1.2.2 d"),
    Step.METRIC: ("nearest next hop", "RFC 4271 9.1.2.2 e"),
    Step.YOUNGER: ("oldest", ""),
    Step.ROUTER_ID: ("lowest router id, or that of the originator", "RFC 4271 9.1.2.2 f"),
    Step.CLUSTERS: ("shortest cluster list", "RFC 4456 9"),
    Step.ADDRESS: ("lowest address of the neighbor", "RFC 4271 9.1.2.2 g"),
    Step.PATH_ID: ("lowest path identifier", ""),
}


@dataclass(frozen=True, slots=True)
class Loss:
    """By which step a path lost: what it had, and what the one had that stayed."""

    path: PathView
    step: Step
    value: str
    winning: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who is best, who is used beside it, and why each other is not; `losses` in order of steps.

    A path that is used beside the best one has lost too, but by no step before `YOUNGER`.
    """

    best: PathView | None
    beside: tuple[PathView, ...] = ()
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rule:
    """One step: `cost` is what must be the least, `shown` what people call it."""

    step: Step
    cost: Callable[[PathView, Decision], tuple[int, ...]]
    shown: Callable[[PathView, Decision], str]
    is_on: Callable[[Decision], bool] = lambda _: True


def choose(paths: Sequence[PathView], rules: Decision) -> Outcome:
    """Choose among the paths to one prefix."""
    left = [path for path in paths if path.is_usable]
    losses = [
        Loss(path, Step.UNUSABLE, _unusable(path), "usable") for path in paths if not path.is_usable
    ]
    beside: list[PathView] = []
    for rule in _RULES:
        if rule.step is Step.YOUNGER:
            beside = _equals(left, rules)
        if len(left) < 2 or not rule.is_on(rules):
            continue
        if rule.step is Step.AIGP and all(_aigp(path) is None for path in left):
            continue
        groups = _by_neighbor(left) if _is_by_neighbor(rule, rules) else [left]
        left = []
        for group in groups:
            left += _cut(group, rule, rules, losses)
    best = left[0] if left else None
    return Outcome(best, tuple(path for path in beside if path is not best), tuple(losses))


def _cut(group: list[PathView], rule: _Rule, rules: Decision, losses: list[Loss]) -> list[PathView]:
    """Those of a group that have the least cost; the others are lost to the first of them."""
    costs = [(path, rule.cost(path, rules)) for path in group]
    least = min(cost for _, cost in costs)
    stays = [path for path, cost in costs if cost == least]
    winning = rule.shown(stays[0], rules)
    losses += [
        Loss(path, rule.step, rule.shown(path, rules), winning)
        for path, cost in costs
        if cost != least
    ]
    return stays


def _by_neighbor(left: list[PathView]) -> list[list[PathView]]:
    groups: dict[int, list[PathView]] = {}
    for path in left:
        groups.setdefault(_set(path).as_path.neighbor or 0, []).append(path)
    return list(groups.values())


def _is_by_neighbor(rule: _Rule, rules: Decision) -> bool:
    return rule.step is Step.MED and not rules.always_compares_med


def _equals(left: list[PathView], rules: Decision) -> list[PathView]:
    """Those that are used beside the best: equal in all steps but the last, which choose nothing
    but one of equals. They go through the same AS numbers, unless that is relaxed.
    """
    if max(rules.multipath_external, rules.multipath_internal) < 2 or not left:
        return []
    first, *others = sorted(left, key=lambda path: _last(path, rules))
    most = rules.multipath_external if first.is_external else rules.multipath_internal
    path = _set(first).get(AsPath)
    equal = [o for o in others if rules.multipath_relaxed or _set(o).get(AsPath) == path]
    return equal[: max(most - 1, 0)]


def _last(path: PathView, rules: Decision) -> tuple[tuple[int, ...], ...]:
    return tuple(rule.cost(path, rules) for rule in _RULES if rule.step >= Step.ROUTER_ID)


def _set(path: PathView) -> AttributeSet:
    assert path.imported is not None  # it is usable
    return path.imported


def _unusable(path: PathView) -> str:
    refused = path.flags & REFUSED
    reasons = [str(one.name).lower().replace("_", " ") for one in PathFlags if refused & one]
    if path.imported is not None and path.metric is None:
        reasons.append("next hop out of reach")
    return ", ".join(reasons)


def _is_long_lived_stale(path: PathView) -> bool:
    """By us, or by who told it."""
    return bool(path.flags & PathFlags.LONG_LIVED_STALE) or _LLGR_STALE in _set(path).communities


def _local_preference(path: PathView, rules: Decision) -> int:
    held = _set(path).local_preference
    return rules.default_local_preference if held is None else held


def _aigp(path: PathView) -> int | None:
    """RFC 7311 4.1: the accumulated metric, and what it costs from here to the next hop."""
    held = _set(path).get(Aigp)
    metric = None if held is None else held.metric
    return None if metric is None else min(metric + (path.metric or 0), _FARTHEST)


def _origin(path: PathView) -> int:
    held = _set(path).get(Origin)
    return _INCOMPLETE if held is None else int(held.origin)


def _med(path: PathView, rules: Decision) -> int:
    held = _set(path).med
    if held is None:
        return _HIGHEST if rules.missing_med_is_worst else 0
    return held


def _router_id(path: PathView) -> int:
    held = _set(path).get(OriginatorId)
    return path.standing.router_id if held is None else held.router_id


def _clusters(path: PathView) -> int:
    held = _set(path).get(ClusterList)
    return 0 if held is None else len(held.clusters)


def _dotted(number: int) -> str:
    return ".".join(str(octet) for octet in number.to_bytes(4, "big"))


def _address(path: PathView) -> tuple[int, int, int]:
    """Of two that have the same link-local one, the number decides."""
    address = path.standing.address
    return address.version, int(address), path.peer


_RULES: Final = (
    _Rule(
        Step.LONG_LIVED_STALE,
        lambda path, _: (_is_long_lived_stale(path),),
        lambda path, _: "stale for long" if _is_long_lived_stale(path) else "fresh",
    ),
    _Rule(
        Step.WEIGHT, lambda path, _: (-_set(path).weight,), lambda path, _: str(_set(path).weight)
    ),
    _Rule(
        Step.LOCAL_PREFERENCE,
        lambda path, rules: (-_local_preference(path, rules),),
        lambda path, rules: str(_local_preference(path, rules)),
    ),
    _Rule(
        Step.LOCAL,
        lambda path, _: (path.peer != 0,),
        lambda path, _: "learned" if path.peer else "our own",
    ),
    _Rule(
        Step.AIGP,
        lambda path, _: (_FARTHEST if (metric := _aigp(path)) is None else metric,),
        lambda path, _: "none" if (metric := _aigp(path)) is None else str(metric),
    ),
    _Rule(
        Step.PATH_LENGTH,
        lambda path, _: (_set(path).as_path.length,),
        lambda path, _: str(_set(path).as_path.length),
        lambda rules: not rules.ignores_path_length,
    ),
    _Rule(
        Step.ORIGIN,
        lambda path, _: (_origin(path),),
        lambda path, _: ("igp", "egp", "incomplete")[_origin(path)],
    ),
    _Rule(
        Step.MED,
        lambda path, rules: (_med(path, rules),),
        lambda path, rules: str(_med(path, rules)),
    ),
    _Rule(
        Step.EXTERNAL,
        lambda path, _: (not path.is_external,),
        lambda path, _: "external" if path.is_external else "internal",
    ),
    _Rule(Step.METRIC, lambda path, _: (path.metric or 0,), lambda path, _: str(path.metric)),
    _Rule(
        Step.YOUNGER,
        lambda path, _: (path.since_s if path.is_external else 0,),
        lambda path, _: f"since {path.since_s} s",
        lambda rules: rules.prefers_oldest,
    ),
    _Rule(
        Step.ROUTER_ID,
        lambda path, _: (_router_id(path),),
        lambda path, _: _dotted(_router_id(path)),
    ),
    _Rule(Step.CLUSTERS, lambda path, _: (_clusters(path),), lambda path, _: str(_clusters(path))),
    _Rule(Step.ADDRESS, lambda path, _: _address(path), lambda path, _: str(path.standing.address)),
    _Rule(Step.PATH_ID, lambda path, _: (path.path_id,), lambda path, _: str(path.path_id)),
)
