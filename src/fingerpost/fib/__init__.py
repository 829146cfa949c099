"""The forwarding table: longest-prefix match, one address at a time and in bulk."""

from __future__ import annotations

from fingerpost._core import PrefixColumn, ValueTable
from fingerpost.fib.bulk import BadRow, BadRows, Matches
from fingerpost.fib.diff import Diff
from fingerpost.fib.explain import Candidate, Lookup
from fingerpost.fib.frozen import FrozenFib
from fingerpost.fib.table import Applied, Fib

__all__ = [
    "Applied",
    "BadRow",
    "BadRows",
    "Candidate",
    "Diff",
    "Fib",
    "FrozenFib",
    "Lookup",
    "Matches",
    "PrefixColumn",
    "ValueTable",
]
