"""`fingerpost annotate`: add the matching route to each row of a file."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self, TextIO

import click

from fingerpost.cli.output import json_option
from fingerpost.cli.routes import QUIET_S, open_table, report_bad, table_options
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from fingerpost.cli.output import Model
    from fingerpost.fib.annotate import Getter
    from fingerpost.fib.streams import Annotator

_FORMATS = {
    "csv": (".csv",),
    "tsv": (".tsv", ".tab"),
    "jsonl": (".jsonl", ".ndjson", ".json"),
    "parquet": (".parquet", ".pq"),
}
_SHOWN = 5  # bad rows in the summary for people


@click.command()
@click.argument("input_", metavar="[INPUT]", default="-", type=click.Path(allow_dash=True))
@table_options("--table-format", "Stop at the first address or table line that is none.")
@click.option(
    "--column",
    "-c",
    "columns",
    multiple=True,
    required=True,
    help="Column of addresses; several may be given.",
)
@click.option(
    "--into",
    "-i",
    multiple=True,
    metavar="NAME[=KEY]",
    help="New column of values, or of a key or attribute of them; '' for none.  [default: route]",
)
@click.option("--prefix", "-p", metavar="NAME", help="New column of the matched prefixes.")
@click.option(
    "--format",
    "-f",
    "format_",
    type=click.Choice(list(_FORMATS)),
    help="Format of the rows.  [default: by the name, else csv]",
)
@click.option("--delimiter", "-d", help="Of CSV.  [default: ',', and tab for tsv]")
@click.option(
    "--output",
    "-o",
    default="-",
    type=click.Path(allow_dash=True, dir_okay=False),
    help="Where to write.  [default: standard output]",
)
@click.option("--threads", default=1, show_default=True, help="For lookups; 0 uses all cores.")
@json_option
def command(
    input_: str,
    columns: tuple[str, ...],
    into: tuple[str, ...],
    prefix: str | None,
    format_: str | None,
    delimiter: str | None,
    output: str,
    threads: int,
    as_json: bool,
    **table: Any,  # noqa: ANN401 - what `table_options` adds
) -> None:
    """Copy rows from INPUT, each with the route that its address matches.

    CSV with a header, JSON Lines or Parquet; read and written in blocks, so a file may be of any
    length. Without --table the routes of this machine are asked. Addresses that are empty, or are
    none, get empty cells and are counted. With several columns the new names get the column in
    front: src_route, dst_route.

    The summary goes to standard error, or with --json as one object to standard error when the
    rows go to standard output, else to standard output.

    \b
    fingerpost annotate --table routes.txt --column ip < flows.csv > out.csv
    fingerpost annotate --table rib.mrt.bz2 -c src -c dst flows.parquet -o annotated.parquet
    """
    from fingerpost.fib.streams import Annotator, Plan

    kind = format_ or _format_of(input_) or _format_of(output) or "csv"
    if delimiter is not None and kind not in ("csv", "tsv"):
        raise UsageError(f"--delimiter is for CSV; these rows are {kind}")
    plan = Plan(columns, _getters(into), prefix)
    if not plan.new_names():
        raise UsageError("nothing to add: give --into NAME or --prefix NAME")
    if input_ == "-" == table["file"]:
        raise UsageError("standard input is either the table or the rows, not both")
    if input_ != "-" and output != "-" and _is_same(input_, output):
        raise UsageError(f"{output} is read and written; write to another file")
    fib, described = open_table(**table)
    if not as_json:
        report_bad(described)
    started = time.monotonic()
    with Ticker(sys.stderr) as ticker:
        annotator = Annotator(fib, plan, table["strict"], threads, ticker.rows)
        _run(annotator, kind, delimiter or ("\t" if kind == "tsv" else ","), input_, output)
    model = {
        "table": described,
        "format": kind,
        "added": plan.new_names(),
        **annotator.tally.as_dict(),
        "seconds": round(time.monotonic() - started, 3),
    }
    if as_json:
        click.echo(json.dumps(model, ensure_ascii=False), err=output == "-")
    else:
        _render(model)


def _format_of(name: str) -> str | None:
    suffix = Path(name).suffix.lower()
    return next((kind for kind, suffixes in _FORMATS.items() if suffix in suffixes), None)


def _getters(into: tuple[str, ...]) -> dict[str, Getter | None]:
    """`NAME` takes the value itself, `NAME=KEY` its key, attribute or place."""
    getters: dict[str, Getter | None] = {}
    for text in into or ("route",):
        name, equals, key = text.partition("=")
        if equals and not (name and key):
            raise UsageError(f"--into {text!r}: give NAME or NAME=KEY")
        if name in getters:
            raise UsageError(f"--into names {name!r} twice")
        if name:
            getters[name] = (int(key) if key.isdecimal() else key) if equals else None
    return getters


def _is_same(one: str, other: str) -> bool:
    return Path(other).exists() and Path(one).samefile(other)


def _run(annotator: Annotator, kind: str, delimiter: str, input_: str, output: str) -> None:
    from fingerpost.fib import streams

    with _source(input_) as source, _sink(output) as sink:
        if kind == "parquet":
            with _seekable(source) as rows:
                streams.annotate_parquet(annotator, rows, sink)
            return
        with _as_text(source) as lines, _as_text(sink) as to:
            if kind == "jsonl":
                streams.annotate_json_lines(annotator, lines, to)
            else:
                streams.annotate_csv(annotator, lines, to, delimiter)


@contextmanager
def _as_text(binary: BinaryIO) -> Iterator[TextIO]:
    """Text whose line ends and odd bytes come through as they are; `binary` stays open."""
    text = io.TextIOWrapper(binary, "utf-8", "surrogateescape", newline="")
    try:
        yield text
    finally:
        text.detach()


@contextmanager
def _source(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        yield file


@contextmanager
def _sink(name: str) -> Iterator[BinaryIO]:
    """Standard output, or a file that takes its name when all is written."""
    if name == "-":
        out = sys.stdout.buffer
        yield out
        out.flush()
        return
    part = Path(f"{name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(name)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _seekable(source: BinaryIO) -> Iterator[BinaryIO]:
    """A file that can be sought in; what is piped is kept on disk meanwhile."""
    import shutil
    import tempfile

    if source.seekable():
        yield source
        return
    with tempfile.TemporaryFile() as kept:
        shutil.copyfileobj(source, kept, 1 << 20)
        kept.seek(0)
        yield kept


def _render(model: Model) -> None:
    counts = [(model[word], word) for word in ("matched", "unmatched", "empty", "bad")]
    shown = ", ".join(f"{count:,} {word}" for count, word in counts if count or word == "matched")
    click.echo(f"{model['rows']:,} rows: {shown} ({model['seconds']:.1f} s)", err=True)
    for bad in model["first_bad"][:_SHOWN]:
        place = f"record {bad['record']:,}, column {bad['column']!r}"
        click.echo(f"  {place}: {bad['value']!r}: {bad['reason']}", err=True)
    if model["bad"] > _SHOWN:
        click.echo(f"  and {model['bad'] - _SHOWN:,} more", err=True)


class Ticker:
    """One line of progress on a terminal, from the first second on, twice a second."""

    def __init__(self, to: TextIO) -> None:
        """Write to `to` if it is a terminal, else nowhere."""
        self.to = to if to.isatty() else None
        self.started = time.monotonic()
        self.due = self.started + QUIET_S
        self.is_shown = False

    def rows(self, rows: int) -> None:
        """So many rows are written."""
        self._show(lambda seconds: f"{rows:,} rows, {rows / seconds:,.0f} a second")

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave no trace on the line."""
        if self.to is not None and self.is_shown:
            self.to.write("\r\x1b[K")
            self.to.flush()
            self.is_shown = False

    def _show(self, text: Callable[[float], str]) -> None:
        now = time.monotonic()
        if self.to is None or now < self.due:
            return
        self.to.write(f"\r\x1b[K{text(now - self.started)}")
        self.to.flush()
        self.due, self.is_shown = now + 0.5, True
