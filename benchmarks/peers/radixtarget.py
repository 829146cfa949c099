from __future__ import annotations

from typing import ClassVar

from matching.peer import Change, Peer, Single, Table, or_zero, texts


class Adapter(Peer):
    """radixtarget: a radix tree in Rust, values in a Python dict.

    Timed: `insert(text, value)`, `get(text)`; `insert` and `delete` for changes. A delete of
    a prefix looks up its longest match first (the library's own code).
    """

    name: ClassVar[str] = "radixtarget"
    distribution: ClassVar[str] = "radixtarget"
    change_forms: ClassVar[tuple[str, ...]] = ("str",)

    def build(self, prepared: Table) -> None:
        from radixtarget import RadixTarget

        self.tree = RadixTarget()
        insert = self.tree.insert
        for text, value in zip(prepared.texts, prepared.ids, strict=True):
            insert(text, value)

    def singles(self) -> list[Single]:
        return [Single("str", texts, self.tree.get, or_zero)]

    def change(self, prepared: list[Change]) -> None:
        insert, delete = self.tree.insert, self.tree.delete
        for step in prepared:
            if step.id:
                insert(step.prefix, step.id)
            else:
                delete(step.prefix)
