"""MRT, the files of route collectors: read and written (RFC 6396, RFC 6397, RFC 8050).

Attributes and messages are octets here; `fingerpost.bgp.records` knows what they mean. Prefixes
with their best entries alone, as values of a table, are `fingerpost.fib.load`'s.

>>> from fingerpost.mrt import MrtFile, PeerIndex
>>> for entry in MrtFile("rib.20260101.0000.gz"):  # doctest: +SKIP
...     if isinstance(entry, PeerIndex):
...         print(len(entry.peers))
"""

from __future__ import annotations

from fingerpost.mrt.constants import MessageSubtype, RecordType, SessionState, TableSubtype
from fingerpost.mrt.message import Ends, MessageSeen, StateChange, decode_bgp4mp
from fingerpost.mrt.peer_index import GeoPeer, GeoPeerTable, PeerIndex, TablePeer
from fingerpost.mrt.reading import Entry, MrtFile, OtherRecord, decode_record
from fingerpost.mrt.record import Record, cut_records
from fingerpost.mrt.rib import Rib, RibEntry
from fingerpost.mrt.table_dump import TableDump

__all__ = [
    "Ends",
    "Entry",
    "GeoPeer",
    "GeoPeerTable",
    "MessageSeen",
    "MessageSubtype",
    "MrtFile",
    "OtherRecord",
    "PeerIndex",
    "Record",
    "RecordType",
    "Rib",
    "RibEntry",
    "SessionState",
    "StateChange",
    "TableDump",
    "TablePeer",
    "TableSubtype",
    "cut_records",
    "decode_bgp4mp",
    "decode_record",
]
