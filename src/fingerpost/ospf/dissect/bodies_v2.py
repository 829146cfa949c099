"""The bodies of version 2's LSAs as fields (RFC 2328 A.4).

They are laid out once more here, with their places: a body that does not decode is shown as far
as it goes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.ospf.dissect.opaque import GRACE, ROUTER_INFORMATION
from fingerpost.ospf.dissect.rows import left_over, rows, singles
from fingerpost.ospf.dissect.tlvs import Form, tlv_fields
from fingerpost.ospf.dissect.traffic import EXTENDED_LINK, EXTENDED_PREFIX, TRAFFIC_ENGINEERING
from fingerpost.ospf.dissect.words import ROUTER_LINKS, flags_text, metric_text, one_of
from fingerpost.ospf.lsa.options import RouterFlags
from fingerpost.ospf.lsa.types import LsaTypeV2
from fingerpost.ospf.lsa.v2.opaque import OPAQUE_BODIES
from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.tree import Field

if TYPE_CHECKING:
    from collections.abc import Mapping

Show: TypeAlias = Callable[[bytes, int, int], list[Field]]

_ROUTER = Layout("flags:8 _:8 links:16", flags=flags_text(RouterFlags))
_LINK = Layout("id:ip4 data:ip4 type:8 metrics_by_tos:8 metric:16", type=one_of(ROUTER_LINKS))
_TOS = Layout("tos:8 _:8 metric:16")
_NETWORK, _ROUTER_ID = Layout("mask:ip4"), Layout("router:ip4")
_SUMMARY = Layout("mask:ip4 _:8 metric:24", metric=metric_text)
_SUMMARY_TOS = Layout("tos:8 metric:24")
_MASK = Layout("mask:ip4")
_PATH = Layout("type_2:1 tos:7 metric:24 forwarding:ip4 tag:32", metric=metric_text)
_COUNT_AT = 9  # where a link says how many metrics by TOS follow


def _router(packet: bytes, start: int, end: int) -> list[Field]:
    found = _ROUTER.read(packet, start, end)
    at = start + _ROUTER.size
    while end - at >= _LINK.size:
        behind = min(at + _LINK.size + _TOS.size * packet[at + _COUNT_AT], end)
        inner = _LINK.read(packet, at, end)
        fields = {field.name: field for field in inner}
        kind = ROUTER_LINKS.get(int(str(fields["type"].value)), "unknown")
        text = f"{kind} {fields['id'].text}, data {fields['data'].text}"
        text += f", metric {fields['metric'].text}"
        inner += rows(packet, at + _LINK.size, behind, _TOS, "metric by TOS", _tos_text)
        found.append(Field("link", text, text, at, behind - at, tuple(inner)))
        at = behind
    return found + left_over(packet, at, end)


def _network(packet: bytes, start: int, end: int) -> list[Field]:
    found = _NETWORK.read(packet, start, end)
    return found + singles(packet, start + _NETWORK.size, end, _ROUTER_ID)


def _summary(packet: bytes, start: int, end: int) -> list[Field]:
    found = _SUMMARY.read(packet, start, end)
    at = start + _SUMMARY.size
    return found + rows(packet, at, end, _SUMMARY_TOS, "metric by TOS", _tos_text)


def _external(packet: bytes, start: int, end: int) -> list[Field]:
    found = _MASK.read(packet, start, end)
    at = start + _MASK.size
    found += _PATH.read(packet, at, end)
    return found + rows(packet, at + _PATH.size, end, _PATH, "path by TOS", _tos_text)


def _tos_text(fields: dict[str, Field]) -> str:
    return f"TOS {fields['tos'].text}, metric {fields['metric'].text}"


def shown_tlvs(forms: Mapping[int, Form]) -> Show:
    """Give what shows a body of TLVs."""

    def show(packet: bytes, start: int, end: int) -> list[Field]:
        return tlv_fields(packet, start, end, forms)

    return show


V2: dict[int, Show] = {
    LsaTypeV2.ROUTER: _router,
    LsaTypeV2.NETWORK: _network,
    LsaTypeV2.SUMMARY: _summary,
    LsaTypeV2.ASBR_SUMMARY: _summary,
    LsaTypeV2.EXTERNAL: _external,
    LsaTypeV2.NSSA: _external,
}
_FORMS = (TRAFFIC_ENGINEERING, GRACE, ROUTER_INFORMATION, EXTENDED_PREFIX, EXTENDED_LINK)
OPAQUE: dict[int, Show] = {
    kind: shown_tlvs(forms) for kind, forms in zip(OPAQUE_BODIES, _FORMS, strict=True)
}
