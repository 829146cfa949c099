"""The core judges paths as the statements of a policy do: verdict, attributes, lines, counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bgp.intake import Intake
from fingerpost.addr import Address, Prefix
from fingerpost.bgp import attributes as attr
from fingerpost.bgp.attributes import AttributeSet, SegmentKind, framed
from fingerpost.bgp.config import BgpConfig
from fingerpost.bgp.extended_text import parse_extended_community
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.packet import Update
from fingerpost.bgp.path_view import PathFlags, Standing
from fingerpost.bgp.policing import Policing
from fingerpost.bgp.policy_place import PolicyPlace
from fingerpost.bgp.policy_view import as_route, attributes_after
from fingerpost.bgp.relation import Relation
from fingerpost.policy import Policy, load
from fingerpost.policy.lint import findings
from fingerpost.rib.verdict import Context

THEM = Address("10.0.0.1")
PLACE = PolicyPlace(
    True, ("them", str(THEM)), "ipv4", Relation.EXTERNAL, 65001, 65000, THEM, "customer"
)
EXPORT = PolicyPlace(False, ("them", str(THEM)), "ipv4", Relation.EXTERNAL, 65001, 65000, THEM)
PREFIXES = [Prefix(one) for one in ("10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "192.0.2.0/24")]

numbers = st.sampled_from((0, 5, 99, 100, 101, 200, 0xFFFF_FFFF))
asns = st.sampled_from((1, 12, 65000, 65001, 65012, 4_200_000_000))
communities = st.sampled_from((65000 << 16 | 100, 65000 << 16 | 200, 65001 << 16, 0xFFFF_FF01))
larges = st.tuples(asns, st.integers(0, 2), st.integers(0, 2))
TEXTS = ("rt:65000:1", "rt:65000L:1", "rt:192.0.2.1:1", "soo:70000:2", "color:100", "0x" + "9" * 16)
extendeds = st.sampled_from(TEXTS).map(parse_extended_community)


def some(one: st.SearchStrategy[Any], most: int = 4) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, min_size=1, max_size=most).map(tuple)


@st.composite
def paths_told(draw: st.DrawFn) -> AttributeSet:
    """What a path may have; often what policies ask about."""
    segment = st.builds(
        attr.Segment, st.sampled_from((SegmentKind.SEQUENCE, *SegmentKind)), some(asns)
    )
    path = attr.AsPath(tuple(draw(st.lists(segment, max_size=3))))
    hops = [bytes((10, 0, 0, 1)), bytes((192, 0, 2, 9)), Address("2001:db8::1").packed, b""]
    made: list[attr.Attribute] = [
        attr.Origin(draw(st.sampled_from(attr.OriginCode))),
        path,
        attr.NextHop(draw(st.sampled_from(hops))),
    ]
    partial = st.booleans()
    maybe: list[st.SearchStrategy[Any]] = [
        st.builds(attr.Weight, numbers),
        st.builds(attr.MultiExitDisc, numbers),
        st.builds(attr.LocalPref, numbers),
        st.builds(attr.Communities, some(communities), partial),
        st.builds(attr.ExtendedCommunities, some(extendeds), partial),
        st.builds(attr.LargeCommunities, some(larges), partial),
        numbers.map(attr.Aigp.of),
        st.builds(attr.OnlyToCustomer, asns, partial),
        st.builds(attr.UnknownAttribute, st.just(0xE0), st.just(99), st.just(b"kept")),
    ]
    return AttributeSet.of(*made, *(draw(one) for one in maybe if draw(st.booleans())))


values = numbers | st.sampled_from(("<100", ">=100", "5-99", ">0"))
patterns = st.sampled_from(
    (
        *("65000:100", "65000:*", "*:100", "65000-65001:0-150", "no-export", "65000:1:*", "*:*:2"),
        *("rt:*:1", "rt:65000:*", "rt:60000-70000:1", "rt:192.0.2.1:1", "soo:*:2", *TEXTS),
    )
)
single = st.sampled_from(("65000:100", "65009:1", "no-export", "65000:1:1", *TEXTS))
EXPRESSIONS = ("^$", "^65001_", "_65000_", "_12$", "^[0-9]+$", r"(_1_|_12_)", "_65{1,2}0", r"\{")
conditions: dict[str, st.SearchStrategy[Any]] = {
    "med": values | st.just("none"),
    "local-preference": values,
    "weight": values,
    "aigp": values | st.just("none"),
    "otc": asns | st.just("none"),
    "origin": some(st.sampled_from(("igp", "egp", "incomplete"))).map(list),
    "as-path": some(st.sampled_from(EXPRESSIONS), 2).map(list),
    "as-path-length": st.sampled_from((0, 1, ">2", "1-3")),
    "first-as": some(asns | st.just("few")).map(list),
    "origin-as": asns | st.just("few"),
    "path-as": st.just("few") | st.just("4200000000-4294967294"),
    "community": some(patterns).map(list),
    "all-communities": some(patterns, 2).map(list),
    "prefix-list": st.sampled_from(("ours", "odd")),
    "prefix": st.sampled_from(("10.0.0.0/8 le 16", "10.1.2.0/24")),
    "prefix-length": st.sampled_from((24, "<=16", "9-23")),
    "next-hop": st.sampled_from(("10.0.0.0/8", "2001:db8::/32", "192.0.2.9")),
    "next-hop-list": st.sampled_from(("ours", "odd")),
    "rpki": st.sampled_from(("valid", "invalid", "not-found")),
    "route-source": st.sampled_from(("external", "internal", "local")),
    "learned-from": st.sampled_from(("10.0.0.1", "10.0.0.2")),
    "neighbor": st.sampled_from(("them", "10.0.0.1", "others")),
    "remote-as": st.sampled_from(("few", 65001, 1)),
    "family": st.sampled_from(("ipv4", "ipv6")),
    "role": st.sampled_from(("customer", "provider")),
    "relation": st.sampled_from(("external", "internal")),
    "version": st.sampled_from((4, 6)),
}
changes = numbers | st.sampled_from(("+5", "-100", "none"))
actions: dict[str, st.SearchStrategy[Any]] = {
    "med": changes,
    "local-preference": changes,
    "weight": changes,
    "aigp": changes,
    "origin": st.sampled_from(("igp", "egp", "incomplete")),
    "prepend-as": some(asns).map(list),
    "prepend-own-as": st.integers(1, 3),
    "remove-as": some(asns | st.just("few")).map(list),
    "replace-as": st.fixed_dictionaries({"as": asns | st.just("few"), "with": asns})
    | some(asns).map(list),
    "community": some(single).map(list),
    "add-community": some(single).map(list),
    "remove-community": some(patterns).map(list) | st.just("all"),
    "next-hop": st.sampled_from(("192.0.2.1", "peer")),
}
LISTS = {
    "ours": ["10.0.0.0/8", "deny 10.1.2.0/24", "10.0.0.0/8 ge 16 le 24"],
    "odd": ["deny 10.0.0.0/8", "0.0.0.0/0 le 32"],
}
SETS = {"few": [12, "65000-65001", "AS4200000000"]}


def parts(pool: dict[str, st.SearchStrategy[Any]], most: int) -> st.SearchStrategy[dict[str, Any]]:
    keys = st.lists(st.sampled_from(sorted(pool)), max_size=most, unique=True)
    return keys.flatmap(lambda some: st.fixed_dictionaries({one: pool[one] for one in some}))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Any, of all that there is."""
    outcome = st.sampled_from(("accept", "reject", "continue", "continue"))
    statement = st.builds(
        lambda match, to, then: {"match": match, "set": to, "then": then},
        parts(conditions, 2),
        parts(actions, 3),
        outcome,
    )
    held = {
        "otherwise": draw(st.sampled_from(("accept", "reject"))),
        "statements": draw(st.lists(statement, max_size=5)),
    }
    return load({"prefix-lists": LISTS, "as-sets": SETS, "policies": {"p": held}})["p"]


