"""How the TLVs of grace and router information LSAs are shown, in either version."""

from __future__ import annotations

from fingerpost.ospf.dissect.tlvs import Form
from fingerpost.ospf.dissect.words import one_of
from fingerpost.ospf.lsa.grace import RestartReason
from fingerpost.ospf.lsa.router_information import Capability
from fingerpost.ospf.lsa.router_information.names import Hostname
from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.tree import Field
from fingerpost.wire.dissect.words import in_words, named

LABEL, INDEX = Layout("label:24"), Layout("index:32")
DATA = Layout("data:*")


def sid_layout(value: bytes) -> Layout:
    """Give the layout of a label of three bytes, or an index of four (RFC 8665 2.1)."""
    return LABEL if len(value) == LABEL.size else INDEX


GRACE = {
    1: Form("grace period", Layout("period:32", period=lambda seconds: f"{seconds} s")),
    2: Form("restart reason", Layout("reason:8", reason=named(RestartReason))),
    3: Form("interface address", Layout("address:ip4")),
}
ALGORITHM = one_of({0: "shortest path", 1: "strict shortest path"})
SID = {1: Form("SID", INDEX, by=sid_layout)}
_RANGE = Layout("size:24 _:8")


def _hostname(said: list[Field]) -> str:
    return Hostname(bytes.fromhex(str(said[0].value))).name if said else ""


def _capabilities(said: list[Field]) -> str:
    names = [in_words(one.name) for one in Capability]
    found = []
    for at, field in enumerate(said):
        bits = int(str(field.value))
        numbers = [32 * at + bit for bit in range(32) if bits >> 31 - bit & 1]
        found += [names[n] if n < len(names) else f"bit {n}" for n in numbers]
    return ", ".join(found) or "none"


ROUTER_INFORMATION = {
    1: Form("capabilities", Layout("bits:32:x"), is_repeated=True, text=_capabilities),
    2: Form("functional capabilities", Layout("bits:32:x"), is_repeated=True),
    7: Form("hostname", DATA, text=_hostname),
    8: Form("SR algorithms", Layout("algorithm:8", algorithm=ALGORITHM), is_repeated=True),
    9: Form("SID range", _RANGE, subs=SID),
    10: Form("administrative tags", Layout("tag:32"), is_repeated=True),
    12: Form("maximum SID depths", Layout("kind:8 depth:8"), is_repeated=True),
    14: Form("SR local block", _RANGE, subs=SID),
    15: Form("SR mapping server preference", Layout("preference:8 _:24")),
}
