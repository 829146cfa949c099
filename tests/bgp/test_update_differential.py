"""The core and the golden reading give the same verdict on any UPDATE, and the same bytes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bgp.core_reading import agree
from bgp.strategies import attributes, u8
from fingerpost.bgp import attributes as attr
from fingerpost.bgp.attributes import framed
from fingerpost.bgp.constants import AS_TRANS
from fingerpost.bgp.family import IPV4, IPV6, Family
from fingerpost.bgp.packet.update_reading import FamilyTerms, Terms
from fingerpost.bgp.packet.update_rules import Relation

EVPN = Family(25, 70)
FLOWSPEC = Family(1, 133)
LABELED = Family(1, 4)
VPN = Family(1, 128)
FAMILIES = (IPV4, IPV6, EVPN, FLOWSPEC, LABELED, VPN, Family(16388, 71))
Part = tuple[int, int, bytes]


def evpn(route: tuple[int, int], some: bytes, address_bits: int) -> bytes:
    """A route of a type and a length, most of them right."""
    kind, length = route
    body = bytearray((some * length)[:length])
    if kind == 2 and body:
        body[29:30] = bytes((address_bits,))
    return bytes((kind, len(body))) + body


def prefixes(family: Family, has_path_ids: bool) -> st.SearchStrategy[bytes]:
    """Prefixes of a family, most of them right."""
    short = st.binary(max_size=4)
    match family:
        case (25, 70):
            one = st.builds(
                evpn,
                st.sampled_from(((1, 25), (2, 33), (2, 36), (2, 37), (2, 40), (5, 34), (5, 58))),
                st.binary(max_size=4),
                st.sampled_from((0, 32, 48)),
            )
        case (1, 4) | (1, 128):
            fixed = 11 if family.safi == 128 else 3
            one = st.builds(
                lambda bits, value: bytes((bits + 8 * fixed,)) + value[: fixed + (bits + 7) // 8],
                st.sampled_from((0, 7, 8, 20, 32)),
                st.binary(min_size=15, max_size=15),
            )
        case (16388, 71):
            one = short.map(lambda value: bytes((0, 1, 0, len(value))) + value)
        case (1, 133):
            one = short.map(lambda value: bytes((len(value),)) + value)
        case _:
            one = st.builds(
                lambda length, value: bytes((length,)) + value[: (length + 7) // 8],
                st.sampled_from((0, 7, 8, 24, 32)),
                st.binary(min_size=4, max_size=4),
            )
    ids = st.sampled_from((bytes(4), b"\0\0\0\7")) if has_path_ids else st.just(b"")
    return st.lists(st.builds(bytes.__add__, ids, one), max_size=3).map(b"".join)


@st.composite
def multi(draw: st.DrawFn, terms: Terms) -> Part:
    """MP_REACH_NLRI or MP_UNREACH_NLRI."""
    family = draw(st.sampled_from(FAMILIES))
    agreed = terms.families.get(family)
    nlri = draw(prefixes(family, agreed is not None and agreed.has_path_ids))
    lead = family.afi.to_bytes(2, "big") + bytes((family.safi,))
    if draw(st.booleans()):
        return 0x80, 15, lead + nlri
    hop = draw(
        st.sampled_from(
            (
                b"\x0a\0\0\1",
                b"\x20\1\x0d\xb8".ljust(16, b"\1"),
                b"\xfe\x80".ljust(16, b"\1"),
                b"\x20\1".ljust(16, b"\1") + b"\xfe\x80".ljust(16, b"\1"),
                bytes(16),
                b"abc",
            )
        )
    )
    return 0x80, 14, lead + bytes((len(hop),)) + hop + b"\0" + nlri


def known(terms: Terms) -> st.SearchStrategy[Part]:
    """An attribute as it is sent on such a session."""

    def sent(one: attr.Attribute) -> Part:
        value = one.value()
        if not terms.as4 and isinstance(one, attr.AsPath | attr.Aggregator):
            value = one.narrow()
        return one.flags, one.code, value

    newer = st.sampled_from((1, AS_TRANS, 70_000, 80_000))
    numbers = st.lists(newer, min_size=1, max_size=4).map(tuple)
    segments = st.lists(st.builds(attr.Segment, st.sampled_from(attr.SegmentKind), numbers))
    old = st.builds(attr.As4Path, segments.map(tuple)) | st.builds(
        attr.As4Aggregator, newer, st.just(9)
    )
    trans = st.just(attr.Aggregator(AS_TRANS, 9)) | segments.map(
        lambda some: attr.AsPath(tuple(some))
    )
    return (attributes() | old | trans).map(sent)


BASE: tuple[Part, ...] = (
    (0x40, 1, b"\0"),
    (0x40, 3, b"\x0a\0\0\1"),
    (0x40, 5, b"\0\0\0\x64"),
)


@st.composite
def updates(draw: st.DrawFn) -> tuple[bytes, Terms]:
    """An UPDATE that makes some sense, and what it is read by."""
    agreed = {
        family: FamilyTerms(draw(st.booleans()), draw(st.booleans()))
        for family in draw(st.sets(st.sampled_from(FAMILIES)).map(sorted))
    }
    relation = draw(st.sampled_from(Relation))
    terms = Terms(relation, draw(st.booleans()), agreed, draw(st.sampled_from((0, 7))))
    width = 4 if terms.as4 else 2
    lead = b"\3\1" + (64512).to_bytes(width, "big")
    own = b"\2\2" + (65001).to_bytes(width, "big") + (AS_TRANS).to_bytes(width, "big")
    path = (lead if relation is Relation.CONFEDERATION else b"") + own
    parts = [*BASE, (0x40, 2, path)] if draw(st.integers(0, 4)) else []
    parts += draw(st.lists(known(terms) | multi(terms), max_size=4))
    if draw(st.integers(0, 3)) == 0:
        parts.append((draw(u8), draw(u8), draw(st.binary(max_size=12))))
    made = []
    for flags, code, value in draw(st.permutations(parts)):
        octets = framed(flags, code, value)
        # bits that mean nothing, and the long form where the short one would do
        if draw(st.integers(0, 9)) == 0 and len(value) <= 0xFF:
            octets = bytes((flags | 0x1F, code)) + len(value).to_bytes(2, "big") + value
        made.append(octets)
    has_ids = IPV4 in agreed and agreed[IPV4].has_path_ids
    withdrawn, nlri = draw(prefixes(IPV4, has_ids)), draw(prefixes(IPV4, has_ids))
    listed = b"".join(made)
    body = len(withdrawn).to_bytes(2, "big") + withdrawn
    return body + len(listed).to_bytes(2, "big") + listed + nlri, terms


@settings(max_examples=250)
@given(updates())
def test_they_agree_on_what_makes_some_sense(given: tuple[bytes, Terms]) -> None:
    agree(*given)


@settings(max_examples=250)
@given(updates(), st.data())
def test_they_agree_on_what_is_damaged(given: tuple[bytes, Terms], data: st.DataObject) -> None:
    body, terms = given
    out = bytearray(body)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(out) - 1))
        out[at] = data.draw(st.sampled_from((0, 1, 2, 4, 0x10, 0x40, 0x80, 0xFF)) | u8)
    agree(bytes(out), terms)


@given(st.binary(min_size=4, max_size=60))
def test_they_agree_on_anything(body: bytes) -> None:
    agree(body, Terms())
