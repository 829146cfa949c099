"""The table that a command works on: options that name it, progress while it loads, a report."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import reduce
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fingerpost.fib import Fib, PrefixColumn
from fingerpost.fib.load.loaded import Loaded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fingerpost.cli.output import Model
    from fingerpost.fib.load.loaded import Progress

Command = TypeVar("Command", bound="Callable[..., object]")

QUIET_S = 1.0  # what is over sooner shows no progress
_SHOWN_BAD = 10
_FORMATS = ("text", "csv", "ip-route", "frr", "mrt")


def table_options(
    format_option: str = "--format", strict_help: str = "Stop at the first line that is no route."
) -> Callable[[Command], Command]:
    """Add the options that name a table; `open_table` takes them all.

    `format_option`: its name, for a command that has a format of its own.
    """
    formats = click.Choice(_FORMATS)
    options = (
        click.option("--table", "file", metavar="FILE", help="Table to load; - is standard input."),
        click.option(format_option, "format", type=formats, help="Of FILE; else content decides."),
        click.option("--strict", is_flag=True, help=strict_help),
        click.option("--value", multiple=True, metavar="NAME", help="Column or attribute to show."),
        click.option("--peer", metavar="PEER", help="Of a RIB dump: address or ASnumber."),
        click.option("--kernel-table", default="main", metavar="NAME", help="Kernel table or VRF."),
        click.option("--max-bytes", type=click.IntRange(1), help="Limit of FILE, decompressed."),
        click.option("--max-memory", type=click.IntRange(1), help="Limit of the table, in bytes."),
    )
    return lambda command: reduce(lambda made, option: option(made), reversed(options), command)


def open_table(
    file: str | None,
    format: str | None,
    strict: bool,
    value: tuple[str, ...],
    peer: str | None,
    kernel_table: str,
    max_bytes: int | None,
    max_memory: int | None,
) -> tuple[Fib[Any], Model]:
    """Load FILE, or without one this machine's own routes; give the table and what to say of it."""
    from fingerpost.fib.load import Limits, load_kernel_routes, load_routes
    from fingerpost.fib.load_table import STORED, is_stored

    if file is not None and file != "-" and format is None and is_stored(file):
        stored: Fib[Any] = Fib.load(file, STORED)  # not looked into twice
        return stored, _model_of(file, Loaded(PrefixColumn(), [], STORED), len(stored))
    if file is None:
        source, loaded = "ip route", load_kernel_routes(strict=strict, table=kernel_table)
    else:
        source = file
        standard = Limits()
        with progress_of(f"loading {file}") as progress:
            loaded = load_routes(
                file,
                format,
                strict,
                progress,
                value=None if not value else value[0] if len(value) == 1 else value,
                peer=_peer(peer),
                table=kernel_table,
                limits=Limits(max_bytes or standard.bytes, max_memory or standard.memory),
            )
    fib: Fib[Any] = Fib()
    fib.put_column(loaded.prefixes, loaded.values)
    return fib, _model_of(source, loaded, len(fib))


def _peer(text: str | None) -> str | int | None:
    """`AS64500` and `64500` are AS numbers; all else is an address."""
    number = (text or "").upper().removeprefix("AS")
    return int(number) if number.isascii() and number.isdigit() else text


def _model_of(source: str, loaded: Loaded, prefixes: int) -> Model:
    return {
        "source": source,
        "format": loaded.format,
        "prefixes": prefixes,
        "duplicates": loaded.duplicates,
        "skipped": dict(loaded.skipped),
        "bad_total": loaded.bad_total,
        "bad": [
            {"file": bad.file, "line": bad.line, "offset": bad.offset}
            | {"text": bad.text, "reason": bad.reason}
            for bad in loaded.bad
        ],
    }


def report_bad(table: Model) -> None:
    """Tell on standard error which lines of the table were no routes, the first ones in full."""
    for bad in table["bad"][:_SHOWN_BAD]:
        place = f"offset {bad['offset']}" if bad["line"] is None else f"line {bad['line']}"
        shown = f"{bad['text']!r}: " if bad["text"] else ""
        click.echo(f"{bad['file']}, {place}: {shown}{bad['reason']}", err=True)
    total = table["bad_total"]
    if total > _SHOWN_BAD:
        click.echo(f"... and {total - _SHOWN_BAD:,} more", err=True)
    if total:
        loaded = f"{table['prefixes']:,} prefixes loaded"
        click.echo(f"{table['source']}: {total:,} bad, {loaded} (--strict stops)", err=True)


@contextmanager
def progress_of(what: str) -> Iterator[Progress | None]:
    """Give a callback that draws a bar on standard error, a terminal, once it takes a second."""
    if not sys.stderr.isatty():
        yield None
        return
    bar = _Bar(what)
    try:
        yield bar.advance
    finally:
        bar.close()


class _Bar:
    """A progress bar that appears late: rich is imported only for what is slow."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._start = monotonic()
        self._shown: Any = None

    def advance(self, done: int, total: int | None) -> None:
        """Show `done` of `total` bytes."""
        if self._shown is None and monotonic() - self._start > QUIET_S:
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

            columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn()
            self._shown = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._shown.add_task(self._what, total=total)
            self._shown.start()
        if self._shown is not None:
            self._shown.update(self._task, completed=done, total=total)

    def close(self) -> None:
        """Take the bar away."""
        if self._shown is not None:
            self._shown.stop()
