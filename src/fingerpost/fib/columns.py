"""What a `Fib` and a `FrozenFib` do with whole columns of addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar, cast

from fingerpost.fib.bulk import Matches, lookup_many

if TYPE_CHECKING:
    from fingerpost._core import FrozenTable, Table
    from fingerpost.fib.annotate import Into
    from fingerpost.fib.bulk import Indices
    from fingerpost.fib.frames import Frame

V = TypeVar("V")


class Columns(Generic[V]):
    """Bulk lookups, for a class that is also a native table."""

    __slots__ = ()

    @property
    def _native(self) -> Table | FrozenTable:
        """The table itself: which of the two it is only the class that inherits us says."""
        return cast("Table | FrozenTable", self)

    def lookup_many(
        self,
        addresses: object,
        *,
        version: int | None = None,
        threads: int = 1,
        out: Indices | None = None,
        strict: bool = False,
    ) -> Matches[V]:
        """Look up a whole collection natively: see `fingerpost.fib.bulk.lookup_many`."""
        return lookup_many(
            self._native, addresses, version=version, threads=threads, out=out, strict=strict
        )

    def annotate(
        self,
        frame: Frame,
        column: str,
        into: Into = "route",
        *,
        prefix: str | None = None,
        version: int | None = None,
        threads: int = 1,
        strict: bool = False,
    ) -> Frame:
        """Give a frame with columns of matches added: see `fingerpost.fib.annotate.annotate`.

        A table that was compiled for answers knows no prefixes, so `prefix` is a `UsageError`.
        """
        from fingerpost.fib.annotate import annotate

        return annotate(
            self._native,
            frame,
            column,
            into,
            prefix=prefix,
            version=version,
            threads=threads,
            strict=strict,
        )
