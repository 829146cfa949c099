"""Attributes of a path as plain data: the words that operators know, nothing left out.

They are read straight from canonical bytes, as pages of routes have thousands of sets; a test holds
what is given to `bgp.attributes`, which reads every attribute as a value of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from struct import iter_unpack, unpack
from typing import TYPE_CHECKING, Any, Final

from fingerpost.addr import Address
from fingerpost.bgp.attributes import AsPath, RawAttribute, UnknownAttribute, read_attribute
from fingerpost.bgp.attributes.attribute import Type, split_canonical
from fingerpost.bgp.community_text import community_text, large_community_text
from fingerpost.bgp.extended_text import extended_community_text
from fingerpost.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fingerpost.bgp.attributes.attribute import Attribute

_ORIGINS: Final = ("igp", "egp", "incomplete")
_SEQUENCE: Final = 2
_NOTHING: Final[Mapping[str, Any]] = {
    "as_path": "",
    "as_path_length": 0,
    "origin_as": None,
    "origin": None,
    "next_hop": None,
    "link_local": None,
    "med": None,
    "local_preference": None,
    "weight": 0,
    "communities": [],
    "large_communities": [],
    "extended_communities": [],
    "atomic_aggregate": False,
    "aggregator": None,
    "other": [],
}


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """`row` is the model of `octets`, `text` the same as JSON; nobody changes them."""

    row: Mapping[str, Any]
    text: str
    octets: bytes

    @property
    def communities(self) -> tuple[int, ...]:
        """The standard ones as numbers."""
        values = (
            value for _, code, value in split_canonical(self.octets) if code == Type.COMMUNITIES
        )
        return tuple(one for value in values for (one,) in iter_unpack(">I", value))


class AttributeRows:
    """Reads sets of canonical bytes, those that were just read from memory."""

    MOST = 20_000

    def __init__(self) -> None:
        """Nothing was read."""
        self._read: dict[bytes, AttributeRow] = {}

    def of(self, octets: bytes) -> AttributeRow:
        """The attributes of canonical bytes."""
        held = self._read.get(octets)
        if held is None:
            if len(self._read) >= self.MOST:
                self._read.clear()
            row = attribute_row(octets)
            held = self._read[octets] = AttributeRow(row, json.dumps(row), octets)
        return held


def attribute_row(octets: bytes) -> dict[str, Any]:
    """The attributes of canonical bytes; what is not there is None or empty.

    `other`: attributes that have no key of their own, as {"type", "name", "text"}.
    """
    made: dict[str, Any] = {**_NOTHING, "other": []}
    try:
        for flags, code, value in split_canonical(octets):
            put = _PUT.get(code)
            if put is None:
                made["other"].append(_other(RawAttribute(flags, code, value, 0, len(value))))
            else:
                put(made, value)
    except DecodeError as fault:  # what is kept was checked: no table has such
        made["other"].append({"type": 0, "name": "unreadable", "text": str(fault)})
    return made


def _path(made: dict[str, Any], value: bytes) -> None:
    if value and value[0] == _SEQUENCE and len(value) == 2 + 4 * value[1]:  # as nearly all are
        numbers = unpack(f">{value[1]}I", value[2:])
        made["as_path"] = " ".join(map(str, numbers))
        made["as_path_length"], made["origin_as"] = len(numbers), numbers[-1]
        return
    found = read_attribute(RawAttribute(0x40, Type.AS_PATH, value, len(value)))
    assert isinstance(found, AsPath)
    made["as_path"] = str(found)
    made["as_path_length"], made["origin_as"] = found.length, found.origin


def _origin(made: dict[str, Any], value: bytes) -> None:
    made["origin"] = _ORIGINS[value[0]]


def _next_hop(made: dict[str, Any], value: bytes) -> None:
    whole = value[:-4] if len(value) in (20, 36) else value  # less the number of an interface
    if len(whole) == 32:
        made["next_hop"], made["link_local"] = _address(whole[:16]), _address(whole[16:])
    elif len(whole) in (4, 16):
        made["next_hop"] = _address(whole)


@lru_cache(4096)
def _address(octets: bytes) -> str:
    return str(Address(octets))


def _number(name: str) -> Callable[[dict[str, Any], bytes], None]:
    def put(made: dict[str, Any], value: bytes) -> None:
        made[name] = int.from_bytes(value, "big")

    return put


def _communities(made: dict[str, Any], value: bytes) -> None:
    made["communities"] = [community_text(one) for (one,) in iter_unpack(">I", value)]


def _large(made: dict[str, Any], value: bytes) -> None:
    made["large_communities"] = [large_community_text(one) for one in iter_unpack(">III", value)]


def _extended(made: dict[str, Any], value: bytes) -> None:
    found = (extended_community_text(one) for (one,) in iter_unpack(">Q", value))
    made["extended_communities"] = list(found)


def _atomic(made: dict[str, Any], _: bytes) -> None:
    made["atomic_aggregate"] = True


def _aggregator(made: dict[str, Any], value: bytes) -> None:
    made["aggregator"] = str(read_attribute(RawAttribute(0xC0, Type.AGGREGATOR, value, len(value))))


_PUT: Final[Mapping[int, Callable[[dict[str, Any], bytes], None]]] = {
    0: _number("weight"),
    Type.ORIGIN: _origin,
    Type.AS_PATH: _path,
    Type.NEXT_HOP: _next_hop,
    Type.MULTI_EXIT_DISC: _number("med"),
    Type.LOCAL_PREF: _number("local_preference"),
    Type.ATOMIC_AGGREGATE: _atomic,
    Type.AGGREGATOR: _aggregator,
    Type.COMMUNITIES: _communities,
    Type.LARGE_COMMUNITIES: _large,
    Type.EXTENDED_COMMUNITIES: _extended,
}


def _other(raw: RawAttribute) -> dict[str, Any]:
    one: Attribute = read_attribute(raw)
    is_known = not isinstance(one, UnknownAttribute)
    name = _words(type(one).__name__) if is_known else f"type {raw.code}"
    return {"type": raw.code, "name": name, "text": str(one)}


def _words(name: str) -> str:
    """ClusterList: "cluster list"."""
    return "".join(f" {one.lower()}" if one.isupper() else one for one in name).strip()
