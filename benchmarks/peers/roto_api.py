from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from golden.columns import U32
from matching.peer import Bulk, Peer, Single, Table, texts


class Adapter(Peer):
    """roto-api-native: the trie of NLnet Labs' roto behind an enrichment interface.

    Timed: `RotoLookup([file])` of its CSV; `lookup_ip(text)` and `lookup_ips(texts)`, which give
    a dict an address. It cannot be changed. The AS number is our id.
    """

    name: ClassVar[str] = "roto-api"
    distribution: ClassVar[str] = "roto-api-native"

    def prepare(self, table: Table) -> Path:
        path = self.folder / f"pfx_asn_dfz_v{table.version}.csv"
        columns = (text.replace("/", ",") for text in table.texts)
        rows = zip(columns, table.ids, strict=True)
        path.write_text("".join(f"{prefix},{value}\n" for prefix, value in rows))
        return path

    def build(self, prepared: Path) -> None:
        from roto_api import RotoLookup

        self.table = RotoLookup([str(prepared)])

    def singles(self) -> list[Single]:
        return [Single("str", texts, self.table.lookup_ip, _id_of)]

    def bulks(self) -> list[Bulk]:
        return [Bulk("list of str", texts, self.table.lookup_ips, _ids)]


def _id_of(found: dict[str, Any]) -> int:
    origins = found["origin_asns"]
    return int(origins[0].removeprefix("AS")) if origins else 0


def _ids(found: list[dict[str, Any]]) -> U32:
    return np.array([_id_of(one) for one in found], dtype=np.uint32)
