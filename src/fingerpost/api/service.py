"""A daemon from its start to its end: what is claimed, started, told, and given back, in order.

Start: the file is read and what runs is chosen (`beginning`); the socket is claimed; whatever needs
more than a few capabilities is done, and the others are given up; the router starts, then the API;
systemd is told. End: the router stops (politely, or leaving routes where they are, or asking its
neighbours to wait for the next one, `resuming`), the API ends.
A process that is killed leaves its routes in the kernel; the next one adopts them.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import random
import secrets
import signal
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fingerpost.api import beginning, places, resuming
from fingerpost.api.app import application, glass
from fingerpost.api.configuration import Configuration
from fingerpost.api.daemon import Daemon
from fingerpost.api.following import Following
from fingerpost.api.journal import Journal, Level
from fingerpost.api.journal_handler import JournalHandler
from fingerpost.api.kernel_tables import claimed_tables, kernel_tables
from fingerpost.api.listening import ClaimedSocket
from fingerpost.api.log import Log
from fingerpost.api.metrics_endpoint import TcpEndpoint, metrics_application
from fingerpost.api.server import Server
from fingerpost.config.build import build
from fingerpost.config.check import check
from fingerpost.config.history import History
from fingerpost.config.tree.system import OnExit
from fingerpost.errors import UsageError
from fingerpost.host.linux import capabilities, descriptors
from fingerpost.host.linux.runner import LinuxHost
from fingerpost.host.linux.service import tell_systemd, watchdog_s
from fingerpost.protocol.settings import Patient, with_clock
from fingerpost.router.events import ConfigurationChanged
from fingerpost.router.routing import Routing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.addr import Interface
    from fingerpost.config.load import RouterFile
    from fingerpost.config.tree.system import LogForm
    from fingerpost.router.config import RouterConfig

SECOND = 1_000_000_000
PREPARES_S = 10  # how long neighbours have to acknowledge that we restart; systemd waits for 20
SETTLING = 1.5  # times the longest silence of a protocol, after which everybody has spoken


@dataclass(frozen=True, slots=True)
class Asked:
    """How a daemon is started; None leaves it to the file."""

    file: RouterFile
    name: str | None = None
    socket: Path | None = None
    log: LogForm | None = None
    state: Path | None = None
    keeps_routes: bool = False
    keeps_capabilities: bool = False


async def serve(asked: Asked) -> None:
    """Run until SIGTERM or SIGINT.

    Raises `UsageError` for a configuration that cannot be, or where the daemon runs already, and
    `OSError` where the system refuses what is needed.
    """
    missing = capabilities.missing()
    if missing:
        names = ", ".join(f"CAP_{one.name}" for one in missing)
        raise UsageError(f"a router needs {names}: start it as root, or by systemd")
    async with contextlib.AsyncExitStack() as stack:
        await _Service(asked, stack).run()


class _Service:
    """The parts of one daemon; `stack` gives them back in reverse order."""

    def __init__(self, asked: Asked, stack: contextlib.AsyncExitStack) -> None:
        self.asked = asked
        self.stack = stack
        self.journal = Journal()
        self.name = places.checked_name(asked.name or asked.file.name)
        self.epoch_ns = time.time_ns() - time.monotonic_ns()
        self.ending = asyncio.Event()
        self.must_reload = False
        self.must_restart = False
        self.reloading: asyncio.Task[None] | None = None

    async def run(self) -> None:
        api = self.asked.file.tree.api
        path = self.asked.socket or Path(api.socket or places.socket_of(self.name))
        self.claimed = self.stack.enter_context(ClaimedSocket(path, api.mode, api.group))
        file = self._choose()  # of what is ours alone from now on
        self.log = Log(self.journal, file, self.asked.log)
        self.stack.callback(self.log.close)
        self.stack.enter_context(claimed_tables(file.tree))
        tables = kernel_tables(file.tree)
        descriptors.raise_limit()
        if not self.asked.keeps_capabilities:
            capabilities.keep_only()
        self.log.start()  # and no thread before: capabilities are those of a thread
        config = self._timed(build(file))
        routing = Routing(self.name, random.Random(secrets.randbits(64)))
        self.host = LinuxHost(routing, tables, settles_s=_settling_s(config))
        self.configuration = Configuration(
            file, self.history, self.journal, self._take, self._machine,
            file=self.asked.file.source,
        )  # fmt: skip
        self.daemon = Daemon(self.name, self.host, self.configuration, self.journal)
        self.daemon.restart = self._restart
        self.host.observe = self.daemon.observe
        self.metrics = TcpEndpoint(self.daemon, "metrics", metrics_application)
        self.glass = TcpEndpoint(self.daemon, "birdwatcher", glass)
        await self._start(file, config)
        await self.ending.wait()
        await self._stop()

    # -- start ---------------------------------------------------------------------------------

    def _choose(self) -> RouterFile:
        """What runs first; it is in the history then."""
        file = self.asked.file
        rollback = file.tree.rollback
        folder = self.asked.state or Path(rollback.directory or places.state_of(self.name))
        self.history = History(folder, rollback.keep)
        build(file)  # a file that cannot be built does not enter the history
        written = Path(file.source).stat().st_mtime_ns
        chosen, why = beginning.first(file, written, self.history, time.time_ns())
        if why is not None:
            self.journal.say(Level.WARNING, "configuration chosen", why)
        return chosen

    async def _start(self, file: RouterFile, config: RouterConfig) -> None:
        self.journal.say(Level.INFO, "starting", f"router {self.name} from {file.source}")
        loop = asyncio.get_running_loop()
        handler = JournalHandler(self.journal)
        logging.getLogger().addHandler(handler)
        self.stack.callback(logging.getLogger().removeHandler, handler)
        loop.set_exception_handler(handler.caught)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.ending.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        if not await self._has_started(config):
            return
        self.stack.push_async_callback(self.host.stop, is_polite=False)  # unless it was stopped
        self.configuration.tell_findings(check(file, self._machine(), time.time_ns()))
        self.server = Server(application(self.daemon), self.claimed.socket)
        await self.server.start()
        self.stack.push_async_callback(self.server.stop)
        await self.metrics.serve(file.tree.api.metrics)
        self.stack.push_async_callback(self.metrics.serve, None)
        await self.glass.serve(file.tree.api.birdwatcher)
        self.stack.push_async_callback(self.glass.serve, None)
        following = asyncio.create_task(Following(self.daemon).run(), name="vrp files")
        self.stack.callback(following.cancel)
        gc.freeze()  # what the start has made lives to the end; nobody shall wait for its search
        self.daemon.is_ready = True
        self.journal.say(Level.INFO, "ready", f"router {self.name} answers at {self.claimed.path}")
        tell_systemd("READY=1", f"answers at {self.claimed.path}")
        self._show_life()
        if self.must_reload:
            self._reload()

    async def _has_started(self, config: RouterConfig) -> bool:
        """Start the host; False where the end was asked for first, whatever the start waits for."""
        start = asyncio.ensure_future(
            self.host.start(config, lambda left: self._resumed(config, left))
        )
        end = asyncio.ensure_future(self.ending.wait())
        await asyncio.wait((start, end), return_when=asyncio.FIRST_COMPLETED)
        end.cancel()
        if start.done():
            start.result()
            return True
        start.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await start
        return False

    def _resumed(self, config: RouterConfig, left: int) -> RouterConfig:
        """What runs where `left` routes of an earlier run are in the kernel: instances are told."""
        kept, why_not = resuming.take(self.history.folder, time.time_ns())
        if left:
            config = resuming.resumed(config, kept)
            if kept:
                names = ", ".join(kept)
                self.journal.say(Level.INFO, "restarting", f"neighbors wait for {names}")
        elif kept:
            why_not = "the kernel has no route of the run before"
        if why_not is not None:
            self.journal.say(Level.WARNING, "not restarting", f"this is a new start: {why_not}")
        return config

    def _restart(self) -> None:
        """End for the next one to go on."""
        self.must_restart = True
        self.ending.set()

    async def _prepare(self) -> bool:
        """Let neighbours wait for the next run; False: nobody does, and this is an end."""
        kept = await self.host.prepare(PREPARES_S)
        if not kept:
            return False
        unaware = [
            name for name, one in self.host.routing.restartable.items() if not one.is_prepared
        ]
        if unaware:
            said = f"not every neighbor of {', '.join(unaware)} acknowledged that we restart"
            self.journal.say(Level.WARNING, "restart unacknowledged", said)
        try:
            resuming.leave(self.history.folder, kept, "restart requested")
        except OSError as error:
            self.journal.say(Level.ERROR, "restart failed", f"it cannot be kept: {error}")
        return True

    async def _give_way(self) -> None:
        """Let traffic go round us first; systemd is told that this takes its time."""
        if wait_ns := self.host.routing.gives_way_ns:
            wait_s = wait_ns / SECOND
            self.journal.say(Level.INFO, "giving way", f"traffic has {wait_s:g} s to go round us")
            tell_systemd(f"EXTEND_TIMEOUT_USEC={int((wait_s + PREPARES_S) * 1_000_000)}")
            await self.host.give_way()

    async def _stop(self) -> None:
        tell_systemd("STOPPING=1")
        self.daemon.is_closing = True
        self.configuration.close()
        kernel = self.configuration.running.tree.kernel
        restarts = self.must_restart or kernel.on_exit is OnExit.RESTART
        keeps = restarts or self.asked.keeps_routes or kernel.on_exit is OnExit.KEEP
        said = "routes stay in the kernel" if keeps else "neighbors are told, routes withdrawn"
        if restarts and await self._prepare():
            said = "neighbors wait, and routes stay in the kernel"
        self.journal.say(Level.INFO, "stopping", said)
        if not keeps:
            await self._give_way()
        await self.host.stop(is_polite=not keeps)
        self.journal.say(Level.INFO, "stopped", f"router {self.name} ended")
        self.journal.wake()

    # -- while it runs -------------------------------------------------------------------------

    def _show_life(self) -> None:
        """Tell systemd twice in its interval that turns still come round."""
        interval_s = watchdog_s()
        if interval_s is not None and tell_systemd("WATCHDOG=1"):
            asyncio.get_running_loop().call_later(interval_s / 2, self._show_life)

    def _machine(self) -> Mapping[str, tuple[Interface, ...]]:
        return {one.name: one.addresses for one in self.host.interfaces}

    def _timed(self, config: RouterConfig) -> RouterConfig:
        """The configuration with the time of day, by which keys have their lifetimes."""
        protocols = {
            name: replace(one, settings=with_clock(one.settings, self.epoch_ns))
            for name, one in config.protocols.items()
        }
        return replace(config, protocols=protocols)

    def _take(self, file: RouterFile, config: RouterConfig) -> None:
        """Let the router have a configuration, and all around it."""
        self.host.receive(ConfigurationChanged(self._timed(config)))
        self.log.follow(file)
        self.history.keep = file.tree.rollback.keep
        self.claimed.permit(file.tree.api.mode, file.tree.api.group)
        self.metrics.serve_soon(file.tree.api.metrics)
        self.glass.serve_soon(file.tree.api.birdwatcher)

    def _reload(self) -> None:
        """SIGHUP: a faulty file is refused and said so, and what runs goes on."""
        if not self.daemon.is_ready:
            self.must_reload = True
            return
        self.log.reopen()
        if self.reloading is None or self.reloading.done():
            loop = asyncio.get_running_loop()
            self.reloading = loop.create_task(self._reload_now(), name="reload")

    async def _reload_now(self) -> None:
        tell_systemd("RELOADING=1")
        try:
            found = await self.configuration.reload()
            status = found.difference.summary
            self.journal.say(Level.INFO, "reloaded", status)
        except (UsageError, OSError) as error:
            status = "the file was refused, what ran goes on"
            self.journal.say(Level.ERROR, "reload refused", f"{status}: {error}")
        tell_systemd("READY=1", status)


def _settling_s(config: RouterConfig) -> float:
    """How long routes of an earlier run stay for protocols to learn theirs."""
    settings = (one.settings for one in config.protocols.values())
    silences = (one.silence_ns for one in settings if isinstance(one, Patient))
    return SETTLING * max(silences, default=0) / SECOND
