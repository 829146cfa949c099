"""A host without sockets, kernel and clock of its own, and an API that is served from a thread."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from fingerpost.addr import Address, Prefix
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.api.app import application
from fingerpost.api.client import Client
from fingerpost.api.configuration import Configuration
from fingerpost.api.daemon import Daemon
from fingerpost.api.journal import Journal
from fingerpost.api.listening import ClaimedSocket
from fingerpost.api.server import Server
from fingerpost.config.build import build
from fingerpost.config.history import History
from fingerpost.config.load import RouterFile, loads
from fingerpost.forwarding.interface import Interface
from fingerpost.forwarding.route import NextHop
from fingerpost.host.linux.kernel.report import KernelWhy
from fingerpost.host.linux.kernel_interface import KernelInterface
from fingerpost.rib.events import AnnounceRoutes
from fingerpost.rib.route import RibRoute
from fingerpost.router.config import RouterConfig
from fingerpost.router.events import ConfigurationChanged, Event, InterfaceChanged, Output
from fingerpost.router.routing import Routing
from fingerpost.wire.mac import Mac

T = TypeVar("T")
SECOND = 1_000_000_000


def interface(name: str, index: int, *addresses: str, is_up: bool = True) -> KernelInterface:
    made = Interface(
        name,
        index,
        Mac(bytes([2, 0, 0, 0, 0, index])),
        addresses=tuple(InterfaceAddress(one) for one in addresses),
        is_up=is_up,
    )
    return KernelInterface(made, has_carrier=is_up)


class StandingHost:
    """Where a routing process stands in tests."""

    def __init__(self, *interfaces: KernelInterface) -> None:
        self.routing = Routing("standing", random.Random(1))
        self.interfaces = interfaces
        self.kernel: dict[Prefix, str] = {}
        self.refusal: KernelWhy | None = None
        self.observe: Callable[[tuple[Output, ...]], None] = lambda _: None
        for one in interfaces:
            self.receive(InterfaceChanged(one.interface))

    def now(self) -> int:
        return time.monotonic_ns()

    def receive(self, event: Event) -> None:
        self.observe(tuple(self.routing.receive(event, self.now())))

    async def kernel_why(self, table: str, prefix: Prefix) -> KernelWhy | None:
        held = self.kernel.get(prefix)
        return KernelWhy(prefix, held, held) if table == "main" and held else self.refusal

    def counters(self) -> Mapping[str, Mapping[str, int]]:
        return {}

    def announce(self, source: str, *prefixes: str | Prefix, via: str = "10.0.0.9") -> None:
        hops = (NextHop("eth0", Address(via)),)
        routes = tuple(RibRoute(Prefix(one), source, 120, 2, hops) for one in prefixes)
        self.observe(tuple(self.routing.announce(AnnounceRoutes(routes), self.now())))


class Running:
    """A daemon whose API is served from another thread; `call` runs something in that thread."""

    def __init__(self, daemon: Daemon, client: Client, loop: asyncio.AbstractEventLoop) -> None:
        self.daemon, self.client, self._loop = daemon, client, loop

    def call(self, function: Callable[[], T]) -> T:
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(function())
            except BaseException as error:
                done.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        return done.result(10)


TEXT = """
router: {name: standing, id: 10.255.0.1}
"""


def daemon_on(host: StandingHost, folder: Path, text: str | None = None) -> Daemon:
    """A daemon that keeps its history in `folder`; without `text`, the host stays as it is."""
    journal, file = Journal(), loads(text or TEXT, "standing.yaml")
    history = History(folder / "history")
    history.run(history.propose(file.text, time.time_ns(), "standing.yaml").number)

    def take(_: RouterFile, config: RouterConfig) -> None:
        host.receive(ConfigurationChanged(config))

    def machine() -> Mapping[str, tuple[InterfaceAddress, ...]]:
        return {one.name: one.addresses for one in host.interfaces}

    configuration = Configuration(file, history, journal, take, machine)
    daemon = Daemon("standing", host, configuration, journal)
    host.observe = daemon.observe
    if text is not None:
        take(file, build(file))
    daemon.is_ready = True
    return daemon


@contextmanager
def serving(daemon: Daemon, folder: Path) -> Iterator[Running]:
    """Serve the API of a daemon for as long as the context lasts."""
    started: Future[asyncio.AbstractEventLoop] = Future()
    path = folder / "api.sock"

    async def serve() -> None:
        with ClaimedSocket(path) as claimed:
            server = Server(application(daemon), claimed.socket)
            await server.start()
            started.set_result(asyncio.get_running_loop())
            while not daemon.is_closing:
                await asyncio.sleep(0.01)
            await server.stop()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield Running(daemon, Client(str(path), timeout=10), started.result(10))
    finally:
        daemon.is_closing = True
        thread.join(10)
