"""What becomes of paths on their way in: the core and the readable form agree, with reasons."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bgp.intake import ROUTER_ID, US, Intake
from fingerpost.addr import Address, Prefix
from fingerpost.bgp import attributes as attr
from fingerpost.bgp.attributes import AttributeSet, SegmentKind
from fingerpost.bgp.config import Role
from fingerpost.bgp.family import IPV4, Family
from fingerpost.bgp.importing import Ourselves, Terms, changed, refusals
from fingerpost.bgp.path_view import REFUSED, PathFlags, Standing
from fingerpost.bgp.relation import Relation

THEIRS = 65001
CONFEDERATION = 64000
PEER, MINE = Address("10.0.0.1"), Address("10.0.0.9")
HOPS = ("10.0.0.1", "10.0.0.9", "10.0.0.7", "192.0.2.1", "10.1.0.1")
BASE: tuple[attr.Attribute, ...] = (
    attr.Origin(attr.OriginCode.IGP),
    attr.AsPath.of(THEIRS),
    attr.NextHop(bytes((10, 0, 0, 1))),
)


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """Any."""
    relation = draw(st.sampled_from(Relation))
    is_external = relation is Relation.EXTERNAL
    ourselves = Ourselves(
        US, ROUTER_ID, ROUTER_ID, draw(st.sampled_from((0, CONFEDERATION))), draw(st.booleans())
    )
    return Terms(
        ourselves,
        relation,
        THEIRS if not relation.is_internal else US,
        draw(st.sampled_from((US, 65009))),
        role=draw(st.none() | st.sampled_from(Role)) if is_external else None,
        checks_first_as=draw(st.booleans()),
        allow_own_as=draw(st.integers(0, 2)),
        is_refused=draw(st.integers(0, 9)) == 0,
        weight=draw(st.sampled_from((0, 0, 7))),
        takes_aigp=draw(st.none() | st.booleans()),
        direct=draw(st.sampled_from((None, PEER))) if is_external else None,
        own=frozenset(draw(st.sampled_from(((), (MINE,))))),
        networks=draw(st.sampled_from(((), (Prefix("10.0.0.0/24"),)))),
        prepends=draw(st.sampled_from((0, 0, 65009))),
    )


@st.composite
def told(draw: st.DrawFn, by: Terms) -> AttributeSet:
    """What such a neighbour may say."""
    numbers = st.sampled_from((THEIRS, THEIRS, 7, US, 65009, CONFEDERATION))
    segment = st.builds(
        attr.Segment,
        st.sampled_from((SegmentKind.SEQUENCE, SegmentKind.SEQUENCE, SegmentKind.SET)),
        st.lists(numbers, min_size=1, max_size=3).map(tuple),
    )
    path = attr.AsPath(tuple(draw(st.lists(segment, max_size=2))))
    if by.relation is Relation.CONFEDERATION:  # RFC 5065 5
        path = path.prepended(draw(numbers), kind=SegmentKind.CONFED_SEQUENCE)
    made = list(BASE)
    made[1] = path
    made[2] = attr.NextHop.of(Address(draw(st.sampled_from(HOPS))))
    inside: list[st.SearchStrategy[attr.Attribute]] = [
        st.sampled_from((ROUTER_ID, 5)).map(attr.OriginatorId),
        st.sampled_from((ROUTER_ID, 5)).map(lambda one: attr.ClusterList((5, one))),
    ]
    anywhere: list[st.SearchStrategy[attr.Attribute]] = [
        st.sampled_from((THEIRS, 7)).map(attr.OnlyToCustomer),
        st.just(attr.Aigp.of(5)),
        st.sampled_from((0xFFFF_0000, 5)).map(lambda one: attr.Communities((one,))),
    ]
    if by.relation.is_internal:
        made.append(attr.LocalPref(100))
        anywhere += inside
    return AttributeSet.of(*made, *(draw(one) for one in anywhere if draw(st.booleans())))


def intake(by: Terms) -> Intake:
    """A table with that neighbour."""
    us = by.ourselves
    lab = Intake(confederation=us.confederation, takes_sets=us.takes_sets)
    lab.add(
        1,
        Standing(by.relation, 1, PEER),
        asn=by.asn,
        local_asn=by.local_asn,
        role=None if by.role is None else by.role.value,
        checks_first_as=by.checks_first_as,
        policy=-1 if by.is_refused else 0,
        allows=by.allow_own_as,
        weight=by.weight,
        is_direct=by.direct is not None,
        takes_aigp=by.takes_aigp,
        prepends=by.prepends,
    )
    lab.table.set_surroundings(sorted(by.own), by.networks)
    return lab


@settings(max_examples=300)
@given(st.data())
def test_the_core_refuses_and_changes_the_same(data: st.DataObject) -> None:
    by = data.draw(terms())
    received = data.draw(told(by))
    lab = intake(by)
    lab.tell(1, received)
    (path,) = lab.look()
    assert path.received == received
    found = refusals(received, by)
    flags = PathFlags(0)
    for one in found:
        flags |= one.flag
    assert path.flags & REFUSED == flags
    assert path.imported == (None if found else changed(received, by))


def external(**more: object) -> Terms:
    """Terms of a neighbour of another AS."""
    given = {"ourselves": Ourselves(US, ROUTER_ID, ROUTER_ID), "relation": Relation.EXTERNAL}
    return Terms(**{**given, "asn": THEIRS, "local_asn": US, **more})  # type: ignore[arg-type]


REASONS = [
    (
        external(allow_own_as=1),
        attr.AsPath.of(THEIRS, US, US),
        PathFlags.AS_LOOP,
        "our AS stands 2 times in its path 65001 65000 65000, 1 times are allowed",
    ),
    (
        external(),
        attr.AsPath.of(7),
        PathFlags.FIRST_AS,
        "AS 7 stands first in its path, and not AS 65001 of the neighbor",
    ),
    (
        external(role=Role.PROVIDER),
        attr.OnlyToCustomer(5),
        PathFlags.LEAK,
        "AS 5 marked it for customers only, and it comes from one",
    ),
    (
        external(relation=Relation.CLIENT),
        attr.ClusterList((5, ROUTER_ID)),
        PathFlags.CLUSTER_LOOP,
        "our cluster is in its list 0.0.0.5 0.0.0.9",
    ),
    (
        external(),
        attr.AsPath(
            (
                attr.Segment(SegmentKind.SEQUENCE, (THEIRS,)),
                attr.Segment(SegmentKind.SET, (1, 2)),
            )
        ),
        PathFlags.AS_SET,
        "its path 65001 {1,2} has a set",
    ),
    (
        external(is_refused=True),
        attr.Communities((5,)),
        PathFlags.NO_POLICY,
        "the neighbor is external and has no import policy: give it one",
    ),
]


@pytest.mark.parametrize(("by", "more", "flag", "reason"), REASONS, ids=lambda one: str(one)[:24])
def test_reasons_name_the_values(
    by: Terms, more: attr.Attribute, flag: PathFlags, reason: str
) -> None:
    (found,) = refusals(AttributeSet.of(*BASE, more), by)
    assert (found.flag, found.reason) == (flag, reason)
    assert found.section.startswith("RFC ")


def test_roles_are_for_routes_of_the_internet_only() -> None:
    """RFC 9234 5: of other families OTC is neither asked nor added."""
    vpn = external(role=Role.PROVIDER, family=Family(1, 128))
    assert not refusals(AttributeSet.of(*BASE, attr.OnlyToCustomer(5)), vpn)
    down = external(role=Role.CUSTOMER, family=Family(1, 128))
    assert changed(AttributeSet.of(*BASE), down).get(attr.OnlyToCustomer) is None
    assert changed(AttributeSet.of(*BASE), external(role=Role.CUSTOMER, family=IPV4)).get(
        attr.OnlyToCustomer
    ) == attr.OnlyToCustomer(THEIRS)


def told_by(hop: str, *, own: tuple[str, ...] = (), networks: tuple[str, ...] = ()) -> Intake:
    """A neighbour one hop away that names a next hop."""
    lab = Intake()
    lab.add(1, Standing(Relation.EXTERNAL, 1, PEER), asn=THEIRS, is_direct=True)
    lab.table.set_surroundings([Address(one) for one in own], [Prefix(one) for one in networks])
    lab.tell(1, (*BASE[:2], attr.NextHop.of(Address(hop))))
    lab.reach(Address(hop).packed, 0)
    return lab


def test_what_is_our_own_address_is_no_next_hop_until_it_is_not_ours() -> None:
    """RFC 4271 6.3 a: it is ignored, and the session goes on."""
    lab = told_by("10.0.0.9", own=("10.0.0.9",))
    (path,) = lab.look()
    assert (path.flags & REFUSED, path.imported) == (PathFlags.NEXT_HOP, None)
    lab.table.set_surroundings([Address("10.0.0.8")], [])
    (path,) = lab.look()
    assert path.is_usable
    assert path.is_best
    assert lab.table.peer_counts(1, IPV4.code) == (1, 1)


def test_a_next_hop_of_one_that_is_near_is_on_a_link_of_ours() -> None:
    """RFC 4271 6.3 b."""
    near = ("10.0.0.0/24",)
    assert told_by("192.0.2.1", networks=near).look()[0].flags & PathFlags.NEXT_HOP
    assert told_by("10.0.0.77", networks=near).look()[0].is_best, "a third party (5.1.3)"
    assert told_by("10.0.0.1", networks=("192.0.2.0/24",)).look()[0].is_best, "the neighbor itself"
    assert told_by("192.0.2.1").look()[0].is_best, "no link is known"


def test_a_link_local_next_hop_that_is_ours_is_refused_too() -> None:
    mine, its = Address("fe80::9"), Address("fe80::1")
    terms_ = Terms(
        Ourselves(US, ROUTER_ID, ROUTER_ID),
        Relation.EXTERNAL,
        THEIRS,
        US,
        direct=its,
        own=frozenset((mine,)),
        networks=(Prefix("2001:db8::/64"),),
    )
    for hop, is_refused in (
        (attr.NextHop.of(mine, scope=3), True),
        (attr.NextHop.of(Address("2001:db9::1"), mine, scope=3), True),
        (attr.NextHop.of(Address("2001:db9::1"), its, scope=3), False),
        (attr.NextHop.of(Address("2001:db9::1")), True),
        (attr.NextHop(bytes(8) + Address("2001:db9::1").packed), True),  # of a VPN
    ):
        said = AttributeSet.of(*BASE[:2], hop)
        assert any(one.flag == PathFlags.NEXT_HOP for one in refusals(said, terms_)) is is_refused
