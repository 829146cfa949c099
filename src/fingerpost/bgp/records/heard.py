"""From entries of MRT to who said what of which prefix, with canonical attributes.

UPDATEs are read by RFC 7606, as one of an internal neighbour: of what is wrong as much counts as
can be used. What cannot be used at all raises `DecodeError`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from fingerpost.bgp.attributes.attribute import LAYER, Flags, Type, framed
from fingerpost.bgp.constants import HEADER, MARKER, MessageType, UpdateError
from fingerpost.bgp.dissect.guessing import guessed
from fingerpost.bgp.family import IPV4, Family
from fingerpost.bgp.packet import Update
from fingerpost.bgp.packet.update_reading import FamilyTerms, Terms, read_update
from fingerpost.bgp.packet.update_rules import Cost, Relation
from fingerpost.errors import DecodeError
from fingerpost.mrt import MessageSeen, PeerIndex, Rib, StateChange, TableDump, TablePeer
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.bgp.packet.update_found import ReadUpdate, Said
    from fingerpost.mrt import Entry

NS_PER_S: Final = 1_000_000_000
_PASSED_OVER: Final = (
    (UpdateError.MISSING_WELL_KNOWN, Type.LOCAL_PREF),
    (UpdateError.INVALID_NEXT_HOP, Type.NEXT_HOP),
    (UpdateError.INVALID_NEXT_HOP, Type.MP_REACH_NLRI),
)
_SAFIS: Final = (1, 2, 4, 128, 133, 134)
_KNOWN: Final = (
    *(Family(afi, safi) for afi in (1, 2) for safi in _SAFIS),
    Family(25, 70),
    Family(16388, 71),
)


@dataclass(frozen=True, slots=True)
class Announced:
    """A peer says how it reaches a prefix. `attributes` are canonical bytes.

    `origin` is where that stands: "rib", "table-dump" or "message". `nlri` is one prefix as in an
    UPDATE, without its path identifier, which is None where there is none.
    """

    origin: str
    instant_ns: int
    peer: TablePeer
    family: Family
    nlri: bytes
    attributes: bytes
    path_id: int | None = None
    is_timed: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A peer does not reach a prefix any more."""

    instant_ns: int
    peer: TablePeer
    family: Family
    nlri: bytes
    path_id: int | None = None
    is_timed: bool = False


Heard: TypeAlias = Announced | Withdrawn | StateChange


def heard_in(entry: Entry, peers: PeerIndex | None) -> Iterator[Heard]:
    """Give what an entry says, in its order; nothing for one that is about no prefix.

    `peers` is the PEER_INDEX_TABLE in force. Raises `DecodeError`.
    """
    if isinstance(entry, Rib):
        yield from _rib(entry, peers)
    elif isinstance(entry, TableDump):
        family = Family(entry.afi, 1)
        attributes = rib_attributes(entry.attributes, family, entry.nlri, as4=False)
        instant = entry.instant_ns
        yield Announced("table-dump", instant, entry.peer, family, entry.nlri, attributes)
    elif isinstance(entry, StateChange):
        yield entry
    elif isinstance(entry, MessageSeen):
        yield from _message(entry)


def _rib(entry: Rib, peers: PeerIndex | None) -> Iterator[Announced]:
    family = Family(entry.afi, entry.safi)
    for one in entry.entries:
        if peers is None or one.peer >= len(peers.peers):
            known = "none, no PEER_INDEX_TABLE" if peers is None else f"0 to {len(peers.peers) - 1}"
            raise DecodeError(
                f"MRT: peer index is {one.peer}, expected {known} (RFC 6396 4.3.4)",
                layer="MRT",
                field="peer index",
                value=one.peer,
                section="RFC 6396 4.3.4",
            )
        attributes = rib_attributes(one.attributes, family, entry.nlri)
        peer = peers.peers[one.peer]
        instant = entry.instant_ns
        yield Announced("rib", instant, peer, family, entry.nlri, attributes, one.path_id)


@lru_cache(maxsize=4096)
def rib_attributes(octets: bytes, family: Family, nlri: bytes, *, as4: bool = True) -> bytes:
    """Give the canonical bytes of a RIB entry's attributes; raises `DecodeError`.

    MP_REACH_NLRI may be cut down to the next hop (RFC 6396 4.3.4) or stand there in full.
    """
    body, is_multi = _as_update(octets, family, nlri)
    found = read_update(body, _terms(as4=as4, has_path_ids=False))
    _check(found)
    return found.canonical(of_multi=is_multi)


