"""PEER_INDEX_TABLE (RFC 6396 4.3.1), and the GEO_PEER_TABLE that may follow it (RFC 6397 2).

```text
Collector BGP ID (32), View Name Length (16), View Name, Peer Count (16), then for each peer:
Peer Type (8: 0x01 IPv6 address, 0x02 AS number of 32 bits), Peer BGP ID (32),
Peer IP Address (32 or 128), Peer AS (16 or 32)
```
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from struct import Struct
from typing import TYPE_CHECKING, Final

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.mrt.constants import RecordType, TableSubtype
from fingerpost.mrt.record import Record

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_IPV6, _AS4 = 1, 2
_FLOATS: Final = Struct(">ff")
MOST_PEERS: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class TablePeer:
    """A peer of a dump: who said what the table holds. `router_id` 0: not known."""

    address: Address
    asn: int
    router_id: int = 0


@dataclass(frozen=True, slots=True)
class PeerIndex:
    """The peers of the records behind it, which name them by their place."""

    collector: int
    peers: tuple[TablePeer, ...]
    view: str = ""

    @classmethod
    def decode(cls, record: Record) -> PeerIndex:
        """Read a record; raises `DecodeError`."""
        reader = record.reader("RFC 6396 4.3.1")
        collector = reader.u32("collector BGP ID")
        view = reader.take(reader.u16("view name length"), "view name")
        count = reader.u16("peer count")
        peers = tuple(_peer(reader) for _ in range(count))
        reader.finish("octets behind the last peer")
        return cls(collector, peers, view.decode("utf-8", "replace"))

    def record(self, instant_ns: int) -> Record:
        """As a record. Raises `UsageError` for more than 65,535 peers or octets of a name."""
        view = self.view.encode()
        if len(self.peers) > MOST_PEERS or len(view) > 0xFFFF:
            raise UsageError(f"{len(self.peers)} peers, expected at most {MOST_PEERS}")
        body = self.collector.to_bytes(4, "big") + len(view).to_bytes(2, "big") + view
        body += len(self.peers).to_bytes(2, "big") + b"".join(map(_encoded, self.peers))
        kind, subtype = RecordType.TABLE_DUMP_V2, TableSubtype.PEER_INDEX_TABLE
        return Record(instant_ns, kind, subtype, body)


def _peer(reader: Reader) -> TablePeer:
    kind = reader.u8("peer type")
    router_id = reader.u32("peer BGP ID")
    address = (reader.ip6 if kind & _IPV6 else reader.ip4)("peer address")
    asn = (reader.u32 if kind & _AS4 else reader.u16)("peer AS")
    return TablePeer(address, asn, router_id)


def _encoded(peer: TablePeer) -> bytes:
    octets = peer.address.packed
    kind = _AS4 | (_IPV6 if len(octets) == 16 else 0)
    router_id, asn = peer.router_id.to_bytes(4, "big"), peer.asn.to_bytes(4, "big")
    return bytes((kind,)) + router_id + octets + asn


@dataclass(frozen=True, slots=True)
class GeoPeer:
    """Where a peer is, in degrees; None where the dump keeps that to itself."""

    peer: TablePeer
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class GeoPeerTable:
    """Where collector and peers are (RFC 6397 2). It replaces no PEER_INDEX_TABLE."""

    collector: int
    latitude: float | None
    longitude: float | None
    peers: tuple[GeoPeer, ...]
    view: str = ""

    @classmethod
    def decode(cls, record: Record) -> GeoPeerTable:
        """Read a record; raises `DecodeError`."""
        reader = record.reader("RFC 6397 2")
        collector = reader.u32("collector BGP ID")
        view = reader.take(reader.u16("view name length"), "view name")
        latitude, longitude = _place(reader)
        peers = []
        for _ in range(reader.u16("peer count")):
            peer = _peer(reader)
            peers.append(GeoPeer(peer, *_place(reader)))
        reader.finish("octets behind the last peer")
        return cls(collector, latitude, longitude, tuple(peers), view.decode("utf-8", "replace"))


def _place(reader: Reader) -> tuple[float | None, float | None]:
    north, east = reader.unpack(_FLOATS, "latitude and longitude")
    return None if isnan(north) else north, None if isnan(east) else east
