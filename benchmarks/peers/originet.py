from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np

from golden.columns import U32
from matching.peer import Bulk, Peer, Single, Table, texts


class Adapter(Peer):
    """originet: prefix to origin AS, a trie in Rust.

    Timed: `Table.from_files` of its text format (network, length, AS number); `lookup(text)`;
    `lookup_asns` with a list of texts, and with a list of one, which beats `lookup`. It cannot
    be changed. The AS number is our id.
    """

    name: ClassVar[str] = "originet"
    distribution: ClassVar[str] = "originet"

    def prepare(self, table: Table) -> tuple[str, Path]:
        path = self.folder / "originet.txt"
        columns = (text.replace("/", "\t") for text in table.texts)
        rows = zip(columns, table.ids, strict=True)
        path.write_text("".join(f"{prefix}\t{value}\n" for prefix, value in rows))
        return f"ipv{table.version}", path

    def build(self, prepared: tuple[str, Path]) -> None:
        from originet import Table as OriginTable

        family, path = prepared
        self.table = OriginTable.from_files(**{family: path})

    def singles(self) -> list[Single]:
        asns = self.table.lookup_asns
        return [
            Single("str", texts, lambda text: asns([text]), lambda found: found[0] or 0),
            Single(
                "str (lookup)", texts, self.table.lookup, lambda found: found.asn if found else 0
            ),
        ]

    def bulks(self) -> list[Bulk]:
        return [Bulk("list of str", texts, self.table.lookup_asns, _ids)]


def _ids(found: list[int | None]) -> U32:
    return np.array([asn or 0 for asn in found], dtype=np.uint32)
