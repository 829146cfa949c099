"""RIB records of TABLE_DUMP_V2 (RFC 6396 4.3.2 to 4.3.4), with add-path (RFC 8050 4).

```text
Sequence Number (32), [RIB_GENERIC: AFI (16), SAFI (8)], Prefix Length (8), Prefix,
Entry Count (16), then for each entry: Peer Index (16), Originated Time (32),
[Path Identifier (32)], Attribute Length (16), BGP Attributes
```

AS numbers in the attributes have four octets. MP_REACH_NLRI is cut down to the length of the next
hop and itself (4.3.4); the full form that some write is read too, see `fingerpost.bgp.records`.
In a RIB_GENERIC_ADDPATH record of RFC 8050 4.2 the path identifiers stand in the entries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fingerpost.errors import UsageError
from fingerpost.mrt.constants import RIBS, RecordType, TableSubtype
from fingerpost.mrt.record import Record

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

MOST_ENTRIES: Final = 0xFFFF
_SUBTYPES: Final = {family: subtype for subtype, family in RIBS.items()}
_GENERIC: Final = (TableSubtype.RIB_GENERIC, TableSubtype.RIB_GENERIC_ADDPATH)


@dataclass(frozen=True, slots=True)
class RibEntry:
    """What one peer said: its place in the PEER_INDEX_TABLE, and attributes as they stand there.

    `originated_s` counts seconds since 1970. `path_id` None: the record is without them.
    """

    peer: int
    originated_s: int
    attributes: bytes
    path_id: int | None = None


@dataclass(frozen=True, slots=True)
class Rib:
    """All that is known of one prefix; `nlri` is its length and its octets, as in an UPDATE."""

    instant_ns: int
    sequence: int
    afi: int
    safi: int
    nlri: bytes
    entries: tuple[RibEntry, ...]

    @property
    def has_path_ids(self) -> bool:
        """Whether it is a record of RFC 8050."""
        return bool(self.entries) and self.entries[0].path_id is not None

    @classmethod
    def decode(cls, record: Record) -> Rib:
        """Read a record of one of the RIB subtypes; raises `DecodeError`."""
        reader = record.reader("RFC 6396 4.3.2")
        sequence = reader.u32("sequence number")
        if record.subtype in _GENERIC:
            reader.section = "RFC 6396 4.3.3"
            afi, safi = reader.u16("address family"), reader.u8("subsequent address family")
            has_path_ids = record.subtype == TableSubtype.RIB_GENERIC_ADDPATH
        else:
            afi, safi, has_path_ids = RIBS[record.subtype]
        nlri = _nlri(reader, afi, safi)
        count = reader.u16("entry count")
        reader.section = "RFC 8050 4.1" if has_path_ids else "RFC 6396 4.3.4"
        entries = tuple(_entry(reader, has_path_ids=has_path_ids) for _ in range(count))
        reader.finish("octets behind the last entry")
        return cls(record.instant_ns, sequence, afi, safi, nlri, entries)

    def record(self) -> Record:
        """As a record. Raises `UsageError` for what has no room in one."""
        if len(self.entries) > MOST_ENTRIES:
            raise UsageError(f"{len(self.entries)} entries, expected at most {MOST_ENTRIES}")
        subtype = _SUBTYPES.get((self.afi, self.safi, self.has_path_ids))
        body = self.sequence.to_bytes(4, "big")
        if subtype is None:
            subtype = _GENERIC[self.has_path_ids]
            body += self.afi.to_bytes(2, "big") + self.safi.to_bytes(1, "big")
        body += self.nlri + len(self.entries).to_bytes(2, "big")
        body += b"".join(map(_encoded, self.entries))
        return Record(self.instant_ns, RecordType.TABLE_DUMP_V2, subtype, body)


def _nlri(reader: Reader, afi: int, safi: int) -> bytes:
    """One prefix; of families whose framing is not a length in bits this is all RFC 6396 has."""
    bits = reader.u8("prefix length")
    most = {(1, 1): 32, (1, 2): 32, (2, 1): 128, (2, 2): 128}.get((afi, safi), 255)
    if bits > most:
        reader.refuse("prefix length", bits, f"at most {most}")
    return bytes((bits,)) + reader.take((bits + 7) // 8, "prefix")


def _entry(reader: Reader, *, has_path_ids: bool) -> RibEntry:
    peer, originated_s = reader.u16("peer index"), reader.u32("originated time")
    path_id = reader.u32("path identifier") if has_path_ids else None
    attributes = reader.take(reader.u16("attribute length"), "attributes")
    return RibEntry(peer, originated_s, attributes, path_id)


def _encoded(entry: RibEntry) -> bytes:
    if len(entry.attributes) > 0xFFFF:
        raise UsageError(f"attributes of {len(entry.attributes)} octets, expected at most 65535")
    return (
        entry.peer.to_bytes(2, "big")
        + entry.originated_s.to_bytes(4, "big")
        + (b"" if entry.path_id is None else entry.path_id.to_bytes(4, "big"))
        + len(entry.attributes).to_bytes(2, "big")
        + entry.attributes
    )
