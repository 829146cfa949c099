"""Files that instances write: beside their place until they are whole.

A file is made as `path.part` and moved to `path` when it is finished, so that whoever looks there
finds a whole one or none. Of one that cannot be written, the disk being full, say, nothing is kept:
that is told at once, and how much was left out when it would have been finished. The next file is
tried anew. What is not finished when the host ends is taken away.
"""

from __future__ import annotations

import contextlib
import gzip
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

from fingerpost.forwarding.events import Happened

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.protocol.events import AppendFile, FinishFile

LEVEL: Final = 1
"""Of gzip: the host has other things to do."""


class Files:
    """Those that are being made, by their paths."""

    def __init__(self, report: Callable[[Happened], None]) -> None:
        """None is; `report` is called for what cannot be written."""
        self._report = report
        self._open: dict[str, IO[bytes]] = {}
        self._left_out: dict[str, int] = {}

    def append(self, asked: AppendFile) -> None:
        """Write to one, which is begun if it was not."""
        path, size = asked.path, len(asked.data)
        if path in self._left_out:
            self._left_out[path] += size
            return
        try:
            if path not in self._open:
                self._open[path] = _begun(asked)
            file = self._open[path]
            file.write(asked.data)
        except OSError as error:
            self._give_up(path, error)
            self._left_out[path] = size

    def finish(self, asked: FinishFile) -> None:
        """Have it at its place."""
        path = asked.path
        left_out = self._left_out.pop(path, None)
        if left_out is not None:
            self._say(path, f"it would be finished now; {left_out:,} octets more were left out")
            return
        file = self._open.get(path)
        if file is None:
            return
        try:
            file.close()
            _part(path).replace(path)
            del self._open[path]
        except OSError as error:
            self._give_up(path, error)

    def close(self) -> None:
        """Take away what is not whole."""
        for path in list(self._open):
            self._drop(path)
        self._left_out.clear()

    def _give_up(self, path: str, error: OSError) -> None:
        self._drop(path)
        self._say(path, f"{error.strerror or error}; nothing of it is kept")

    def _drop(self, path: str) -> None:
        file = self._open.pop(path, None)
        for undo in (_part(path).unlink, None if file is None else file.close):
            if undo is not None:
                with contextlib.suppress(OSError):  # what is buffered has no room either
                    undo()

    def _say(self, path: str, what: str) -> None:
        self._report(Happened("file not written", None, f"{path}: {what}"))


def _part(path: str) -> Path:
    return Path(f"{path}.part")


def _begun(asked: AppendFile) -> IO[bytes]:
    part = _part(asked.path)
    if asked.is_compressed:
        return cast("IO[bytes]", gzip.open(part, "wb", LEVEL))
    return part.open("wb")
