"""`InterfaceWatcher`: the machine's interfaces and addresses, and every change of them, live.

It first hears, then asks for everything, so that nothing falls between. Where the kernel had to
drop messages (ENOBUFS), where an answer was torn by a change, or where something went away while
the answer was under way, it asks again; what was not told then is gone. Changes are gathered for
`gather_ns` and then told at once: a storm costs its readers little, and no loss in it is missed
(`watch.view`). The first loss after a quiet time is told after `SOON_NS`, together with those that
the kernel tells in the same breath: traffic waits for it. At most `AT_ONCE` datagrams are read
before others have their turn.
"""

from __future__ import annotations

import asyncio
import errno
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.host.linux.watch.decode import read
from fingerpost.host.linux.watch.netlink import BUFFER, Asked, LinkSocket, Overrun
from fingerpost.host.linux.watch.speed import SpeedReader
from fingerpost.host.linux.watch.told import (
    AddressGone,
    DumpDone,
    LinkGone,
    LinkTold,
    Refused,
    Unread,
)
from fingerpost.host.linux.watch.view import View

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.host.linux.kernel_interface import InterfaceChange, KernelInterface
    from fingerpost.host.linux.watch.told import Told

SECOND = 1_000_000_000
AT_ONCE = 16
GATHER_NS = 20_000_000
SOON_NS = 2_000_000  # an interface that goes down loses its addresses of IPv6 first
AGAIN_NS = 100_000_000  # between one question for everything and the next


class InterfaceWatcher:
    """Tells `on_change` of what changed, in order, in batches, from `start` to `stop`.

    `interfaces` is what was told so far. `counters`: "messages", "dumps", "overruns" (the kernel
    dropped messages), "unread" (messages that could not be read), "refused" (questions).
    """

    def __init__(
        self,
        on_change: Callable[[tuple[InterfaceChange, ...]], None],
        *,
        gather_ns: int = GATHER_NS,
        buffer: int = BUFFER,
    ) -> None:
        """`buffer`: bytes of room for what the kernel tells faster than it is read."""
        self.counters: Counter[str] = Counter()
        self._on_change = on_change
        self._gather_ns = gather_ns
        self._buffer = buffer
        self._view = View()
        self._socket: LinkSocket | None = None
        self._speeds: SpeedReader | None = None
        self._asked: tuple[int, Asked] | None = None
        self._must_ask_again = False
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._told_at = float("-inf")  # by the loop's clock, in seconds
        self._is_complete: asyncio.Future[None] | None = None

    @property
    def interfaces(self) -> tuple[KernelInterface, ...]:
        """All interfaces as they were last told, by index."""
        return self._view.told

    async def start(self) -> None:
        """Open the socket in this thread's network namespace and tell all interfaces once.

        Returns when `on_change` was told of them. Raises `OSError` where there is no netlink, and
        whatever `on_change` raises then.
        """
        loop = asyncio.get_running_loop()
        self._is_complete = loop.create_future()
        self._socket = LinkSocket(self._buffer)
        self._speeds = SpeedReader()
        loop.add_reader(self._socket.fileno(), self._read)
        self._ask()
        await self._is_complete

    def stop(self) -> None:
        """Close the socket; nothing is told any more. Stopping twice does nothing."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None
        if self._speeds is not None:
            self._speeds.close()
            self._speeds = None
        if self._is_complete is not None and not self._is_complete.done():
            self._is_complete.cancel()

    # -- reading -------------------------------------------------------------------------------

    def _read(self) -> None:
        for _ in range(AT_ONCE):
            if self._socket is None:
                return
            try:
                data = self._socket.receive()
            except Overrun:
                self.counters["overruns"] += 1
                self._need_all()
                continue
            if data is None:
                break
            for told in read(data):
                self.counters["messages"] += 1
                self._take(told)
        if self._view.has_changes:
            self._gather()

    def _take(self, told: Told) -> None:
        match told:
            case DumpDone(sequence, is_torn):
                self._answered(sequence, is_torn=is_torn)
            case Refused(sequence, error):
                self._refused(sequence, error)
            case Unread():
                self.counters["unread"] += 1
            case LinkTold() if self._speeds is not None:
                self._view.apply(replace(told, speed=self._speeds.read(told.name)))
            case _:
                if isinstance(told, LinkGone | AddressGone) and self._asked is not None:
                    # it may stand in a part of the answer that was written before and comes later
                    self._must_ask_again = True
                self._view.apply(told)

    # -- asking for everything -----------------------------------------------------------------

    def _need_all(self) -> None:
        """Ask for everything, as soon as an answer that is under way is complete."""
        if self._asked is not None:
            self._must_ask_again = True
        else:
            self._later("ask", AGAIN_NS, self._ask)

    def _ask(self) -> None:
        self._must_ask_again = False
        self.counters["dumps"] += 1
        self._view.begin_sweep()
        self._ask_for(Asked.LINKS)

    def _ask_for(self, what: Asked) -> None:
        assert self._socket is not None
        try:
            self._asked = (self._socket.ask(what), what)
        except OSError:
            self._asked = None
            self.counters["refused"] += 1
            self._need_all()

    def _answered(self, sequence: int, *, is_torn: bool) -> None:
        if self._asked is None or self._asked[0] != sequence:
            return
        self._must_ask_again |= is_torn
        if self._asked[1] is Asked.LINKS:
            self._ask_for(Asked.ADDRESSES)
            return
        self._asked = None
        if self._must_ask_again:
            self._need_all()
        else:
            self._view.end_sweep()
        if self._is_complete is not None and not self._is_complete.done():
            try:
                self._tell()  # even what a change has torn: those who wait get the rest as changes
            except Exception as error:  # or whoever started us would wait for ever
                self._is_complete.set_exception(error)
            else:
                self._is_complete.set_result(None)

    def _refused(self, sequence: int, error: int) -> None:
        """A question failed; EBUSY: the answer to an earlier one is still under way."""
        if error == 0 or self._asked is None or self._asked[0] != sequence:
            return
        self.counters["refused"] += 1
        self._asked = None
        is_waited_for = self._is_complete is not None and not self._is_complete.done()
        if error == errno.EBUSY or not is_waited_for:
            self._need_all()
        elif self._is_complete is not None:
            self._is_complete.set_exception(OSError(error, "the kernel tells no interfaces"))

    # -- telling -------------------------------------------------------------------------------

    def _gather(self) -> None:
        if self._is_complete is None or not self._is_complete.done():
            return
        after_ns = self._gather_ns
        quiet_s = asyncio.get_running_loop().time() - self._told_at
        if quiet_s * SECOND >= self._gather_ns and self._view.has_losses:
            after_ns = min(SOON_NS, self._gather_ns)
            timer = self._timers.get("tell")
            if timer is not None and self._is_later(timer, after_ns):
                timer.cancel()
                del self._timers["tell"]
        self._later("tell", after_ns, self._tell)

    @staticmethod
    def _is_later(timer: asyncio.TimerHandle, after_ns: int) -> bool:
        return timer.when() > asyncio.get_running_loop().time() + after_ns / SECOND

    def _tell(self) -> None:
        self._told_at = asyncio.get_running_loop().time()
        changes = self._view.take_changes()
        if changes:
            self._on_change(tuple(changes))

    def _later(self, name: str, after_ns: int, call: Callable[[], None]) -> None:
        """Call once, after a while, whatever is asked meanwhile."""
        if name in self._timers or self._socket is None:
            return

        def due() -> None:
            del self._timers[name]
            call()

        loop = asyncio.get_running_loop()
        self._timers[name] = loop.call_later(after_ns / SECOND, due)
