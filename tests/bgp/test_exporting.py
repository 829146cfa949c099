"""What neighbours are told of a path: the core and the readable form agree, with reasons."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bgp.intake import PREFIX, ROUTER_ID, US, Intake
from fingerpost.addr import Address, Prefix
from fingerpost.bgp import attributes as attr
from fingerpost.bgp.attributes import AttributeSet, SegmentKind
from fingerpost.bgp.config import PrivateAs, Role
from fingerpost.bgp.exporting import Refusal, Terms, Told, Why, refusals, written
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.importing import Ourselves
from fingerpost.bgp.path_view import PathFlags, Standing
from fingerpost.bgp.relation import Relation

SOURCE, TARGET = 1, 2
THEIRS, PRIVATE, LOCAL, CONFEDERATION = 65001, 64512, 65100, 64000
WELL_KNOWN = (0xFFFF_FF01, 0xFFFF_FF02, 0xFFFF_FF03, 0xFFFF_FF04, 0xFFFF_0006)
V6 = Address("2001:db8::1").packed
HOPS = (bytes((10, 0, 0, 1)), bytes((10, 0, 0, 7)))


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """Any."""
    relation = draw(st.sampled_from(Relation))
    is_external = relation is Relation.EXTERNAL
    local = draw(st.sampled_from((US, LOCAL))) if is_external else US
    return Terms(
        Ourselves(US, ROUTER_ID, ROUTER_ID),
        relation,
        THEIRS,
        local,
        hop=draw(st.sampled_from((bytes((10, 0, 9, 9)), V6))),
        own_asn=draw(st.sampled_from((0, US))) if local == LOCAL else 0,
        role=draw(st.none() | st.sampled_from(Role)) if is_external else None,
        is_refused=draw(st.integers(0, 9)) == 0,
        own_only=draw(st.integers(0, 9)) == 0,
        next_hop_self=draw(st.booleans()),
        next_hop_unchanged=draw(st.booleans()),
        overrides_as=draw(st.booleans()),
        private_as=draw(st.sampled_from(PrivateAs)),
        sends_communities=draw(st.booleans()),
        aigp=draw(st.booleans()),
        takes_long_lived=draw(st.booleans()),
        extended_next_hop=draw(st.booleans()),
        local_preference=draw(st.sampled_from((100, 150))),
    )


@st.composite
def said(draw: st.DrawFn, relation: Relation) -> AttributeSet:
    """What somebody may have told us."""
    numbers = st.sampled_from((THEIRS, PRIVATE, 4_200_000_001, 7, 70_000))
    segment = st.builds(
        attr.Segment,
        st.sampled_from((SegmentKind.SEQUENCE, SegmentKind.SEQUENCE, SegmentKind.SET)),
        st.lists(numbers, min_size=1, max_size=3).map(tuple),
    )
    path = attr.AsPath(tuple(draw(st.lists(segment, max_size=2))))
    if relation is Relation.CONFEDERATION:  # RFC 5065 5
        path = path.prepended(65002, kind=SegmentKind.CONFED_SEQUENCE)
    elif draw(st.integers(0, 9)) == 0:
        path = attr.AsPath.of(*[7] * draw(st.sampled_from((254, 255))))
    made: list[attr.Attribute] = [
        attr.Origin(attr.OriginCode.IGP),
        path,
        attr.NextHop(draw(st.sampled_from(HOPS))),
    ]
    anywhere: list[st.SearchStrategy[attr.Attribute]] = [
        st.just(attr.MultiExitDisc(5)),
        st.sampled_from((THEIRS, 7)).map(attr.OnlyToCustomer),
        st.just(attr.Aigp.of(5)),
        st.lists(st.sampled_from((*WELL_KNOWN, 5, 6)), min_size=1, max_size=3).map(
            lambda some: attr.Communities(tuple(some))
        ),
        st.just(attr.LargeCommunities(((1, 2, 3),))),
        st.just(attr.ExtendedCommunities((0x0002_FDE8_0000_0001,))),
        st.just(attr.Aggregator(7, 9)),
        st.just(attr.UnknownAttribute(0xC0, 99, b"\1")),
    ]
    if relation is Relation.CONFEDERATION:
        anywhere.append(st.just(attr.LocalPref(70)))
    if relation.is_internal:
        made.append(attr.LocalPref(70))
        anywhere += [st.just(attr.OriginatorId(5)), st.just(attr.ClusterList((6, 7)))]
    return AttributeSet.of(*made, *(draw(one) for one in anywhere if draw(st.booleans())))


def tell(lab: Intake, by: Terms) -> None:
    """Have the core tell the target."""
    lab.table.tell(
        TARGET,
        IPV4.code,
        by.hop,
        relation=int(by.relation),
        local_asn=by.local_asn,
        own_asn=by.own_asn,
        asn=by.asn,
        role=None if by.role is None else by.role.value,
        policy=-1 if by.is_refused else 0,
        own_only=by.own_only,
        next_hop_self=by.next_hop_self,
        next_hop_unchanged=by.next_hop_unchanged,
        overrides_as=by.overrides_as,
        private_as=list(PrivateAs).index(by.private_as),
        sends_communities=by.sends_communities,
        aigp=by.aigp,
        takes_long_lived=by.takes_long_lived,
        as4=True,
        longest=4096,
        extended_next_hop=by.extended_next_hop,
        local_preference=by.local_preference,
        paths=0,
        again=False,
    )


def core(lab: Intake, by: Terms) -> AttributeSet | int:
    """What the core tells, or the number of why not."""
    found = lab.table.told(TARGET, IPV4.code, PREFIX)
    assert found is not None
    octets, why = found
    if octets is None:
        return why
    made = AttributeSet.decode(octets)
    hop = made.get(attr.NextHop)
    assert hop is not None
    return made if hop.octets else made.having(attr.NextHop(by.hop))


def golden(path: Told, by: Terms) -> AttributeSet | set[int]:
    """The same by the readable form, with every reason: of two communities the core has one."""
    refused = refusals(path, by)
    if refused:
        return {int(one.why) for one in refused}
    made = written(path, by)
    return {int(made.why)} if isinstance(made, Refusal) else made


@settings(max_examples=500)
@given(st.data())
def test_the_core_tells_the_same_and_refuses_for_the_same_reason(data: st.DataObject) -> None:
    by = data.draw(terms())
    relation = data.draw(st.sampled_from((None, *Relation)))
    lab = Intake()
    lab.add(TARGET, Standing(by.relation, 2, Address("10.0.9.2")), asn=by.asn)
    tell(lab, by)
    is_stale = False
    if relation is None:
        held = data.draw(said(data.draw(st.sampled_from((Relation.INTERNAL, Relation.EXTERNAL)))))
        held = held.without(attr.OriginatorId, attr.ClusterList)
        lab.table.originate(IPV4.code, [PREFIX], held.encode(), 0, 0)
    else:
        standing = Standing(relation, 8, Address("10.0.0.1"))
        lab.add(SOURCE, standing, asn=THEIRS, takes_aigp=True)
        lab.tell(SOURCE, data.draw(said(relation)))
        is_stale = data.draw(st.booleans())
    for hop in HOPS:
        lab.reach(hop, 1)
    if is_stale:
        lab.table.close_session(SOURCE, [IPV4.code])
        lab.table.keep_long(SOURCE, IPV4.code)
    (view,) = lab.look()
    if view.imported is None or view.is_best is False:
        assert core(lab, by) == Why.NO_PATH
        return
    is_long = bool(view.flags & PathFlags.LONG_LIVED_STALE)
    path = Told(view.imported, relation, 0 if relation is None else 8, is_long)
    found, wanted = core(lab, by), golden(path, by)
    assert found in wanted if isinstance(wanted, set) else found == wanted


def test_refusals_say_what_and_whence() -> None:
    held = AttributeSet.of(attr.AsPath.of(7), attr.Communities((0xFFFF_FF01, 0xFFFF_FF02)))
    by = Terms(Ourselves(US, 9, 9), Relation.EXTERNAL, THEIRS, US, is_refused=True)
    assert [str(one) for one in refusals(Told(held, Relation.EXTERNAL), by)] == [
        "it has the community no-advertise (RFC 1997)",
        "it has the community no-export (RFC 1997, RFC 3765)",
        "an external neighbor without an export policy: give it one (RFC 8212)",
    ]


@pytest.mark.parametrize(
    ("private", "wanted"),
    [
        (PrivateAs.KEPT, "65000 64512 7 64513"),
        (PrivateAs.REMOVED, "65000 64512 7 64513"),
        (PrivateAs.REMOVED_ALL, "65000 7"),
        (PrivateAs.REPLACED, "65000 65000 7 65000"),
    ],
)
def test_private_as_numbers_are_kept_removed_or_replaced(private: PrivateAs, wanted: str) -> None:
    held = AttributeSet.of(attr.AsPath.of(64512, 7, 64513), attr.NextHop(HOPS[0]))
    by = Terms(Ourselves(US, 9, 9), Relation.EXTERNAL, THEIRS, US, private_as=private)
    made = written(Told(held, Relation.EXTERNAL), by)
    assert isinstance(made, AttributeSet)
    assert str(made.as_path) == wanted


def test_an_aggregate_that_stands_alone_hides_what_lies_inside_it() -> None:
    """RFC 4271 9.2.2.2; what is told already is taken back, and told again without it."""
    by = Terms(Ourselves(US, ROUTER_ID, ROUTER_ID), Relation.INTERNAL, US, US)
    lab = Intake()
    lab.add(TARGET, Standing(Relation.INTERNAL, 2, Address("10.0.9.2")))
    tell(lab, by)
    held = AttributeSet.of(attr.Origin(attr.OriginCode.IGP), attr.AsPath(), attr.NextHop(b""))
    wide = Prefix("192.0.0.0/16")
    lab.table.originate(IPV4.code, [PREFIX, wide], held.encode(), 0, 0)
    lab.settle()
    for alone, count in (((), 2), ((wide,), 1), ((), 2)):
        lab.table.suppress(list(alone))
        while lab.table.outgoing(TARGET, 100_000):
            pass
        assert lab.table.told_counts(TARGET, IPV4.code)[0] == count
        assert (core(lab, by) == Why.SUPPRESSED) is bool(alone)
