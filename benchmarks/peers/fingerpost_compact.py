from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from golden.columns import U32, Addresses
from matching.peer import Bulk, Change, Peer, Single, Table, integers, or_zero, texts

BATCHES = (16, 256, 4096, 65_536)


class Adapter(Peer):
    """fingerpost: `Fib`, compact form.

    Timed: `Fib(pairs of text and value)`, and the builds from native columns, from a text file
    and from a saved table; `lookup` of text, int and `Address`, `fib[text]`; `lookup_many` of
    numpy, in one call and in small ones, on one thread and on all, of lists of text and Arrow
    columns; `apply` of text and of `Prefix`, which puts and drops in one batch.
    """

    name: ClassVar[str] = "fingerpost"
    distribution: ClassVar[str] = "fingerpost"
    form: ClassVar[str] = "compact"
    change_forms: ClassVar[tuple[str, ...]] = ("Prefix", "str")

    def build(self, prepared: Table) -> None:
        from fingerpost.fib import Fib

        pairs = zip(prepared.texts, prepared.ids, strict=True)
        self.fib: Fib[int] = Fib(pairs, form=self.form)
        self.version = prepared.version

    def singles(self) -> list[Single]:
        from fingerpost.addr import Address

        def own(addresses: Addresses) -> list[Any]:
            return [Address(text) for text in addresses.as_texts()]

        fib, lookup = self.fib, self.fib.lookup
        ways = [
            Single("Address", own, lookup, or_zero),
            Single("str", texts, lookup, or_zero),
            Single("str, fib[x]", texts, fib.__getitem__, or_zero, may_miss=False),
        ]
        if self.version == 4:
            ways.append(Single("int", integers, lookup, or_zero))
        return ways

    def bulks(self) -> list[Bulk]:
        many = self.fib.lookup_many
        cores = os.cpu_count() or 1
        ways = [
            Bulk("numpy", column, many, ids_of),
            Bulk("numpy", column, lambda asked: many(asked, threads=cores), ids_of, cores),
            Bulk("list of str", texts, many, ids_of),
        ]
        ways += [self._small_calls(size) for size in BATCHES]
        if importlib.util.find_spec("pyarrow"):
            ways.append(Bulk("Arrow utf8", _arrow, many, ids_of))
            ways.append(
                Bulk("Arrow utf8", _arrow, lambda asked: many(asked, threads=cores), ids_of, cores)
            )
        return ways

    def _small_calls(self, size: int) -> Bulk:
        many = self.fib.lookup_many

        def split(addresses: Addresses) -> list[Any]:
            whole = column(addresses)
            edges = [*range(0, len(whole), size), len(whole)]
            return [whole[begin:end] for begin, end in pairwise(edges)]

        def lookup(parts: list[Any]) -> list[Any]:
            return [many(part) for part in parts]

        return Bulk("numpy", split, lookup, _ids_of_parts, batch=size)

    def changes(self, batch: list[Change], form: str) -> Any:
        from fingerpost.addr import Prefix

        make: Callable[[str], Any] = Prefix if form == "Prefix" else str
        put = [(make(step.prefix), step.id) for step in batch if step.id]
        return put, [make(step.prefix) for step in batch if not step.id]

    def change(self, prepared: Any) -> None:
        put, drop = prepared
        self.fib.apply(put=put, drop=drop)

    def reader(self, asked: Addresses) -> Callable[[], int]:
        whole, many = column(asked), self.fib.lookup_many
        return lambda: len(many(whole).indices)

    def other_builds(self) -> dict[str, Callable[[], object]]:
        from fingerpost.fib import Fib, FrozenFib

        prefixes, values = self.fib.columns()
        lines, saved = self.folder / "table.txt", self.folder / "table.fib"
        lines.write_text("".join(f"{prefix} {value}\n" for prefix, value in self.fib.items()))
        self.fib.save(saved)
        return {
            "native columns": lambda: Fib(form=self.form).put_column(prefixes, values),
            "text file": lambda: Fib.load(lines, form=self.form),
            "saved table": lambda: Fib.load(saved),
            "saved table, mapped": lambda: FrozenFib.open(saved),
        }

    def memory(self) -> dict[str, int]:
        return self.fib.memory()


def column(addresses: Addresses) -> Any:
    """IPv4 as uint32, IPv6 as rows of 16 bytes."""
    return addresses.as_uint32() if addresses.version == 4 else addresses.as_bytes()


def _arrow(addresses: Addresses) -> Any:
    import pyarrow

    return pyarrow.array(addresses.as_texts())


def ids_of(found: Any) -> U32:
    """The values, which are our ids, by the indices."""
    return _values(found.values)[found.indices]


def _ids_of_parts(found: list[Any]) -> U32:
    return _values(found[-1].values)[np.concatenate([part.indices for part in found])]


def _values(table: Any) -> U32:
    return np.fromiter((value or 0 for value in table), np.uint32, len(table))
