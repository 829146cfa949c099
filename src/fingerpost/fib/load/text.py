"""Lines of `prefix [value]`, read by the core.

White space (blanks and tabs) separates; `#` starts a comment at the start of a line and after
white space, `;` at the start of a line; blank lines, CRLF and a byte order mark are passed over.
The value is the rest of the line as text; equal texts are one `str`. The value of a bare prefix is
that `Prefix` itself, so that a lookup names what matched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost._core import TextTable
from fingerpost.fib.load.loaded import Loaded

if TYPE_CHECKING:
    from fingerpost.fib.load.loaded import BadLines
    from fingerpost.fib.load.source import Source


def read_text(source: Source, bad: BadLines) -> Loaded:
    """Read the whole source as lines of `prefix [value]`."""
    table = TextTable()
    for chunk in source.chunks():
        table.feed(chunk)
        source.check_memory(table.memory)
        if bad.strict and table.bad_total:
            break
    table.end()
    for line, text, reason in table.bad:
        bad.at_line(line, text, reason)
    bad.count(table.bad_total)
    duplicates = table.repeated()
    prefixes, values = table.columns()
    return Loaded(prefixes, values, "text", duplicates=duplicates)
