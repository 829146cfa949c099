"""What a session has agreed on, as far as one of its UPDATEs shows.

A capture of the middle of a session does not say whether AS numbers have four octets, nor whether
path identifiers come: what makes sense is taken, four octets and no identifiers first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bgp.attributes import MpReach, MpUnreach
from fingerpost.bgp.attributes.as_path import read_segments
from fingerpost.bgp.attributes.attribute import Type, split
from fingerpost.bgp.family import IPV4, Family
from fingerpost.bgp.nlri.framing import split_nlri
from fingerpost.bgp.packet.fault import LAYER
from fingerpost.bgp.packet.update_reading import FamilyTerms, Terms
from fingerpost.bgp.packet.update_rules import Relation
from fingerpost.errors import DecodeError
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from fingerpost.bgp.packet import Update

MULTI: Final[dict[int, type[MpReach | MpUnreach]]] = {
    Type.MP_REACH_NLRI: MpReach,
    Type.MP_UNREACH_NLRI: MpUnreach,
}


def guessed(update: Update) -> Terms:
    """Give what the session seems to have agreed on."""
    as4, families = True, {IPV4: _terms(IPV4, update.nlri or update.withdrawn)}
    try:
        for raw in split(update.attributes):
            if raw.code == Type.AS_PATH:
                as4 = _reads(raw.value, 4) or not _reads(raw.value, 2)
            multi = MULTI.get(raw.code)
            if multi is not None:
                one = multi.read(Reader(raw.value, LAYER), raw.flags)
                families[one.family] = _terms(one.family, one.nlri)
    except DecodeError:
        pass  # what comes behind it is not read anyway
    return Terms(Relation.INTERNAL, as4, families)


def _reads(value: bytes, width: int) -> bool:
    try:
        read_segments(Reader(value, LAYER), width)
    except DecodeError:
        return False
    return True


def _terms(family: Family, nlri: bytes) -> FamilyTerms:
    """With path identifiers where prefixes make sense only so; two defaults make none."""
    plain, named = (_octets(family, nlri, has_path_ids=one) for one in (False, True))
    makes_sense = plain is not None and plain.count(b"\0") < 2
    return FamilyTerms(not makes_sense and named is not None, extended_next_hop=True)


def _octets(family: Family, nlri: bytes, *, has_path_ids: bool) -> list[bytes] | None:
    try:
        return [one.octets for one in split_nlri(family, nlri, has_path_ids=has_path_ids)]
    except DecodeError:
        return None
