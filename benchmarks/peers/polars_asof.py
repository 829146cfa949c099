from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from golden.columns import U32, Addresses
from golden.intervals import Intervals
from matching.peer import Bulk, Peer, Table


class Adapter(Peer):
    """polars: `join_asof` with the flattened table, order restored.

    Timed: sort by address, join backward, sort back, on the threads that polars takes by itself.
    IPv4 only: its ASOF join has no 128-bit key that numpy can hand over.
    """

    name: ClassVar[str] = "polars"
    distribution: ClassVar[str] = "polars"
    families: ClassVar[tuple[int, ...]] = (4,)

    def build(self, prepared: Table) -> None:
        import polars

        flat = Intervals.of(prepared.prefixes, np.array(prepared.ids, dtype=np.uint32))
        starts = Addresses(4, flat.high, flat.low).as_uint32()
        self.table = polars.DataFrame({"ip": starts, "id": flat.answer}).set_sorted("ip")
        self.threads = polars.thread_pool_size()

    def _lookup(self, asked: Any) -> Any:
        joined = asked.with_row_index("at").sort("ip").join_asof(self.table, on="ip")
        return joined.sort("at")["id"]

    def bulks(self) -> list[Bulk]:
        import polars

        def frame(addresses: Addresses) -> Any:
            return polars.DataFrame({"ip": addresses.as_uint32()})

        return [Bulk("polars uint32", frame, self._lookup, _ids, threads=self.threads)]


def _ids(column: Any) -> U32:
    found: U32 = column.to_numpy()
    return found