@dataclass
class Twin:
    """A policy in the core and as it stands."""

    policy: Policy
    place: PolicyPlace = PLACE

    def __post_init__(self) -> None:
        self.lab = Intake()
        self.lab.standings[1] = Standing(Relation.EXTERNAL, 1, THEM)
        self.policing = Policing(BgpConfig(65000, 1), self.lab.table)
        self.number = self.policing.number(self.policy, self.place)
        self.lab.add(1, self.lab.standings[1], asn=65001, policy=self.number)

    def by_statements(
        self, told: AttributeSet, prefix: Prefix, counts: int = 0
    ) -> tuple[AttributeSet | None, list[int]]:
        """The attributes after it, None if refused; the places of lines."""
        seen = as_route(told, prefix, self.place, told_by=THEM)
        verdict = self.policy.apply(seen, Context(counts=counts))
        names = [one.name for one in self.policy.statements] + ["end"]
        lines = [names.index(one.line) for one in verdict.trace]
        after = attributes_after(told, seen, verdict.route) if verdict.accepted else None
        return after, lines

    def by_core(self, told: AttributeSet, prefix: Prefix) -> tuple[AttributeSet | None, list[int]]:
        found = self.lab.table.look_policy(self.number, told.encode(), prefix, 1)
        assert found is not None
        accepted, octets, _, lines = found
        return AttributeSet.decode(octets) if accepted else None, lines


@settings(max_examples=150, deadline=None)
@given(policies(), paths_told(), st.sampled_from(PREFIXES))
def test_the_core_judges_as_the_statements_do(
    policy: Policy, told: AttributeSet, prefix: Prefix
) -> None:
    twin = Twin(policy)
    (ours, lines), (theirs, places) = twin.by_core(told, prefix), twin.by_statements(told, prefix)
    assert (plain(ours), lines) == (plain(theirs), places)


def plain(attributes: AttributeSet | None) -> AttributeSet | None:
    """With sequences side by side as one: where a path is cut says nothing."""
    if attributes is None:
        return None
    segments: list[attr.Segment] = []
    for one in attributes.as_path.segments:
        if segments and segments[-1].kind is one.kind is SegmentKind.SEQUENCE:
            one = attr.Segment(one.kind, segments.pop().numbers + one.numbers)
        segments.append(one)
    return attributes.having(attr.AsPath(tuple(segments)))


