"""What our LSAs of version 3 from before a restart are named by (RFC 5187 3).

Link state ids say nothing in version 3, so that only the LSAs that neighbours kept tell which of
them stands for what. What is told twice goes by its least number; the other is taken back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.errors import DecodeError
from fingerpost.ospf.constants import MAX_AGE
from fingerpost.ospf.lsa.types import LsaTypeV3
from fingerpost.ospf.lsa.v3 import (
    ExternalLsa,
    InterAreaPrefixLsa,
    InterAreaRouterLsa,
    IntraAreaPrefixLsa,
    decode_lsa,
)
from fingerpost.ospf.origination.content import Topic

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from fingerpost.ospf.lsa.header import LsaHeader
    from fingerpost.ospf.machine import Ospf

Named: TypeAlias = "defaultdict[tuple[Topic, int], dict[Hashable, int]]"
"""The link state ids of what is told into a scope, by topic."""

EXTERNALS = {int(LsaTypeV3.EXTERNAL): Topic.EXTERNAL, int(LsaTypeV3.NSSA): Topic.NSSA}


def subjects(ospf: Ospf, family: int) -> Named:
    """Link state ids of what is told of other areas and of the outside."""
    found: Named = defaultdict(dict)
    about: Hashable
    for scope, header, body in _own(ospf):
        match body:
            case InterAreaPrefixLsa():
                place, about = (Topic.SUMMARY, scope), body.prefix.prefix(family)
            case InterAreaRouterLsa():
                place, about = (Topic.BOUNDARY_ROUTER, scope), body.router
            case ExternalLsa():
                place, about = (EXTERNALS[header.type], scope), body.prefix.prefix(family)
            case _:
                continue
        if about is not None:
            found[place].setdefault(about, header.id)
    return found


def prefix_lsas(ospf: Ospf) -> dict[Hashable, int]:
    """Those of our intra-area-prefix-LSAs, which are counted by what they belong to."""
    found: dict[Hashable, int] = {}
    parts: Counter[int] = Counter()
    for scope, header, body in _own(ospf):
        if not isinstance(body, IntraAreaPrefixLsa):
            continue
        of = scope
        if body.referenced_type == LsaTypeV3.NETWORK:
            interface = ospf.by_number.get(body.referenced_id)
            if interface is None:
                continue
            of = interface.scope
        if header.id not in found.values():  # one row of numbers goes through all areas
            found[of, parts[of]] = header.id
            parts[of] += 1
    return found


def _own(ospf: Ospf) -> Iterator[tuple[int, LsaHeader, object]]:
    """What we told and is not taken back: scope, header, and what it says, by key."""
    for scope, octets in ospf.database.entries(ospf.now):
        if int.from_bytes(octets[8:12], "big") != ospf.router_id:
            continue
        try:
            lsa = decode_lsa(octets)
        except DecodeError:
            continue
        if lsa.header.age < MAX_AGE:
            yield scope, lsa.header, lsa.body
