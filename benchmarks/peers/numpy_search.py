from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from golden.columns import U32, Addresses
from golden.intervals import Intervals
from matching.peer import Bulk, Peer, Table

KEYS = {4: "<u4", 6: "S16"}


def keys(addresses: Addresses) -> npt.NDArray[Any]:
    """IPv4 as uint32, IPv6 as 16 bytes, whose order numpy compares as text."""
    if addresses.version == 4:
        return addresses.as_uint32()
    return addresses.as_bytes().view("S16").ravel()


class Adapter(Peer):
    """What a numpy user does: flatten the table into intervals, then `searchsorted` and `take`.

    Timed: the flattening (golden.intervals, itself numpy) and the search.
    """

    name: ClassVar[str] = "numpy"
    distribution: ClassVar[str] = "numpy"

    def build(self, prepared: Table) -> None:
        flat = Intervals.of(prepared.prefixes, np.array(prepared.ids, dtype=np.uint32))
        self.boundaries = keys(Addresses(prepared.version, flat.high, flat.low))
        self.answer = flat.answer

    def _lookup(self, asked: npt.NDArray[Any]) -> U32:
        at = np.searchsorted(self.boundaries, asked, side="right") - 1
        found: U32 = self.answer.take(at)
        return found

    def bulks(self) -> list[Bulk]:
        return [
            Bulk(
                "numpy uint32" if self.boundaries.itemsize == 4 else "numpy S16",
                keys,
                self._lookup,
                np.asarray,
            )
        ]
