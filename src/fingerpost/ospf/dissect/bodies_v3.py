"""The bodies of version 3's LSAs as fields (RFC 5340 A.4)."""

from __future__ import annotations

from fingerpost.addr import Address
from fingerpost.ospf.dissect.bodies_v2 import Show, shown_tlvs
from fingerpost.ospf.dissect.extended import EXTENDED
from fingerpost.ospf.dissect.opaque import GRACE, ROUTER_INFORMATION
from fingerpost.ospf.dissect.rows import left_over, rows, singles
from fingerpost.ospf.dissect.tlvs import tlv_fields
from fingerpost.ospf.dissect.traffic import TRAFFIC_ENGINEERING
from fingerpost.ospf.dissect.words import (
    ROUTER_LINKS,
    flags_text,
    metric_text,
    one_of,
    options_text,
    type_text,
)
from fingerpost.ospf.lsa.options import PrefixOptions, RouterFlags
from fingerpost.ospf.lsa.types import LsaTypeV3
from fingerpost.ospf.lsa.v3.external import F, T
from fingerpost.ospf.lsa.v3.prefix import LONGEST, size
from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.tree import Field

_OPTIONS = options_text(3)
_PREFIX_OPTIONS = flags_text(PrefixOptions)
_TYPE = type_text(3)
_ROUTER = Layout("flags:8 options:24", flags=flags_text(RouterFlags), options=_OPTIONS)
_LINK = Layout(
    "type:8 _:8 metric:16 interface_id:32 neighbor_interface_id:32 neighbor_router:ip4",
    type=one_of(ROUTER_LINKS),
)
_NETWORK = Layout("_:8 options:24", options=_OPTIONS)
_ROUTER_ID = Layout("router:ip4")
_METRIC = Layout("_:8 metric:24", metric=metric_text)
_INTER_ROUTER = Layout(
    "_:8 options:24 _:8 metric:24 router:ip4", options=_OPTIONS, metric=metric_text
)
_EXTERNAL = Layout("_:5 type_2:1 has_forwarding:1 has_tag:1 metric:24", metric=metric_text)
_FORWARDING, _TAG = Layout("forwarding:ip6"), Layout("tag:32")
_REFERENCED = Layout("referenced_id:ip4")
_LINK_HEAD = Layout("priority:8 options:24 link_local:ip6 prefixes:32", options=_OPTIONS)
_INTRA = Layout(
    "prefixes:16 referenced_type:16 referenced_id:ip4 referenced_router:ip4",
    referenced_type=_TYPE,
)
_PREFIX = Layout("length:8 options:8 _:16", options=_PREFIX_OPTIONS)
_PREFIX_METRIC = Layout("length:8 options:8 metric:16", options=_PREFIX_OPTIONS)
_PREFIX_TYPE = Layout(
    "length:8 options:8 referenced_type:16", options=_PREFIX_OPTIONS, referenced_type=_TYPE
)


def _prefix(packet: bytes, at: int, end: int, layout: Layout) -> Field | None:
    """Give the prefix that begins at `at`, None where it is cut or no prefix."""
    if end - at < layout.size or packet[at] > LONGEST:
        return None
    behind = at + layout.size + size(packet[at])
    if behind > end:
        return None
    octets = packet[at + layout.size : behind]
    text = f"{Address((octets + bytes(16))[:16])}/{packet[at]}"
    inner = layout.read(packet, at, end)
    if octets:
        inner.append(Field("prefix", octets.hex(), octets.hex(), at + layout.size, len(octets)))
    metric = next((f", metric {one.text}" for one in inner if one.name == "metric"), "")
    return Field("prefix", text, text + metric, at, behind - at, tuple(inner))


def _prefixes(packet: bytes, at: int, end: int, layout: Layout) -> list[Field]:
    found = []
    while (field := _prefix(packet, at, end, layout)) is not None:
        found.append(field)
        at += field.size
    return found + left_over(packet, at, end)


def _router(packet: bytes, start: int, end: int) -> list[Field]:
    found = _ROUTER.read(packet, start, end)
    return found + rows(packet, start + _ROUTER.size, end, _LINK, "link", _link_text)


