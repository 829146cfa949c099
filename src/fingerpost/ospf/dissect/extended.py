"""How the TLVs of version 3's extended LSAs are shown (RFC 8362 3, RFC 8666)."""

from __future__ import annotations

from fingerpost.ospf.dissect.opaque import INDEX, sid_layout
from fingerpost.ospf.dissect.tlvs import Form
from fingerpost.ospf.dissect.traffic import with_sid
from fingerpost.ospf.dissect.words import (
    ROUTER_LINKS,
    flags_text,
    metric_text,
    one_of,
    options_text,
)
from fingerpost.ospf.lsa.options import PrefixOptions
from fingerpost.ospf.lsa.v3.prefix import LONGEST, size
from fingerpost.wire.dissect.layout import Layout

_SUBS = {
    1: Form("forwarding address", Layout("address:ip6")),
    2: Form("forwarding address", Layout("address:ip4")),
    3: Form("tag", Layout("tag:32")),
    4: with_sid("prefix SID", "flags:8 algorithm:8 _:16"),
    5: with_sid("adjacency SID", "flags:8 weight:8 _:16"),
    6: with_sid("LAN adjacency SID", "flags:8 weight:8 _:16 neighbor:ip4"),
    7: Form("SID", INDEX, by=sid_layout),
}
_LINK = Layout(
    "type:8 _:8 metric:16 interface_id:32 neighbor_interface_id:32 neighbor_router:ip4",
    type=one_of(ROUTER_LINKS),
)
_ROUTER = Layout(
    "_:8 options:24 _:8 metric:24 router:ip4", options=options_text(3), metric=metric_text
)
_LENGTH_AT = 4


def _prefix_layouts(first: str) -> list[Layout]:
    """Give the layouts of prefixes of no word to four."""
    texts = {"metric": metric_text, "options": flags_text(PrefixOptions)}
    head = f"{first} metric:24 length:8 options:8 _:16"
    return [Layout(f"{head} prefix:{32 * n}:x" if n else head, **texts) for n in range(5)]


def _prefix(name: str, first: str = "_:8") -> Form:
    layouts = _prefix_layouts(first)

    def layout(value: bytes) -> Layout:
        length = min(value[_LENGTH_AT], LONGEST) if len(value) > _LENGTH_AT else 0
        return layouts[size(length) // 4]

    return Form(name, layouts[0], subs=_SUBS, by=layout)


EXTENDED = {
    1: Form("link", _LINK, subs=_SUBS),
    2: Form("attached routers", Layout("router:ip4"), is_repeated=True),
    3: _prefix("inter-area prefix"),
    4: Form("inter-area router", _ROUTER, subs=_SUBS),
    5: _prefix("external prefix", "_:5 type_2:1 _:2"),
    6: _prefix("intra-area prefix"),
    7: Form("link-local address", Layout("address:ip6"), subs=_SUBS),
    8: Form("link-local address", Layout("address:ip4"), subs=_SUBS),
}
