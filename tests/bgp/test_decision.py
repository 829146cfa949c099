"""The choice among paths: a total order, the same in the core, with both values at each step."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bgp.intake import PREFIX, Intake
from fingerpost.addr import Address
from fingerpost.bgp import attributes as attr
from fingerpost.bgp.attributes import AttributeSet
from fingerpost.bgp.config import Decision
from fingerpost.bgp.decision import Outcome, Step, choose
from fingerpost.bgp.path_view import PathFlags, PathView, Standing
from fingerpost.bgp.relation import Relation

HOPS = tuple(bytes((10, 0, 0, last)) for last in (1, 2, 3))
METRICS: tuple[int | None, ...] = (0, 7, None)

rules = st.builds(
    Decision,
    always_compares_med=st.booleans(),
    missing_med_is_worst=st.booleans(),
    ignores_path_length=st.booleans(),
    prefers_oldest=st.booleans(),
    multipath_external=st.integers(1, 3),
    multipath_internal=st.integers(1, 3),
    multipath_relaxed=st.booleans(),
    default_local_preference=st.sampled_from((0, 100, 101)),
)
standings = st.builds(
    Standing,
    st.sampled_from(Relation),
    st.integers(1, 3),
    st.sampled_from(("10.0.0.1", "10.0.0.2", "fe80::1", "fe80::2")).map(Address),
)


def as_paths() -> st.SearchStrategy[attr.AsPath]:
    """Short ones, few numbers."""
    segment = st.builds(
        attr.Segment,
        st.sampled_from((attr.SegmentKind.SEQUENCE, attr.SegmentKind.SET)),
        st.lists(st.integers(1, 3), min_size=1, max_size=2).map(tuple),
    )
    return st.lists(segment, max_size=2).map(lambda some: attr.AsPath(tuple(some)))


@st.composite
def sets(draw: st.DrawFn) -> AttributeSet:
    """Attributes of few values, so that most steps are reached."""
    made: list[attr.Attribute] = [
        attr.Origin(draw(st.sampled_from(attr.OriginCode))),
        draw(as_paths()),
        attr.NextHop(draw(st.sampled_from(HOPS))),
    ]
    optional: tuple[st.SearchStrategy[attr.Attribute], ...] = (
        st.integers(0, 2).map(attr.MultiExitDisc),
        st.sampled_from((0, 100, 101)).map(attr.LocalPref),
        st.integers(1, 3).map(attr.OriginatorId),
        st.lists(st.just(7), min_size=1, max_size=2).map(
            lambda some: attr.ClusterList(tuple(some))
        ),
        st.sampled_from((0, 7, 2**64 - 1)).map(attr.Aigp.of),
        st.just(attr.Communities((0xFFFF_0006,))),
    )
    made += [draw(one) for one in optional if draw(st.integers(0, 3)) == 0]
    return AttributeSet.of(*made)


@st.composite
def paths(draw: st.DrawFn) -> list[PathView]:
    """Some paths to one prefix; no two of one neighbour have the same identifier."""
    found = []
    told = draw(st.dictionaries(st.integers(0, 5), standings, min_size=1, max_size=5))
    for peer, standing in told.items():
        for path_id in range(draw(st.integers(1, 2))):
            held = draw(sets())
            hop = held.get(attr.NextHop)
            assert hop is not None
            found.append(
                PathView(
                    peer=peer,
                    path_id=path_id,
                    standing=standing,
                    received=held,
                    imported=None if draw(st.integers(0, 9)) == 0 else held,
                    flags=PathFlags(draw(st.sampled_from((0, 0, 0, 1, 2)))),
                    since_s=draw(st.integers(0, 2)),
                    metric=METRICS[HOPS.index(hop.value())],
                )
            )
    return found


def short(outcome: Outcome) -> tuple[object, ...]:
    """What may not depend on the order in which paths stand."""
    lost = {(one.path.peer, one.path.path_id): (one.step, one.value) for one in outcome.losses}
    best = outcome.best
    beside = {(one.peer, one.path_id) for one in outcome.beside}
    return (best and (best.peer, best.path_id)), beside, lost


@given(paths(), rules)
def test_the_order_in_which_paths_stand_means_nothing(some: list[PathView], by: Decision) -> None:
    first = short(choose(some, by))
    assert short(choose(some[::-1], by)) == first
    for turn in range(1, len(some)):
        assert short(choose(some[turn:] + some[:turn], by)) == first


@given(paths(), rules)
def test_every_path_is_best_or_lost_by_a_step(some: list[PathView], by: Decision) -> None:
    outcome = choose(some, by)
    lost = [(one.path.peer, one.path.path_id) for one in outcome.losses]
    assert len(lost) == len(set(lost)) == len(some) - (outcome.best is not None)
    assert (outcome.best is None) == (not any(one.is_usable for one in some))
    assert all(one.value != one.winning for one in outcome.losses if one.step is not Step.ADDRESS)


@given(paths(), rules)
def test_who_wins_among_all_wins_among_those_of_its_own_as_too(
    some: list[PathView], by: Decision
) -> None:
    """Who is best stays best where only others go that lost before MED was compared."""
    outcome = choose(some, by)
    early = [one.path for one in outcome.losses if one.step < Step.MED]
    left = [one for one in some if not any(one is gone for gone in early)]
    assert short(choose(left, by))[0] == short(outcome)[0]


def test_med_is_compared_by_the_same_as_only_in_any_order() -> None:
    """The case of RFC 3345 2.1: pairs compared one after the other would run in circles."""

    def path(peer: int, first: int, med: int, metric: int) -> PathView:
        held = AttributeSet.of(
            attr.Origin(attr.OriginCode.IGP), attr.AsPath.of(first, 9), attr.MultiExitDisc(med)
        )
        standing = Standing(Relation.INTERNAL, peer, Address(f"10.0.0.{peer}"))
        return PathView(peer, 0, standing, held, held, metric=metric)

    some = [path(1, 6, 1, 5), path(2, 10, 10, 4), path(3, 10, 0, 8)]
    for order in itertools.permutations(some):
        outcome = choose(order, Decision())
        assert outcome.best is some[0]
        assert {(one.path.peer, one.step, one.value, one.winning) for one in outcome.losses} == {
            (2, Step.MED, "10", "0"),
            (3, Step.METRIC, "8", "5"),
        }


def ready(some: list[PathView], by: Decision) -> Intake:
    """A table of the core that was told these paths, oldest first."""
    lab = Intake(by)
    for one in some:
        if one.peer and one.peer not in lab.standings:
            lab.add(one.peer, one.standing, asn=65000 + one.peer)
    for one in sorted(some, key=lambda one: one.since_s):
        now = one.since_s * 1_000_000_000
        if one.peer == 0:
            lab.table.originate(0x101, [PREFIX], one.received.encode(), one.path_id, now)
        else:
            told = list(one.received)
            if one.standing.relation is Relation.CONFEDERATION:  # RFC 5065 5
                path = one.received.as_path
                kind = attr.SegmentKind.CONFED_SEQUENCE
                told = [path.prepended(64512, kind=kind) if o == path else o for o in told]
            elif one.standing.relation.is_internal:
                told += [] if one.received.local_preference else [attr.LocalPref(100)]
            lab.tell(one.peer, AttributeSet.of(*told), path_id=one.path_id, now=now)
    for hop, metric in zip(HOPS, METRICS, strict=True):
        lab.reach(hop, metric)
    return lab


@settings(max_examples=150)
@given(paths(), rules)
def test_the_core_chooses_the_same_by_the_same_steps(some: list[PathView], by: Decision) -> None:
    seen = ready(some, by).look()
    outcome = choose(seen, by)
    assert [one for one in seen if one.is_best] == ([] if outcome.best is None else [outcome.best])
    beside = {(one.peer, one.path_id) for one in outcome.beside}
    steps = {(one.path.peer, one.path.path_id): int(one.step) for one in outcome.losses}
    for one in seen:
        at = one.peer, one.path_id
        assert bool(one.flags & PathFlags.MULTIPATH) == (at in beside)
        assert one.step == (None if at in beside else steps.get(at)), one


@pytest.mark.parametrize("step", Step)
def test_each_step_says_what_it_compares(step: Step) -> None:
    assert step.title
    assert not step.section or step.section.startswith("RFC ")
