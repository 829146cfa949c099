"""`Configuration`: what runs, how something else comes to run, and how that is taken back.

Life of a configuration: its text is read and checked, beside what runs (`examine`); the router
takes it and the history keeps it (`apply`), for good or until a time by which `confirm` is owed. If
that does not come, or `rollback` does, the one before runs again. Reading is done in a thread, for
it may take long; taking is one step of the router. Only one change is under way at a time.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fingerpost.api.beginning import RELOADED
from fingerpost.api.examined import Examined, NotNowError
from fingerpost.api.journal import Level
from fingerpost.api.trial import SECOND, Trial
from fingerpost.config.build import build
from fingerpost.config.check import Severity
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fingerpost.addr import Interface
    from fingerpost.api.journal import Journal
    from fingerpost.config.check import Finding
    from fingerpost.config.history import Applied, History
    from fingerpost.config.load import RouterFile
    from fingerpost.router.config import RouterConfig


@dataclass(frozen=True, slots=True)
class Applying:
    """What is applied: how it is called, and how long it may go without a word; None: for good."""

    source: str
    comment: str = ""
    confirm_ns: int | None = None
    is_forced: bool = False


class Configuration:
    """The configuration of a daemon.

    `running` is what runs. `take` gives a configuration to the router and raises `UsageError` for
    one that it cannot take, `machine` tells the interfaces of the machine.
    """

    def __init__(
        self,
        running: RouterFile,
        history: History,
        journal: Journal,
        take: Callable[[RouterFile, RouterConfig], None],
        machine: Callable[[], Mapping[str, tuple[Interface, ...]]],
        *,
        file: str | None = None,
        wall: Callable[[], int] = time.time_ns,
    ) -> None:
        """Start with what `beginning.first` chose; it is in the history already.

        `file` is what the daemon reads when it begins.
        """
        self.file = file
        self.running = running
        self.history = history
        self.counters = {"applied": 0, "refused": 0, "confirmed": 0, "rolled back": 0}
        self._journal = journal
        self._take = take
        self._machine = machine
        self._wall = wall
        self._turn = asyncio.Lock()
        self._trial = Trial(self._take_back)
        self._confirmed = running  # what a trial that nobody confirms ends with

    @property
    def unconfirmed_s(self) -> float | None:
        """Seconds until it is rolled back unless it is confirmed; None if it is for good."""
        return self._trial.left_s

    # -- looking -------------------------------------------------------------------------------

    async def examine(self, text: str, source: str) -> Examined:
        """Read a text beside what runs; changes nothing.

        Raises `FileError` with every fault in it.
        """
        machine, now = self._machine(), self._wall()
        return await asyncio.to_thread(Examined.of, text, source, self.running, machine, now)

    # -- changing ------------------------------------------------------------------------------

    async def apply(self, text: str, asked: Applying) -> Examined:
        """Let a text run. What it does not change goes on undisturbed.

        Raises `FileError` for its faults, `NotNowError` for what only a new start can change and,
        unless it is forced, for findings that cannot be meant.
        """
        async with self._turn:
            try:
                found = await self.examine(text, asked.source)
                found.refuse_fixed(self.running)
                if self._is_running(found.file, asked):
                    return found
                if found.errors and not asked.is_forced:
                    raise NotNowError("\n".join(map(str, found.errors)))
                entry = await asyncio.to_thread(
                    self.history.propose, text, self._wall(), asked.source, asked.comment
                )
                await self._run(entry, found, asked.confirm_ns)
            except UsageError:
                self.counters["refused"] += 1
                raise
            self.counters["applied"] += 1
            return found

    def _is_running(self, file: RouterFile, asked: Applying) -> bool:
        """Whether it runs already, for good, as it is asked for."""
        is_for_good = not self._trial.is_running and asked.confirm_ns is None
        return is_for_good and file.text == self.running.text

    async def reload(self) -> Examined:
        """Apply the file that the daemon began with, as it is now.

        Raises like `apply`, and `NotNowError` for a file that cannot be read.
        """
        if self.file is None:
            raise NotNowError("the router was started without a file")
        path = Path(self.file)
        try:
            text = await asyncio.to_thread(path.read_text, encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise NotNowError(f"{path} cannot be read: {error}") from None
        return await self.apply(text, Applying(self.file, RELOADED))

    def differs_from_file(self) -> bool:
        """Whether the daemon's file says something else than what runs."""
        if self.file is None:
            return False
        try:
            return Path(self.file).read_text(encoding="utf-8-sig") != self.running.text
        except (OSError, UnicodeDecodeError):
            return True

    async def confirm(self) -> Applied:
        """Keep what runs. Raises `NotNowError` where nothing waits for that."""
        async with self._turn:
            if not self._trial.is_running:
                raise NotNowError("nothing waits to be confirmed")
            entry = await asyncio.to_thread(self.history.confirm)
            self._end_trial()
            self.counters["confirmed"] += 1
            self._journal.say(Level.INFO, "configuration confirmed", called(entry))
            return entry

    async def rollback(self, steps: int = 1) -> Examined:
        """Let an earlier configuration run, or, while one is to be confirmed, the one before it.

        Raises `NotNowError` where nothing so early is kept.
        """
        async with self._turn:
            found = await self._go_back(steps)
            self.counters["rolled back"] += 1
            return found

    async def plan_rollback(self, steps: int) -> Examined:
        """What `rollback` would do; changes nothing."""
        async with self._turn:
            entry = self._earlier(steps)
            self.history.discard()
            return await self.examine(self.history.text(entry.number), entry.source)

    async def _go_back(self, steps: int) -> Examined:
        entry = await asyncio.to_thread(self._earlier, steps)
        try:
            found = await self.examine(self.history.text(entry.number), entry.source)
            found.refuse_fixed(self.running)
        except UsageError:
            self.history.discard()
            raise
        await self._run(entry, found, None)
        return found

    def _earlier(self, steps: int) -> Applied:
        try:
            return self.history.rollback(steps)
        except UsageError as error:
            raise NotNowError(str(error)) from None

    async def _run(self, entry: Applied, found: Examined, confirm_ns: int | None) -> None:
        """Let the router take it. It is written down before: who is killed meanwhile begins with
        it, or, where it is to be confirmed, with the one before.
        """
        running, confirm_by = self.history.running, self.history.confirm_by
        by = None if confirm_ns is None else self._wall() + confirm_ns
        await asyncio.to_thread(self.history.run, entry.number, by)
        try:
            self._take(found.file, found.config)
        except BaseException:
            if running is not None:
                self.history.run(running.number, confirm_by)
            self._take(self.running, build(self.running))
            raise
        self.running = found.file
        if confirm_ns is None:
            self._end_trial()
        else:
            self._trial.begin(entry.number, confirm_ns)
        self._tell_run(entry, found, confirm_ns)

    def _tell_run(self, entry: Applied, found: Examined, confirm_ns: int | None) -> None:
        until = "" if confirm_ns is None else f", to be confirmed in {confirm_ns // SECOND} s"
        said = f"{called(entry)}: {found.difference.summary}{until}"
        self._journal.say(Level.INFO, "configuration applied", said)
        self.tell_findings(found.findings)

    def tell_findings(self, findings: Iterable[Finding]) -> None:
        """Have what would not work in the log."""
        for one in findings:
            level = Level.INFO if one.severity is Severity.NOTE else Level.WARNING
            self._journal.say(level, "configuration doubtful", str(one), finding=one.kind)

    # -- trials --------------------------------------------------------------------------------

    def _end_trial(self) -> None:
        """What runs is confirmed."""
        self._trial.end()
        self._confirmed = self.running

    async def _take_back(self, number: int) -> None:
        async with self._turn:
            if self._trial.number != number:
                return  # somebody was faster
            said = "the one before it runs again"
            self._journal.say(Level.WARNING, "configuration not confirmed", said)
            self.counters["rolled back"] += 1
            try:
                await self._go_back(1)
            except (UsageError, OSError) as error:
                # a full disk must not keep an operator locked out: go back without a history
                self._journal.say(Level.ERROR, "history not written", str(error))
                self._take(self._confirmed, build(self._confirmed))
                self.running = self._confirmed
                self._trial.end()

    def close(self) -> None:
        """Wait for no confirmation any more."""
        self._trial.stop()


def called(entry: Applied) -> str:
    """A configuration as people name it."""
    comment = f" ({entry.comment})" if entry.comment else ""
    return f"configuration {entry.number} from {entry.source or 'nowhere'}{comment}"
