"""`Fib.load`: a file of any kind becomes a table."""

from __future__ import annotations

import os
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fingerpost._core import PrefixColumn
from fingerpost.errors import LoadError
from fingerpost.fib.store import MAGIC, is_stored_table, stored_entries

if TYPE_CHECKING:
    from fingerpost.fib.load.source import TableFile
    from fingerpost.fib.table import Fib

F = TypeVar("F", bound="Fib[Any]")

STORED = "fingerpost"
"""The format name of what `Fib.save` writes."""


def load_table(
    kind: type[F],
    file: TableFile,
    format: str | None,
    *,
    strict: bool,
    form: str | None,
    allow_pickle: bool,
    **options: Any,  # noqa: ANN401 - those of `load_routes`
) -> F:
    """Read `file` into a new table of class `kind`; see `Fib.load`."""
    if format == STORED or (format is None and is_stored(file)):
        if not isinstance(file, (str, os.PathLike)):
            raise LoadError("a stored table is mapped: give its path, not an open file")
        stored_form, prefixes, values = stored_entries(file, allow_pickle=allow_pickle)
        fib = kind(form=form or stored_form)
        fib.put_column(prefixes, values)
        return fib
    from fingerpost.fib.load import load_routes

    loaded = load_routes(file, format, strict, **options)
    fib = kind(form=form)
    fib.put_column(loaded.prefixes, loaded.values)
    fib.load_report = replace(loaded, prefixes=PrefixColumn(), values=[])
    if loaded.bad_total:
        count, first = loaded.bad_total, loaded.bad[0]
        warnings.warn(f"{count:,} lines are no routes, the first: {first}", stacklevel=3)
    return fib


def is_stored(file: TableFile) -> bool:
    """Whether `file` is the path of a table that `Fib.save` wrote."""
    if not isinstance(file, (str, os.PathLike)) or not Path(file).is_file():
        return False
    with Path(file).open("rb") as opened:
        return is_stored_table(opened.read(len(MAGIC)))
