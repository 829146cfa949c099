from __future__ import annotations

from typing import ClassVar

from matching.peer import Table
from peers import pytricia


class Adapter(pytricia.Adapter):
    """pytricia after `freeze()`, which compacts it and forbids changes until `thaw()`."""

    name: ClassVar[str] = "pytricia-frozen"
    change_forms: ClassVar[tuple[str, ...]] = ()

    def build(self, prepared: Table) -> None:
        super().build(prepared)
        self.trie.freeze()
