"""JSON Lines: one object a line; each is passed on as it stands, with new members at its end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TextIO

from fingerpost.errors import DecodeError, UsageError
from fingerpost.fib.streams.csv_rows import read_line

if TYPE_CHECKING:
    from fingerpost.fib.streams.annotator import Annotator

_ROWS = 1 << 14
_CHARACTERS = 8 << 20  # long lines make shorter blocks


def annotate_json_lines(annotator: Annotator, source: TextIO, sink: TextIO) -> None:
    """Copy JSON Lines from `source` to `sink`, new members in each object.

    An object without the address, or with null, gets nulls; blank lines are left out. Raises
    `DecodeError` for a line that is no object, `UsageError` for a new name that an object has.
    """
    if not annotator.plan.new_names():
        raise UsageError("nothing to add: name a member for the values or for the prefixes")
    record = size = 0
    lines: list[str] = []
    objects: list[dict[str, Any]] = []
    while line := read_line(source):
        if not line.strip():
            continue
        record += 1
        size += len(line)
        lines.append(line)
        objects.append(_object(line, record))
        if len(lines) == _ROWS or size > _CHARACTERS:
            _write(annotator, lines, objects, sink)
            lines, objects, size = [], [], 0
    if lines:
        _write(annotator, lines, objects, sink)


def _object(line: str, record: int) -> dict[str, Any]:
    try:
        found = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise DecodeError(f"record {record:,} is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise DecodeError(f"record {record:,} is {line.strip()[:60]!r}, not an object on one line")
    return found


def _write(
    annotator: Annotator, lines: list[str], objects: list[dict[str, Any]], sink: TextIO
) -> None:
    plan = annotator.plan
    new_names = set(plan.new_names())
    for at, found in enumerate(objects):
        if not new_names.isdisjoint(found):
            name = next(name for name in plan.new_names() if name in found)
            record = annotator.tally.rows + at + 1
            raise UsageError(f"record {record:,} has a member {name!r}; choose another name")
    columns: list[tuple[str, list[object]]] = []
    for column in plan.columns:
        addresses = [_address(found.get(column)) for found in objects]
        for new in annotator.cells(column, addresses, addresses.count(None)):
            written = [_json(cell) for cell in new.cells]
            texts: list[object] = [written[code] for code in new.codes.tolist()]
            columns.append((f", {json.dumps(new.name, ensure_ascii=False)}: ", texts))
    heads = [head for head, _ in columns]
    for line, found, *cells in zip(lines, objects, *(texts for _, texts in columns), strict=True):
        members = "".join(f"{head}{cell}" for head, cell in zip(heads, cells, strict=True))
        body = line.rstrip()[:-1].rstrip()
        sink.write(f"{body}{members if found else members[2:]}}}\n")
    annotator.done(len(lines))


def _address(found: object) -> str | int | None:
    """What stands under the name; what JSON has beside texts and numbers is a bad text."""
    if found is None or found == "":
        return None
    if isinstance(found, str | int) and not isinstance(found, bool):
        return found
    return json.dumps(found)[:80]


def _json(cell: object) -> str:
    if hasattr(cell, "as_dict"):
        cell = cell.as_dict()
    return json.dumps(cell, ensure_ascii=False, default=str)
