"""Files of VRPs that validators write anew while a router runs: they are read again.

Each is looked at every few seconds, and read in a thread when it is another one, or when something
in it expires, as a validator that has ended writes nothing. A file that cannot be read changes
nothing, is told once, and is read again when it is another one.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fingerpost.api.journal import Level
from fingerpost.api.machines import BGP, machines_of
from fingerpost.config.build_rpki import mark_of, read_vrp_file
from fingerpost.errors import UsageError
from fingerpost.protocol.events import FileRead
from fingerpost.router.events import ToProtocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.api.daemon import Daemon
    from fingerpost.bgp.config import VrpFile

LOOKS_EVERY_S: Final = 2.0
EXPIRES_EVERY_S: Final = 600.0
"""Entries that expire within this time are taken out together: each time all are read."""


class Following:
    """Looks at the files of VRPs of a daemon; `clock` is Unix time in seconds."""

    def __init__(self, daemon: Daemon, clock: Callable[[], float] = time.time) -> None:
        """Nothing is looked at."""
        self._daemon, self._clock = daemon, clock
        self._refused: dict[tuple[str, str], object] = {}  # the mark that was of no use
        self._read_at: dict[tuple[str, str], float] = {}
        self._told: dict[tuple[str, str], object] = {}  # of what expired entries were told

    async def run(self, every_s: float = LOOKS_EVERY_S) -> None:
        """Look again and again, until it is cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(every_s)

    async def look(self) -> None:
        """Read again what is another one."""
        for name, machine in machines_of(self._daemon, BGP).items():
            for file in machine.validating.files:
                if self._is_due(name, file):
                    await self._read(name, file)
            for file in machine.validating.files:
                self._tell_expired(name, file)

    def _is_due(self, name: str, file: VrpFile) -> bool:
        key, mark = (name, file.path), mark_of(Path(file.place))
        if mark != file.mark:
            return key not in self._refused or mark != self._refused[key]
        if file.payloads.expires is None or self._clock() < file.payloads.expires:
            return False
        return self._clock() >= self._read_at.get(key, 0.0) + EXPIRES_EVERY_S

    async def _read(self, name: str, file: VrpFile) -> None:
        key, journal = (name, file.path), self._daemon.journal
        mark = mark_of(Path(file.place))
        try:
            found = await asyncio.to_thread(read_vrp_file, file, self._clock())
        except UsageError as error:
            self._refused[key] = mark
            said = f"what it said before counts: {error}"
            journal.say(Level.WARNING, "vrp file refused", said, protocol=name, file=file.path)
            return
        self._refused.pop(key, None)
        self._read_at[key] = self._clock()
        machine = machines_of(self._daemon, BGP).get(name)
        if machine is None or all(file is not one for one in machine.validating.files):
            return  # another configuration came meanwhile, which has read it itself
        self._daemon.host.receive(ToProtocol(name, FileRead(file.path, found)))
        held = found.payloads
        said = f"{file.path}: {len(held.vrps):,} VRPs, {len(held.aspas):,} ASPAs"
        journal.say(Level.INFO, "vrp file read", said, protocol=name, file=file.path)

    def _tell_expired(self, name: str, file: VrpFile) -> None:
        key, count = (name, file.path), file.payloads.expired
        if self._told.get(key, 0) == count:
            return
        self._told[key] = count
        if count:
            said = f"{file.path}: {count:,} entries have expired and do not count; does whoever "
            said += "writes it still run?"
            self._daemon.journal.say(
                Level.WARNING, "vrps expired", said, protocol=name, file=file.path
            )
