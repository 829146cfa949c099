from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from matching.peer import Peer, Single, Table, or_zero, texts


class Adapter(Peer):
    """maxminddb: its C reader on a file that mmdb-writer wrote.

    Timed: writing the file (shorter prefixes first: the writer lets later ones win) and
    `open_database` with the C extension, which maps it in milliseconds; `get(text)`. It cannot
    be changed.
    """

    name: ClassVar[str] = "maxminddb"
    distribution: ClassVar[str] = "maxminddb"

    @classmethod
    def release(cls) -> str:
        import mmdb_writer

        return f"{super().release()} + mmdb-writer {mmdb_writer.__version__}"

    def prepare(self, table: Table) -> tuple[int, list[tuple[str, int]]]:
        rows = zip(table.prefixes.length.tolist(), table.texts, table.ids, strict=True)
        return table.version, [(text, value) for _, text, value in sorted(rows)]

    def build(self, prepared: tuple[int, list[tuple[str, int]]]) -> None:
        import maxminddb

        path = self.folder / "table.mmdb"
        _write(path, *prepared)
        self.reader = maxminddb.open_database(path, maxminddb.MODE_MMAP_EXT)

    def singles(self) -> list[Single]:
        get: Any = self.reader.get
        return [Single("str", texts, get, or_zero)]


def _write(path: Path, version: int, rows: list[tuple[str, int]]) -> None:
    from mmdb_writer import MMDBWriter
    from netaddr import IPSet

    writer = MMDBWriter(version, "benchmark", description="benchmark", int_type="u32")
    for text, value in rows:
        writer.insert_network(IPSet([text]), value)
    writer.to_db_file(str(path))
