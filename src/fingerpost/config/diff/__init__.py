"""The difference of two files, field by field, with what it costs; secrets are masked.

`compare` gives it, `str()` of it is what `apply` shows before it does anything.
"""

from __future__ import annotations

from fingerpost.config.diff.change import Change, Difference
from fingerpost.config.diff.compare import compare

__all__ = ["Change", "Difference", "compare"]
