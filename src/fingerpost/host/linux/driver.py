"""`Driver`: one machine with sockets and a timer of its own, on the loop that it is made in.

A thread that does not come round, because another one holds the interpreter or the processor, hears
nothing, and has deadlines behind it when it does. Then what came meanwhile is read first and given
in the order of its coming, each datagram at the instant at which it came; so nobody is taken for
silent because we did not listen.
"""

from __future__ import annotations

import asyncio
import threading
from operator import itemgetter
from typing import TYPE_CHECKING

from fingerpost.forwarding.events import TimePassed
from fingerpost.host.linux.alarm import Alarm
from fingerpost.host.linux.carrying import carry
from fingerpost.host.linux.endpoints import Endpoints
from fingerpost.host.linux.pump import Pump

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.forwarding.events import Happened
    from fingerpost.host.linux.connection import StreamEvent
    from fingerpost.host.linux.kernel_interface import KernelInterface
    from fingerpost.host.linux.sockets.datagrams import Received
    from fingerpost.protocol.events import Event, Output
    from fingerpost.protocol.instance import Instance

BUDGET_NS = 20_000_000  # reading alone; it is all that the thread has to do


class Driver:
    """Drives `machine`, the instance `name`.

    `tell` gets what the machine asks and is no affair of sockets, `report` what happens to these.
    `lock` is held while the machine or the set of sockets changes, so that another thread that
    holds it may look at both.
    """

    def __init__(
        self,
        name: str,
        machine: Instance,
        tell: Callable[[list[Output]], None],
        report: Callable[[Happened], None],
        clock: Callable[[], int],
    ) -> None:
        """Open nothing before the machine asks, from within a running loop."""
        self.lock = threading.Lock()
        self.machine = machine
        self.pump = Pump(clock, _nothing, budget_ns=BUDGET_NS)
        self.endpoints = Endpoints(self.pump, self._received, report)
        self.endpoints.start(name, machine.listens)
        self._name = name
        self._tell = tell
        self._clock = clock
        self._last = 0
        self._came: list[tuple[int, Received | StreamEvent]] = []
        self._alarm = Alarm(clock, self._ring)

    def take(self, event: Event) -> None:
        """Give the machine an event, and do all that follows."""
        self._catch_up()
        self._give(event, self._instant())

    def set_interface(self, interface: KernelInterface) -> None:
        """An interface is like this from now on."""
        with self.lock:
            self.endpoints.set_interface(interface)

    def remove_interface(self, name: str) -> None:
        """There is no such interface any more."""
        with self.lock:
            self.endpoints.remove_interface(name)

    def close(self) -> None:
        """Drive it no more."""
        with self.lock:
            self._alarm.cancel()
            self.pump.close()
            self.endpoints.close()

    def _received(self, _: str, received: Received | StreamEvent) -> None:
        if not self._came:
            asyncio.get_running_loop().call_soon(self._catch_up)
        waited_ns = getattr(received, "waited_ns", 0)
        self._came.append((self._clock() - waited_ns, received))

    def _catch_up(self) -> None:
        came, self._came = self._came, []
        for instant, received in sorted(came, key=itemgetter(0)):
            self._give(received, max(instant, self._last))

    def _instant(self) -> int:
        """Now, but before deadlines that were not kept yet: somebody may have to be heard first."""
        now, due = self._clock(), self.machine.next_deadline()
        return now if due is None or due > now else max(due - 1, self._last)

    def _ring(self) -> None:
        asyncio.get_running_loop().call_soon(self._pass_time)  # sockets seen readable come first

    def _pass_time(self) -> None:
        self._catch_up()
        now, due = self._clock(), self.machine.next_deadline()
        if due is None or due > now:
            self._alarm.set(due)
        else:
            self._give(TimePassed(), now)

    def _give(self, event: Event, now: int) -> None:
        told: list[Output] = []
        with self.lock:
            self._last = now
            for output in self.machine.receive(event, now):
                if not carry(self.endpoints, self._name, output):
                    told.append(output)
            self._alarm.set(self.machine.next_deadline())
        if told:
            self._tell(told)


def _nothing() -> None:
    """Do nothing: what is due is done by the alarm."""
