"""Tests of policies that stand in a file beside them, under `policy-tests`.

policy-tests:
  - policy: from-rip
    route: 10.1.0.0/16 rip metric 3
    expect: accept
    line: near                       # the line that decides, if that matters
    set: {metric: 4, tag: 120}       # what the route must be then
  - {policy: from-rip, routes: [192.0.2.0/24 rip, "::/0 ripng"], expect: reject}
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from fingerpost.config.faults import Path
from fingerpost.config.names import meant
from fingerpost.config.route_asked import from_data
from fingerpost.policy.attributes import SETTABLE, as_path_of, held
from fingerpost.policy.communities import communities_of
from fingerpost.policy.path_match import NONE
from fingerpost.policy.trial import Trial, trial

if TYPE_CHECKING:
    from fingerpost.config.yaml_tree import Tree
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.verdict import Filter

ACCEPT, REJECT = "accept", "reject"
_FIELDS: Final = ("policy", "route", "routes", "expect", "line", "set")


def _gateways(route: RibRoute) -> object:
    return [str(hop.gateway or hop.interface) for hop in route.next_hops]


def _number(name: str) -> Callable[[RibRoute], object]:
    def read(route: RibRoute) -> object:
        found = held(route, name)
        return NONE if found is None else found

    return read


_AFTER: Final[Mapping[str, Callable[[RibRoute], object]]] = MappingProxyType(
    {
        "metric": lambda route: route.metric,
        "tag": lambda route: route.tag,
        "distance": lambda route: route.distance,
        "kind": lambda route: route.kind.value,
        "next-hop": _gateways,
        "community": lambda route: list(communities_of(route)),
        "as-path": lambda route: list(as_path_of(route)),
        "origin": lambda route: held(route, "origin") or NONE,
        **{name.replace("_", "-"): _number(name) for name in SETTABLE},
    }
)
"""What `set` may ask about, and how it is read from a route."""


@dataclass(frozen=True, slots=True)
class PolicyTest:
    """What is expected of one route: the outcome, the deciding line, values `after` the policy;
    None or nothing: that does not matter. `path` and `line_number` are where it stands in the file.
    """

    policy: str
    route: RibRoute
    expect: str | None
    line: str | None = None
    after: Mapping[str, object] = field(default_factory=dict)
    path: Path = ()
    line_number: int = 0

    def run(self, policies: Mapping[str, Filter]) -> PolicyTestResult:
        """Let the policy judge the route."""
        tried = trial(policies[self.policy], self.route)
        return PolicyTestResult(self, tried, tuple(self._wrong(tried)))

    def _wrong(self, tried: Trial) -> Iterator[str]:
        given = ACCEPT if tried.verdict.accepted else REJECT
        if self.expect is not None and given != self.expect:
            yield f"expected {self.expect}, is {given} by line {tried.line}"
        if self.line is not None and tried.line != self.line:
            yield f"expected line {self.line}, line {tried.line} decided"
        if not tried.verdict.accepted:
            if self.after and self.expect != REJECT:
                yield f"expected {', '.join(self.after)} to be set, it is rejected"
            return
        for name, wanted in self.after.items():
            there = _AFTER[name](tried.verdict.route)
            if there != (wanted if isinstance(there, int | str) else _listed(there, wanted)):
                yield f"expected {name} {_shown(wanted)}, is {_shown(there)}"


@dataclass(frozen=True, slots=True)
class PolicyTestResult:
    """What came of a test: `wrong` has every expectation that did not hold."""

    test: PolicyTest
    trial: Trial
    wrong: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        model: dict[str, object] = {"policy_name": self.test.policy, **self.trial.as_dict()}
        return {**model, "line_number": self.test.line_number, "wrong": list(self.wrong)}


def load_tests(tree: Tree, data: object, policies: Mapping[str, object]) -> tuple[PolicyTest, ...]:
    """Every test of a file; faults are added to those of the tree."""
    if data is None:
        return ()
    if not isinstance(data, list):
        tree.refuse(("policy-tests",), "write a list, `- policy: ...` lines")
        return ()
    reading = _Reading(tree, policies)
    return tuple(test for at, one in enumerate(data) for test in reading.tests(at, one))


@dataclass(slots=True)
class _Reading:
    tree: Tree
    policies: Mapping[str, object]

    def tests(self, at: int, data: object) -> Iterator[PolicyTest]:
        path: Path = ("policy-tests", at)
        if not isinstance(data, Mapping):
            self.tree.refuse(path, "write a mapping with policy, route and expect")
            return
        count = len(self.tree.faults)
        for name in data:
            if name not in _FIELDS:
                self.tree.refuse((*path, name), f"no such field{meant(str(name), _FIELDS)}")
        routes = [*self._routes(path, data)]
        policy, expect = data.get("policy"), data.get("expect")
        if policy not in self.policies:
            self.tree.refuse(
                (*path, "policy"), f"{policy!r}: no policy{meant(str(policy), self.policies)}"
            )
        if expect not in (ACCEPT, REJECT, None):
            self.tree.refuse((*path, "expect"), f"{expect!r}: write {ACCEPT} or {REJECT}")
        after = self._after((*path, "set"), data.get("set"))
        line = data.get("line")
        if expect is None and line is None and not after:
            self.tree.refuse(path, "nothing is expected; write expect, line or set")
        if len(self.tree.faults) > count:
            return
        number = self.tree.line(path)
        for route in routes:
            name = None if line is None else str(line)
            yield PolicyTest(str(policy), route, expect, name, after, path, number)

    def _routes(self, path: Path, data: Mapping[str, Any]) -> Iterator[RibRoute]:
        given = [((*path, "route"), data["route"])] if "route" in data else []
        several = data.get("routes", [])
        if not isinstance(several, list):
            self.tree.refuse((*path, "routes"), "write a list of routes")
            several = []
        given += [((*path, "routes", at), one) for at, one in enumerate(several)]
        if not given:
            self.tree.refuse(path, "no route; write route: 10.1.0.0/16 rip metric 3")
        for place, one in given:
            try:
                yield from_data(one)
            except ValueError as error:
                self.tree.refuse(place, str(error))

    def _after(self, path: Path, data: object) -> Mapping[str, object]:
        if data is None:
            return {}
        if not isinstance(data, Mapping):
            self.tree.refuse(path, "write a mapping, `metric: 4` lines")
            return {}
        for name in data:
            if name not in _AFTER:
                self.tree.refuse((*path, name), f"no such field{meant(str(name), _AFTER)}")
        return {str(name): value for name, value in data.items()}


def _listed(held: object, wanted: object) -> list[object]:
    """What is wanted as the list that it is compared with; numbers stay numbers."""
    values = wanted if isinstance(wanted, list) else [] if wanted is None else [wanted]
    is_numbers = isinstance(held, list) and any(isinstance(one, int) for one in held)
    return list(values) if is_numbers else [str(one) for one in values]


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) or "nothing" if isinstance(value, list) else str(value)
