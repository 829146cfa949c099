from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from golden.columns import U32, Addresses
from golden.intervals import Intervals
from matching.peer import Bulk, Peer, Table

QUERY = """
    SELECT flat.id FROM asked ASOF JOIN flat ON asked.ip >= flat.ip ORDER BY asked.at
"""


class Adapter(Peer):
    """DuckDB: `ASOF JOIN` with the flattened table, order restored, on one thread.

    Timed: the query from numpy columns to a numpy column. IPv4 only, as numpy has no 128-bit key.
    """

    name: ClassVar[str] = "duckdb"
    distribution: ClassVar[str] = "duckdb"
    families: ClassVar[tuple[int, ...]] = (4,)

    def build(self, prepared: Table) -> None:
        import duckdb

        flat = Intervals.of(prepared.prefixes, np.array(prepared.ids, dtype=np.uint32))
        columns = {"ip": Addresses(4, flat.high, flat.low).as_uint32(), "id": flat.answer}
        self.connection: Any = duckdb.connect(config={"threads": 1})
        self.connection.register("columns", columns)
        self.connection.execute("CREATE TABLE flat AS SELECT * FROM columns")

    def _lookup(self, asked: dict[str, Any]) -> U32:
        self.connection.register("asked", asked)
        found: U32 = self.connection.execute(QUERY).fetchnumpy()["id"]
        return found

    def bulks(self) -> list[Bulk]:
        return [Bulk("numpy uint32", _columns, self._lookup, np.asarray)]


def _columns(addresses: Addresses) -> dict[str, Any]:
    return {"ip": addresses.as_uint32(), "at": np.arange(len(addresses), dtype=np.uint32)}
