from __future__ import annotations

from typing import Any, ClassVar

from matching.peer import Change, Peer, Single, Table, texts


def _id_of(node: Any) -> int:
    return 0 if node is None else int(node.data["id"])


class Adapter(Peer):
    """py-radix: a radix tree in C.

    Timed: `add(text)` and one entry in the node's `data`; `search_best(text)`, which is faster
    than `search_best(packed=...)` here, without and with the reading of the value from `data`.
    """

    name: ClassVar[str] = "py-radix"
    distribution: ClassVar[str] = "py-radix"
    change_forms: ClassVar[tuple[str, ...]] = ("str",)

    def build(self, prepared: Table) -> None:
        import radix

        self.tree = radix.Radix()
        add = self.tree.add
        for text, value in zip(prepared.texts, prepared.ids, strict=True):
            add(text).data["id"] = value

    def singles(self) -> list[Single]:
        search = self.tree.search_best

        def with_value(text: str) -> int:
            node = search(text)
            return 0 if node is None else node.data["id"]

        return [
            Single("str (node only)", texts, search, _id_of),
            Single("str", texts, with_value, int),
        ]

    def change(self, prepared: list[Change]) -> None:
        add, delete = self.tree.add, self.tree.delete
        for step in prepared:
            if step.id:
                add(step.prefix).data["id"] = step.id
            else:
                delete(step.prefix)
