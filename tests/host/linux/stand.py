"""A `LinuxHost` in a namespace, in a thread of its own, and what is seen of it from outside."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from random import Random
from typing import TypeVar

from fingerpost.addr import Prefix
from fingerpost.forwarding.events import Happened
from fingerpost.host.linux.kernel.report import Done, KernelWhy, Refusal
from fingerpost.host.linux.runner import LinuxHost
from fingerpost.host.linux.table_writer import KernelTable
from fingerpost.rib.events import Change
from fingerpost.rip import RipConfig, RipInterface, RipTimers
from fingerpost.router import ProtocolConfig, RouterConfig, Routing
from linux.inside import inside
from netns import Namespace

T = TypeVar("T")
MS = 1_000_000
QUICK = RipTimers(
    update_ns=400 * MS,
    jitter_ns=40 * MS,
    timeout_ns=1600 * MS,
    garbage_ns=800 * MS,
    triggered_least_ns=20 * MS,
    triggered_most_ns=60 * MS,
    first_most_ns=50 * MS,
)


def rip(*interfaces: str, kind: str = "rip", **fields: object) -> ProtocolConfig:
    """RIP on some interfaces, with short times if no others are given."""
    links = tuple(RipInterface(name) for name in interfaces)
    settings = RipConfig(links, **{"timers": QUICK, **fields})  # type: ignore[arg-type]
    return ProtocolConfig(kind, settings)


def _is_connected(change: Change) -> bool:
    """Whether it is the kernel's own affair, before and after."""
    routes = [one for one in (change.before, change.after) if one is not None]
    return all(one.source.startswith("connected") for one in routes)


class Table:
    """What the kernel would forward by: `failures` of its next calls fail, `hold` stops them."""

    def __init__(self) -> None:
        self.routes: dict[Prefix, str] = {}
        self.left: dict[Prefix, str] = {}  # by an earlier run
        self.batches: list[int] = []
        self.calls: list[str] = []
        self.failures = 0
        self.refusals: list[Refusal] = []
        self.is_held = False
        self.is_behind = False
        self.cuts = 0  # so many of the next calls leave something undone
        self.hold = threading.Event()
        self.hold.set()
        self.near, self.far = socket.socketpair()

    def fileno(self) -> int:
        return self.near.fileno()

    def adopt(self) -> None:
        self.calls.append("adopt")
        self.routes.update(self.left)

    def interface_changed(self) -> None:
        self.calls.append("interface")

    def want(self, changes: Iterable[Change]) -> None:
        known = list(changes)
        if all(_is_connected(change) for change in known):
            return
        self.batches.append(len(known))
        for change in known:
            if change.after is None or change.after.source.startswith("connected"):
                self.routes.pop(change.prefix, None)
            else:
                hops = (f"{hop.gateway} dev {hop.interface}" for hop in change.after.next_hops)
                self.routes[change.prefix] = ", ".join(hops)
                self.left.pop(change.prefix, None)

    def sync(self, most: int | None = None) -> Done:
        self.is_behind = self.cuts > 0 and most is not None
        self.cuts -= self.is_behind
        self.is_held = not self.hold.is_set()
        assert self.hold.wait(10)
        self.is_held = False
        self.calls.append("sync")
        with contextlib.suppress(BlockingIOError):
            self.near.recv(100, socket.MSG_DONTWAIT)
        if self.failures:
            self.failures -= 1
            raise OSError("the table is not to be had")
        return Done(refused=len(self.refusals))

    def sweep(self) -> Done:
        self.calls.append("sweep")
        for prefix in self.left:
            self.routes.pop(prefix, None)
        return self.sync()

    def withdraw(self) -> None:
        self.calls.append("withdraw")
        self.routes.clear()

    def refused(self, limit: int = 1000) -> list[Refusal]:
        return self.refusals[:limit]

    def close(self) -> None:
        self.near.close()
        self.far.close()

    @property
    def shown(self) -> dict[str, str]:
        return {str(prefix): hops for prefix, hops in sorted(self.routes.items())}

    def why(self, prefix: Prefix) -> KernelWhy:
        return KernelWhy(prefix, None, None)


class Stand:
    """The host, seen from another thread."""

    def __init__(
        self,
        space: Namespace,
        config: RouterConfig,
        settles_s: float = 60,
        make: Callable[[], KernelTable] | None = None,
    ) -> None:
        """`make` makes the table in the namespace, in place of one that only remembers."""
        self.space = space
        self.table = Table()
        self._make = make or (lambda: self.table)
        self._settles_s = settles_s
        self.happened: list[Happened] = []
        self.host: LinuxHost
        self._config = config
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        with inside(self.space):
            asyncio.set_event_loop(self._loop)
            try:
                self._loop.run_until_complete(self._start())
            except BaseException as error:
                self._failed = error
                self._loop.close()
                return
            finally:
                self._started.set()
            self._loop.run_forever()
            self._loop.close()

    async def _start(self) -> None:
        routing = Routing(self.space.name, Random(7))
        self.host = LinuxHost(
            routing,
            {"main": self._make()},
            on_happened=self.happened.append,
            settles_s=self._settles_s,
        )
        await self.host.start(self._config)

    def start(self) -> Stand:
        self._thread.start()
        assert self._started.wait(10)
        if self._failed is not None:
            raise self._failed
        return self

    def ask(self, question: Callable[[LinuxHost], T]) -> T:
        """Ask in the host's thread."""

        async def asked() -> T:
            return question(self.host)

        return asyncio.run_coroutine_threadsafe(asked(), self._loop).result(10)

    @property
    def wrong(self) -> list[Happened]:
        """What went wrong, without neighbours and interfaces that came and went."""
        last = {"ignored", "failed", "refused", "expired", "send"}
        return [one for one in self.happened if one.kind.rpartition(" ")[2] in last]

    def stop(self, *, is_polite: bool = True) -> None:
        asyncio.run_coroutine_threadsafe(self.host.stop(is_polite=is_polite), self._loop).result(10)

    def end(self) -> None:
        if self._failed is None:
            self.stop(is_polite=False)
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self.table.close()


@contextmanager
def standing(
    space: Namespace,
    config: RouterConfig,
    settles_s: float = 60,
    make: Callable[[], KernelTable] | None = None,
) -> Iterator[Stand]:
    """A host that runs until the end of the block."""
    stand = Stand(space, config, settles_s, make)
    try:
        yield stand.start()
    finally:
        stand.end()
