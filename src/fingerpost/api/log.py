"""`Log`: where the journal is written to, as the configuration has it now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fingerpost.api.journal import Level
from fingerpost.api.log_writer import LogWriter, as_json
from fingerpost.config.tree.system import LogForm

if TYPE_CHECKING:
    from pathlib import Path

    from fingerpost.api.journal import Journal
    from fingerpost.config.load import RouterFile


class Log:
    """The log of a daemon. `form`: the one that the command line names, whatever the file says."""

    def __init__(self, journal: Journal, file: RouterFile, form: LogForm | None = None) -> None:
        """Open it; nothing is written before `start`. Raises `OSError` where it cannot be."""
        self._journal = journal
        self._form = form
        self._is_started = False
        self._open(file)
        for record in journal.records:
            self._writer(record)

    def start(self) -> None:
        """Write from now on, in a thread that has the capabilities of the caller."""
        self._is_started = True
        self._writer.start()

    def follow(self, file: RouterFile) -> None:
        """Write as another configuration wants it. Raises `OSError` where that cannot be."""
        if self._place(file) == self._at:
            self._journal.least = Level[file.tree.router.log.level.name]
            return
        before = self._writer
        self._open(file)
        self._writer.start()
        # what still waits is written there, however slow its reader is
        asyncio.get_running_loop().run_in_executor(None, before.close)

    def reopen(self) -> None:
        """Begin a file anew that was moved away."""
        self._writer.reopen()

    def close(self) -> None:
        """Write what is left, as far as that goes."""
        self._writer.close()

    def _open(self, file: RouterFile) -> None:
        form, path = self._place(file)
        self._writer = LogWriter(as_json if form is LogForm.JSON else str, path)
        self._at = form, path
        self._journal.writers[:] = [self._writer]
        self._journal.least = Level[file.tree.router.log.level.name]

    def _place(self, file: RouterFile) -> tuple[LogForm, Path | None]:
        log = file.tree.router.log
        return self._form or log.format, None if log.file is None else file.folder / log.file
