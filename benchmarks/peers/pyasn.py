from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from matching.peer import Peer, Single, Table, texts


class Adapter(Peer):
    """pyasn: a radix tree in C, loaded from its own text format.

    Timed: `pyasn(file)`; `lookup(text)`, which also gives the prefix, and the `search_best` of
    the C tree below it, which it exposes. Loading is its only way to change. The AS number is
    our id.
    """

    name: ClassVar[str] = "pyasn"
    distribution: ClassVar[str] = "pyasn"

    def prepare(self, table: Table) -> Path:
        path = self.folder / "pyasn.txt"
        rows = zip(table.texts, table.ids, strict=True)
        path.write_text("".join(f"{prefix}\t{value}\n" for prefix, value in rows))
        return path

    def build(self, prepared: Path) -> None:
        import pyasn

        self.table = pyasn.pyasn(str(prepared))

    def singles(self) -> list[Single]:
        return [
            Single("str (node only)", texts, self.table.radix.search_best, _of_node),
            Single("str", texts, self.table.lookup, lambda found: found[0] or 0),
        ]


def _of_node(node: Any) -> int:
    return 0 if node is None else int(node.asn)
