from __future__ import annotations

import socket
from typing import ClassVar

from matching.peer import Change, Peer, Single, Table, integers, or_zero, packed, texts


class Adapter(Peer):
    """pytricia: a Patricia trie in C.

    Timed: `insert(text, value)`; `get(x)` of text, int and bytes, which does not raise on a miss;
    `insert` and `delete` for changes. One object a family, as its documentation asks for.
    """

    name: ClassVar[str] = "pytricia"
    distribution: ClassVar[str] = "pytricia"
    change_forms: ClassVar[tuple[str, ...]] = ("str",)

    def build(self, prepared: Table) -> None:
        import pytricia

        families = {4: (32, socket.AF_INET), 6: (128, socket.AF_INET6)}
        self.trie = pytricia.PyTricia(*families[prepared.version])
        insert = self.trie.insert
        for text, value in zip(prepared.texts, prepared.ids, strict=True):
            insert(text, value)
        self.version = prepared.version

    def singles(self) -> list[Single]:
        get = self.trie.get
        ways = [Single("str", texts, get, or_zero), Single("bytes", packed, get, or_zero)]
        if self.version == 4:
            ways.append(Single("int", integers, get, or_zero))
        return ways

    def change(self, prepared: list[Change]) -> None:
        insert, delete = self.trie.insert, self.trie.delete
        for step in prepared:
            if step.id:
                insert(step.prefix, step.id)
            else:
                delete(step.prefix)
