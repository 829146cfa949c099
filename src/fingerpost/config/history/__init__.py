"""The configurations that were applied, on disk: what `apply`, `--confirm` and `rollback` rest on.

`History` keeps numbered texts and three pointers: the candidate that is being applied, the one that
runs, and the last that was confirmed. It is file logic only; time is handed in.
"""

from __future__ import annotations

from fingerpost.config.history.entry import Applied
from fingerpost.config.history.store import History, digest_of

__all__ = ["Applied", "History", "digest_of"]
