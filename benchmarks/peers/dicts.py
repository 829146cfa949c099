from __future__ import annotations

import socket
from typing import ClassVar

from matching.peer import Change, Peer, Single, Table, integers, texts

FAMILY = {4: (socket.AF_INET, 32), 6: (socket.AF_INET6, 128)}


class Adapter(Peer):
    """One dict a prefix length, asked from the longest length down: the best of plain Python.

    Timed: dicts keyed by the network's integer; a lookup masks an int; text goes through
    `inet_pton` first.
    """

    name: ClassVar[str] = "dict"
    change_forms: ClassVar[tuple[str, ...]] = ("str",)

    def build(self, prepared: Table) -> None:
        self.family, self.width = FAMILY[prepared.version]
        self.tables: dict[int, dict[int, int]] = {}
        for text, value in zip(prepared.texts, prepared.ids, strict=True):
            network, length = self._split(text)
            self.tables.setdefault(length, {})[network] = value
        self._set_search_order()

    def _split(self, text: str) -> tuple[int, int]:
        network, _, length = text.partition("/")
        return int.from_bytes(socket.inet_pton(self.family, network), "big"), int(length)

    def _set_search_order(self) -> None:
        self.search = [
            (self.width - length, self.tables[length].get)
            for length in sorted(self.tables, reverse=True)
        ]

    def singles(self) -> list[Single]:
        search, family = self.search, self.family

        def lookup(address: int) -> int:
            for spare, get in search:
                found = get(address >> spare << spare)
                if found is not None:
                    return found
            return 0

        def parse_and_lookup(text: str) -> int:
            return lookup(int.from_bytes(socket.inet_pton(family, text), "big"))

        return [Single("int", integers, lookup, int), Single("str", texts, parse_and_lookup, int)]

    def change(self, prepared: list[Change]) -> None:
        for step in prepared:
            network, length = self._split(step.prefix)
            if step.id:
                self.tables.setdefault(length, {})[network] = step.id
            else:
                del self.tables[length][network]
        self._set_search_order()
