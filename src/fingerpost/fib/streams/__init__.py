"""Files of rows, read in blocks, annotated, and written again: constant memory at any length.

The life of a block: a reader (`csv_rows`, `json_lines`, `parquet`) takes some ten thousand rows
off its source and hands each address column to the `Annotator`, which looks it up in bulk and
gives the new cells, one a distinct match; the reader writes the rows out with them. What the rows
held before is passed on as it stood.
"""

from __future__ import annotations

from fingerpost.fib.streams.annotator import Annotator, BadCell, Plan, Tally
from fingerpost.fib.streams.csv_rows import annotate_csv
from fingerpost.fib.streams.json_lines import annotate_json_lines
from fingerpost.fib.streams.parquet import annotate_parquet

__all__ = [
    "Annotator",
    "BadCell",
    "Plan",
    "Tally",
    "annotate_csv",
    "annotate_json_lines",
    "annotate_parquet",
]
