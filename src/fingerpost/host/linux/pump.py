"""`Pump`: what many sockets have for those who take it, so that nobody starves.

A socket that becomes readable stands in a queue, once. In each turn of the event loop the queue is
served in order, a few datagrams or one piece of a stream a socket, for at most `budget_ns`; then
timers, the API and whatever else the loop has come first, and the rest waits for the next turn.
That one comes `COURTESY` turns of the loop later: who asks the API needs several of them for an
answer, which are short, and does not wait for a turn of ours in between each.
What is due by time is done at the beginning of each turn, before more is read. What comes faster
than this waits in the kernel, which drops datagrams beyond its buffer and counts, and has those at
the other end of streams wait.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

BATCH = 4
BUDGET_NS = 5_000_000
COURTESY = 6

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Served(Protocol[T_co]):
    """What a pump serves: a descriptor with something to take, and perhaps something to send."""

    @property
    def has_waiting(self) -> bool:
        """Whether something waits until the descriptor is writable."""
        ...

    def fileno(self) -> int:
        """The descriptor."""
        ...

    def receive(self, limit: int) -> Sequence[T_co] | None:
        """Give at most `limit` of what there is; None: nothing before it is readable again."""
        ...

    def flush(self) -> None:
        """The descriptor is writable. May raise `OSError`, having counted it."""
        ...


class Pump:
    """Serves sockets on the running event loop. `clock` gives nanoseconds.

    `due` is called at the beginning of each turn. `counters`: "turns", "cut short" (turns that
    left something for the next), "datagrams" (and what else was taken).
    """

    def __init__(
        self, clock: Callable[[], int], due: Callable[[], None], *, budget_ns: int = BUDGET_NS
    ) -> None:
        """Make one without sockets, from within a running loop."""
        self.counters: Counter[str] = Counter()
        self._clock = clock
        self._due = due
        self._budget_ns = budget_ns
        self._loop = asyncio.get_running_loop()
        self._takers: dict[Served[Any], Callable[[Any], None]] = {}
        self._ready: deque[Served[Any]] = deque()
        self._standing: set[Served[Any]] = set()  # those in `_ready`
        self._next: asyncio.Handle | None = None

    def watch(self, opened: Served[T], take: Callable[[T], None]) -> None:
        """Give what comes to a socket to `take`, one by one."""
        self._takers[opened] = take
        if opened not in self._standing:
            self._loop.add_reader(opened.fileno(), self._is_readable, opened)

    def flush_when_writable(self, opened: Served[Any]) -> None:
        """Send what waits in a socket that is watched, once there is room."""
        self._loop.add_writer(opened.fileno(), self._is_writable, opened)

    def serve(self, opened: Served[Any]) -> None:
        """Ask a socket that is watched for what it has, though it may not be readable."""
        if opened in self._takers and opened not in self._standing:
            self._is_readable(opened)

    def unwatch(self, opened: Served[Any]) -> None:
        """Serve a socket no more; call it before the socket is closed."""
        if self._takers.pop(opened, None) is not None:
            self._loop.remove_reader(opened.fileno())
            self._loop.remove_writer(opened.fileno())

    def close(self) -> None:
        """Serve nobody any more."""
        for opened in tuple(self._takers):
            self.unwatch(opened)
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _is_readable(self, opened: Served[Any]) -> None:
        self._loop.remove_reader(opened.fileno())  # it stands in the queue until it is empty
        self._stand(opened)
        self._wake()

    def _stand(self, opened: Served[Any]) -> None:
        self._standing.add(opened)
        self._ready.append(opened)

    def _is_writable(self, opened: Served[Any]) -> None:
        with contextlib.suppress(OSError):  # lost, and counted by the socket
            opened.flush()
        if not opened.has_waiting:
            self._loop.remove_writer(opened.fileno())

    def _wake(self) -> None:
        if self._next is None and self._ready:
            self._next = self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._next = None
        self.counters["turns"] += 1
        with contextlib.ExitStack() as after:  # what one raises is told by the loop; all go on
            after.callback(self._end_turn)
            after.callback(self._serve, self._clock() + self._budget_ns)
            self._due()

    def _end_turn(self) -> None:
        if self._ready:
            self.counters["cut short"] += 1
            if self._next is None:
                self._let_pass(COURTESY)

    def _let_pass(self, left: int) -> None:
        """Have the next turn so many turns of the loop later."""
        if left > 1:
            self._next = self._loop.call_soon(self._let_pass, left - 1)
        else:
            self._next = self._loop.call_soon(self._turn)

    def _serve(self, end: int) -> None:
        while self._ready and self._clock() < end:
            opened = self._ready.popleft()
            self._standing.discard(opened)
            if opened not in self._takers:
                continue
            found = opened.receive(BATCH)
            if found is None:
                self._loop.add_reader(opened.fileno(), self._is_readable, opened)
                continue
            self._stand(opened)
            self._give(opened, found)

    def _give(self, opened: Served[Any], found: Sequence[Any]) -> None:
        for one in found:
            take = self._takers.get(opened)  # what came before may have closed it
            if take is None:
                return
            self.counters["datagrams"] += 1
            take(one)
