"""Random LSAs of both versions for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.ospf.lsa import Lsa, LsaHeader, v2, v3
from fingerpost.ospf.lsa import router_information as ri
from fingerpost.ospf.lsa import traffic_engineering as te
from fingerpost.ospf.lsa.grace import GraceLsa
from fingerpost.ospf.lsa.segments import AdjacencySid, LanAdjacencySid, PrefixSid
from fingerpost.ospf.lsa.sid import Sid, SidLabel
from fingerpost.ospf.lsa.tlv import UnknownTlv
from fingerpost.ospf.lsa.traffic_engineering import link
from fingerpost.ospf.lsa.v2.extended_link import ExtendedLink
from fingerpost.ospf.lsa.v2.extended_prefix import ExtendedPrefix, ExtendedPrefixRange
from fingerpost.ospf.lsa.v2.opaque import link_state_id
from fingerpost.ospf.lsa.v3 import extended_subs as subs
from fingerpost.ospf.lsa.v3 import extended_tlvs as ext

u7 = st.integers(0, 0x7F)
u8 = st.integers(0, 0xFF)
u16 = st.integers(0, 0xFFFF)
u24 = st.integers(0, 0xFFFFFF)
u32 = st.integers(0, 0xFFFFFFFF)
sequences = st.integers(-(1 << 31), (1 << 31) - 1)
booleans = st.booleans()
ip6 = st.integers(0, (1 << 128) - 1).map(lambda n: Address(n.to_bytes(16, "big")))


def rows(one: st.SearchStrategy[Any], most: int = 4) -> st.SearchStrategy[tuple[Any, ...]]:
    """Draw a few of something."""
    return st.lists(one, max_size=most).map(tuple)


@st.composite
def prefixes(draw: st.DrawFn) -> v3.LsaPrefix:
    """Draw a prefix of version 3, with any bits behind its length."""
    length = draw(st.integers(0, 128))
    size = (length + 31) // 32 * 4
    return v3.LsaPrefix(length, draw(u8), draw(st.binary(min_size=size, max_size=size)))


unknown_tlvs = st.builds(UnknownTlv, st.integers(1000, 0xFFFF), st.binary(max_size=9))
sids = st.one_of(st.builds(Sid, u32), st.builds(Sid, st.integers(0, 0xFFFFFF), st.just(True)))
sid_labels = st.builds(SidLabel, sids)
capabilities = rows(st.binary(min_size=4, max_size=4)).map(b"".join)


def ranges(form: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - either class of ranges
    """Draw a block of labels. Without padding its length must say so."""
    return st.one_of(
        st.builds(form, u24, rows(sid_labels, 2)),
        st.builds(form, u24, st.tuples(st.builds(SidLabel, sids.filter(lambda s: s.is_label))),
                  st.just(False)),
    )  # fmt: skip


router_informations = st.builds(
    ri.RouterInformationLsa,
    rows(
        st.one_of(
            unknown_tlvs,
            st.builds(ri.InformationalCapabilities, capabilities),
            st.builds(ri.FunctionalCapabilities, capabilities),
            st.builds(ri.Hostname, st.binary(min_size=1, max_size=20)),
            st.builds(ri.AdministrativeTags, rows(u32)),
            st.builds(ri.Algorithms, st.binary(max_size=5)),
            st.builds(ri.MaximumSidDepths, rows(st.tuples(u8, u8))),
            st.builds(ri.MappingServerPreference, u8),
            ranges(ri.SidRange),
            ranges(ri.LocalBlock),
        )
    ),
)
te_subs = st.one_of(
    unknown_tlvs,
    st.builds(link.LinkKind, u8),
    *(st.builds(form, u32) for form in (link.LinkId, link.TeMetric, link.AdministrativeGroup)),
    *(st.builds(form, u32) for form in (link.MaximumBandwidth, link.ReservableBandwidth)),
    *(st.builds(form, rows(u32)) for form in (link.LocalAddresses, link.RemoteAddresses)),
    *(st.builds(form, rows(u32)) for form in (link.UnreservedBandwidth, link.SharedRiskGroups)),
    st.builds(link.LinkIdentifiers, u32, u32),
    st.builds(link.NeighborId, u32, u32),
    *(st.builds(form, rows(ip6)) for form in (link.LocalAddresses6, link.RemoteAddresses6)),
)
traffic_engineering = st.builds(
    te.TrafficEngineeringLsa,
    rows(
        st.one_of(
            unknown_tlvs,
            st.builds(te.RouterAddress, u32),
            st.builds(te.TeLink, rows(te_subs)),
            st.builds(te.RouterAddress6, ip6),
        )
    ),
)
prefix_subs = rows(st.one_of(unknown_tlvs, sid_labels, st.builds(PrefixSid, u8, u8, u8, sids)), 3)
extended_prefixes = st.builds(
    v2.ExtendedPrefixLsa,
    rows(
        st.one_of(
            unknown_tlvs,
            st.builds(ExtendedPrefix, u8, u8, u8, u8, u32, prefix_subs),
            st.builds(ExtendedPrefixRange, u8, u8, u16, u8, u32, prefix_subs),
        )
    ),
)
link_subs = rows(
    st.one_of(
        unknown_tlvs,
        st.builds(AdjacencySid, u8, u8, u8, sids),
        st.builds(LanAdjacencySid, u8, u8, u8, u32, sids),
    )
)
extended_links = st.builds(
    v2.ExtendedLinkLsa,
    rows(st.one_of(unknown_tlvs, st.builds(ExtendedLink, u8, u32, u32, link_subs)), 2),
)
graces = st.one_of(
    st.builds(GraceLsa.of, u32, u8, st.one_of(st.none(), u32)),
    st.builds(GraceLsa, rows(unknown_tlvs)),
)

links_v2 = st.builds(v2.RouterLink, u8, u32, u32, u16, rows(st.tuples(u8, u16)))
links_v3 = st.builds(v3.RouterLink, u8, u16, u32, u32, u32)
V2 = {
    1: st.builds(
        v2.RouterLsa, u8, rows(links_v2)
    ),
    2: st.builds(v2.NetworkLsa, u32, rows(u32)),
    3: st.builds(v2.SummaryLsa, u32, u24, rows(st.tuples(u8, u24))),
    5: st.builds(
        v2.ExternalLsa, u32, u24, booleans, u32, u32,
        rows(st.builds(v2.TosPath, u7, u24, booleans, u32, u32)),
    ),
    8: st.builds(v2.UnknownLsa, st.binary(max_size=40)),
}  # fmt: skip
V2[4], V2[7] = V2[3], V2[5]
OPAQUE = {
    1: traffic_engineering,
    3: graces,
    4: router_informations,
    7: extended_prefixes,
    8: extended_links,
    200: V2[8],
}
V3 = {
    0x2001: st.builds(v3.RouterLsa, u8, u24, rows(links_v3)),
    0x2002: st.builds(v3.NetworkLsa, u24, rows(u32)),
    0x2003: st.builds(v3.InterAreaPrefixLsa, u24, prefixes()),
    0x2004: st.builds(v3.InterAreaRouterLsa, u24, u24, u32),
    0x0008: st.builds(v3.LinkLsa, u8, u24, ip6, rows(prefixes())),
    0x2009: st.builds(
        v3.IntraAreaPrefixLsa, u16, u32, u32, rows(st.builds(v3.PrefixWithMetric, prefixes(), u16))
    ),
    0x4005: st.one_of(
        st.builds(
            v3.ExternalLsa, u24, prefixes(), booleans,
            st.one_of(st.none(), ip6), st.one_of(st.none(), u32),
        ),
        st.builds(
            v3.ExternalLsa, u24, prefixes(), booleans, st.none(), st.none(),
            st.integers(1, 0xFFFF), u32,
        ),
    ),
    0x000B: graces,
    0xA00A: traffic_engineering,
    0xA00C: router_informations,
    0x2006: V2[8],
}  # fmt: skip
V3[0x2007], V3[0x800C], V3[0xC00C] = V3[0x4005], V3[0xA00C], V3[0xA00C]


subs6 = rows(
    st.one_of(
        unknown_tlvs,
        st.builds(subs.Forwarding6, ip6),
        st.builds(subs.Forwarding4, u32.map(lambda n: Address(n.to_bytes(4, "big")))),
        st.builds(subs.RouteTag, u32),
        st.builds(subs.PrefixSid6, u8, u8, sids),
        st.builds(subs.AdjacencySid6, u8, u8, sids),
        st.builds(subs.LanAdjacencySid6, u8, u8, u32, sids),
        st.builds(subs.SidLabel6, sids),
    ),
    2,
)
extended_tlvs = rows(
    st.one_of(
        unknown_tlvs,
        st.builds(ext.RouterLinkTlv, u8, u16, u32, u32, u32, subs6),
        st.builds(ext.AttachedRoutersTlv, rows(u32)),
        st.builds(ext.InterAreaPrefixTlv, u8, u24, prefixes(), subs6),
        st.builds(ext.ExternalPrefixTlv, u8, u24, prefixes(), subs6),
        st.builds(ext.IntraAreaPrefixTlv, u8, u24, prefixes(), subs6),
        st.builds(ext.InterAreaRouterTlv, u24, u24, u32, subs6),
        st.builds(ext.LinkLocal6Tlv, ip6, subs6),
        st.builds(ext.LinkLocal4Tlv, u32.map(lambda n: Address(n.to_bytes(4, "big"))), subs6),
    ),
    3,
)
for number in (0xA021, 0xA022, 0x8028):
    V3[number] = st.builds(v3.ExtendedLsaWithOptions, u8, u24, extended_tlvs)
for number in (0xA023, 0xA024, 0xC025, 0xA027):
    V3[number] = st.builds(v3.ExtendedLsa, extended_tlvs)
V3[0xA029] = st.builds(v3.ExtendedIntraAreaPrefixLsa, u16, u32, u32, extended_tlvs)

KINDS = [
    *((2, kind, 0) for kind in sorted(V2)),
    *((2, kind, opaque) for kind in (9, 10, 11) for opaque in sorted(OPAQUE)),
    *((3, kind, 0) for kind in sorted(V3)),
]  # version, type, opaque type


@st.composite
def lsas_of(draw: st.DrawFn, version: int, kind: int, opaque: int = 0) -> Lsa[Any]:
    """Draw an LSA of this type; its length and checksum are zero."""
    number, router, sequence = draw(u32), draw(u32), draw(sequences)
    age, options = draw(u16), draw(u8) if version == 2 else 0
    if version == 3:
        body = draw(V3[kind])
    elif kind in V2:
        body = draw(V2[kind])
    else:
        number = link_state_id(opaque, number & 0xFFFFFF)
        body = draw(OPAQUE[opaque])
    return Lsa(LsaHeader(age, options, kind, number, router, sequence, 0, 0), body)


def lsas(version: int) -> st.SearchStrategy[Lsa[Any]]:
    """Draw an LSA of any type."""
    return st.one_of(*(lsas_of(*kind) for kind in KINDS if kind[0] == version))
