"""`History`: the store of applied configurations.

The life of a configuration: `propose` puts its text on disk and points the candidate at it; when it
runs, `run` makes it the running one, for good or until an instant by which `confirm` is owed. If
that does not come, `rollback` gives the one that was confirmed before. A process that begins calls
`recover` first.

The index is one file that is replaced as a whole, and it is written after the texts it names and
before those that it no longer names are removed: at every moment it is valid, and every text in it
is there. All else is left over from an interrupted step, and removed by the next.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fingerpost.config.history.entry import Applied, Index, decode
from fingerpost.config.history.files import UNFINISHED, settle, write_whole
from fingerpost.errors import UsageError

LARGEST = 64 * 1024 * 1024  # bytes of an index


class History:
    """The applied configurations of one router, in a folder of its own.

    At most `keep` are kept, and always those that are pointed to. Only their owner may read them.
    Several processes may use one folder: each step holds a lock. Methods raise `OSError` where the
    folder cannot be used, `UsageError` where it holds something else.
    """

    def __init__(self, folder: str | os.PathLike[str], keep: int = 50) -> None:
        """Make the folder if it is not there; raises `UsageError` if nothing is to be kept."""
        if keep < 1:
            raise UsageError(f"a history that keeps {keep} configurations, expected at least 1")
        self.folder = Path(folder)
        self.keep = keep
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    # -- looking -------------------------------------------------------------------------------

    def index(self) -> Index:
        """All that is known, as of one moment."""
        try:
            with self._index_path.open("rb") as file:
                return decode(file.read(LARGEST), str(self._index_path))
        except FileNotFoundError:
            return Index()

    def entries(self) -> tuple[Applied, ...]:
        """All that are kept, the oldest first."""
        return self.index().entries

    @property
    def written_ns(self) -> int:
        """When its last step was written, since 1970 and by the clock of the disk; 0 for none."""
        try:
            return self._index_path.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    @property
    def candidate(self) -> Applied | None:
        """What is being applied."""
        return self._pointed("candidate")

    @property
    def running(self) -> Applied | None:
        """What was applied last."""
        return self._pointed("running")

    @property
    def confirmed(self) -> Applied | None:
        """What a rollback of an unconfirmed configuration leads to."""
        return self._pointed("confirmed")

    @property
    def confirm_by(self) -> int | None:
        """The instant by which the running one is to be confirmed; None if it is."""
        return self.index().confirm_by

    def text(self, number: int) -> str:
        """The text of a configuration, as it was given.

        Raises `UsageError` for a number that is not kept, and for a text that somebody changed.
        """
        entry = self.index().entry(number)
        if entry is None:
            known = ", ".join(str(one.number) for one in self.entries()) or "none"
            raise UsageError(f"no configuration {number} is kept; there is {known}")
        path = self._path(number)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise UsageError(f"{path} is gone, though it was kept") from None
        if digest_of(data) != entry.digest:
            raise UsageError(f"{path} is not what was applied: its digest differs")
        return data.decode()

    # -- steps ---------------------------------------------------------------------------------

    def propose(self, text: str, now: int, source: str = "", comment: str = "") -> Applied:
        """Keep a text as the candidate; a candidate that never ran is dropped."""
        data = text.encode()
        with self._locked():
            index = self.index()
            entry = Applied(index.next_number, now, digest_of(data), source, comment)
            write_whole(self._path(entry.number), data)
            index = index.without(index.idle)
            number = entry.number
            entries = (*index.entries, entry)
            self._write(replace(index, entries=entries, next_number=number + 1, candidate=number))
        return entry

    def run(self, number: int, confirm_by: int | None = None) -> None:
        """Say that a configuration runs from now on; until `confirm_by` it is to be confirmed.

        Raises `UsageError` for a number that is not kept, and for one to be confirmed while
        nothing is there that a rollback could lead to.
        """
        with self._locked():
            index = self.index()
            entry = index.entry(number)
            if entry is None:
                raise UsageError(f"no configuration {number} is kept")
            if confirm_by is not None and index.confirmed is None:
                raise UsageError("nothing was confirmed before, so nothing can be rolled back to")
            if index.idle != number:
                index = index.without(index.idle)
            if not entry.ran:
                entry = replace(entry, ran=True, before=index.confirmed)
            confirmed = number if confirm_by is None else index.confirmed
            self._write(
                replace(
                    index,
                    entries=tuple(entry if one.number == number else one for one in index.entries),
                    candidate=None,
                    running=number,
                    confirmed=confirmed,
                    confirm_by=confirm_by,
                )
            )

    def discard(self) -> None:
        """Drop the candidate: it could not be applied."""
        with self._locked():
            index = self.index()
            self._write(index.without(index.idle))

    def confirm(self) -> Applied:
        """Keep what runs; raises `UsageError` if nothing waits for that."""
        with self._locked():
            index = self.index()
            entry = index.entry(index.running)
            if index.confirm_by is None or entry is None:
                raise UsageError("nothing waits to be confirmed")
            self._write(replace(index, confirmed=entry.number, confirm_by=None))
        return entry

    def rollback(self, steps: int = 1) -> Applied:
        """Make an earlier configuration the candidate; it runs when `run` says so.

        Each step leads to what was confirmed when the one before began to run, so that it never
        leads to one that failed. Raises `UsageError` if there is none.
        """
        with self._locked():
            index = self.index()
            target = _earlier(index, steps)
            self._write(replace(index.without(index.idle), candidate=target.number))
        return target

    def recover(self) -> Applied | None:
        """Leave what the process before did not finish; gives what was not confirmed, if any.

        A candidate that never ran is dropped. What waited to be confirmed has lost: the confirmed
        one runs again.
        """
        with self._locked():
            before = self.index()
            index = before.without(before.idle)
            if index.confirm_by is not None:
                index = replace(index, running=index.confirmed, confirm_by=None)
            if index != before:
                self._write(index)
        return before.entry(before.running) if before.confirm_by is not None else None

    # -- files ---------------------------------------------------------------------------------

    def _pointed(self, pointer: str) -> Applied | None:
        index = self.index()
        return index.entry(getattr(index, pointer))

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06}.yaml"

    @property
    def _index_path(self) -> Path:
        return self.folder / "index.json"

    def _write(self, index: Index) -> None:
        index = index.bounded(self.keep)
        write_whole(self._index_path, index.encode())
        self._sweep(index)

    def _sweep(self, index: Index) -> None:
        """Remove texts that the index does not name, and what was never finished."""
        named = {self._path(one.number).name for one in index.entries}
        gone = [
            path
            for path in self.folder.iterdir()
            if path.name.endswith(UNFINISHED)
            or (path.suffix == ".yaml" and path.stem.isdecimal() and path.name not in named)
        ]
        for path in gone:
            path.unlink(missing_ok=True)
        if gone:
            settle(self.folder)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        import fcntl

        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)  # which ends the lock


def digest_of(data: bytes) -> str:
    """What an entry keeps of its text."""
    return hashlib.sha256(data).hexdigest()


def _earlier(index: Index, steps: int) -> Applied:
    if steps < 1:
        raise UsageError(f"a rollback of {steps} steps, expected at least 1")
    found = index.entry(index.running)
    for step in range(steps):
        found = None if found is None else index.entry(found.before)
        if found is None:
            raise UsageError(f"nothing earlier is kept: {step} steps are possible")
    assert found is not None  # each step found one
    return found
