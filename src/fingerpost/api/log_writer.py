"""`LogWriter`: writes the journal to a stream or file without ever making the router wait.

A thread writes; what it is given faster than the reader of the log takes it is lost and counted,
and a line says so once there is room again.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from fingerpost.api.journal import Record

WAITING_MOST = 10_000


def as_json(record: Record) -> str:
    """One line of JSON."""
    return json.dumps(record.as_dict(), ensure_ascii=False, default=str)


class LogWriter:
    """A log to standard error, or to `file`, where `reopen` starts it anew after a rotation."""

    def __init__(self, form: Callable[[Record], str] = str, file: Path | None = None) -> None:
        """Raises `OSError` where `file` cannot be written to."""
        self.form = form
        self.lost = 0
        self._file = file
        self._stream: TextIO = sys.stderr if file is None else _opened(file)
        self._waiting: queue.Queue[Record | None] = queue.Queue(WAITING_MOST)
        self._must_reopen = False
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)

    def start(self) -> None:
        """Begin to write; the thread has the capabilities that the caller has then."""
        self._thread.start()

    def __call__(self, record: Record) -> None:
        """Have a record written, some time."""
        try:
            self._waiting.put_nowait(record)
        except queue.Full:
            self.lost += 1

    def reopen(self) -> None:
        """Before the next record, open the file of this name again."""
        self._must_reopen = self._file is not None

    def close(self, timeout_s: float = 2.0) -> None:
        """Write what waits, as far as that is possible in this time."""
        if not self._thread.is_alive():
            return
        try:
            self._waiting.put(None, timeout=timeout_s)
        except queue.Full:
            return
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (record := self._waiting.get()) is not None:
            try:
                self._write(record)
            except (OSError, ValueError):
                self.lost += 1  # a full disk or a reader that left ends no router
        self._end_stream()

    def _write(self, record: Record) -> None:
        if self._must_reopen and self._file is not None:
            self._must_reopen = False
            self._end_stream()
            self._stream = _opened(self._file)
        self._stream.write(f"{self.form(record)}\n")
        if self._waiting.empty():
            self._stream.flush()

    def _end_stream(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()
        if self._file is not None:
            with suppress(OSError):
                self._stream.close()


def _opened(file: Path) -> TextIO:
    return file.open("a", encoding="utf-8")
