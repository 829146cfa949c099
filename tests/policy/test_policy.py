"""Policies: what they let through, what they change, which line said so, and how often."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

import pytest
import yaml

from fingerpost.addr import Address, Prefix
from fingerpost.errors import UsageError
from fingerpost.forwarding.route import NextHop
from fingerpost.policy import Policy, findings, load, of
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
    judge.apply(ROUTE, Context(counts=False))
    assert (judge.hits, judge.defaulted) == ([0, 0, 0], 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("policies: {p: [{then: drop}]}", r"policies.p.statements\[0\].then: 'drop', not one of"),
        ("policies: {p: [{match: {tag: x}}]}", r"statements\[0\].match.tag: 'x', not a number or"),
        ("policies: {p: [{match: {tag: -1}}]}", r"match.tag: -1, not a whole number from 0"),
        (
            "policies: {p: [{match: {colour: 1}}]}",
            r"colour: 'colour', not a condition; there are",
        ),
        ("policies: {p: [{match: {prefix-list: a}}]}", r"'a', not a prefix list; there are none"),
        ("policies: {p: [{match: {as-path: '('}}]}", r"match.as-path: AS path '\(' is no expre"),
        ("policies: {p: [{match: {community: x}}]}", r"match.community: 'x' is no community"),
        ("policies: {p: [{set: {metric: x}}]}", r"set.metric: 'x', not a whole number"),
        ("policies: {p: [{set: {next-hop: 300.1.1.1}}]}", r"set.next-hop: .*300"),
        ("policies: {p: [{name: a}, {name: a}]}", r"policies.p: .*two statements are named 'a'"),
        ("policies: {p: {otherwise: continue}}", r"policies.p.otherwise: 'continue', not one of"),
        ("policies: {p: {say: 1}}", r"policies.p.say: 'say', not known here; known are otherwise"),
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
        "policy nearer line function: metric = 2, tag = 5, accept"
    ]
    assert not nearer.apply(replace(ROUTE, metric=1)).accepted
    assert (nearer.accepted, nearer.refused) == (1, 1)


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
