"""`Driving`: the machine of BGP with TCP sockets and a timer, on the loop of the program.

There is no routing table: every next hop that the machine asks about is reachable at no cost, and
what it says to a table is heard by nobody. Messages are read for at most `BUDGET_NS` in a turn of
the loop, so that the program runs beside a neighbour that tells a full table.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING

from fingerpost.forwarding.events import Happened, TimePassed
from fingerpost.host.linux.alarm import Alarm
from fingerpost.host.linux.carrying import carry_stream
from fingerpost.host.linux.failures import Failures
from fingerpost.host.linux.pump import Pump
from fingerpost.host.linux.streams import Streams
from fingerpost.protocol.events import FollowGateway, GatewayChanged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fingerpost.bgp.machine import Bgp
    from fingerpost.protocol.events import Event, Output

BUDGET_NS = 5_000_000
FAREWELL_S = 1.0
_NAME = "speaker"


class Driving:
    """Drives `machine`; `report` gets what happens, `stepped` is called after each step."""

    def __init__(
        self, machine: Bgp, report: Callable[[Happened], None], stepped: Callable[[], None]
    ) -> None:
        """Open nothing before the machine asks, from within a running loop."""
        self.machine = machine
        self.clock = time.monotonic_ns
        self.report = report
        self._stepped = stepped
        self._loop = asyncio.get_running_loop()
        self._pump = Pump(self.clock, _nothing, budget_ns=BUDGET_NS)
        self._streams = Streams(self._pump, self._received, Failures(self._failed))
        self._alarm = Alarm(self.clock, self._ring)
        self._kicked: asyncio.Handle | None = None

    def take(self, event: Event) -> None:
        """Give the machine an event, and do all that follows."""
        now = self.clock()
        self._carry(self.machine.receive(event, now), now)
        self._settled()

    def kick(self) -> None:
        """Something was changed: settle it soon, with all that is changed till then."""
        if self._kicked is None:
            self._kicked = self._loop.call_soon(self._pass_time)

    def _failed(self, happened: Happened) -> None:
        self.report(happened)

    async def close(self) -> None:
        """Drive it no more; connections have a moment to send what is left."""
        self._alarm.cancel()
        if self._kicked is not None:
            self._kicked.cancel()
        end = self._loop.time() + FAREWELL_S
        while self._streams.has_waiting and self._loop.time() < end:
            await asyncio.sleep(0.005)
        self._streams.close()
        self._pump.close()

    def _settled(self) -> None:
        self._alarm.set(self.machine.next_deadline())
        self._stepped()

    def _received(self, _: str, event: Event) -> None:
        self.take(event)

    def _ring(self) -> None:
        self._loop.call_soon(self._pass_time)  # sockets seen readable come first

    def _pass_time(self) -> None:
        self._kicked = None
        self.take(TimePassed())

    def _carry(self, outputs: Iterable[Output], now: int) -> None:
        waiting = deque(outputs)
        while waiting:
            asked = waiting.popleft()
            match asked:
                case FollowGateway(address):
                    waiting.extend(self.machine.receive(GatewayChanged(address, 0), now))
                case Happened():
                    self.report(asked)
                case _:  # what is none of these concerns a routing table
                    carry_stream(self._streams, _NAME, asked)


def _nothing() -> None:
    """Do nothing: what is due is done by the alarm."""
