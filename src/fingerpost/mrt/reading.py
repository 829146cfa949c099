"""Files of MRT, record by record, in constant memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from fingerpost.errors import DecodeError
from fingerpost.fib.load.loaded import Limits
from fingerpost.fib.load.source import open_source
from fingerpost.mrt.constants import MessageSubtype, RecordType, TableSubtype
from fingerpost.mrt.message import MessageSeen, StateChange, decode_bgp4mp
from fingerpost.mrt.peer_index import GeoPeerTable, PeerIndex
from fingerpost.mrt.record import Record, cut_records
from fingerpost.mrt.rib import Rib
from fingerpost.mrt.table_dump import TableDump

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.fib.load.source import TableFile

FAULTS_MOST: Final = 1_000
_TABLES: Final = frozenset(TableSubtype)
_MESSAGES: Final = frozenset(MessageSubtype)
_BGP4MP: Final = (RecordType.BGP4MP, RecordType.BGP4MP_ET)


@dataclass(frozen=True, slots=True)
class OtherRecord:
    """A record of another protocol, or of a type or subtype that nobody here knows."""

    record: Record


Entry: TypeAlias = (
    PeerIndex | GeoPeerTable | Rib | TableDump | MessageSeen | StateChange | OtherRecord
)


def decode_record(record: Record) -> Entry:
    """Give what a record says; raises `DecodeError`, with the offset in the file."""
    if record.type in _BGP4MP and record.subtype in _MESSAGES:
        return decode_bgp4mp(record)
    if record.type == RecordType.TABLE_DUMP and record.subtype in (1, 2):
        return TableDump.decode(record)
    if record.type == RecordType.TABLE_DUMP_V2:
        if record.subtype == TableSubtype.PEER_INDEX_TABLE:
            return PeerIndex.decode(record)
        if record.subtype == TableSubtype.GEO_PEER_TABLE:
            return GeoPeerTable.decode(record)
        if record.subtype in _TABLES:
            return Rib.decode(record)
    return OtherRecord(record)


class MrtFile:
    """What a file says, in order; gzip, bzip2 and xz are seen through.

    Iterate over it once. `is_strict`: the first record that does not decode raises `DecodeError`
    with file and offset; otherwise it is passed over, counted in `fault_count`, and the first 1,000
    are kept in `faults`. `LoadError`: the file cannot be opened, is damaged as a compressed stream,
    or exceeds `limits`.
    """

    def __init__(
        self, file: TableFile, *, is_strict: bool = True, limits: Limits | None = None
    ) -> None:
        """The file is opened when it is iterated over."""
        self._file = file
        self._is_strict = is_strict
        self._limits = limits or Limits()
        self.peers: PeerIndex | None = None
        self.faults: list[DecodeError] = []
        self.fault_count = 0

    def __iter__(self) -> Iterator[Entry]:
        """Each record as a value of its type."""
        with open_source(self._file, self._limits, None) as source:
            for found in cut_records(source.read):
                entry = self._decoded(found, source.name)
                if isinstance(entry, PeerIndex):
                    self.peers = entry
                if entry is not None:
                    yield entry

    def _decoded(self, found: Record | DecodeError, name: str) -> Entry | None:
        try:
            if isinstance(found, DecodeError):
                raise found
            return decode_record(found)
        except DecodeError as error:
            told = DecodeError(
                f"{name}: {error}",
                layer=error.layer,
                offset=error.offset,
                field=error.field,
                value=error.value,
                section=error.section,
            )
            if self._is_strict:
                raise told from error
            self.fault_count += 1
            if len(self.faults) < FAULTS_MOST:
                self.faults.append(told)
        return None
