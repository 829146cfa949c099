"""Rules for paths on their way in, one by one: the core, and what the readable form says of it."""

from __future__ import annotations

import pytest

from bgp.core_reading import agree
from bgp.intake import US, Intake
from bgp.test_rfc7606 import message, terms
from fingerpost.addr import Address
from fingerpost.bgp import attributes as attr
from fingerpost.bgp.attributes import AttributeSet, SegmentKind
from fingerpost.bgp.config import Role
from fingerpost.bgp.packet import update_rules
from fingerpost.bgp.path_view import REFUSED, PathFlags, PathView, Standing
from fingerpost.bgp.relation import Relation

THEIRS, PEER, HOP = 65001, Address("10.0.0.1"), bytes((10, 0, 0, 1))
SHUTDOWN = attr.Communities((0xFFFF_0000,))


def told(
    *more: attr.Attribute,
    relation: Relation = Relation.EXTERNAL,
    path: attr.AsPath | None = None,
    role: Role | None = None,
    takes_sets: bool = False,
) -> PathView:
    """A path of one neighbour."""
    lab = Intake(takes_sets=takes_sets)
    asn = THEIRS if relation is Relation.EXTERNAL else US
    standing = Standing(relation, 1, PEER)
    lab.add(1, standing, asn=asn, role=None if role is None else role.value)
    inside = () if relation is Relation.EXTERNAL else (attr.LocalPref(200),)
    own = path or attr.AsPath.of(THEIRS)
    base = (attr.Origin(attr.OriginCode.IGP), own, attr.NextHop(HOP), *inside)
    lab.tell(1, AttributeSet.of(*base, *more))
    lab.reach(HOP, 0)
    (found,) = lab.look()
    return found


@pytest.mark.parametrize("kind", [SegmentKind.SET, SegmentKind.CONFED_SET])
def test_a_path_with_a_set_is_not_used_unless_an_operator_says_so(kind: SegmentKind) -> None:
    """RFC 9774 3: treated as withdrawn; it stays to be seen."""
    own = attr.Segment(SegmentKind.SEQUENCE, (THEIRS,))
    relation = Relation.EXTERNAL if kind is SegmentKind.SET else Relation.INTERNAL
    mixed = attr.Segment(kind, (7, 8))
    path = attr.AsPath((own, mixed) if kind is SegmentKind.SET else (mixed, own))
    found = told(path=path, relation=relation)
    assert (found.flags & REFUSED, found.imported) == (PathFlags.AS_SET, None)
    assert told(path=path, relation=relation, takes_sets=True).is_best


ASKED = [
    # RFC 9234 5: what we are to it, the OTC that came, whether it is a leak, the OTC afterwards
    (Role.PROVIDER, None, False, None),
    (Role.PROVIDER, 7, True, None),
    (Role.ROUTE_SERVER, None, False, None),
    (Role.ROUTE_SERVER, 7, True, None),
    (Role.PEER, None, False, THEIRS),
    (Role.PEER, THEIRS, False, THEIRS),
    (Role.PEER, 7, True, None),
    (Role.CUSTOMER, None, False, THEIRS),
    (Role.CUSTOMER, 7, False, 7),
    (Role.ROUTE_SERVER_CLIENT, None, False, THEIRS),
    (Role.ROUTE_SERVER_CLIENT, 7, False, 7),
    (None, None, False, None),
    (None, 7, False, 7),
]


@pytest.mark.parametrize(("role", "came", "is_leak", "left"), ASKED)
def test_what_is_for_customers_only(
    role: Role | None, came: int | None, is_leak: bool, left: int | None
) -> None:
    """RFC 9234 5, on ingress."""
    found = told(*(() if came is None else (attr.OnlyToCustomer(came),)), role=role)
    assert bool(found.flags & PathFlags.LEAK) is is_leak
    if not is_leak:
        assert found.imported is not None
        held = found.imported.get(attr.OnlyToCustomer)
        assert (None if held is None else held.asn) == left


def test_what_is_about_to_go_is_liked_least() -> None:
    """RFC 8326 4.2: from other AS; inside ours LOCAL_PREF is what was set there."""
    outside, inside = told(SHUTDOWN), told(SHUTDOWN, relation=Relation.INTERNAL)
    assert outside.imported is not None
    assert inside.imported is not None
    assert outside.imported.get(attr.LocalPref) == attr.LocalPref(0)
    assert inside.imported.get(attr.LocalPref) == attr.LocalPref(200)
    assert outside.is_best, "it is used while there is nothing else"
    assert outside.received.get(attr.LocalPref) is None, "as it came"


@pytest.mark.parametrize(
    ("row", "as4", "cost"),
    [
        ("400206 0201 00000000", True, "withdraw"),
        ("40020a 0202 0000fde9 00000000", True, "withdraw"),
        ("400206 0101 00000000", True, "withdraw"),
        ("c00708 00000000 0a000001", True, "discard"),
        ("400204 0201 0000", False, "withdraw"),
        ("c00706 0000 0a000001", False, "discard"),
        ("c01106 0201 00000000", False, "discard"),
        ("c01208 00000000 0a000001", False, "discard"),
    ],
)
def test_as_0_stands_for_nobody(row: str, as4: bool, cost: str) -> None:
    """RFC 7607 2."""
    body = message(update_rules.Relation.EXTERNAL, bytes.fromhex(row))
    if not as4:
        body = body.replace(bytes.fromhex("40020602010000fde9"), bytes.fromhex("4002040201fde9"))
        length = int.from_bytes(body[2:4], "big") - (2 if row[2:4] != "02" else 0)
        body = body[:2] + length.to_bytes(2, "big") + body[4:]
    verdict, _ = agree(body, terms(update_rules.Relation.EXTERNAL, as4=as4))
    assert [one[0] for one in verdict.faults] == [cost]
    assert bool(verdict.paths) is (cost == "discard")


def test_a_blackhole_is_no_order_without_a_policy() -> None:
    """RFC 7999 3.2: who did not agree to it forwards as always; the community stays."""
    found = told(attr.Communities((0xFFFF_029A,)))
    assert found.is_best
    assert found.imported == found.received
