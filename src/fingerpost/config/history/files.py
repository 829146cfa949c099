"""Files that are there whole or not at all, whatever moment a process is killed at.

A text is written under another name, forced to disk, and renamed; the folder is forced to disk too,
so that the rename outlives a loss of power.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

UNFINISHED = ".unfinished"


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` where `path` is, for its owner only; what was there stays until it is complete."""
    unfinished = path.with_name(path.name + UNFINISHED)
    # made anew: what an interrupted run left may have another owner's permissions
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    settle(path.parent)


def settle(folder: Path) -> None:
    """Force what a folder lists to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
