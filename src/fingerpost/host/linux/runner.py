"""`LinuxHost`: a `Routing` on the machine it runs on, driven by asyncio.

What comes in: interfaces and addresses (`interfaces`), datagrams (`endpoints`, by way of `pump`),
time (`alarm`), and what the operator asks (`receive`). What goes out is carried out in the order in
which the routing process gave it: sockets are opened, datagrams sent; what is to be forwarded by is
handed to the kernel's table in a thread of its own (`table_writer`), so that a full table does not
stop the protocols. What owes packets within milliseconds, BFD, has a thread too (`aside`), so that
nothing stops it. All else runs in the loop's thread, in the network namespace that it is in.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from fingerpost.forwarding.events import Happened, TimePassed
from fingerpost.host.linux.alarm import Alarm
from fingerpost.host.linux.aside import Aside
from fingerpost.host.linux.carrying import carry
from fingerpost.host.linux.endpoints import Endpoints
from fingerpost.host.linux.interfaces import InterfaceWatcher
from fingerpost.host.linux.pump import BUDGET_NS, Pump
from fingerpost.host.linux.table_writer import TableWriter
from fingerpost.router.events import (
    ConfigurationChanged,
    EndAnnounced,
    FibChanged,
    FromProtocol,
    InterfaceChanged,
    InterfaceRemoved,
    ProtocolStarted,
    ProtocolStopped,
    RestartRequested,
    ShutdownRequested,
    ToProtocol,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fingerpost.addr import Prefix
    from fingerpost.host.linux.connection import StreamEvent
    from fingerpost.host.linux.kernel.report import KernelWhy
    from fingerpost.host.linux.kernel_interface import InterfaceChange, KernelInterface
    from fingerpost.host.linux.sockets.datagrams import Received
    from fingerpost.host.linux.table_writer import KernelTable
    from fingerpost.router.config import RouterConfig
    from fingerpost.router.events import Event, Output
    from fingerpost.router.kinds import Start
    from fingerpost.router.routing import Routing

SETTLES_S = 45.0  # more than a whole update interval of RIP (RFC 2453 3.8)
RESTARTS_S = 2.0  # how often it is asked whether restarts are over, and what they take then
LAST_WORDS_S = 1.0  # how long what is still to be sent is waited for at the end
SECOND = 1_000_000_000


def _nobody(_: object) -> None:
    """Tell nobody."""


class LinuxHost:
    """Runs `routing`; `tables` are the kernel's for those of its tables that are forwarded by.

    `on_happened` hears all that is worth telling, in order; `observe` hears that and all else that
    the routing process asks for, before it is done. `clock` gives nanoseconds and never goes back.
    Routes that an earlier run left in the kernel stay, unless others replace them, until the
    protocols have had `settles_s` to learn theirs. Call all of this from the loop's thread.
    """

    def __init__(
        self,
        routing: Routing,
        tables: Mapping[str, KernelTable] | None = None,
        *,
        on_happened: Callable[[Happened], None] = _nobody,
        observe: Callable[[tuple[Output, ...]], None] = _nobody,
        clock: Callable[[], int] = time.monotonic_ns,
        budget_ns: int = BUDGET_NS,
        settles_s: float = SETTLES_S,
    ) -> None:
        """Make one that does nothing yet, from within a running loop."""
        self.routing = routing
        self.on_happened = on_happened
        self.observe = observe
        self._clock = clock
        self.alarm = Alarm(clock, self._pass_time)
        self.pump = Pump(clock, self._pass_time, budget_ns=budget_ns)
        self.watcher = InterfaceWatcher(self._interfaces_changed)
        self.endpoints = Endpoints(self.pump, self._received, self._report)
        self.tables = {
            name: TableWriter(table, self._report) for name, table in (tables or {}).items()
        }
        self._asides: list[Aside] = []
        routing.run_aside = self._run_aside
        self._settles_s = settles_s
        self._settling: asyncio.TimerHandle | None = None
        self._is_running = self._is_started = False

    @property
    def interfaces(self) -> tuple[KernelInterface, ...]:
        """The machine's interfaces, by index."""
        return self.watcher.interfaces

    def now(self) -> int:
        """The instant that the routing process would be told now."""
        return self._clock()

    # -- the way in ----------------------------------------------------------------------------

    async def start(
        self, config: RouterConfig, resumed: Callable[[int], RouterConfig] | None = None
    ) -> None:
        """Take the machine's interfaces and this configuration, and run until `stop`.

        `resumed` gives another in its place once it is known how many routes an earlier run left.
        Raises `OSError` where the kernel tells neither interfaces nor routes, `UsageError` for a
        configuration that cannot be; nothing runs then.
        """
        self._is_running = True
        try:
            left = sum([await table.start() for table in self.tables.values()])
            if resumed is not None:
                config = resumed(left)
            await self.watcher.start()
            self._is_started = True
            self.receive(ConfigurationChanged(config))
        except BaseException:
            self._close()
            for table in self.tables.values():
                await table.close(withdraws=False)
            raise
        wait_s = self._settles_s if config.protocols else 0
        self._settling = asyncio.get_running_loop().call_later(wait_s, self._settle)

    async def prepare(self, wait_s: float) -> dict[str, Mapping[str, object]]:
        """Let neighbours wait for the next run: asked, and until all know it or time is over.

        Gives what the instances of the next run have to know, by name. `stop` has to follow.
        """
        self.receive(RestartRequested())
        waiting = self.routing.restartable.values()
        end = self._clock() + int(wait_s * SECOND)
        while not all(one.is_prepared for one in waiting) and self._clock() < end:
            await asyncio.sleep(0.01)
        return self.routing.keep()

    async def give_way(self) -> None:
        """Let traffic go round us, for as long as protocols want it. `stop` has to follow."""
        if wait_ns := self.routing.gives_way_ns:
            self.receive(EndAnnounced())
            await asyncio.sleep(wait_ns / SECOND)

    def _settle(self, *, was_restarting: bool = False) -> None:
        """Remove what nobody wants; while an instance restarts nobody knows what that is."""
        is_restarting = any(one.is_restarting for one in self.routing.restartable.values())
        if is_restarting or was_restarting:
            loop = asyncio.get_running_loop()
            again = partial(self._settle, was_restarting=is_restarting)
            self._settling = loop.call_later(RESTARTS_S, again)
            return
        for table in self.tables.values():
            table.sweep()

    async def kernel_why(self, table: str, prefix: Prefix) -> KernelWhy | None:
        """What the kernel has for a prefix of a table; None for a table that is not installed."""
        held = self.tables.get(table)
        return None if held is None else await held.ask(lambda one: one.why(prefix))

    def receive(self, event: Event) -> None:
        """Hand the routing process an event, and do all that follows."""
        try:
            outputs = self.routing.receive(event, self._clock())
            self.observe(tuple(outputs))
            self._carry(outputs)
        finally:
            self.alarm.set(self.routing.next_deadline())

    async def stop(self, *, is_polite: bool = True) -> None:
        """Stop. Politely: neighbours are told that nothing can be reached through us any more, and
        all our routes leave the kernel; otherwise both are left as they are. Stopping twice does
        nothing.
        """
        if not self._is_running:
            return
        self._is_running = False
        self.watcher.stop()
        self.receive(ShutdownRequested(is_polite))
        await self._say_last_words()
        for table in self.tables.values():
            await table.close(withdraws=is_polite)
        self._close()

    async def _say_last_words(self) -> None:
        end = self._clock() + int(LAST_WORDS_S * SECOND)
        while self.endpoints.has_waiting and self._clock() < end:
            await asyncio.sleep(0.01)

    def _close(self) -> None:
        self._is_running = False
        self.watcher.stop()
        if self._settling is not None:
            self._settling.cancel()
        self.alarm.cancel()
        self.pump.close()
        self.endpoints.close()
        for one in self._asides:
            one.close()

    def _run_aside(self, name: str, start: Start) -> Aside:
        """Let an instance run in a thread of its own; `ShutdownRequested` ends both."""
        machine = start(Random(secrets.randbits(64)))
        one = Aside(name, machine, self.interfaces, self._pass_time, self._report, self._clock)
        self._asides = [other for other in self._asides if not other.is_over] + [one]
        return one

    # -- what comes ----------------------------------------------------------------------------

    def _pass_time(self) -> None:
        deadline = self.routing.next_deadline()
        if deadline is None or deadline > self._clock():
            self.alarm.set(deadline)
            return
        try:
            self.receive(TimePassed())
        except Exception:  # the loop tells it; what is due is tried again, and not all the time
            self.alarm.set(self._clock() + SECOND)
            raise

    def _interfaces_changed(self, changes: Iterable[InterfaceChange]) -> None:
        """What goes down is told before its sockets close, what comes up after it is known."""
        for change in changes:
            self._tell_interface(change)
            if change.after is None:
                self.receive(InterfaceRemoved(change.name))
                for one in self._socket_holders():
                    one.remove_interface(change.name)
            elif change.after.is_up:
                self._set_interface(change.after)
                self.receive(InterfaceChanged(change.after.interface))
            else:
                self.receive(InterfaceChanged(change.after.interface))
                self._set_interface(change.after)
        for table in self.tables.values():
            table.interface_changed()

    def _socket_holders(self) -> tuple[Endpoints | Aside, ...]:
        return (self.endpoints, *self._asides)

    def _set_interface(self, interface: KernelInterface) -> None:
        for one in self._socket_holders():
            one.set_interface(interface)

    def _tell_interface(self, change: InterfaceChange) -> None:
        """Say that one comes or goes; those that were there at the start are no news."""
        kind = change.happened
        if kind is not None and self._is_started:
            self._report(Happened(f"interface {kind}", change.name, change.detail))

    def _received(self, instance: str, received: Received | StreamEvent) -> None:
        self.receive(ToProtocol(instance, received))

    # -- what goes -----------------------------------------------------------------------------

    def _carry(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            match output:
                case FromProtocol(name, asked):
                    carry(self.endpoints, name, asked)
                case FibChanged(table, changes):
                    if table in self.tables:
                        self.tables[table].write(changes)
                case Happened():
                    self.on_happened(output)
                case ProtocolStarted(name, listens):
                    self.endpoints.start(name, listens)
                case ProtocolStopped(name):
                    self.endpoints.stop(name)

    def _report(self, happened: Happened) -> None:
        """Tell what happened to the host itself."""
        self.observe((happened,))
        self.on_happened(happened)

    # -- looking -------------------------------------------------------------------------------

    def counters(self) -> dict[str, dict[str, int]]:
        """What the host counts, by part and name, for people and machines."""
        return {
            "netlink": dict(self.watcher.counters),
            "turns": self._counted(lambda _, pump: dict(pump.counters)),
            "sockets": self._counted(lambda endpoints, _: endpoints.socket_counters()),
            "failures": self._counted(lambda endpoints, _: dict(endpoints.counters)),
            **{f"kernel {name}": dict(one.counters) for name, one in self.tables.items()},
        }

    def _counted(self, ask: Callable[[Endpoints, Pump], Mapping[str, int]]) -> dict[str, int]:
        counted = Counter(ask(self.endpoints, self.pump))
        for one in self._asides:
            counted.update(one.look(ask))
        return dict(counted)

    def snapshot(self) -> dict[str, Any]:
        """The same with each socket, as plain data, for JSON."""
        return {
            **self.counters(),
            "sockets": [
                *_sockets(self.endpoints, self.pump),
                *(found for one in self._asides for found in one.look(_sockets)),
            ],
            "streams": [
                *_streams(self.endpoints, self.pump),
                *(found for one in self._asides for found in one.look(_streams)),
            ],
        }


def _sockets(endpoints: Endpoints, _: Pump) -> list[dict[str, Any]]:
    """Each socket that is open, as plain data."""
    return [
        {
            "interface": one.interface,
            "family": one.family,
            "kind": type(one).__name__,
            "counters": dict(one.counters),
        }
        for one in endpoints.sockets
    ]


def _streams(endpoints: Endpoints, _: Pump) -> list[dict[str, Any]]:
    """Each TCP connection, as plain data."""
    return [one.as_dict() for one in endpoints.streams.connections]
