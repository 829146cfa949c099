"""`Aside`: an instance that cannot wait for the others, driven by a thread of its own.

The thread has a loop, sockets and a timer (`driver`), and nobody else drives the machine, which is
the one that stands in a `Routing` elsewhere. In its place stands the `Aside`: what the routing
process tells it is queued for the thread, in order; what the machine tells in turn is queued for
the routing process, whose loop is woken, and comes out of the next `receive`. Who looks at the
machine does so between two of its events.

Threads of one process share Python's interpreter; while there is an `Aside`, `turns` keeps short
how long it is waited for.

A fault of the machine ends it for good: it says its farewell if it can, clients hear that it
reaches nobody any more, and the fault is told to the loop that it was started from.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar

from fingerpost.forwarding.events import Happened, TimePassed
from fingerpost.host.linux.driver import Driver
from fingerpost.host.linux.turns import Turns
from fingerpost.protocol.events import NeighborReachability, ShutdownRequested, TellClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fingerpost.addr import Prefix
    from fingerpost.host.linux.endpoints import Endpoints
    from fingerpost.host.linux.kernel_interface import KernelInterface
    from fingerpost.host.linux.pump import Pump
    from fingerpost.protocol.events import Event, Output
    from fingerpost.protocol.instance import Answer, Instance
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.verdict import Filter

T = TypeVar("T")

END_S = 2.0


class Aside:
    """The instance `name`, whose `machine` nobody else drives; itself an `Instance`.

    `wake` is called in the running loop when something can be taken out by `receive`, `report`
    there when something happened to a socket. `clock` gives nanoseconds.
    """

    def __init__(
        self,
        name: str,
        machine: Instance,
        interfaces: Iterable[KernelInterface],
        wake: Callable[[], None],
        report: Callable[[Happened], None],
        clock: Callable[[], int],
    ) -> None:
        """Start the thread, in the network namespace of this one.

        Raises `OSError` where the system has no room for its loop.
        """
        self.name = name
        self.failure: BaseException | None = None
        self._machine = machine
        self._wake = wake
        self._report = report
        self._clock = clock
        self._main = asyncio.get_running_loop()
        self._told: deque[Output] = deque()
        self._reached: dict[tuple[str, object], TellClient] = {}
        self._has_begun = threading.Event()
        self._turns = Turns()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()
        self._has_begun.wait()
        if self.failure is not None:
            raise self.failure
        self._turns.begin()
        for one in interfaces:
            self.set_interface(one)

    # -- as the routing process sees it --------------------------------------------------------

    @property
    def listens(self) -> tuple[()]:
        """Nothing that anybody else has to open."""
        return ()

    def receive(self, event: Event, now: int) -> list[Output]:
        """Queue an event; gives what the machine told since the last time.

        `ShutdownRequested` waits for the end of the thread. Times are those of the thread.
        """
        del now
        if isinstance(event, ShutdownRequested):
            self._post(self._driver.take, event)
            self.close()
        elif not isinstance(event, TimePassed):
            self._post(self._driver.take, event)
        told: list[Output] = []
        while self._told:
            told.append(self._told.popleft())
        return told

    def next_deadline(self) -> int | None:
        """The beginning of time while something waits to be taken out."""
        return 0 if self._told else None

    def snapshot(self, now: int | None = None) -> Mapping[str, object]:
        """What the machine knows, with `failed` where a fault has ended it."""
        with self._driver.lock:
            known = self._machine.snapshot(now)
        return known if self.failure is None else {**known, "failed": _in_words(self.failure)}

    def explain(self, prefix: Prefix) -> Answer:
        """As the machine does."""
        with self._driver.lock:
            return self._machine.explain(prefix)

    def explain_told(self, prefix: Prefix, offered: RibRoute | None) -> Answer:
        """As the machine does."""
        with self._driver.lock:
            return self._machine.explain_told(prefix, offered)

    def policies(self) -> Iterable[tuple[str, Filter]]:
        """As the machine has them."""
        with self._driver.lock:
            return tuple(self._machine.policies())

    # -- as the host sees it -------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """Whether the thread has ended."""
        return not self._thread.is_alive()

    def set_interface(self, interface: KernelInterface) -> None:
        """An interface is like this from now on."""
        self._post(self._driver.set_interface, interface)

    def remove_interface(self, name: str) -> None:
        """There is no such interface any more."""
        self._post(self._driver.remove_interface, name)

    def look(self, question: Callable[[Endpoints, Pump], T]) -> T:
        """Ask about its sockets, of which none comes or goes meanwhile."""
        with self._driver.lock:
            return question(self._driver.endpoints, self._driver.pump)

    def close(self) -> None:
        """End the thread when it has done what it was told; nothing if it has ended."""
        self._post(self._ended.set)
        self._thread.join(END_S)
        self._turns.end()

    def _post(self, call: Callable[..., object], *values: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(call, *values)

    # -- in the thread -------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            asyncio.run(self._drive())
        except OSError as error:  # there is no room for a loop
            self.failure = error
            self._has_begun.set()

    async def _drive(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(self._caught)
        self._ended = asyncio.Event()
        self._driver = Driver(self.name, self._machine, self._tell, self._sent_up, self._clock)
        self._has_begun.set()
        await self._ended.wait()
        self._driver.close()

    def _tell(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            if isinstance(output, TellClient):
                place = (output.client, (output.event.interface, output.event.address))
                self._reached.pop(place, None)
                if output.event.is_up:
                    self._reached[place] = output
            self._told.append(output)
        self._call(self._wake)

    def _sent_up(self, happened: Happened) -> None:
        self._call(self._report, happened)

    def _call(self, call: Callable[..., object], *values: object) -> None:
        """Have something called in the loop that all this was started from."""
        with contextlib.suppress(RuntimeError):  # that is closed, and nobody listens
            self._main.call_soon_threadsafe(call, *values)

    def _caught(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """End, because of what a callback raised."""
        if self.failure is not None:
            return
        self.failure = context.get("exception") or RuntimeError(str(context.get("message")))
        with contextlib.suppress(Exception):  # it may not be able to
            self._driver.take(ShutdownRequested())
        said = f"{self.name} has ended by a fault"
        reason = f"{said}: {_in_words(self.failure)}"
        self._tell([_reached_no_more(one, reason) for one in tuple(self._reached.values())])
        self._tell([Happened("failed", None, reason)])
        fault = {"message": said, "exception": self.failure}
        self._call(self._main.call_exception_handler, fault)
        self._ended.set()


def _reached_no_more(told: TellClient, reason: str) -> TellClient:
    """What takes back that a neighbour is reached: nobody knows."""
    before = told.event
    after = NeighborReachability(before.interface, before.address, False, reason, True)
    return TellClient(told.client, after)


def _in_words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
