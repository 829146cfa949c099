"""`Streams`: the TCP connections of protocol instances.

The pump serves them beside datagrams, a piece of at most 256 KiB a turn of each, so that a
connection that brings much delays neither the others nor timers. What an instance hands over goes
to the kernel at once as far as that has room; `StreamSent` tells when it went, all that went
meanwhile at once. A connection that is given up sends what is left, and its end; that takes at
most `FAREWELL_S`, after which it is reset.

No TCP_USER_TIMEOUT is set: the protocols that speak over TCP have hold times of their own, which
are shorter and say more.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.errors import UsageError
from fingerpost.host.linux.connection import Connection, Farewell
from fingerpost.host.linux.listeners import Listeners
from fingerpost.host.linux.sockets.tcp_ao import AoKeys
from fingerpost.host.linux.sockets.tcp_security import Md5Key
from fingerpost.host.linux.sockets.tcp_settings import TcpSettings
from fingerpost.host.linux.sockets.tcp_stream import connect, reason_of
from fingerpost.host.tcp_connection import Endpoint
from fingerpost.protocol.events import StreamClosed

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.host.linux.connection import StreamEvent
    from fingerpost.host.linux.failures import Failures
    from fingerpost.host.linux.kernel_interface import KernelInterface
    from fingerpost.host.linux.pump import Pump
    from fingerpost.host.linux.sockets.tcp_stream import TcpStream
    from fingerpost.protocol.events import CloseStream, OpenStream, SendStream

FAREWELL_S = 5.0
GONE = "unreachable"


class Streams:
    """`pump` serves them; `received` gets an instance's name and what it is to be told.

    `counters`: "streams opened", "streams accepted", "streams closed", "stream octets in",
    "stream octets out".
    """

    def __init__(
        self, pump: Pump, received: Callable[[str, StreamEvent], None], failures: Failures
    ) -> None:
        """Begin without any."""
        self.counters: Counter[str] = Counter()
        self.listeners = Listeners(pump, self._accepted, failures)
        self._pump = pump
        self._received = received
        self._failures = failures
        self._open: dict[tuple[str, int], Connection] = {}
        self._zones: dict[tuple[str, int], str] = {}  # of connections, the interface they need
        self._stillborn: dict[tuple[str, int], asyncio.Handle] = {}
        self._farewells: dict[Farewell, asyncio.TimerHandle] = {}
        self._last = 0

    @property
    def connections(self) -> tuple[Connection, ...]:
        """Those that instances have, opening ones included."""
        return tuple(self._open.values())

    @property
    def has_waiting(self) -> bool:
        """Whether the last words of some are not heard yet."""
        return bool(self._farewells)

    # -- what instances ask --------------------------------------------------------------------

    def open(self, instance: str, asked: OpenStream) -> None:
        """Open a connection; what keeps it from being opened is told later, as all else."""
        key = (instance, asked.stream)
        try:
            stream = connect(
                Endpoint(asked.remote, asked.port), _settings(asked), source=asked.local
            )
        except (OSError, UsageError) as error:
            self._failures.tell("connect", asked.interface, f"to {asked.remote}", error)
            end = StreamClosed(asked.stream, reason_of(error))
            told = partial(self._tell_stillborn, key, end)
            self._stillborn[key] = asyncio.get_running_loop().call_soon(told)
            return
        self.counters["streams opened"] += 1
        self._add(key, stream, asked.interface)

    def send(self, instance: str, asked: SendStream) -> None:
        """Send octets; those for a connection that is over are lost, which its end tells."""
        held = self._open.get((instance, asked.stream))
        if held is None:
            return
        had_waiting = held.has_waiting
        held.send(asked.data)
        if held.has_waiting and not had_waiting:
            self._pump.flush_when_writable(held)

    def close_stream(self, instance: str, asked: CloseStream) -> None:
        """Give a connection up; one that is over is no error."""
        key = (instance, asked.stream)
        if (stillborn := self._stillborn.pop(key, None)) is not None:
            stillborn.cancel()
        if key in self._open:
            self._give_up(key, is_abrupt=asked.is_abrupt)

    # -- what there is -------------------------------------------------------------------------

    def stop(self, instance: str) -> None:
        """An instance has ended."""
        self.listeners.stop(instance)
        for key in [key for key in self._stillborn if key[0] == instance]:
            self._stillborn.pop(key).cancel()
        for key in [key for key in self._open if key[0] == instance]:
            self._give_up(key, is_abrupt=False)

    def set_interface(self, interface: KernelInterface) -> None:
        """An interface is like this from now on."""
        if interface.is_up:
            self.listeners.interface_changed()

    def remove_interface(self, name: str) -> None:
        """There is no such interface any more, nor anybody behind it."""
        self.listeners.remove_interface(name)
        for key in [key for key, zone in self._zones.items() if zone == name]:
            self._end(key)
            self._received(key[0], StreamClosed(key[1], GONE))

    def close(self) -> None:
        """Have no more to do with any; what the kernel has it sends."""
        self.listeners.close()
        for stillborn in self._stillborn.values():
            stillborn.cancel()
        for key in tuple(self._open):
            self._end(key)
        for farewell in tuple(self._farewells):
            self._over(farewell)

    # -- what comes ----------------------------------------------------------------------------

    def _accepted(self, instance: str, stream: TcpStream) -> None:
        self._last -= 1
        self.counters["streams accepted"] += 1
        self._add((instance, self._last), stream, stream.remote.address.zone)

    def _add(self, key: tuple[str, int], stream: TcpStream, zone: str | None) -> None:
        held = self._open[key] = Connection(*key, stream, self._pump.serve)
        if zone is not None:
            self._zones[key] = zone
        self._pump.watch(held, partial(self._take, key))
        if held.has_waiting:
            self._pump.flush_when_writable(held)
        self._pump.serve(held)

    def _take(self, key: tuple[str, int], event: StreamEvent) -> None:
        if isinstance(event, StreamClosed):
            self._end(key)
        self._received(key[0], event)

    def _tell_stillborn(self, key: tuple[str, int], end: StreamClosed) -> None:
        del self._stillborn[key]
        self._received(key[0], end)

    # -- ends ----------------------------------------------------------------------------------

    def _let_go(self, key: tuple[str, int]) -> TcpStream:
        held = self._open.pop(key)
        self._zones.pop(key, None)
        self._pump.unwatch(held)
        stream = held.stream
        self.counters["streams closed"] += 1
        self.counters["stream octets in"] += stream.received
        self.counters["stream octets out"] += stream.sent
        return stream

    def _end(self, key: tuple[str, int]) -> None:
        self._let_go(key).close()

    def _give_up(self, key: tuple[str, int], *, is_abrupt: bool) -> None:
        stream = self._let_go(key)
        if is_abrupt or not stream.is_connected or stream.error is not None:
            stream.abort()
            return
        farewell = Farewell(stream)
        late = asyncio.get_running_loop().call_later(FAREWELL_S, self._late, farewell)
        self._farewells[farewell] = late
        self._pump.watch(farewell, self._over)
        if farewell.has_waiting:
            self._pump.flush_when_writable(farewell)

    def _late(self, farewell: Farewell) -> None:
        """Nobody has listened to the end of it: reset it."""
        self._pump.unwatch(farewell)
        self._farewells.pop(farewell).cancel()
        farewell.stream.abort()

    def _over(self, farewell: Farewell) -> None:
        self._pump.unwatch(farewell)
        self._farewells.pop(farewell).cancel()
        farewell.stream.close()


def _settings(asked: OpenStream) -> TcpSettings:
    options, peer = asked.options, Prefix(asked.remote.without_zone)
    return TcpSettings(
        asked.interface,
        () if options.md5 is None else (Md5Key(peer, options.md5),),
        options.hop_limit,
        options.least_hop_limit,
        ao=AoKeys(peer, options.ao) if options.ao else None,
    )
