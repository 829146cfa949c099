from __future__ import annotations

import os
from collections.abc import Callable
from typing import ClassVar

from matching.peer import Bulk, Single, Table
from peers import fingerpost_compact
from peers.fingerpost_compact import column, ids_of


class Adapter(fingerpost_compact.Adapter):
    """fingerpost as on a machine that has AVX2 but not AVX-512: numpy in bulk only."""

    name: ClassVar[str] = "fingerpost-avx2"
    kernel: ClassVar[str] = "avx2"
    change_forms: ClassVar[tuple[str, ...]] = ()

    def prepare(self, table: Table) -> Table:
        os.environ["FINGERPOST_SIMD"] = self.kernel
        return table

    def singles(self) -> list[Single]:
        return []

    def bulks(self) -> list[Bulk]:
        return [Bulk("numpy", column, self.fib.lookup_many, ids_of)]

    def other_builds(self) -> dict[str, Callable[[], object]]:
        return {}
