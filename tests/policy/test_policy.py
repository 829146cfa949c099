"""Policies: what they let through, what they change, which line said so, and how often."""

from __future__ import annotations

import functools
import sys
from dataclasses import replace
from textwrap import dedent
from types import FrameType
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address, Prefix
from fingerpost.errors import UsageError
from fingerpost.forwarding.route import NextHop
from fingerpost.policy import (
    Entry,
    InPrefixList,
    Is,
    Outcome,
    Policy,
    PrefixList,
    Set,
    Statement,
    findings,
    load,
    of,
)
from fingerpost.rib import Context, RibRoute

ROUTE = RibRoute(
    Prefix("10.1.0.0/16"),
    "bgp:1",
    20,
    3,
    (NextHop("eth0", Address("192.0.2.1")),),
    tag=7,
    attributes={"communities": ("65000:100", "no-export"), "as_path": (65000, 174, 3356)},
    learned_from=Address("192.0.2.1"),
)


LOOKS = Context(counts=0)


def policy(text: str, name: str = "p") -> Policy:
    return load(yaml.safe_load(dedent(text)))[name]


def one_line(match: str, rest: str = "") -> Policy:
    return policy(f"policies: {{p: [{{match: {{{match}}}{rest}}}]}}")


@pytest.mark.parametrize(
    ("match", "fits"),
    [
        ("source: 'bgp:1'", True),
        ("source: bgp", False),
        ("protocol: [rip, bgp]", True),
        ("tag: 7", True),
        ("tag: [1, 2]", False),
        ("metric: 1-5", True),
        ("metric: 4-5", False),
        ("distance: 20", True),
        ("version: 6", False),
        ("kind: unicast", True),
        ("learned-from: 192.0.2.1", True),
        ("next-hop: 192.0.2.0/24", True),
        ("next-hop: 198.51.100.0/24", False),
        ("interface: eth0", True),
        ("interface: eth1", False),
        ("prefix: 10.0.0.0/8 le 24", True),
        ("prefix: 10.0.0.0/8", False),
        ("community: '65000:*'", True),
        ("community: '65000:1'", False),
        ("community: ['65000:1', no-export]", True),
        ("all-communities: ['65000:1', no-export]", False),
        ("as-path: _174_", True),
        ("as-path: ^65000_", True),
        ("as-path: _65$", False),
        ("as-path: _3356$", True),
        ("tag: 7, metric: 9", False),
    ],
)
def test_conditions(match: str, fits: bool) -> None:
    assert one_line(match).apply(ROUTE).accepted is fits


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("metric: 10", replace(ROUTE, metric=10)),
        ("metric: +2", replace(ROUTE, metric=5)),
        ("metric: '-9'", replace(ROUTE, metric=0)),
        ("tag: 1, distance: 90", replace(ROUTE, tag=1, distance=90)),
        ("next-hop: 10.0.0.1", replace(ROUTE, next_hops=(NextHop(None, Address("10.0.0.1")),))),
    ],
)
def test_numbers_and_next_hops_are_set(action: str, expected: RibRoute) -> None:
    action = action.replace("+2", "'+2'")
    verdict = one_line("", f", set: {{{action}}}").apply(ROUTE)
    assert verdict.route == expected


def test_communities_and_as_paths_are_set_and_the_old_ones_stay_as_they_were() -> None:
    verdict = one_line(
        "", ", set: {add-community: '65000:2', remove-community: no-export, prepend-as: [1, 1]}"
    ).apply(ROUTE)
    assert verdict.route.attributes == {
        "communities": ("65000:100", "65000:2"),
        "as_path": (1, 1, 65000, 174, 3356),
    }
    assert ROUTE.attributes is not None
    assert ROUTE.attributes["communities"] == ("65000:100", "no-export")


THREE = """
    prefix-lists:
      ours: [permit 10.0.0.0/8 le 24]
    policies:
      p:
        otherwise: reject
        statements:
          - {name: mark, match: {prefix-list: ours}, set: {tag: 9}, then: continue}
          - {name: far, match: {metric: 8-15}, then: reject}
          - {name: marked, match: {tag: 9}, set: {metric: '+1'}}
"""


def test_statements_are_tried_in_order_and_the_trace_has_those_that_meant_it() -> None:
    judge = policy(THREE)
    verdict = judge.apply(ROUTE)
    assert (verdict.accepted, verdict.route) == (True, replace(ROUTE, tag=9, metric=4))
    assert list(map(str, verdict.trace)) == [
        "policy p line mark: tag = 9, continue",
        "policy p line marked: metric +1, accept",
    ]
    assert not judge.apply(replace(ROUTE, metric=8)).accepted
    last = judge.apply(replace(ROUTE, prefix=Prefix("192.0.2.0/24")))
    assert list(map(str, last.trace)) == ["policy p line end: reject, for no line decided"]
    assert (judge.hits, judge.defaulted) == ([2, 1, 1], 1)