def _as_update(octets: bytes, family: Family, nlri: bytes) -> tuple[bytes, bool]:
    """The body of the UPDATE that would have brought the prefix."""
    kept, reach = [], b""
    reader = Reader(octets, LAYER, section="RFC 6396 4.3.4")
    while reader:
        start = reader.at
        flags, code = reader.u8("flags"), reader.u8("type")
        length = (reader.u16 if flags & Flags.EXTENDED else reader.u8)("length")
        value = reader.take(length, "value")
        if code == Type.MP_REACH_NLRI:
            hop = _next_hop(value)
            full = family.afi.to_bytes(2, "big") + bytes((family.safi, len(hop))) + hop + b"\0"
            reach += framed(Flags.OPTIONAL, Type.MP_REACH_NLRI, full + nlri)
        else:
            kept.append(octets[start : reader.at])
    is_classic = family == IPV4 and not reach
    attributes = reach + b"".join(kept)
    if len(attributes) > 0xFFFF:
        reader.refuse("attributes", len(attributes), "at most 65535 octets")
    head = b"\0\0" + len(attributes).to_bytes(2, "big")
    return head + attributes + nlri * is_classic, bool(reach)


def _next_hop(value: bytes) -> bytes:
    """Of the short form or of the full one, which begins with the zero of an address family."""
    reader = Reader(value, LAYER, section="RFC 6396 4.3.4")
    if value[:1] == b"\0":
        reader.take(3, "address family")
    return reader.take(reader.u8("next hop length"), "next hop")


def _terms(*, as4: bool, has_path_ids: bool) -> Terms:
    terms = FamilyTerms(has_path_ids, extended_next_hop=True)
    return Terms(Relation.INTERNAL, as4, dict.fromkeys(_KNOWN, terms))


def _check(found: ReadUpdate) -> None:
    if found.reset is not None:
        raise DecodeError(f"BGP UPDATE: {found.reset.reason}", layer="BGP")


def _is_withdrawn(found: ReadUpdate) -> bool:
    """RFC 7606 2. LOCAL_PREF is not missed, whoever sent it; and a next hop of zeros is what
    routers say of their own routes when they are watched.
    """
    return any(
        one.cost is Cost.WITHDRAW and (one.subcode, one.attribute) not in _PASSED_OVER
        for one in found.faults
    )


def _message(entry: MessageSeen) -> Iterator[Announced | Withdrawn]:
    data = entry.data
    reader = Reader(data, LAYER, section="RFC 4271 4.1")
    if reader.take(16, "marker") != MARKER:
        reader.refuse("marker", data[:16], "all ones")
    length = reader.u16("length")
    if length != len(data):
        reader.refuse("length", length, f"{len(data)}, that of the record")
    if reader.u8("type") != MessageType.UPDATE:
        return
    found = read_update(data[HEADER:], _terms(as4=entry.as4, has_path_ids=entry.has_path_ids))
    if not entry.has_path_ids:
        found = _with_path_ids(data, found, as4=entry.as4)
    _check(found)
    ends = entry.ends
    peer = TablePeer(ends.peer, ends.peer_as)
    for said in found.withdrawn:
        yield from _withdrawn(entry, peer, said)
    for said in found.announced:
        if _is_withdrawn(found):
            yield from _withdrawn(entry, peer, said)
            continue
        attributes = found.canonical(of_multi=said.is_multi)
        for one in said.prefixes:
            yield Announced(
                "message",
                entry.instant_ns,
                peer,
                said.family,
                one.octets,
                attributes,
                one.path_id if entry.has_path_ids else None,
                entry.is_timed,
            )


def _withdrawn(entry: MessageSeen, peer: TablePeer, said: Said) -> Iterator[Withdrawn]:
    for one in said.prefixes:
        path_id = one.path_id if entry.has_path_ids else None
        yield Withdrawn(entry.instant_ns, peer, said.family, one.octets, path_id, entry.is_timed)


def _with_path_ids(data: bytes, found: ReadUpdate, *, as4: bool) -> ReadUpdate:
    """Read it again with path identifiers where only those make sense.

    Who wrote the record may not have known RFC 8050: BIRD 1.6 did not.
    """
    terms = guessed(Update.decode_body(data[HEADER:])).families if found.reset is None else {}
    has_ids = {family for family, one in terms.items() if one.has_path_ids}
    if found.reset is None and not has_ids:
        return found
    other = read_update(data[HEADER:], _terms(as4=as4, has_path_ids=True))
    return found if other.reset is not None else other