def test_a_path_in_which_nothing_changes_stays_as_it_is() -> None:
    judge = load({"policies": {"p": [{"set": {"replace-as": {"as": 1, "with": 1}}}]}})["p"]
    path = attr.AsPath((attr.Segment(SegmentKind.SEQUENCE, (1,)),) * 2)
    told = AttributeSet.of(
        attr.Origin(attr.OriginCode.IGP), path, attr.NextHop(bytes((10, 0, 0, 1)))
    )
    twin = Twin(judge)
    assert twin.by_core(told, PREFIXES[0])[0] == twin.by_statements(told, PREFIXES[0])[0] == told


@settings(max_examples=60, deadline=None)
@given(policies(), st.lists(st.tuples(paths_told(), st.sampled_from(PREFIXES)), max_size=6))
def test_a_line_that_is_called_dead_or_shadowed_never_means_a_path(
    policy: Policy, told: list[tuple[AttributeSet, Prefix]]
) -> None:
    found = (one for one in findings(policy) if one.policy == policy.name)
    useless = {one.line for one in found if one.sort in ("dead", "shadowed")}
    for attributes, prefix in told:
        policy.apply(as_route(attributes, prefix, PLACE, told_by=THEM), Context(counts=1))
    names = [one.name for one in policy.statements]
    assert not useless & {name for name, hits in zip(names, policy.hits, strict=True) if hits}


def test_long_paths_of_which_numbers_go_keep_full_segments_at_the_end() -> None:
    judge = load({"policies": {"p": [{"set": {"remove-as": 7, "prepend-as": 9}}]}})["p"]
    numbers = [tuple(range(100, 300)), (7,), (*range(300, 450), 7), (1,)]
    segments = [attr.Segment(SegmentKind.SEQUENCE, one) for one in numbers]
    path = attr.AsPath((*segments[:3], attr.Segment(SegmentKind.SET, (7,)), segments[3]))
    told = AttributeSet.of(
        attr.Origin(attr.OriginCode.IGP), path, attr.NextHop(bytes((10, 0, 0, 1)))
    )
    twin = Twin(judge)
    after, _ = twin.by_core(told, PREFIXES[0])
    assert after == twin.by_statements(told, PREFIXES[0])[0]
    assert after is not None
    assert [len(one.numbers) for one in after.as_path.segments] == [97, 255]


@settings(max_examples=40, deadline=None)
@given(
    policies(),
    st.lists(st.tuples(paths_told(), st.lists(st.sampled_from(PREFIXES), min_size=1)), max_size=6),
)
def test_what_comes_by_updates_is_judged_and_counted_the_same(
    policy: Policy, told: list[tuple[AttributeSet, list[Prefix]]]
) -> None:
    """What the core remembers of attributes makes no difference, and refeeding counts again."""
    twin = Twin(policy)
    table = twin.lab.table
    last: dict[Prefix, AttributeSet] = {}
    hits, ends = [0] * len(policy.statements), 0

    def judged(attributes: AttributeSet, prefix: Prefix) -> AttributeSet | None:
        nonlocal ends
        after, lines = twin.by_statements(attributes, prefix)
        for place in lines:
            if place < len(hits):
                hits[place] += 1
            else:
                ends += 1
        return after

    for attributes, prefixes in told:
        given_now = heard(attributes)
        octets = b"".join(framed(one.flags, one.code, one.value()) for one in given_now)
        nlri = b"".join(bytes(4) + written(one) for one in prefixes)
        found = table.receive(1, Update(b"", octets, nlri).encode(), 0, 1)
        assert (found.reset, found.faults) == (None, [])
        for one in prefixes:
            last[one] = given_now
            judged(given_now, one)
    for refed in (False, True):
        if refed:
            table.refeed(IPV4.code)
        twin.lab.settle()
        for prefix, attributes in last.items():
            (row,) = table.paths(IPV4.code, prefix)
            if row[4] & PathFlags.AS_LOOP:
                continue
            expected = (
                judged(attributes, prefix) if refed else twin.by_statements(attributes, prefix)[0]
            )
            imported = None if row[3] is None else AttributeSet.decode(row[3])
            assert imported == expected
            assert bool(row[4] & PathFlags.POLICY) == (expected is None)
    twin.policing.collect()
    assert (policy.hits, policy.defaulted) == (hits, ends)


def heard(told: AttributeSet) -> AttributeSet:
    """As an external neighbour may say it by a plain UPDATE, without our AS in its path."""
    path = attr.AsPath.of(*(one for one in told.as_path.numbers if one != 65000))
    kept = told.without(attr.Weight, attr.LocalPref, attr.Aigp)
    return kept.having(attr.NextHop(bytes((10, 0, 0, 1))), path)


def written(prefix: Prefix) -> bytes:
    return bytes((prefix.length,)) + prefix.network.packed[: (prefix.length + 7) // 8]
