"""`JournalHandler`: what libraries log, and what nobody caught, goes to the journal."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Any

from fingerpost.api.journal import Level

if TYPE_CHECKING:
    import asyncio

    from fingerpost.api.journal import Journal


class JournalHandler(logging.Handler):
    """Gives warnings and errors of every logger to a journal."""

    def __init__(self, journal: Journal) -> None:
        """Lower levels are of no use to an operator."""
        super().__init__(logging.WARNING)
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        """Take one record, with its traceback where it has one."""
        level = Level.ERROR if record.levelno >= logging.ERROR else Level.WARNING
        text = record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            text = f"{text}: {_told(error)}"
        self._journal.say(level, f"from {record.name}", text)

    def caught(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Take what a callback or task of the loop raised; the loop goes on."""
        error = context.get("exception")
        said = str(context.get("message", "a callback failed"))
        text = said if error is None else f"{said}: {_told(error)}"
        self._journal.say(Level.ERROR, "fault", text)


def _told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)).strip()
