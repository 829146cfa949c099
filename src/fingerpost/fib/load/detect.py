"""Tell the format of a table from its first bytes, never from its name."""

from __future__ import annotations

import struct

from fingerpost._core import Prefix
from fingerpost.errors import AddressError, LoadError

FORMATS = ("text", "csv", "ip-route", "frr", "mrt")

PREFIX_COLUMNS = ("prefix", "network", "cidr", "route", "subnet", "ip_prefix", "net")
FIRST_COLUMNS = ("start", "first", "range_start", "start_ip", "ip_from", "from", "start_address")
LAST_COLUMNS = ("end", "last", "range_end", "end_ip", "ip_to", "to", "end_address")
DELIMITERS = (",", ";", "\t", "|")

ROUTE_TYPES = frozenset(
    [
        *("unicast", "local", "broadcast", "multicast", "anycast"),
        *("blackhole", "unreachable", "prohibit", "throw", "nat"),
    ]
)
_ROUTE_WORDS = frozenset(
    ("via", "dev", "proto", "scope", "metric", "src", "nhid", "table", "nexthop", "from")
)

_MRT_TYPES = frozenset({11, 12, 13, 16, 17, 32, 33, 48, 49})  # RFC 6396 4
_LINES_LOOKED_AT = 50


def detect(head: bytes, name: str) -> str:
    """Name the format that starts with `head`.

    Raises LoadError that lists the formats where it is none of them. An empty file is a text table
    without routes.
    """
    if looks_like_mrt(head):
        return "mrt"
    text = head.decode("utf-8-sig", "replace")
    start = text.lstrip()
    if not start:
        return "text"
    if start[0] in "[{":
        return "ip-route" if start[0] == "[" else "frr"
    lines = [line.strip() for line in text.splitlines()[:_LINES_LOOKED_AT]]
    data = [line for line in lines if line and line[0] not in "#;"]
    for line in data:
        if found := _format_of(line, is_first=line is data[0]):
            return found
    if not data:
        return "text"
    raise LoadError(
        f"{name}: cannot tell what this is; it starts with {data[0][:60]!r}. Formats: "
        f"{', '.join(FORMATS)}. Name one with format= (--format)."
    )


def _format_of(line: str, *, is_first: bool) -> str | None:
    words = line.split()
    if words[0] == "default" or (words[0] in ROUTE_TYPES and len(words) > 1):
        return "ip-route"
    if is_first and header_of(line):
        return "csv"
    if _is_prefix(words[0]):
        return "ip-route" if len(words) > 2 and words[1] in _ROUTE_WORDS else "text"
    cells = (line.split(delimiter)[0].strip(' "') for delimiter in DELIMITERS)
    return "csv" if any(map(_is_prefix, cells)) else None  # without header: its reader explains


def _is_prefix(word: str) -> bool:
    try:
        Prefix(word)
    except AddressError:
        return False
    return True


def looks_like_mrt(head: bytes) -> bool:
    """Say whether `head` starts with an MRT header (RFC 6396 2): a known type, a sane subtype."""
    if len(head) < 12:
        return False
    _, kind, subtype, _ = struct.unpack(">IHHI", head[:12])
    return kind in _MRT_TYPES and subtype <= 12


def header_of(line: str) -> tuple[str, list[str]] | None:
    """Split a CSV header: delimiter and column names; None where it has no address columns."""
    for delimiter in DELIMITERS:
        names = [cell.strip().strip('"').strip() for cell in line.split(delimiter)]
        if column_of(names, PREFIX_COLUMNS) is not None or (
            column_of(names, FIRST_COLUMNS) is not None
            and column_of(names, LAST_COLUMNS) is not None
        ):
            return delimiter, names
    return None


def column_of(names: list[str], wanted: tuple[str, ...]) -> int | None:
    """Find the first column with one of the wanted names, in the order of `wanted`."""
    folded = [name.casefold().replace(" ", "_").replace("-", "_") for name in names]
    return next((folded.index(name) for name in wanted if name in folded), None)
