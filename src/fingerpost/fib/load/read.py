"""One way in for every format."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from fingerpost._core import Address
from fingerpost.errors import LoadError, UsageError
from fingerpost.fib.load.detect import FORMATS, detect
from fingerpost.fib.load.loaded import BadLines, Limits, Loaded
from fingerpost.fib.load.source import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.fib.load.ip_route import IpRoutes
    from fingerpost.fib.load.loaded import Progress
    from fingerpost.fib.load.source import Source, TableFile

Value = str | Sequence[str]


def load_routes(
    file: TableFile,
    format: str | None = None,
    strict: bool = False,
    progress: Progress | None = None,
    *,
    value: Value | None = None,
    peer: object = None,
    table: str = "main",
    limits: Limits | None = None,
) -> Loaded:
    """Read a table file into prefixes and values.

    `file`: a path, `-` for standard input, or an open file; gzip, bzip2 and xz are seen through.
    `format`: one of FORMATS; without it the content decides, never the name.
    `strict`: raise at the first line or record that is no route, instead of listing it in `bad`.
    `progress(done, total)`: called after every chunk, in bytes of the file as it stands on disk;
    `total` is None where it is unknown.
    `value`: which columns (CSV) or attributes (MRT, `ip route`, FRR) become the value.
    `peer`: of an MRT dump only the entries of this peer, by address, or by AS number as int.
    `table`: the kernel table of `ip route show table all`, or `all`; the VRF of FRR.

    Raises LoadError (what is wrong, where, and what would be right), and DecodeError for a bad MRT
    record when `strict`.
    """
    if format is not None and format not in FORMATS:
        raise LoadError(f"no format {format!r}; there are {', '.join(FORMATS)}")
    with open_source(file, limits or Limits(), progress) as source, collector_paused():
        kind = format or detect(source.head, source.name)
        if peer is not None and kind != "mrt":
            raise LoadError(f"{source.name}: peer= is for format mrt, this is {kind}")
        bad = BadLines(source.name, strict=strict)
        loaded = _read(kind, source, bad, value, peer, table)
    return replace(loaded, bad=tuple(bad.kept), bad_total=bad.total)


def load_kernel_routes(*, strict: bool = False, table: str = "main") -> Loaded:
    """Read this machine's own routes, IPv4 and IPv6, through iproute2's `ip`.

    Raises UsageError where there is no `ip` command or it fails.
    """
    import subprocess

    from fingerpost.fib.load.ip_route import IpRoutes

    bad = BadLines("ip route", strict=strict)
    routes = IpRoutes(bad, "all" if table == "all" else "main")  # one table alone goes unnamed
    for family in (4, 6):
        command = ["ip", f"-{family}", "route", "show", "table", table]
        try:
            run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        except FileNotFoundError:
            raise UsageError(
                "this machine has no `ip` command (package iproute2) to ask for its routes; "
                "give a table with --table FILE"
            ) from None
        if run.returncode:
            raise UsageError(f"{' '.join(command)} failed: {run.stderr.strip()}")
        routes.text_lines(enumerate(run.stdout.splitlines(), 1), family)
    return replace(routes.loaded(), bad=tuple(bad.kept), bad_total=bad.total)


def _read(
    kind: str, source: Source, bad: BadLines, value: Value | None, peer: object, table: str
) -> Loaded:
    match kind:
        case "text":
            from fingerpost.fib.load.text import read_text

            if value is not None:
                raise LoadError(f"{source.name}: value= chooses among columns; text has one value")
            return read_text(source, bad)
        case "csv":
            from fingerpost.fib.load.csv_table import read_csv

            return read_csv(source, bad, value)
        case "mrt":
            from fingerpost.fib.load.mrt import read_mrt

            whose = peer if peer is None or isinstance(peer, int) else Address(peer)  # type: ignore[arg-type]
            return read_mrt(source, bad, value, whose)
        case "frr":
            from fingerpost.fib.load.frr import read_frr

            return _picked(read_frr(source, bad, table), value)
    return _picked(_ip_routes(source, bad, table).loaded(), value)


def _ip_routes(source: Source, bad: BadLines, table: str) -> IpRoutes:
    from fingerpost.fib.load.ip_route import IpRoutes
    from fingerpost.fib.load.json_items import json_items
    from fingerpost.fib.load.lines import numbered_lines

    routes = IpRoutes(bad, table)
    if source.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[", b"{")):
        for offset, _, item in json_items(source):
            routes.json_object(offset, item)
            source.check_memory(routes.memory)
    else:
        routes.text_lines(_watched(source, routes, numbered_lines(source, bad)))
    return routes


def _watched(
    source: Source, routes: IpRoutes, lines: Iterator[tuple[int, str]]
) -> Iterator[tuple[int, str]]:
    for line in lines:
        source.check_memory(routes.memory)
        yield line


def _picked(loaded: Loaded, value: Value | None) -> Loaded:
    """Replace each route by the attributes that `value` names."""
    if value is None:
        return loaded
    names = [value] if isinstance(value, str) else list(value)
    from fingerpost.fib.load.route import RouteEntry

    known = [name for name in dir(RouteEntry) if not name.startswith("_")]
    missing = [name for name in names if name not in known]
    if missing or not names:
        unknown = ", ".join(map(repr, missing))
        raise LoadError(f"no attribute {unknown}; there are {', '.join(known)}")
    if isinstance(value, str):
        return replace(loaded, values=list(map(attrgetter(value), loaded.values)))
    values: list[object] = [tuple(getattr(v, name) for name in names) for v in loaded.values]
    return replace(loaded, values=values)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the cyclic collector: it would walk a million live objects again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