def test_who_only_looks_is_not_counted() -> None:
    judge = policy(THREE)
    judge.apply(ROUTE, LOOKS)
    assert (judge.hits, judge.defaulted) == ([0, 0, 0], 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("policies: {p: [{then: drop}]}", r"policies.p.statements\[0\].then: 'drop', not one of"),
        (
            "policies: {p: [{match: {tag: x}}]}",
            r"statements\[0\].match.tag: 'x', not a number, a range",
        ),
        ("policies: {p: [{match: {tag: -1}}]}", r"match.tag: -1, not a whole number from 0"),
        (
            "policies: {p: [{match: {colour: 1}}]}",
            r"colour: 'colour', not a condition; there is",
        ),
        ("policies: {p: [{match: {prefix-list: a}}]}", r"'a', not a prefix list; there is none"),
        (
            "policies: {p: [{match: {as-path: '('}}]}",
            r"match.as-path: AS path '\(', character 3: '\(' w",
        ),
        ("policies: {p: [{match: {community: x}}]}", r"match.community: 'x' is no community"),
        ("policies: {p: [{set: {metric: x}}]}", r"set.metric: 'x', not a whole number"),
        ("policies: {p: [{set: {next-hop: 300.1.1.1}}]}", r"set.next-hop: .*300"),
        ("policies: {p: [{name: a}, {name: a}]}", r"policies.p: .*two statements are named 'a'"),
        ("policies: {p: {otherwise: continue}}", r"policies.p.otherwise: 'continue', not one of"),
        ("policies: {p: {say: 1}}", r"policies.p.say: 'say', not known here; there is otherwise"),
        ("prefix-lists: {l: [10.0.0.0/8 gt 9]}", r"prefix-lists.l\[0\]: '10.0.0.0/8 gt 9', not"),
        ("prefix-lists: {l: [10.0.0.0/8 ge 7]}", r"prefix-lists.l\[0\]: permit .* lengths 7 to 32"),
        ("prefix-lists: {l: [10.0.0.1/8]}", r"prefix-lists.l\[0\].prefix: "),
        ("prefix-lists: {l: [{prefix: 10.0.0.0/8, le: 40}]}", r"l\[0\].le: 40, not a whole"),
        ("[]", r"policy file: \[\], not a mapping"),
    ],
)
def test_faults_name_the_field_the_value_and_what_is_right(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load(yaml.safe_load(text))


def test_a_function_is_a_policy_and_its_trace_says_what_it_changed() -> None:
    @of
    def nearer(route: RibRoute) -> RibRoute | None:
        return replace(route, metric=route.metric - 1, tag=5) if route.metric > 1 else None

    verdict = nearer.apply(ROUTE)
    assert (verdict.accepted, verdict.route) == (True, replace(ROUTE, metric=2, tag=5))
    assert list(map(str, verdict.trace)) == [
        "policy nearer line function: metric 3 -> 2, tag 7 -> 5, accept"
    ]
    assert not nearer.apply(replace(ROUTE, metric=1)).accepted
    assert (nearer.accepted, nearer.refused) == (1, 1)


def test_who_looks_is_told_at_which_line_a_function_returned() -> None:
    def judge(route: RibRoute) -> RibRoute | None:
        if route.metric > 5:
            return None
        return replace(route, tag=1)

    first = judge.__code__.co_firstlineno
    held = of(judge)
    refused = held.apply(replace(ROUTE, metric=9), LOOKS)
    accepted = held.apply(ROUTE, LOOKS)
    assert [line.line for line in (*refused.trace, *accepted.trace)] == [
        f"test_policy.py:{first + 2}",
        f"test_policy.py:{first + 3}",
    ]
    assert (held.accepted, held.refused) == (0, 0)


def test_a_function_that_raises_is_not_watched_any_more() -> None:
    before = sys.gettrace()
    judge = of(lambda route: route.nothing)  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        judge.apply(ROUTE, LOOKS)
    assert sys.gettrace() is before


def test_under_a_debugger_a_function_is_not_watched() -> None:
    seen: list[str] = []

    def debugger(_: FrameType, event: str, __: object) -> None:
        seen.append(event)

    before = sys.gettrace()
    sys.settrace(debugger)
    try:
        line = of(lambda route: route).apply(ROUTE, LOOKS).trace[0].line
        assert sys.gettrace() is debugger
    finally:
        sys.settrace(before)
    assert line == "function"


def test_what_is_no_python_function_may_judge_too() -> None:
    judge = of(functools.partial(replace, tag=5))
    assert judge.apply(ROUTE, LOOKS).trace[0].line == "function"


def test_a_function_that_gives_another_route_is_refused() -> None:
    other = of(lambda route: replace(route, prefix=Prefix("192.0.2.0/24")))
    with pytest.raises(UsageError, match="another route"):
        other.apply(ROUTE)


def test_lines_that_can_do_nothing_are_reported() -> None:
    judge = policy(
        """
        prefix-lists:
          none: [deny 10.0.0.0/8]
          wide: [permit 10.0.0.0/8 le 32, permit 10.0.0.0/16]
          narrow: [permit 10.1.0.0/16]
        policies:
          p:
            statements:
              - {name: a, match: {tag: 1-9}, then: reject}
              - {name: b, match: {tag: [2, 3], metric: 1}}
              - {name: c, match: {prefix-list: none}}
              - {name: d, match: {prefix-list: wide}}
              - {name: e, match: {prefix-list: narrow}}
              - {name: f}
              - {name: g, match: {tag: 20}}
        """
    )
    assert list(map(str, findings(judge))) == [
        "p line b: shadowed, line a ends with all that it means",
        "p line c: dead, prefix list none permits nothing",
        "p line e: shadowed, line d ends with all that it means",
        "p line g: dead, line f ends with all that it means",
        "prefix list wide line 2: shadowed, permit 10.0.0.0/16 is inside permit 10.0.0.0/8 le 32",
    ]


def test_a_line_after_a_change_is_not_taken_for_shadowed() -> None:
    judge = policy(
        """
        policies:
          p:
            - {name: a, match: {tag: 1}, then: reject}
            - {name: b, set: {tag: 1}, then: continue}
            - {name: c, match: {tag: 1}}
        """
    )
    assert findings(judge) == []
    assert judge.apply(ROUTE).accepted


def test_lines_that_no_route_fitted_are_reported_once_routes_came() -> None:
    judge = policy(THREE)
    assert findings(judge) == []
    judge.apply(ROUTE)
    assert [(one.line, one.sort) for one in findings(judge)] == [("far", "unused")]


@pytest.mark.parametrize(
    ("match", "why"),
    [
        ("version: 6, prefix: 10.0.0.0/8 le 24", "permits nothing of IPv6"),
        ("protocol: rip, source: 'ospf:1'", "source ospf:1 is not of protocol rip"),
        ("kind: blackhole, next-hop: 10.0.0.0/8", "routes of kind blackhole have no next hop"),
    ],
)
def test_a_line_that_contradicts_itself_is_dead(match: str, why: str) -> None:
    (found,) = findings(one_line(match))
    assert found.sort == "dead"
    assert why in found.why
    assert not one_line(match).apply(ROUTE).accepted


def test_a_condition_that_is_asked_twice_must_have_a_value_in_common() -> None:
    twice = (Is("tag", (range(1, 5), 9)), Is("tag", (5, range(6, 9))))
    (found,) = findings(Policy("p", [Statement("a", twice)]))
    assert found.why == "no tag is both tag 1 to 4 or 9 and tag 5 or 6 to 8"
    once = (Is("tag", (range(1, 5), 9)), Is("tag", (range(4, 6),)))
    assert findings(Policy("p", [Statement("a", once)])) == []


def test_nothing_comes_behind_a_line_that_ends_with_every_route() -> None:
    judge = policy(
        """
        policies:
          p:
            - {name: all}
            - {name: change, set: {tag: 9}, then: continue}
            - {name: late, match: {tag: 9}}
        """
    )
    assert [(one.line, one.sort) for one in findings(judge)] == [
        ("change", "dead"),
        ("late", "dead"),
    ]


# -- reading a file again --------------------------------------------------------------------------


def test_policies_that_say_the_same_are_equal_whatever_they_counted() -> None:
    one, other = policy(THREE), policy(THREE)
    one.apply(ROUTE)
    assert one == other
    assert hash(one) == hash(other)
    assert one != policy(THREE.replace("8-15", "8-14"))
    assert one != policy(THREE.replace("le 24", "le 25"))
    assert one != policy(THREE.replace("otherwise: reject", "otherwise: accept"))
    assert one != policy(THREE.replace("      p:", "      q:"), "q")
    assert one != "p"


def test_policies_of_one_function_are_equal() -> None:
    def judge(route: RibRoute) -> RibRoute | None:
        return route

    assert of(judge) == of(judge)
    assert hash(of(judge)) == hash(of(judge))
    assert of(judge) != of(lambda route: route)
    assert of(judge) != judge


def test_a_policy_goes_on_counting_where_its_lines_are_as_before() -> None:
    before = policy(THREE)
    for metric in (3, 3, 8):
        before.apply(replace(ROUTE, metric=metric))
    after = policy(THREE.replace("8-15", "8-14"))
    after.count_on(before)
    assert before.hits == [3, 1, 2]
    assert after.hits == [3, 0, 2]


def test_a_policy_says_whether_it_looks_at_the_prefix() -> None:
    assert policy(THREE).asks_prefix
    assert one_line("version: 4").asks_prefix
    assert not one_line("tag: 7, community: '65000:*'").asks_prefix


# -- random policies -------------------------------------------------------------------------------

PREFIXES = [Prefix(one) for one in ("10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/24", "2001:db8::/32")]
LISTS = [
    PrefixList("ten", [Entry(PREFIXES[0], le=16)]),
    PrefixList("exact", [Entry(PREFIXES[1]), Entry(PREFIXES[2], permits=False)]),
    PrefixList("six", [Entry(Prefix("::/0"), le=128)]),
]
numbers = st.one_of(
    st.integers(0, 3),
    st.tuples(st.integers(0, 2), st.integers(1, 4)).map(lambda two: range(two[0], two[0] + two[1])),
)
conditions = st.one_of(
    st.sampled_from(LISTS).map(InPrefixList),
    st.builds(Is, st.sampled_from(["tag", "metric"]), st.lists(numbers, max_size=2).map(tuple)),
    st.builds(Is, st.just("version"), st.just((4,)) | st.just((6,))),
    st.builds(Is, st.just("protocol"), st.just(("rip",)) | st.just(("bgp", "rip"))),
    st.builds(Is, st.just("source"), st.just(("bgp:1",)) | st.just(("rip",))),
)
actions = st.builds(Set, st.sampled_from(["tag", "metric"]), st.integers(0, 3), st.booleans())
bodies = st.tuples(
    st.lists(conditions, max_size=2).map(tuple),
    st.lists(actions, max_size=2).map(tuple),
    st.sampled_from(list(Outcome)),
)
routes = st.builds(
    lambda prefix, source, metric, tag: RibRoute(
        prefix, source, 120, metric, ROUTE.next_hops, tag=tag
    ),
    st.sampled_from(PREFIXES),
    st.sampled_from(["rip", "bgp:1"]),
    st.integers(0, 5),
    st.integers(0, 5),
)


def made(parts: list[tuple[Any, Any, Outcome]]) -> Policy:
    return Policy("p", [Statement(str(at), *part) for at, part in enumerate(parts)])


def slowly(judge: Policy, route: RibRoute) -> tuple[bool, RibRoute, list[str]]:
    """What a policy means, as a child reads it."""
    lines = []
    for statement in judge.statements:
        if all(condition.holds(route, LOOKS) for condition in statement.conditions):
            lines.append(statement.name)
            for action in statement.actions:
                route = action.apply(route)
            if statement.outcome is not Outcome.CONTINUE:
                return statement.outcome is Outcome.ACCEPT, route, lines
    return judge.otherwise is Outcome.ACCEPT, route, [*lines, "end"]


@given(st.lists(bodies, max_size=5), st.lists(routes, max_size=8))
def test_the_verdict_is_that_of_the_lines_read_one_by_one(
    parts: list[tuple[Any, Any, Outcome]], asked: list[RibRoute]
) -> None:
    judge = made(parts)
    for route in asked:
        verdict = judge.apply(route, LOOKS)
        lines = [line.line for line in verdict.trace]
        assert (verdict.accepted, verdict.route, lines) == slowly(judge, route)
    assert judge == made(parts)


@given(st.lists(bodies, max_size=5), st.lists(routes, min_size=1, max_size=30))
def test_a_line_that_is_called_dead_or_shadowed_never_means_a_route(
    parts: list[tuple[Any, Any, Outcome]], asked: list[RibRoute]
) -> None:
    judge = made(parts)
    useless = {one.line for one in findings(judge) if one.sort in ("dead", "shadowed")}
    for route in asked:
        judge.apply(route)
    for statement, hits in zip(judge.statements, judge.hits, strict=True):
        assert not (statement.name in useless and hits)


@given(st.lists(bodies, max_size=4), routes, st.sampled_from(PREFIXES))
def test_a_policy_that_does_not_look_at_the_prefix_says_the_same_of_all(
    parts: list[tuple[Any, Any, Outcome]], route: RibRoute, other: Prefix
) -> None:
    judge = made(parts)
    if not judge.asks_prefix:
        one, two = judge.apply(route), judge.apply(replace(route, prefix=other))
        assert (one.accepted, one.trace) == (two.accepted, two.trace)
        assert replace(one.route, prefix=other) == two.route
