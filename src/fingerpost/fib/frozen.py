"""`FrozenFib`: a compiled table without the truth behind it.

`Fib.freeze` makes one in memory: a snapshot that nothing changes, or a table for one column of
answers in which equal neighbours are one. `FrozenFib.open` maps one from a file: no matter how
large, it answers at once, and processes that map the same file share its memory.
"""

from __future__ import annotations

import operator
import pickle
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Generic, Self, SupportsIndex, TypeVar

from fingerpost._core import FrozenTable
from fingerpost.fib.columns import Columns

if TYPE_CHECKING:
    import os

    from fingerpost.fib.table import Fib

V = TypeVar("V")


class FrozenFib(Columns[V], FrozenTable, Generic[V]):
    """A forwarding table that only answers: `fib[address]`, `lookup`, `match`, `lookup_many`.

    Made by `Fib.freeze` and `FrozenFib.open`. `values` is what the indices of a bulk lookup stand
    for; item 0 is None, for no match.
    """

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, allow_pickle: bool = False) -> Self:
        """Map a file that `Fib.save` or `save` wrote; nothing is built, values are read when asked.

        The file must stay as it is while it is open. `allow_pickle`: accept values that were
        stored with pickle, which can run any code; only for files that you made yourself.
        Raises LoadError for what is no such file or a damaged one.
        """
        from fingerpost.fib.store import open_frozen

        return open_frozen(cls, path, allow_pickle=allow_pickle)

    def save(self, path: str | os.PathLike[str], *, allow_pickle: bool = False) -> None:
        """Write the table to a file for `open`; `UsageError` for values that need pickle."""
        from fingerpost.fib.store import save_frozen

        save_frozen(self, path, allow_pickle=allow_pickle)

    def __reduce_ex__(
        self, protocol: SupportsIndex
    ) -> tuple[Callable[..., FrozenFib[V]], tuple[object, ...]]:
        """Pickle the compiled table; the large parts go out of band where protocol 5 can."""
        form, tops, sections = self.sections()
        parts: list[object] = list(sections)
        if operator.index(protocol) >= 5:
            parts = [pickle.PickleBuffer(section) for section in sections]
        return _restore, (type(self), form, tops, parts, list(self.values), self.prefix_lengths())

    def __repr__(self) -> str:
        """Say how much is in it."""
        return f"<FrozenFib of {self.slots - 1:,} answers>"


def _restore(kind: type[FrozenFib[V]], *parts: object) -> FrozenFib[V]:
    return kind(parts)


def freeze(
    fib: Fib[V], of: Callable[[V], Hashable] | None = None, *, form: str | None = None
) -> FrozenFib[Any]:
    """Compile `fib` as it is now; with `of`, for the answers that `of` gives of the values."""
    if of is None:
        return FrozenFib(fib.freeze_table(form))
    twin = fib.copy()  # nobody else changes this one between the two looks at it
    _, held = twin.columns()
    numbers: dict[Hashable, int] = {}
    indices = [numbers.setdefault(of(value), len(numbers) + 1) for value in held]
    return FrozenFib(twin.freeze_as(indices, [None, *numbers], form))
