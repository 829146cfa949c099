"""Which configuration a daemon begins with: its file, or what was applied or confirmed since.

The newer one. The file, where it says what ran last, says something that never ran, or was written
after the last step of the history; otherwise what ran last, if `apply` or `rollback` put it in its
place. What another file brought never runs in the place of the one that is named. What still waited
to be confirmed when the daemon ended has lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.config.history import digest_of
from fingerpost.config.load import loads
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from fingerpost.config.history import Applied, History
    from fingerpost.config.load import RouterFile

STARTED = "start"
RELOADED = "reload"


def first(
    file: RouterFile, written_ns: int, history: History, wall_ns: int
) -> tuple[RouterFile, str | None]:
    """What runs first, and in words why that is not `file`, which was written at `written_ns`.

    It is in the history afterwards, as confirmed.
    """
    is_newer = written_ns > history.written_ns
    lost = history.recover()
    reason = None
    if lost is not None:
        reason = f"configuration {lost.number} was not confirmed before the router ended"
    running = history.running
    digest = digest_of(file.text.encode())
    if running is not None and running.digest != digest:
        has_run = any(one.digest == digest for one in history.entries())
        if has_run and not is_newer and not _is_of_another_file(running, file, history):
            said = f"configuration {running.number} from {running.source or 'nowhere'} runs"
            why = f"{reason or f'{file.source} is older than what was applied last'}: {said}"
            try:
                return loads(history.text(running.number), running.source), why
            except UsageError as error:
                reason = f"{why}, but it cannot be read ({error}): {file.source} runs"
    if running is None or running.digest != digest:
        history.run(history.propose(file.text, wall_ns, file.source, STARTED).number)
    return file, reason


def _is_of_another_file(running: Applied, file: RouterFile, history: History) -> bool:
    """Whether a start with another file brought it: nobody put it in the place of this one.

    The last entry alone: one before it runs because of a rollback, which counts.
    """
    is_last = running.number == max(one.number for one in history.entries())
    is_of_file = running.comment in (STARTED, RELOADED)
    return is_last and is_of_file and running.source != file.source
