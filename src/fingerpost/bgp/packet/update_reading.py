"""An UPDATE read and judged by RFC 7606: what can be used is used.

The order: the lengths of the message; each attribute by itself (`update_rules`); two octets of AS
numbers become four; prefixes; what must be there. This is how the core reads (`core.update`),
written to be read: the same verdicts and the same canonical bytes, a few hundred times slower.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bgp.attributes.attribute import (
    KEPT,
    LAYER,
    Flags,
    RawAttribute,
    Type,
)
from fingerpost.bgp.constants import UpdateError
from fingerpost.bgp.family import IPV4, Family
from fingerpost.bgp.nlri.framing import split_nlri
from fingerpost.bgp.packet import update_values as judged
from fingerpost.bgp.packet.as4 import merge_aggregator, merge_path, widen
from fingerpost.bgp.packet.update_found import (
    FamilyTerms,
    Multi,
    ReadUpdate,
    Said,
    Terms,
    UpdateFault,
)
from fingerpost.bgp.packet.update_rules import CARRIED, Cost, Relation, needed, rule_for
from fingerpost.errors import DecodeError
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator


__all__ = ["FamilyTerms", "Multi", "ReadUpdate", "Said", "Terms", "UpdateFault", "read_update"]

_MULTI: Final = (Type.MP_REACH_NLRI, Type.MP_UNREACH_NLRI)


def read_update(body: bytes, terms: Terms) -> ReadUpdate:
    """Read what follows the header; raises nothing."""
    found = ReadUpdate(scope=terms.scope)
    parts = _parts(body)
    if parts is None:
        reason = "lengths beyond the message"
        _tell(found, Cost.RESET, UpdateError.MALFORMED_LIST, 0, reason, body)
        return found
    withdrawn, attributes, nlri = parts
    seen: set[int] = set()
    if not _read_attributes(found, attributes, terms, seen):
        return found
    if not _read_prefixes(found, withdrawn, nlri, terms):
        return found
    if not _check_reach(found, bool(nlri)):
        return found
    _check_needed(found, bool(nlri), terms.relation, seen)
    found.end_of_rib = _end_of_rib(found, body, withdrawn, nlri)
    return found


def _parts(body: bytes) -> tuple[bytes, bytes, bytes] | None:
    reader = Reader(body, LAYER)
    try:
        withdrawn = reader.take(reader.u16("withdrawn length"), "withdrawn routes")
        return withdrawn, reader.take(reader.u16("attributes length"), "attributes"), reader.rest()
    except DecodeError:
        return None


def _tell(
    found: ReadUpdate, cost: Cost, subcode: int, attribute: int, reason: str, octets: bytes
) -> None:
    found.faults.append(UpdateFault(cost, int(subcode), int(attribute), reason, octets))


def _attributes(data: bytes) -> Iterator[RawAttribute | bytes]:
    """Each attribute, and at last what goes beyond the list."""
    reader = Reader(data, LAYER)
    while reader:
        at = reader.at
        try:
            flags, code = reader.u8("flags"), reader.u8("type")
            length = (reader.u16 if flags & Flags.EXTENDED else reader.u8)("length")
            value = reader.take(length, "value")
        except DecodeError:
            yield data[at:]
            return
        yield RawAttribute(flags, code, value, at, reader.at)


def _read_attributes(found: ReadUpdate, data: bytes, terms: Terms, seen: set[int]) -> bool:
    listed = UpdateError.MALFORMED_LIST
    for raw in _attributes(data):
        if isinstance(raw, bytes):
            # RFC 7606 4: nothing behind it can be found, but prefixes behind the list can
            _tell(found, Cost.WITHDRAW, listed, 0, "attribute beyond the list", raw)
            break
        whole = data[raw.at : raw.end]
        if raw.code in seen:  # RFC 7606 3 g
            cost = Cost.RESET if raw.code in _MULTI else Cost.DISCARD
            _tell(found, cost, listed, raw.code, "attribute twice", whole)
            if cost is Cost.RESET:
                return False
            continue
        seen.add(raw.code)
        _take(found, raw, whole, terms)
        if found.reset is not None:
            return False
    if not terms.as4:
        _merge_as4(found)
    found.attributes.pop(Type.AS4_PATH, None)
    found.attributes.pop(Type.AS4_AGGREGATOR, None)
    return True


def _take(found: ReadUpdate, raw: RawAttribute, whole: bytes, terms: Terms) -> None:
    rule = rule_for(raw.code, as4=terms.as4)
    if rule is None:
        _take_unknown(found, raw, whole)
        return
    cost, listed = rule.cost, UpdateError.MALFORMED_LIST
    if terms.relation not in rule.senders:
        _tell(found, Cost.DISCARD, listed, raw.code, "not among different AS", whole)
    elif terms.as4 and raw.code in (Type.AS4_PATH, Type.AS4_AGGREGATOR):  # RFC 6793 4.1
        reason = "from one who has four octets"
        _tell(found, Cost.DISCARD, listed, raw.code, reason, whole)
    elif raw.flags & (Flags.OPTIONAL | Flags.TRANSITIVE) != rule.flags:  # RFC 7606 3 c
        if raw.code != Type.AIGP:  # of that RFC 7311 3 says otherwise
            cost = max(cost, Cost.WITHDRAW)
        _tell(found, cost, UpdateError.FLAGS, raw.code, "wrong flags", whole)
    elif not rule.fits(len(raw.value)):
        _tell(found, cost, UpdateError.LENGTH, raw.code, "wrong length", whole)
    elif raw.code == Type.MP_REACH_NLRI:
        _take_reach(found, raw, whole, terms)
    elif raw.code == Type.MP_UNREACH_NLRI:
        family = Family(int.from_bytes(raw.value[:2], "big"), raw.value[2])
        found.unreach = Multi(family, b"", raw.value[3:])
    else:
        wrong = judged.check_value(raw.code, raw.value, terms.relation, as4=terms.as4)
        if wrong is not None:
            _tell(found, cost, wrong[0], raw.code, wrong[1], whole)
            return
        is_passed_on = rule.flags == Flags.OPTIONAL | Flags.TRANSITIVE
        flags = raw.flags & KEPT if is_passed_on else int(rule.flags)
        found.attributes[raw.code] = flags, widen(raw.code, raw.value, as4=terms.as4)


def _take_unknown(found: ReadUpdate, raw: RawAttribute, whole: bytes) -> None:
    """RFC 4271 5, 9: who does not know it passes it on with the Partial bit, or not at all."""
    if not raw.flags & Flags.OPTIONAL:
        subcode, reason = UpdateError.UNRECOGNIZED_WELL_KNOWN, "unknown and well-known"
        _tell(found, Cost.RESET, subcode, raw.code, reason, whole)
    elif raw.flags & Flags.TRANSITIVE and raw.code != Type.WEIGHT:
        partial = 0 if raw.code in CARRIED else Flags.PARTIAL
        found.attributes[raw.code] = raw.flags & KEPT | partial, raw.value
    elif raw.code == Type.LINK_STATE:  # it belongs to its family
        found.attributes[raw.code] = raw.flags & KEPT, raw.value


def _take_reach(found: ReadUpdate, raw: RawAttribute, whole: bytes, terms: Terms) -> None:
    code, value, optional = raw.code, raw.value, UpdateError.OPTIONAL
    family, length = Family(int.from_bytes(value[:2], "big"), value[2]), value[3]
    if len(value) <= 4 + length:
        _tell(found, Cost.RESET, optional, code, "next hop is cut short", whole)
        return
    agreed = terms.families.get(family)
    extended = agreed is None or agreed.extended_next_hop
    if not judged.fits_next_hop(family, length, extended=extended):  # RFC 7606 7.11
        _tell(found, Cost.RESET, optional, code, "wrong length of the next hop", whole)
        return
    next_hop = value[4 : 4 + length]
    if judged.is_plain(family) and judged.is_no_host(next_hop):
        subcode = UpdateError.INVALID_NEXT_HOP
        _tell(found, Cost.WITHDRAW, subcode, code, "no address of a host", whole)
    found.has_reach = len(value) > 5 + length
    if agreed is None:
        _tell(found, Cost.DISCARD, optional, code, "family was not agreed on", whole)
    else:
        found.reach = Multi(family, next_hop, value[5 + length :])


def _merge_as4(found: ReadUpdate) -> None:
    """What AS4_PATH and AS4_AGGREGATOR say, in its place (RFC 6793 4.2.3)."""
    held = found.attributes
    old, new = held.get(Type.AGGREGATOR), held.get(Type.AS4_AGGREGATOR)
    if old and new:
        merged = merge_aggregator(old[1], new[1])
        if merged is None:
            return  # an old speaker made it anew: AS4_PATH is of the past too
        held[Type.AGGREGATOR] = old[0], merged
    path, newer = held.get(Type.AS_PATH), held.get(Type.AS4_PATH)
    if path and newer:
        merged_path = merge_path(path[1], newer[1])
        if len(merged_path) > 0xFFFF:
            subcode, reason = UpdateError.MALFORMED_AS_PATH, "too long in four octets"
            _tell(found, Cost.WITHDRAW, subcode, Type.AS_PATH, reason, b"")
        else:
            held[Type.AS_PATH] = path[0], merged_path


def _read_prefixes(found: ReadUpdate, withdrawn: bytes, nlri: bytes, terms: Terms) -> bool:
    """Every prefix; one that cannot be read ends the session (RFC 7606 3 j, 5.3)."""
    multi: list[tuple[Multi | None, int, list[Said]]] = [
        (found.unreach, int(Type.MP_UNREACH_NLRI), found.withdrawn),
        (found.reach, int(Type.MP_REACH_NLRI), found.announced),
    ]
    parts = [
        (IPV4, withdrawn, 0, found.withdrawn),
        (IPV4, nlri, 0, found.announced),
        *((one.family, one.nlri, code, to) for one, code, to in multi if one is not None),
    ]
    for family, data, code, to in parts:
        agreed = terms.families.get(family)
        if not data or agreed is None:
            continue
        try:
            prefixes = tuple(split_nlri(family, data, has_path_ids=agreed.has_path_ids))
        except DecodeError as fault:
            subcode = UpdateError.OPTIONAL if code else UpdateError.INVALID_NETWORK
            _tell(found, Cost.RESET, subcode, code, str(fault), data[fault.offset or 0 :])
            return False
        to.append(Said(family, prefixes, bool(code)))
    return True


def _check_reach(found: ReadUpdate, is_classic: bool) -> bool:
    """RFC 7606 5.2: where something is wrong and nothing is announced, what was announced may be
    what is wrong.
    """
    if is_classic or found.has_reach:
        return True
    first = next((one for one in found.faults if one.cost is Cost.WITHDRAW), None)
    if first is None:
        return True
    reason = "wrong where no prefix is announced"
    _tell(found, Cost.RESET, first.subcode, first.attribute, reason, first.octets)
    return False


def _check_needed(found: ReadUpdate, is_classic: bool, relation: Relation, seen: set[int]) -> None:
    """RFC 7606 3 d."""
    if not is_classic and found.reach is None:
        return
    for code in needed(relation, is_classic=is_classic):
        # what was there and was wrong has been told
        if code not in found.attributes and not (found.is_withdrawn and code in seen):
            subcode = UpdateError.MISSING_WELL_KNOWN
            _tell(found, Cost.WITHDRAW, subcode, code, "attribute is missing", b"")


def _end_of_rib(found: ReadUpdate, body: bytes, withdrawn: bytes, nlri: bytes) -> Family | None:
    """RFC 4724 2."""
    if body == bytes(4):
        return IPV4
    rest = withdrawn or nlri or found.attributes or found.reach is not None
    one = found.unreach
    return one.family if one is not None and not one.nlri and not rest else None
