"""TABLE_DUMP (RFC 6396 4.2): one prefix of one peer. Old; AS numbers have two octets.

```text
View Number (16), Sequence Number (16), Prefix (32 or 128), Prefix Length (8), Status (8),
Originated Time (32), Peer IP Address (32 or 128), Peer AS (16), Attribute Length (16),
BGP Attributes
```
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.mrt.peer_index import TablePeer
from fingerpost.mrt.record import Record

if TYPE_CHECKING:
    from fingerpost.addr import Address


@dataclass(frozen=True, slots=True)
class TableDump:
    """What one peer said of one prefix; `afi` is 1 or 2, the subtype of the record."""

    instant_ns: int
    view: int
    sequence: int
    afi: int
    nlri: bytes
    status: int
    originated_s: int
    peer: TablePeer
    attributes: bytes

    @classmethod
    def decode(cls, record: Record) -> TableDump:
        """Read a record; raises `DecodeError`."""
        reader = record.reader("RFC 6396 4.2")
        afi = record.subtype
        read = reader.ip6 if afi == 2 else reader.ip4
        view, sequence = reader.u16("view number"), reader.u16("sequence number")
        network: Address = read("prefix")
        bits = reader.u8("prefix length")
        if bits > len(network.packed) * 8:
            reader.refuse("prefix length", bits, "at most the width of an address")
        status, originated_s = reader.u8("status"), reader.u32("originated time")
        peer = TablePeer(read("peer address"), reader.u16("peer AS"))
        attributes = reader.take(reader.u16("attribute length"), "attributes")
        reader.finish("octets behind the attributes")
        nlri = bytes((bits,)) + network.packed[: (bits + 7) // 8]
        instant = record.instant_ns
        return cls(instant, view, sequence, afi, nlri, status, originated_s, peer, attributes)
