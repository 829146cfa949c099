"""Files that instances write: beside their place until they are whole.

A file is made as `path.part` and moved to `path` when it is finished, so that whoever looks there
finds a whole one or none. One that cannot be written is told of once and left out; what is not
finished when the host ends is taken away.
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
    """Those that are being made, by their paths; None: it cannot be written."""

    def __init__(self, report: Callable[[Happened], None]) -> None:
        """None is; `report` is called for what cannot be written."""
        self._report = report
        self._open: dict[str, IO[bytes] | None] = {}

    def append(self, asked: AppendFile) -> None:
        """Write to one, which is begun if it was not."""
        try:
            if asked.path not in self._open:
                self._open[asked.path] = _begun(asked)
            file = self._open[asked.path]
            if file is not None:
                file.write(asked.data)
        except OSError as error:
            self._give_up(asked.path, error)

    def finish(self, asked: FinishFile) -> None:
        """Have it at its place."""
        file = self._open.pop(asked.path, None)
        if file is None:
            return
        try:
            file.close()
            _part(asked.path).replace(asked.path)
        except OSError as error:
            self._give_up(asked.path, error)
            self._open.pop(asked.path, None)

    def close(self) -> None:
        """Take away what is not whole."""
        for path, file in self._open.items():
            with contextlib.suppress(OSError):
                if file is not None:
                    file.close()
                _part(path).unlink(missing_ok=True)
        self._open.clear()

    def _give_up(self, path: str, error: OSError) -> None:
        self._open[path] = None
        with contextlib.suppress(OSError):
            _part(path).unlink(missing_ok=True)
        self._report(Happened("file not written", None, f"{path}: {error.strerror or error}"))


def _part(path: str) -> Path:
    return Path(f"{path}.part")


def _begun(asked: AppendFile) -> IO[bytes]:
    part = _part(asked.path)
    if asked.is_compressed:
        return cast("IO[bytes]", gzip.open(part, "wb", LEVEL))
    return part.open("wb")
