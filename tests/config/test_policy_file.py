"""Policies of a file with their tests and places."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from fingerpost.config.check import check
from fingerpost.config.faults import FileError
from fingerpost.config.load import loads
from fingerpost.config.policy_file import PolicyFile, load_policies, read_policies
from policy.file_text import TEXT


def read(text: str) -> PolicyFile:
    return read_policies(dedent(text), "p.yaml")


def wrong(text: str) -> list[str]:
    held = read(text)
    return [said for test in held.tests for said in test.run(held.policies).wrong]


def test_tests_that_hold_say_nothing() -> None:
    assert wrong(TEXT) == []
    assert len(read(TEXT).tests) == 4


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("expect: accept", "expect: reject", "expected reject, is accept by line near"),
        ("line: near", "line: mark", "expected line mark, line near decided"),
        ("metric: 4", "metric: 5", "expected metric 5, is 4"),
        ("next-hop: 10.0.0.2", "next-hop: 10.0.0.3", "expected next-hop 10.0.0.3, is 10.0.0.2"),
        ("'65535:65281'", "'65000:2'", "expected community 65000:1, 65000:2, is 65000:1, 65535"),
        ("[65000, 174]", "[65000]", "expected as-path 65000, is 65000, 174"),
        ("10.0.0.0/9 bgp", "10.0.0.0/10 bgp", "expected community, as-path, kind to be set, it is"),
    ],
)
def test_what_does_not_hold_is_said_with_both_values(old: str, new: str, said: str) -> None:
    (found,) = wrong(TEXT.replace(old, new))
    assert found.startswith(said)


def test_useless_lines_are_told_with_their_place() -> None:
    held = read(TEXT)
    found = [(held.line_of(one)[0], one.line, one.sort) for one in held.findings()]
    assert found == [(2, "2", "shadowed"), (9, "nearer", "shadowed"), (11, "2", "shadowed")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("policy-tests: 7", "1:1: policy-tests: write a list"),
        ("policy-tests: [7]", "policy-tests[0]: write a mapping"),
        ("policy-tests: [{polisy: a}]", "policy-tests[0].polisy: no such field; did you mean 'pol"),
        ("policy-tests: [{policy: q}]", "policy-tests[0].policy: 'q': no policy"),
        ("policies: {p: []}\npolicy-tests: [{policy: p}]", "[0]: no route; write route: 10"),
        (
            "policies: {p: []}\npolicy-tests: [{policy: p, route: 10.0.0.0/8 x y}]",
            "policy-tests[0].route: 'y' is no word of a route",
        ),
        (
            "policies: {p: []}\npolicy-tests: [{policy: p, routes: [10.0.0.0/8, 7], line: a}]",
            "2:49: policy-tests[0].routes[1]: 7 is no route",
        ),
        (
            "policies: {p: []}\npolicy-tests: [{policy: p, route: 10.0.0.0/8}]",
            "policy-tests[0]: nothing is expected",
        ),
        (
            "policies: {p: []}\npolicy-tests: [{policy: p, route: 10.0.0.0/8, expect: pass}]",
            "'pass': write accept or reject",
        ),
        (
            "policies: {p: []}\npolicy-tests: [{policy: p, route: 10.0.0.0/8, set: {metrik: 1}}]",
            "set.metrik: no such field; did you mean 'metric'?",
        ),
        ("policies: 7", "1:1: policies: write a mapping"),
        ("[]", "write a mapping with policies: in it"),
        ("policies: {p: [{then: drop}]}", "p.yaml:1:17: policies.p[0].then: 'drop', not one of"),
    ],
)
def test_every_fault_has_its_place(text: str, message: str) -> None:
    with pytest.raises(FileError) as caught:
        read(text)
    assert message in str(caught.value)


def test_of_a_whole_router_nothing_else_is_looked_at() -> None:
    assert read("rip: {interfaces: 7}\nno such field: 1\n" + TEXT).tests


def test_a_router_says_what_its_policies_should_do_and_check_tells_if_they_do_not() -> None:
    file = loads(TEXT)
    assert not [one for one in check(file, None, None) if one.kind == "policy-test"]
    file = loads(TEXT.replace("metric: 4", "metric: 5"))
    (found,) = (one for one in check(file, None, None) if one.kind == "policy-test")
    assert found.line == 13
    assert found.message.endswith("[120/3]: expected metric 5, is 4")


def test_functions_of_a_python_file_are_policies_too(tmp_path: Path) -> None:
    path = tmp_path / "policies.py"
    path.write_text(
        dedent(
            """
            from fingerpost import policy

            @policy.of
            def near(route):
                if route.metric > 5:
                    return None
                return route

            def no_policy(route):
                return route
            """
        )
    )
    held = load_policies(path)
    assert list(held.policies) == ["near"]
    assert held.findings() == []
    path.write_text("1 / 0")
    with pytest.raises(FileError, match="does not run: ZeroDivisionError"):
        load_policies(path)
