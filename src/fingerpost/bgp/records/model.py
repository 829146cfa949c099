"""What was heard as plain data, for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bgp.attributes import AttributeSet, Type
from fingerpost.bgp.nlri.text import nlri_text
from fingerpost.bgp.records.heard import Announced
from fingerpost.mrt import StateChange

if TYPE_CHECKING:
    from fingerpost.bgp.records.heard import Heard


def model_of(heard: Heard) -> dict[str, object]:
    """Give the data of one line; raises `DecodeError` for attributes that are none.

    `attributes` are texts by the names of the attributes, as operators write them.
    """
    if isinstance(heard, StateChange):
        return {
            "kind": "state",
            "instant_ns": heard.instant_ns,
            "peer": str(heard.ends.peer),
            "peer_as": heard.ends.peer_as,
            "before": int(heard.before),
            "after": int(heard.after),
        }
    is_announced = isinstance(heard, Announced)
    return {
        "kind": heard.origin if isinstance(heard, Announced) else "withdrawn",
        "instant_ns": heard.instant_ns,
        "peer": str(heard.peer.address),
        "peer_as": heard.peer.asn,
        "family": str(heard.family),
        "prefix": nlri_text(heard.family, heard.nlri),
        "path_id": heard.path_id,
        "attributes": _attributes(heard) if is_announced else None,
    }


def _attributes(heard: Heard) -> dict[str, str]:
    assert isinstance(heard, Announced)
    return {_name(one.code): str(one) for one in AttributeSet.decode(heard.attributes)}


def _name(code: int) -> str:
    try:
        return Type(code).name.lower()
    except ValueError:
        return f"type_{code}"