def _link_text(fields: dict[str, Field]) -> str:
    kind = ROUTER_LINKS.get(int(str(fields["type"].value)), "unknown")
    text = f"{kind} by interface {fields['interface_id'].text} to"
    text += f" {fields['neighbor_router'].text}%{fields['neighbor_interface_id'].text}"
    return f"{text}, metric {fields['metric'].text}"


def _network(packet: bytes, start: int, end: int) -> list[Field]:
    found = _NETWORK.read(packet, start, end)
    return found + singles(packet, start + _NETWORK.size, end, _ROUTER_ID)


def _inter_prefix(packet: bytes, start: int, end: int) -> list[Field]:
    found = _METRIC.read(packet, start, end)
    return found + _prefixes(packet, start + _METRIC.size, end, _PREFIX)


def _inter_router(packet: bytes, start: int, end: int) -> list[Field]:
    found = _INTER_ROUTER.read(packet, start, end)
    return found + left_over(packet, start + _INTER_ROUTER.size, end)


def _external(packet: bytes, start: int, end: int) -> list[Field]:
    found = _EXTERNAL.read(packet, start, end)
    at = start + _EXTERNAL.size
    prefix = _prefix(packet, at, end, _PREFIX_TYPE)
    if prefix is None:
        return found + left_over(packet, at, end)
    found.append(prefix)
    layouts = {_FORWARDING: packet[start] & F, _TAG: packet[start] & T}
    layouts[_REFERENCED] = any(packet[at + 2 : at + 4])
    at += prefix.size
    for layout, is_there in layouts.items():
        if is_there:
            found += layout.read(packet, at, end)
            at += layout.size
    return found + left_over(packet, at, end)


def _link(packet: bytes, start: int, end: int) -> list[Field]:
    found = _LINK_HEAD.read(packet, start, end)
    return found + _prefixes(packet, start + _LINK_HEAD.size, end, _PREFIX)


def _intra(packet: bytes, start: int, end: int) -> list[Field]:
    found = _INTRA.read(packet, start, end)
    return found + _prefixes(packet, start + _INTRA.size, end, _PREFIX_METRIC)


def _below(head: Layout) -> Show:
    """Give what shows the TLVs of an extended LSA below what stands in front of them."""

    def show(packet: bytes, start: int, end: int) -> list[Field]:
        at = min(start + head.size, end)
        return head.read(packet, start, end) + tlv_fields(packet, at, end, EXTENDED)

    return show


_E_LINK = Layout("priority:8 options:24", options=_OPTIONS)
_E_INTRA = Layout(
    "_:16 referenced_type:16 referenced_id:ip4 referenced_router:ip4", referenced_type=_TYPE
)
V3: dict[int, Show] = {
    LsaTypeV3.ROUTER: _router,
    LsaTypeV3.NETWORK: _network,
    LsaTypeV3.INTER_AREA_PREFIX: _inter_prefix,
    LsaTypeV3.INTER_AREA_ROUTER: _inter_router,
    LsaTypeV3.EXTERNAL: _external,
    LsaTypeV3.NSSA: _external,
    LsaTypeV3.LINK: _link,
    LsaTypeV3.INTRA_AREA_PREFIX: _intra,
    LsaTypeV3.INTRA_AREA_TE: shown_tlvs(TRAFFIC_ENGINEERING),
    LsaTypeV3.GRACE: shown_tlvs(GRACE),
    LsaTypeV3.ROUTER_INFORMATION_LINK: shown_tlvs(ROUTER_INFORMATION),
    LsaTypeV3.ROUTER_INFORMATION_AREA: shown_tlvs(ROUTER_INFORMATION),
    LsaTypeV3.ROUTER_INFORMATION_AS: shown_tlvs(ROUTER_INFORMATION),
    LsaTypeV3.E_ROUTER: _below(_ROUTER),
    LsaTypeV3.E_NETWORK: _below(_NETWORK),
    LsaTypeV3.E_INTER_AREA_PREFIX: shown_tlvs(EXTENDED),
    LsaTypeV3.E_INTER_AREA_ROUTER: shown_tlvs(EXTENDED),
    LsaTypeV3.E_EXTERNAL: shown_tlvs(EXTENDED),
    LsaTypeV3.E_NSSA: shown_tlvs(EXTENDED),
    LsaTypeV3.E_LINK: _below(_E_LINK),
    LsaTypeV3.E_INTRA_AREA_PREFIX: _below(_E_INTRA),
}
