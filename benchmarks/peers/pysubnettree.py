from __future__ import annotations

from typing import ClassVar

from matching.peer import Change, Peer, Single, Table, or_zero, packed, texts


class Adapter(Peer):
    """pysubnettree: the Patricia trie of Zeek, through SWIG.

    Timed: `tree[text] = value`; `tree[x]` of text and, in binary lookup mode, of packed bytes,
    bare, and with the `try` that a miss needs; `tree[text] = value` and `del` for changes.
    """

    name: ClassVar[str] = "pysubnettree"
    distribution: ClassVar[str] = "pysubnettree"
    change_forms: ClassVar[tuple[str, ...]] = ("str",)

    def build(self, prepared: Table) -> None:
        import SubnetTree

        self.tree = SubnetTree.SubnetTree()
        for text, value in zip(prepared.texts, prepared.ids, strict=True):
            self.tree[text] = value

    def singles(self) -> list[Single]:
        tree = self.tree

        def get(key: str | bytes) -> int:
            try:
                return int(tree[key])
            except KeyError:
                return 0

        def binary(addresses: object) -> list[bytes]:
            tree.set_binary_lookup_mode(True)
            return packed(addresses)

        def textual(addresses: object) -> list[str]:
            tree.set_binary_lookup_mode(False)
            return texts(addresses)

        raising = tree.__getitem__
        return [
            Single("str", textual, get, or_zero),
            Single("str, tree[x]", textual, raising, or_zero, may_miss=False),
            Single("bytes", binary, get, or_zero),
            Single("bytes, tree[x]", binary, raising, or_zero, may_miss=False),
        ]

    def changes(self, batch: list[Change], form: str) -> list[Change]:  # noqa: ARG002 - only one
        self.tree.set_binary_lookup_mode(False)
        return batch

    def change(self, prepared: list[Change]) -> None:
        tree = self.tree
        for step in prepared:
            if step.id:
                tree[step.prefix] = step.id
            else:
                del tree[step.prefix]
