"""Attributes of a path as plain data: the words that operators know, nothing left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fingerpost.bgp.attributes import (
    Aggregator,
    AsPath,
    AtomicAggregate,
    AttributeSet,
    Communities,
    ExtendedCommunities,
    LargeCommunities,
    LocalPref,
    MultiExitDisc,
    NextHop,
    Origin,
    UnknownAttribute,
    Weight,
)
from fingerpost.bgp.community_text import community_text, large_community_text
from fingerpost.bgp.extended_text import extended_community_text
from fingerpost.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.bgp.attributes.attribute import Attribute

_IN_ROW = (
    *(Weight, Origin, AsPath, NextHop, MultiExitDisc, LocalPref),
    *(Communities, LargeCommunities, ExtendedCommunities, AtomicAggregate, Aggregator),
)


class AttributeRows:
    """Reads sets of canonical bytes, those that were just read from memory."""

    MOST = 20_000

    def __init__(self) -> None:
        """Nothing was read."""
        self._read: dict[bytes, Mapping[str, Any]] = {}

    def row(self, octets: bytes) -> Mapping[str, Any]:
        """The attributes of canonical bytes; nobody changes what is given."""
        held = self._read.get(octets)
        if held is None:
            if len(self._read) >= self.MOST:
                self._read.clear()
            held = self._read[octets] = attribute_row(octets)
        return held


def attribute_row(octets: bytes) -> dict[str, Any]:
    """The attributes of canonical bytes; what is not there is None or empty.

    `other`: attributes that have no key of their own, as {"type", "name", "text"}.
    """
    try:
        held = AttributeSet.decode(octets)
    except DecodeError as fault:  # what is kept was checked: only unknown forms come here
        return {**_row(AttributeSet()), "other": [_other("unreadable", 0, str(fault))]}
    return _row(held)


def _row(held: AttributeSet) -> dict[str, Any]:
    origin, hop = held.get(Origin), held.get(NextHop)
    path, aggregator = held.as_path, held.get(Aggregator)
    addresses = () if hop is None else hop.addresses
    return {
        "as_path": str(path),
        "as_path_length": path.length,
        "origin_as": path.origin,
        "origin": None if origin is None else origin.origin.name.lower(),
        "next_hop": str(addresses[0]) if addresses else None,
        "link_local": str(addresses[1]) if len(addresses) > 1 else None,
        "med": held.med,
        "local_preference": held.local_preference,
        "weight": held.weight,
        "communities": [community_text(one) for one in held.communities],
        "large_communities": [large_community_text(one) for one in held.large_communities],
        "extended_communities": [extended_community_text(one) for one in held.extended_communities],
        "atomic_aggregate": held.get(AtomicAggregate) is not None,
        "aggregator": None if aggregator is None else str(aggregator),
        "other": [_named(one) for one in held if not isinstance(one, _IN_ROW)],
    }


def _named(one: Attribute) -> dict[str, Any]:
    name = "" if isinstance(one, UnknownAttribute) else _words(type(one).__name__)
    return _other(name or f"type {one.code}", one.code, str(one))


def _other(name: str, code: int, text: str) -> dict[str, Any]:
    return {"type": code, "name": name, "text": text}


def _words(name: str) -> str:
    """ClusterList: "cluster list"."""
    return "".join(f" {one.lower()}" if one.isupper() else one for one in name).strip()
