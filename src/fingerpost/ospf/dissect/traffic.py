"""How the TLVs of traffic engineering, and of prefixes and links in detail, are shown.

RFC 3630 2.4, 2.5 and RFC 5329 3, 4; RFC 7684 2, 3 with the sub-TLVs of RFC 8665 4 to 6.
"""

from __future__ import annotations

from fingerpost.ospf.dissect.opaque import ALGORITHM, SID
from fingerpost.ospf.dissect.tlvs import Form
from fingerpost.ospf.dissect.words import ROUTER_LINKS, flags_text, float_text, one_of
from fingerpost.ospf.lsa.segments import AdjacencyFlags, PrefixSidFlags
from fingerpost.ospf.lsa.v2.extended_prefix import PrefixFlags, RangeFlags
from fingerpost.wire.dissect.layout import Layout

_LINK_TYPES = one_of({1: "point-to-point", 2: "multi-access"})
_ROUTES = one_of({0: "unspecified", 1: "intra-area", 3: "inter-area", 5: "external", 7: "NSSA"})
_BANDWIDTH = Layout("bandwidth:32", bandwidth=float_text)

_TE_LINK = {
    1: Form("link type", Layout("type:8", type=_LINK_TYPES)),
    2: Form("link id", Layout("id:ip4")),
    3: Form("local addresses", Layout("address:ip4"), is_repeated=True),
    4: Form("remote addresses", Layout("address:ip4"), is_repeated=True),
    5: Form("TE metric", Layout("metric:32")),
    6: Form("maximum bandwidth", _BANDWIDTH),
    7: Form("reservable bandwidth", _BANDWIDTH),
    8: Form("unreserved bandwidth", _BANDWIDTH, is_repeated=True),
    9: Form("administrative group", Layout("group:32:x")),
    11: Form("local and remote ids", Layout("local_id:32 remote_id:32")),
    16: Form("shared risk groups", Layout("group:32"), is_repeated=True),
    18: Form("neighbor id", Layout("interface_id:32 router_id:ip4")),
    19: Form("local IPv6 addresses", Layout("address:ip6"), is_repeated=True),
    20: Form("remote IPv6 addresses", Layout("address:ip6"), is_repeated=True),
}
TRAFFIC_ENGINEERING = {
    1: Form("router address", Layout("address:ip4")),
    2: Form("link", Layout(""), subs=_TE_LINK),
    3: Form("router IPv6 address", Layout("address:ip6")),
}

_SID_FLAGS = flags_text(PrefixSidFlags)
_ADJACENCY_FLAGS = flags_text(AdjacencyFlags)
_PREFIX_SID, _ADJACENCY, _LAN_ADJACENCY = (
    "flags:8 _:8 topology:8 algorithm:8",
    "flags:8 _:8 topology:8 weight:8",
    "flags:8 _:8 topology:8 weight:8 neighbor:ip4",
)


def with_sid(name: str, picture: str) -> Form:
    """Give the form of a sub-TLV that ends in a label or an index; an algorithm means a prefix."""
    texts = {"flags": _SID_FLAGS if "algorithm" in picture else _ADJACENCY_FLAGS}
    if "algorithm" in picture:
        texts["algorithm"] = ALGORITHM
    label = Layout(f"{picture} label:24", **texts)
    index = Layout(f"{picture} index:32", **texts)
    return Form(name, index, by=lambda value: label if len(value) == label.size else index)


PREFIX_SID = with_sid("prefix SID", _PREFIX_SID)
ADJACENCY_SID = with_sid("adjacency SID", _ADJACENCY)
LAN_ADJACENCY_SID = with_sid("LAN adjacency SID", _LAN_ADJACENCY)

_PREFIX = "type:8 length:8 family:8 flags:8 prefix:ip4"
_RANGE = "length:8 family:8 size:16 flags:8 _:24 prefix:ip4"
EXTENDED_PREFIX = {
    1: Form(
        "prefix",
        Layout(_PREFIX, type=_ROUTES, flags=flags_text(PrefixFlags)),
        subs={1: SID[1], 2: PREFIX_SID},
    ),
    2: Form("prefix range", Layout(_RANGE, flags=flags_text(RangeFlags)), subs={2: PREFIX_SID}),
}
EXTENDED_LINK = {
    1: Form(
        "link",
        Layout("type:8 _:24 id:ip4 data:ip4", type=one_of(ROUTER_LINKS)),
        subs={
            2: ADJACENCY_SID,
            3: LAN_ADJACENCY_SID,
            6: Form("maximum SID depths", Layout("kind:8 depth:8"), is_repeated=True),
        },
    )
}
