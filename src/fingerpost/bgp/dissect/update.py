"""The fields of an UPDATE, one line that sums it up, and what RFC 7606 finds wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bgp.attributes import Attribute, MpReach, MpUnreach, RawAttribute, UnknownAttribute
from fingerpost.bgp.attributes.as_path import AsPath, read_segments, widened
from fingerpost.bgp.attributes.attribute import Flags, Type, split
from fingerpost.bgp.attributes.attribute_set import read_attribute
from fingerpost.bgp.constants import HEADER
from fingerpost.bgp.dissect.guessing import MULTI, guessed
from fingerpost.bgp.family import IPV4, Family
from fingerpost.bgp.nlri.framing import split_nlri
from fingerpost.bgp.nlri.text import nlri_text
from fingerpost.bgp.packet import Update
from fingerpost.bgp.packet.fault import LAYER
from fingerpost.bgp.packet.update_reading import FamilyTerms, Terms, read_update
from fingerpost.bgp.packet.update_values import canonical_next_hop
from fingerpost.errors import DecodeError
from fingerpost.wire.dissect.layout import Layout, octets_field
from fingerpost.wire.dissect.tree import Field
from fingerpost.wire.dissect.words import hex_text
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTH: Final = 2


def _flags_text(number: int) -> str:
    names = ", ".join(one.name.lower() for one in Flags if number & one and one.name)
    return f"0x{number:02x} ({names})" if names else f"0x{number:02x}"


_HEADS: Final = {
    False: Layout("flags:8 type:8 length:8", flags=_flags_text),
    True: Layout("flags:8 type:8 length:16", flags=_flags_text),
}
_NAMES: Final = {int(one): one.name.lower() for one in Type}
_NARROW_AGGREGATOR: Final = 6


def update_summary(update: Update) -> str:
    """Give one line: how many prefixes come and go, and by which path."""
    found = read_update(update.encode_body(), guessed(update))
    if found.end_of_rib is not None:
        return f"end of {found.end_of_rib}"
    come, go = (
        sum(len(one.prefixes) for one in said) for said in (found.announced, found.withdrawn)
    )
    words = []
    if come:
        words.append(f"{come} prefix{'es' if come > 1 else ''}")
    if go:
        words.append(f"{go} withdrawn")
    path = found.attributes.get(Type.AS_PATH)
    if path is not None and path[1]:
        words.append(f"path {AsPath(read_segments(Reader(path[1], LAYER)))}")
    return ", ".join(words) or "nothing"


def update_fault(body: bytes) -> DecodeError | None:
    """Give what RFC 7606 finds wrong first; what depends on who sent it is not looked at."""
    found = read_update(body, guessed(Update.decode_body(body)))
    for one in found.faults:
        if one.attribute == Type.LOCAL_PREF and not one.octets:
            continue  # missing: from another AS it has to be
        name = _NAMES.get(one.attribute, f"attribute {one.attribute}") if one.attribute else "body"
        at = HEADER + max(body.find(one.octets), 0)
        return DecodeError(
            f"{LAYER}, offset {at}: {name}: {one.reason}, which costs {one.cost.name.lower()}"
            " (RFC 7606)",
            layer=LAYER,
            offset=at,
            field=name,
            value=one.octets,
            section="RFC 7606",
        )
    return None


def update_fields(packet: bytes, start: int, update: Update) -> Iterator[Field]:
    """Give withdrawn prefixes, attributes and prefixes."""
    terms = guessed(update)
    at = start + _LENGTH
    yield from _prefixes(packet, at, at + len(update.withdrawn), IPV4, terms, "withdrawn")
    at += len(update.withdrawn) + _LENGTH
    end = at + len(update.attributes)
    yield from _attributes(packet, at, end, terms)
    yield from _prefixes(packet, end, end + len(update.nlri), IPV4, terms, "prefix")


def _attributes(packet: bytes, start: int, end: int, terms: Terms) -> Iterator[Field]:
    at = start
    try:
        for raw in split(packet[start:end], start):
            yield _attribute(packet, raw, terms)
            at = raw.end
    except DecodeError:
        yield octets_field("malformed_attribute", packet, at, end)


def _attribute(packet: bytes, raw: RawAttribute, terms: Terms) -> Field:
    name = _NAMES.get(raw.code, f"attribute_{raw.code}")
    inner = _HEADS[bool(raw.flags & Flags.EXTENDED)].read(packet, raw.at, raw.end)
    try:
        multi = MULTI.get(raw.code)
        if multi is None:
            known = _known(raw, terms)
            text = hex_text(raw.value) if known is None else str(known)
        else:
            one = multi.read(Reader(raw.value, LAYER), raw.flags)
            text = str(one.family)
            inner += _multi(packet, raw, one, terms)
    except DecodeError as fault:
        text = f"malformed: {fault}"
    return Field(name, raw.value.hex(), text, raw.at, raw.end - raw.at, tuple(inner))


def _known(raw: RawAttribute, terms: Terms) -> Attribute | None:
    if raw.code == Type.AS_PATH and not terms.as4:
        return widened(raw.value)
    if raw.code == Type.AGGREGATOR and len(raw.value) == _NARROW_AGGREGATOR:
        return read_attribute(raw._replace(value=b"\0\0" + raw.value))
    if raw.code == Type.WEIGHT:
        return None  # ours; whoever sends it means something else
    found = read_attribute(raw)
    return None if isinstance(found, UnknownAttribute) else found


def _multi(
    packet: bytes, raw: RawAttribute, one: MpReach | MpUnreach, terms: Terms
) -> Iterator[Field]:
    what = "withdrawn"
    start = raw.end - len(one.nlri)
    if isinstance(one, MpReach):
        what = "prefix"
        at = start - 1 - len(one.next_hop)
        hop = canonical_next_hop(one.family, one.next_hop, 0)
        said = read_attribute(RawAttribute(0, Type.NEXT_HOP, hop))
        yield Field("next_hop", one.next_hop.hex(), str(said), at, len(one.next_hop))
    yield from _prefixes(packet, start, raw.end, one.family, terms, what)


def _prefixes(
    packet: bytes, start: int, end: int, family: Family, terms: Terms, name: str
) -> Iterator[Field]:
    has_path_ids = terms.families.get(family, FamilyTerms()).has_path_ids
    at = start
    try:
        given = packet[start:end]
        for one in split_nlri(family, given, has_path_ids=has_path_ids, base=start):
            size = len(one.octets) + 4 * has_path_ids
            said = nlri_text(family, one.octets)
            text = f"{said} path {one.path_id}" if has_path_ids else said
            yield Field(name, text, text, one.at, size)
            at = one.at + size
    except DecodeError:
        yield octets_field(f"malformed_{name}", packet, at, end)
