"""Prefix rules on top of the table's `covering`: prefix sets with lengths, and RFC 6811.

A rule hangs on a prefix and says how long the prefixes below it may be. So every query is the
prefixes that cover it, shortest first, and a look at the rules of each. The cases are those that
OpenBGPD tests itself with: a set (`.in`), queries (`.check`), and its answers (`.out`).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from fingerpost.addr import Prefix
from fingerpost.fib import Fib

Lengths = tuple[int, int]  # shortest and longest that a rule takes
Payload = tuple[int, int]  # origin AS and longest length: a VRP of RFC 6811 without its prefix


def grouped(rules: Iterable[tuple[str, tuple[int, int]]]) -> Fib[list[tuple[int, int]]]:
    """The rules of each prefix in one list, all lists in one table."""
    table: Fib[list[tuple[int, int]]] = Fib()
    for prefix, rule in rules:
        table.setdefault(Prefix(prefix), []).append(rule)
    return table


def takes(table: Fib[list[Lengths]], query: Prefix) -> bool:
    """Whether a rule on a prefix that covers `query` takes its length."""
    rules = (rule for _, rules in table.covering(query) for rule in rules)
    return any(shortest <= query.length <= longest for shortest, longest in rules)


def validity(table: Fib[list[Payload]], route: Prefix, origin: int) -> str:
    """The validation state of a route, RFC 6811 section 2."""
    covering = [payload for _, payloads in table.covering(route) for payload in payloads]
    if not covering:
        return "not found"
    # AS 0 marks what nobody may originate, so it matches no route: RFC 6483 section 4.
    matches = (origin == asn != 0 and route.length <= longest for asn, longest in covering)
    return "VALID" if any(matches) else "invalid"


def length_rule(line: str) -> tuple[str, Lengths]:
    prefix, shortest, longest = line.split()
    return prefix, (int(shortest), int(longest))


def payload_rule(line: str) -> tuple[str, Payload]:
    """`prefix P source-as N [maxlen L]`; without L, only P's own length: RFC 6811 section 2."""
    words = line.split()
    named = dict(zip(words[::2], words[1::2], strict=True))
    longest = int(named.get("maxlen", Prefix(named["prefix"]).length))
    return named["prefix"], (int(named["source-as"]), longest)


@pytest.fixture
def cases(shared_data: Path) -> Path:
    return shared_data / "conformance" / "openbgpd-trie"


def lines(file: Path) -> list[str]:
    return [line for line in file.read_text().splitlines() if line]


@pytest.mark.parametrize("case", ["rde_trie_test.1", "rde_trie_test.3"])
def test_prefix_sets_with_lengths_answer_as_openbgpd_does(cases: Path, case: str) -> None:
    table = grouped(map(length_rule, lines(cases / f"{case}.in")))
    queries = lines(cases / f"{case}.check")
    answers = [f"{query} {'MATCH' if takes(table, Prefix(query)) else 'miss'}" for query in queries]
    assert answers == lines(cases / f"{case}.out")


def test_origin_validation_answers_as_openbgpd_does(cases: Path) -> None:
    table = grouped(map(payload_rule, lines(cases / "rde_trie_test.5.in")))
    answers = []
    for query in lines(cases / "rde_trie_test.5.check"):
        route, _, origin = query.partition(" source-as ")
        asn = int(origin or 0)  # a route without origin is asked as AS 0
        answers.append(f"{route} source-as {asn} is {validity(table, Prefix(route), asn)}")
    assert answers == lines(cases / "rde_trie_test.5.out")


ORDERLY = ["10.0.0.0/8 8 8", "10.0.0.0/8 16 24", "10.1.0.0/16 16 32", "2001:db8::/32 48 64"]


@pytest.mark.parametrize(
    ("query", "taken"),
    [
        ("10.0.0.0/8", True),
        ("10.0.0.0/9", False),
        ("10.255.0.0/16", True),
        ("10.2.3.4/32", False),
        ("10.1.3.4/32", True),
        ("8.0.0.0/6", False),
        ("2001:db8::/32", False),
        ("2001:db8:1::/48", True),
        ("2001:db8::1/128", False),
    ],
)
def test_any_of_the_rules_above_a_prefix_may_take_it(query: str, taken: bool) -> None:
    assert takes(grouped(map(length_rule, ORDERLY)), Prefix(query)) == taken


PAYLOADS = [
    "prefix 192.0.2.0/24 source-as 64496",
    "prefix 198.51.0.0/16 source-as 64496 maxlen 24",
    "prefix 198.51.100.0/24 source-as 64511",
    "prefix 203.0.113.0/24 source-as 0 maxlen 32",
]


@pytest.mark.parametrize(
    ("route", "origin", "state"),
    [
        ("192.0.2.0/24", 64496, "VALID"),
        ("192.0.2.0/24", 64511, "invalid"),
        ("192.0.2.0/25", 64496, "invalid"),
        ("192.0.2.0/23", 64496, "not found"),
        ("198.51.100.0/24", 64496, "VALID"),
        ("198.51.100.0/24", 64511, "VALID"),
        ("198.51.100.0/25", 64496, "invalid"),
        ("203.0.113.0/24", 0, "invalid"),
        ("203.0.113.0/24", 64496, "invalid"),
    ],
)
def test_one_matching_payload_makes_a_route_valid(route: str, origin: int, state: str) -> None:
    assert validity(grouped(map(payload_rule, PAYLOADS)), Prefix(route), origin) == state
