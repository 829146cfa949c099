"""What was heard as lines, field by field as `bgpdump -m` writes them.

An entry of a table: `TABLE_DUMP2|time|B|peer|AS|prefix|AS path|origin|next hop|local preference|
MED|communities|AG or NAG|aggregator|`; of updates `BGP4MP|time|A|...` alike, `...|W|peer|AS|prefix`
and `...|STATE|peer|AS|before|after`. With path identifiers one follows the prefix, and the type
ends in `_AP`. Extended and large communities have no place there. Times are seconds since 1970,
with microseconds where the record has them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from fingerpost.addr import Address
from fingerpost.bgp.attributes import (
    Aggregator,
    AsPath,
    AtomicAggregate,
    AttributeSet,
    Communities,
    LocalPref,
    MultiExitDisc,
    NextHop,
    Origin,
)
from fingerpost.bgp.attributes.as_path import SegmentKind
from fingerpost.bgp.nlri.text import nlri_text
from fingerpost.bgp.records.heard import Announced, Withdrawn, heard_in
from fingerpost.mrt import PeerIndex, StateChange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.bgp.family import Family
    from fingerpost.bgp.records.heard import Heard
    from fingerpost.mrt import Entry

_NS_PER_S: Final = 1_000_000_000
_TYPES: Final = {"rib": "TABLE_DUMP2", "table-dump": "TABLE_DUMP", "message": "BGP4MP"}
_ZERO: Final = b"\0"
_MAPPED: Final = _ZERO * 10 + b"\xff\xff"
_NO_HOP: Final = "255.255.255.255"
_ORIGINS: Final = ("IGP", "EGP", "INCOMPLETE")
_NAMED: Final = {
    0xFFFFFF01: "no-export",
    0xFFFFFF02: "no-advertise",
    0xFFFFFF03: "local-AS",
}
_BRACKETS: Final[dict[SegmentKind, tuple[str, str, str]]] = {
    SegmentKind.SET: ("{", ",", "}"),
    SegmentKind.CONFED_SEQUENCE: ("(", " ", ")"),
    SegmentKind.CONFED_SET: ("[", ",", "]"),
}


def lines_of(entry: Entry, peers: PeerIndex | None) -> Iterator[str]:
    """Give the lines of an entry; raises `DecodeError`."""
    return map(line_of, heard_in(entry, peers))


def line_of(heard: Heard) -> str:
    """Give one line, without its end."""
    if isinstance(heard, StateChange):
        kind = "BGP4MP_ET" if heard.is_timed else "BGP4MP"
        states = f"{int(heard.before)}|{int(heard.after)}"
        time = _time(heard.instant_ns, is_timed=heard.is_timed)
        return (
            f"{kind}|{time}|STATE|{_address(heard.ends.peer.packed)}|{heard.ends.peer_as}|{states}"
        )
    is_table = isinstance(heard, Announced) and heard.origin != "message"
    kind = _TYPES[heard.origin] if isinstance(heard, Announced) else "BGP4MP"
    kind += "_ET" * heard.is_timed + "_AP" * (heard.path_id is not None)
    letter = "W" if isinstance(heard, Withdrawn) else "B" if is_table else "A"
    time = _time(heard.instant_ns, is_timed=heard.is_timed)
    peer, prefix = _address(heard.peer.address.packed), _prefix(heard.family, heard.nlri)
    line = f"{kind}|{time}|{letter}|{peer}|{heard.peer.asn}|{prefix}"
    if heard.path_id is not None:
        line += f"|{heard.path_id}"
    if isinstance(heard, Withdrawn):
        return line
    return f"{line}|{attributes_text(heard.attributes)}|"


def _time(instant_ns: int, *, is_timed: bool) -> str:
    seconds, rest = divmod(instant_ns, _NS_PER_S)
    return f"{seconds}.{rest // 1_000:06d}" if is_timed else str(seconds)


@lru_cache(maxsize=4096)
def attributes_text(canonical: bytes) -> str:
    """Give the fields of a line that stand behind the prefix; raises `DecodeError`."""
    held = AttributeSet.decode(canonical)
    path, origin, hop = held.get(AsPath), held.get(Origin), held.get(NextHop)
    preference, med = held.get(LocalPref), held.get(MultiExitDisc)
    aggregator = held.get(Aggregator)
    by = "" if aggregator is None else f"{aggregator.asn} {Address(_octets(aggregator.router_id))}"
    return "|".join(
        (
            "" if path is None else _path(path),
            "INCOMPLETE" if origin is None else _ORIGINS[int.from_bytes(origin.value(), "big")],
            _NO_HOP if hop is None else _hop(hop.value()),
            str(0 if preference is None else preference.number),
            str(0 if med is None else med.number),
            _communities(held),
            "NAG" if held.get(AtomicAggregate) is None else "AG",
            by,
        )
    )


def _octets(number: int) -> bytes:
    return number.to_bytes(4, "big")


def _hop(value: bytes) -> str:
    """The global address; of a VPN the octets."""
    return _address(value[:16]) if len(value) in (4, 16, 20, 32, 36) else value.hex()


def _prefix(family: Family, nlri: bytes) -> str:
    if family.afi != 2 or family.safi > 2:
        return nlri_text(family, nlri)
    return f"{_address(nlri[1:].ljust(16, _ZERO))}/{nlri[0]}"


@lru_cache(maxsize=4096)
def _address(octets: bytes) -> str:
    """As bgpdump writes it: a single group of zeros is left out too, unlike in RFC 5952 4.2.2."""
    if len(octets) != 16 or octets.startswith(_MAPPED):
        return "::ffff:" * (len(octets) == 16) + str(Address(octets[-4:]))
    text = str(Address(octets))
    if "::" in text:
        return text
    groups = text.split(":")
    if "0" not in groups:
        return text
    at = groups.index("0")
    return f"{':'.join(groups[:at])}::{':'.join(groups[at + 1 :])}"


def _path(path: AsPath) -> str:
    words: list[str] = []
    for segment in path.segments:
        if segment.kind is SegmentKind.SEQUENCE:
            words += map(str, segment.numbers)
        else:
            first, between, last = _BRACKETS[segment.kind]
            words.append(first + between.join(map(str, segment.numbers)) + last)
    return " ".join(words)


def _communities(held: AttributeSet) -> str:
    found = held.get(Communities)
    words = [] if found is None else [_community(one) for one in found.communities]
    return " ".join(words)


def _community(number: int) -> str:
    return _NAMED.get(number) or f"{number >> 16}:{number & 0xFFFF}"
