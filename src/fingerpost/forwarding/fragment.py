"""What a fragment for us becomes: the whole packet, or an end for now or for good.

IPv4: RFC 791 3.2. IPv6: RFC 8200 4.5 with its list of errors, RFC 6946 (atomic fragments), RFC 7112
(the first one holds the whole header chain).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.extension import FIXED_HEADER, Upper, has_whole_chain, malformed
from fingerpost.forwarding.fault import Fault, Owed
from fingerpost.forwarding.packet import Packet, parse4, parse6
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.reassembly import Entry, Key, Piece
from fingerpost.forwarding.walk import End
from fingerpost.wire.checksum import checksum

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import Walk

MOST_BYTES = 0xFFFF
_FRAGMENT_HEADER = 8


def gather4(walk: Walk) -> Packet | End:
    """Add an IPv4 fragment to what is there."""
    packet = walk.packet
    data = packet.payload
    if not data or (packet.more_fragments and len(data) % 8):
        return _unfit(walk, "{} bytes are no whole blocks of 8", len(data), section="RFC 791 3.2")
    if packet.header_length + packet.fragment_offset + len(data) > MOST_BYTES:
        return _unfit(walk, "it ends beyond the longest packet", section="RFC 791 3.1")
    key = (
        packet.source,
        packet.destination,
        packet.protocol,
        packet.identification,
        _link(walk),
    )
    is_last, ecn = not packet.more_fragments, packet.traffic_class & 3
    piece = Piece(packet.fragment_offset, data, is_last, ecn)
    entry = _gather(walk, key, piece)
    if isinstance(entry, End):
        return entry
    return _whole4(walk, entry)


def gather6(walk: Walk, at: Upper) -> Packet | End:
    """Add an IPv6 fragment, whose fragment header stands at `at`, to what is there."""
    packet = walk.packet
    data, place = packet.data, at.at
    if place + _FRAGMENT_HEADER > len(data):
        return malformed(walk, at.named_at, "the packet ends before its fragment header")
    word = data[place + 2] << 8 | data[place + 3]
    offset, more = word & 0xFFF8, bool(word & 1)
    rest = data[place + _FRAGMENT_HEADER :]
    if offset == 0 and not has_whole_chain(data, data[place], place + _FRAGMENT_HEADER):
        walk.note("fragments", "the first lacks the upper header", section="RFC 7112 5")
        return End(Reason.BAD_HEADER_CHAIN, Owed(Fault.INCOMPLETE_CHAIN))
    if offset == 0 and not more:
        walk.note("fragments", "an atomic one: whole in itself", section="RFC 6946 4")
        return _without_fragment_header(walk, packet, at, rest)
    if more and len(rest) % 8:
        return malformed(walk, 4, "the fragment is no whole blocks of 8", "RFC 8200 4.5")
    if place - FIXED_HEADER + offset + len(rest) > MOST_BYTES:
        said = "the fragment ends beyond the longest packet"
        return malformed(walk, place + 2, said, "RFC 8200 4.5")
    if not rest:
        return _unfit(walk, "it is empty", section="RFC 8200 4.5")
    identification = int.from_bytes(data[place + 4 : place + 8], "big")
    key = (packet.source, packet.destination, 0, identification, _link(walk))
    piece = Piece(offset, rest, not more, packet.traffic_class & 3)
    entry = _gather(walk, key, piece)
    if isinstance(entry, End):
        return entry
    return _whole6(walk, entry, at)


def _link(walk: Walk) -> str | None:
    """Link-local addresses mean somebody else on every link (RFC 4291 2.5.6)."""
    packet = walk.packet
    near = packet.source.is_link_local or packet.destination.is_link_local
    return walk.came_in if near or packet.destination.is_multicast else None


def _gather(walk: Walk, key: Key, piece: Piece) -> Entry | End:
    """Put a piece to its packet; gives the entry once that is whole."""
    waiting = walk.plane.reassembly
    entry = waiting.entry(key, walk.came_in, walk.now, is_dry=walk.is_dry)
    before = entry.cost
    if not entry.add(piece):
        entry.refuse()
        if not walk.is_dry:
            _let_go(walk, waiting.keep(entry, before))
        return _unfit(walk, "bytes {} on contradict another", piece.start, section="RFC 5722 4")
    if piece.start == 0 and entry.first is None:
        entry.first = walk.packet
    if not entry.is_whole:
        if not walk.is_dry:
            _let_go(walk, waiting.keep(entry, before))
        walk.note("fragments", "{} pieces, {} bytes so far", len(entry.pieces), entry.held)
        return End(Reason.REASSEMBLING)
    if not walk.is_dry:
        waiting.settle(entry, before)
    walk.note("fragments", "{} pieces make {} bytes", len(entry.pieces), entry.held)
    return entry


def _let_go(walk: Walk, gone: list[Entry]) -> None:
    """Count those that had to go for a newer one."""
    for entry in gone:
        counters = walk.plane.counters.get(entry.interface or "")
        if counters is not None:
            counters.ends[Reason.REASSEMBLY_FULL] += 1


def _unfit(walk: Walk, said: str, *values: object, section: str) -> End:
    walk.note("fragments", said, *values, section=section)
    return End(Reason.REASSEMBLY_FAILED)


def _whole4(walk: Walk, entry: Entry) -> Packet | End:
    first = entry.first
    mark = entry.congestion()
    assert first is not None
    payload = entry.payload()
    total = first.header_length + len(payload)
    if mark is None or total > MOST_BYTES:
        return _unfit(walk, "their ECN fields or lengths do not agree", section="RFC 3168 5.3")
    head = bytearray(first.data[: first.header_length])
    head[1] = head[1] & 0xFC | mark
    head[2:4] = total.to_bytes(2, "big")
    head[6:8] = bytes((head[6] & 0x80, 0))
    head[10:12] = b"\0\0"
    head[10:12] = checksum(bytes(head)).to_bytes(2, "big")
    whole = parse4(bytes(head) + payload)
    assert isinstance(whole, Packet)
    return whole


def _whole6(walk: Walk, entry: Entry, at: Upper) -> Packet | End:
    first = entry.first
    mark = entry.congestion()
    assert first is not None
    if mark is None:
        return _unfit(walk, "their ECN fields do not agree", section="RFC 3168 5.3")
    if first is not walk.packet:  # the headers of the first one count (RFC 8200 4.5)
        found = _fragment_header_of(first)
        if found is None:
            return _unfit(walk, "the first one's headers have changed", section="RFC 8200 4.5")
        at = found
    return _without_fragment_header(walk, first, at, entry.payload(), mark)


def _fragment_header_of(packet: Packet) -> Upper | None:
    """Where the fragment header of a fragment stands that was accepted before."""
    kind, at, named_at = packet.protocol, FIXED_HEADER, 6
    while kind != 44:
        if at + 8 > len(packet.data):
            return None
        kind, named_at, at = packet.data[at], at, at + (packet.data[at + 1] + 1) * 8
    return Upper(kind, at, named_at)


def _without_fragment_header(
    walk: Walk, packet: Packet, at: Upper, rest: bytes, mark: int | None = None
) -> Packet | End:
    """The packet with `rest` instead of the fragment header and what follows it."""
    head = bytearray(packet.data[: at.at])
    head[at.named_at] = packet.data[at.at]
    length = len(head) - FIXED_HEADER + len(rest)
    if length > MOST_BYTES:
        return _unfit(walk, "the whole is {} bytes long", length, section="RFC 8200 4.5")
    head[4:6] = length.to_bytes(2, "big")
    if mark is not None:
        head[1] = head[1] & 0xCF | mark << 4
    whole = parse6(bytes(head) + rest)
    assert isinstance(whole, Packet)
    return whole
