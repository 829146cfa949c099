"""Text lines of a source, each bounded, for the readers that are written in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.fib.load.loaded import BadLines
    from fingerpost.fib.load.source import Source

MAX_LINE = 1 << 16
_BOM = b"\xef\xbb\xbf"


def numbered_lines(source: Source, bad: BadLines) -> Iterator[tuple[int, str]]:
    """Give line number, from 1, and text without its end; report lines that are no UTF-8."""
    for number, line in enumerate(_cut(source), 1):
        if line is None:
            bad.at_line(number, "", f"longer than {MAX_LINE} bytes; no route is that long")
            continue
        try:
            text = line.removeprefix(_BOM).decode() if number == 1 else line.decode()
        except UnicodeDecodeError:
            shown = line.decode("utf-8", "replace")
            bad.at_line(number, shown, "is not UTF-8; convert the file first")
            continue
        yield number, text.rstrip("\r")


def _cut(source: Source) -> Iterator[bytes | None]:
    """Give each line; None for one that exceeds MAX_LINE, of which no more is held."""
    rest = b""
    skipping = False
    for chunk in source.chunks():
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield None if skipping or len(line) > MAX_LINE else line
            skipping = False
        if len(rest) > MAX_LINE:
            skipping, rest = True, b""
    if skipping:
        yield None
    elif rest:
        yield rest
