"""What becomes of paths on their way out: the core and the readable form agree, with reasons."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bgp.intake import ROUTER_ID, US, Intake
from fingerpost.addr import Address
from fingerpost.bgp import attributes as attr
from fingerpost.bgp.attributes import AttributeSet, SegmentKind
from fingerpost.bgp.config import PrivateAs, Role
from fingerpost.bgp.exporting import Refusal, Refused, Terms, told
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.importing import Ourselves
from fingerpost.bgp.path_view import PathView, Standing
from fingerpost.bgp.relation import Relation

SOURCE, RECEIVER = 1, 2
ITS, THEIRS, CONFEDERATION = 65001, 65002, 64000
HOP = Address("10.0.0.7").packed
OURS = Ourselves(US, ROUTER_ID, 77)
_NUMBERS = st.sampled_from((ITS, THEIRS, 7, 70_000, 4_200_000_001, 64_999))
_COMMUNITIES = st.sampled_from(
    (0xFFFF_FF01, 0xFFFF_FF02, 0xFFFF_FF03, 0xFFFF_FF04, 0xFFFF_029A, 0xFFFF_0006, 0xFFFF_0000, 5)
)
_ROOM = st.sampled_from((0, 0, 0, 320, 326, 331, 332, 333, 334))


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """Any."""
    relation = draw(st.sampled_from(Relation))
    is_external = relation is Relation.EXTERNAL
    extended = draw(st.booleans())
    confederation = draw(st.sampled_from((0, CONFEDERATION)))
    hop = draw(st.sampled_from((HOP, bytes(range(16)), bytes(range(32))))) if extended else HOP
    flag = st.booleans()
    return Terms(
        replace(OURS, confederation=confederation, takes_sets=True),
        relation,
        US if relation.is_internal else THEIRS,
        draw(st.sampled_from((US, 65009))),
        hop,
        peer=draw(st.sampled_from((RECEIVER,) * 5 + (SOURCE,))),
        behind_asn=draw(st.sampled_from((0, 0, US))),
        role=draw(st.none() | st.sampled_from(Role)) if is_external else None,
        is_refused=draw(st.integers(0, 9)) == 0,
        own_only=draw(st.integers(0, 9)) == 0,
        next_hop_self=draw(flag),
        reflects_as_self=draw(flag),
        next_hop_unchanged=draw(flag),
        overrides_as=draw(flag),
        private_as=draw(st.sampled_from(PrivateAs)),
        sends_communities=draw(st.integers(0, 4)) > 0,
        aigp=draw(flag),
        takes_long_lived=draw(flag),
        default_preference=draw(st.sampled_from((100, 7))),
        as4=draw(flag),
        extended_next_hop=extended,
    )


@st.composite
def said(draw: st.DrawFn, relation: Relation) -> AttributeSet:
    """What a neighbor may say, or we ourselves."""
    segment = st.builds(
        attr.Segment,
        st.sampled_from((SegmentKind.SEQUENCE, SegmentKind.SEQUENCE, SegmentKind.SET)),
        st.lists(_NUMBERS, min_size=1, max_size=3).map(tuple),
    )
    path = attr.AsPath(tuple(draw(st.lists(segment, max_size=2))))
    if draw(st.integers(0, 9)) == 0:
        path = attr.AsPath.of(*[7] * draw(st.integers(253, 255)))
    if relation is Relation.CONFEDERATION:
        path = path.prepended(draw(_NUMBERS), kind=SegmentKind.CONFED_SEQUENCE)
    made: list[attr.Attribute] = [attr.Origin(attr.OriginCode.IGP), path]
    hop = draw(st.sampled_from(("10.0.0.1", "2001:db8::1")))
    made.append(attr.NextHop.of(Address(hop)))
    more: list[st.SearchStrategy[attr.Attribute]] = [
        st.lists(_COMMUNITIES, min_size=1, max_size=2, unique=True)
        .map(tuple)
        .map(attr.Communities),
        st.sampled_from((ITS, 7)).map(attr.OnlyToCustomer),
        st.sampled_from((5, (1 << 64) - 3)).map(attr.Aigp.of),
        st.just(attr.Aigp(((9, b"\1\2"), (1, bytes(7) + b"\5"), (1, bytes(8))))),
        st.just(attr.MultiExitDisc(9)),
        st.sampled_from((7, 70_000)).map(lambda one: attr.Aggregator(one, 1)),
        st.just(attr.ExtendedCommunities((5,))),
        _ROOM.map(lambda count: attr.LargeCommunities(((1, 2, 3),) * max(count, 1))),
    ]
    if relation.is_internal:
        more += [
            st.just(attr.LocalPref(50)),
            st.just(attr.OriginatorId(5)),
            st.just(attr.ClusterList((5, 6))),
        ]
    return AttributeSet.of(*made, *(draw(one) for one in more if draw(st.booleans())))


def lab(relation: Relation, to: Terms) -> Intake:
    """A table with one who says something and one who is told."""
    us = to.ourselves
    made = Intake(confederation=us.confederation, cluster_id=us.cluster_id)
    made.rules = replace(made.rules, default_local_preference=to.default_preference)
    made.apply()
    asn = US if relation.is_internal else ITS
    made.add(SOURCE, Standing(relation, 3, Address("10.0.0.1")), asn=asn, takes_aigp=True)
    if to.peer != SOURCE:
        made.add(to.peer, Standing(to.relation, 4, Address("10.0.0.2")), asn=to.asn)
    made.table.tell(
        to.peer,
        IPV4.code,
        to.hop,
        relation=int(to.relation),
        local_asn=to.local_asn,
        behind_asn=to.behind_asn,
        asn=to.asn,
        role=None if to.role is None else to.role.value,
        policy=-1 if to.is_refused else 0,
        own_only=to.own_only,
        next_hop_self=to.next_hop_self,
        reflects_as_self=to.reflects_as_self,
        next_hop_unchanged=to.next_hop_unchanged,
        overrides_as=to.overrides_as,
        private_as=list(PrivateAs).index(to.private_as),
        sends_communities=to.sends_communities,
        aigp=to.aigp,
        takes_long_lived=to.takes_long_lived,
        as4=to.as4,
        longest=to.longest,
        extended_next_hop=to.extended_next_hop,
        paths=0,
        again=False,
    )
    return made


@settings(max_examples=500)
@given(st.data())
def test_the_core_tells_and_refuses_the_same(data: st.DataObject) -> None:
    to = data.draw(terms())
    relation = data.draw(st.sampled_from(Relation))
    made = lab(relation, to)
    attributes = data.draw(said(relation))
    if data.draw(st.integers(0, 4)) == 0:
        attributes = attributes.without(attr.NextHop, attr.OriginatorId, attr.ClusterList)
        made.originate(attributes.having(attr.NextHop()))
    else:
        made.tell(SOURCE, attributes)
        for hop in attributes.attributes:
            if isinstance(hop, attr.NextHop):
                made.reach(hop.octets, data.draw(st.sampled_from((0, 7, 1 << 31))))
        if data.draw(st.booleans()):
            made.table.close_session(SOURCE, keep=[IPV4.code])
            made.table.keep_long(SOURCE, IPV4.code)
    path = next((one for one in made.look() if one.is_best), None)
    wanted = told(path, to)
    found = made.table.told(to.peer, IPV4.code, "192.0.2.0/24")
    assert found is not None
    octets, number = found
    if isinstance(wanted, Refusal):
        assert (octets, number) == (None, wanted.number)
    else:
        assert octets is not None
        assert AttributeSet.decode(octets) == wanted


BEST = AttributeSet.of(
    attr.Origin(attr.OriginCode.IGP),
    attr.AsPath.of(ITS, 64_999),
    attr.NextHop(bytes((10, 0, 0, 1))),
)
TO = Terms(OURS, Relation.EXTERNAL, THEIRS, US, HOP, peer=RECEIVER)


def path_of(
    *more: attr.Attribute, relation: Relation = Relation.EXTERNAL, peer: int = SOURCE
) -> PathView:
    """The best path, with more attributes."""
    made = BEST.having(*more)
    return PathView(peer, 0, Standing(relation, 3, Address("10.0.0.1")), made, made)


REASONS = [
    (path_of(peer=RECEIVER), TO, Refused.ORIGIN, "came from there"),
    (
        path_of(relation=Relation.INTERNAL),
        replace(TO, relation=Relation.INTERNAL),
        Refused.INTERNAL,
        "neither of both is a client",
    ),
    (path_of(attr.Communities((0xFFFF_FF02,))), TO, Refused.NO_ADVERTISE, "no-advertise"),
    (path_of(attr.Communities((0xFFFF_FF01,))), TO, Refused.NO_EXPORT, "no-export"),
    (path_of(attr.Communities((0xFFFF_029A,))), TO, Refused.NO_EXPORT, "blackhole"),
    (
        path_of(attr.Communities((0xFFFF_FF04,))),
        replace(TO, role=Role.PEER),
        Refused.NO_EXPORT,
        "no-peer",
    ),
    (
        path_of(attr.OnlyToCustomer(7)),
        replace(TO, role=Role.CUSTOMER),
        Refused.LEAK,
        "AS 7 marked it for customers only",
    ),
    (path_of(attr.Communities((0xFFFF_0006,))), TO, Refused.LONG_LIVED_STALE, "stale for long"),
    (path_of(), replace(TO, own_only=True), Refused.OWN_ONLY, "own_only"),
    (path_of(), replace(TO, is_refused=True), Refused.NO_POLICY, "give it one"),
    (None, TO, Refused.NO_PATH, "no path that can be used"),
    (
        path_of(attr.NextHop(bytes(16))),
        replace(TO, next_hop_unchanged=True),
        Refused.NEXT_HOP,
        "its next hop :: is none that the neighbor can use",
    ),
    (
        path_of(attr.LargeCommunities(((1, 2, 3),) * 340)),
        TO,
        Refused.TOO_LONG,
        "no room for a prefix in 4096 octets",
    ),
]


@pytest.mark.parametrize(("path", "to", "number", "reason"), REASONS, ids=lambda one: str(one)[:20])
def test_reasons_name_what_is_in_the_way(
    path: PathView | None, to: Terms, number: Refused, reason: str
) -> None:
    found = told(path, to)
    assert isinstance(found, Refusal)
    assert found.number is number
    assert reason in found.reason
    assert found.section.startswith("RFC ")


def as_told(path: PathView, to: Terms) -> AttributeSet:
    """What is told, as it has to be."""
    found = told(path, to)
    assert isinstance(found, AttributeSet), found
    return found


def test_our_as_stands_behind_the_one_that_we_were_there() -> None:
    """RFC 7705 3.3: unless it is replaced."""
    both = as_told(path_of(), replace(TO, local_asn=65009, behind_asn=US))
    assert str(both.as_path) == "65009 65000 65001 64999"
    alone = as_told(path_of(), replace(TO, local_asn=65009))
    assert str(alone.as_path) == "65009 65001 64999"


def test_a_blackhole_of_another_as_is_kept_inside_and_one_of_ours_is_told() -> None:
    """RFC 7999 3.2."""
    blackhole = attr.Communities((0xFFFF_029A,))
    inside = as_told(path_of(blackhole), replace(TO, relation=Relation.CLIENT))
    assert inside.communities == (0xFFFF_029A, 0xFFFF_FF01)
    assert as_told(path_of(blackhole, peer=0), TO).communities == (0xFFFF_029A,)


def test_what_is_of_an_as_does_not_leave_it() -> None:
    """RFC 4271 5.1.4 and 5.1.5, RFC 4456 8."""
    inner = (attr.LocalPref(5), attr.MultiExitDisc(6), attr.OriginatorId(7), attr.ClusterList((8,)))
    outside = as_told(path_of(*inner, relation=Relation.INTERNAL), TO)
    assert {one.code for one in outside} == {
        attr.Type.ORIGIN,
        attr.Type.AS_PATH,
        attr.Type.NEXT_HOP,
    }
    reflected = as_told(
        path_of(*inner, relation=Relation.INTERNAL), replace(TO, relation=Relation.CLIENT)
    )
    assert reflected.get(attr.ClusterList) == attr.ClusterList((77, 8))
    assert reflected.get(attr.OriginatorId) == attr.OriginatorId(7)
