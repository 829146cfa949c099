"""`Listeners`: the TCP ports at which instances take connections.

What an instance asked for is kept until it takes that back: where a port could not be had, because
its address or interface is not there yet, it is tried again when an interface changes. A listener
that has no room for one more, such as descriptors, rests for a while.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.host.linux.sockets.tcp_listener import TcpListener
from fingerpost.host.linux.sockets.tcp_stream import TcpStream
from fingerpost.host.tcp_connection import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.host.linux.failures import Failures
    from fingerpost.host.linux.pump import Pump
    from fingerpost.protocol.events import ListenStream, StopListeningStream

Place: TypeAlias = tuple[str, int, Address | None, str | None]  # instance, port, address, interface
REST_S = 1.0
_ANY = (Address("0.0.0.0"), Address("::"))


class Listeners:
    """`accepted` gets the instance and each connection. What fails is told to `failures`."""

    def __init__(
        self, pump: Pump, accepted: Callable[[str, TcpStream], None], failures: Failures
    ) -> None:
        """Listen nowhere yet."""
        self._pump = pump
        self._accepted = accepted
        self._failures = failures
        self._asked: dict[Place, ListenStream] = {}
        self._open: dict[tuple[Place, Address], TcpListener] = {}
        self._resting: dict[TcpListener, asyncio.TimerHandle] = {}

    def __len__(self) -> int:
        """Count the sockets that are open; one for each family where no address was said."""
        return len(self._open)

    def listen(self, instance: str, asked: ListenStream) -> None:
        """Take connections at a place, or other peers than before."""
        place = (instance, asked.port, asked.address, asked.interface)
        self._asked[place] = asked
        for address in _addresses(place):
            self._listen(place, address)

    def stop_listening(self, instance: str, asked: StopListeningStream) -> None:
        """Take none there any more."""
        self._stop((instance, asked.port, asked.address, asked.interface))

    def stop(self, instance: str) -> None:
        """An instance has ended."""
        for place in [place for place in self._asked if place[0] == instance]:
            self._stop(place)

    def interface_changed(self) -> None:
        """Try again what could not be had."""
        for place in self._asked:
            for address in _addresses(place):
                if (place, address) not in self._open:
                    self._listen(place, address)

    def remove_interface(self, name: str) -> None:
        """What listened on an interface that is gone does not hear one of the same name."""
        for key in [key for key in self._open if key[0][3] == name]:
            self._close(key)

    def close(self) -> None:
        """Listen nowhere any more."""
        for place in tuple(self._asked):
            self._stop(place)

    def _listen(self, place: Place, address: Address) -> None:
        instance, port, _, interface = place
        held = self._open.get((place, address))
        try:
            opened = held or TcpListener(Endpoint(address, port), interface)
        except (OSError, UsageError) as error:
            self._failures.tell("listen", interface, f"{instance} on port {port}", error)
            return
        for fault in opened.set_peers(self._asked[place].peers):
            self._failures.tell("listen", interface, f"{instance} on port {port}", fault)
        if held is None:
            self._open[place, address] = opened
            self._watch(instance, opened)

    def _take(
        self, instance: str, listener: TcpListener, found: TcpStream | UsageError | OSError
    ) -> None:
        if isinstance(found, TcpStream):
            self._accepted(instance, found)
            return
        self._failures.tell("accept", None, f"{instance} at {listener.local}", found)
        if isinstance(found, OSError):
            self._rest(instance, listener)

    def _rest(self, instance: str, listener: TcpListener) -> None:
        """Leave it alone for a while: it would be readable all the time."""
        self._pump.unwatch(listener)
        again = partial(self._watch, instance, listener)
        self._resting[listener] = asyncio.get_running_loop().call_later(REST_S, again)

    def _watch(self, instance: str, listener: TcpListener) -> None:
        self._resting.pop(listener, None)
        self._pump.watch(listener, partial(self._take, instance, listener))

    def _stop(self, place: Place) -> None:
        if self._asked.pop(place, None) is not None:
            for key in [key for key in self._open if key[0] == place]:
                self._close(key)

    def _close(self, key: tuple[Place, Address]) -> None:
        opened = self._open.pop(key)
        if (resting := self._resting.pop(opened, None)) is not None:
            resting.cancel()
        self._pump.unwatch(opened)
        opened.close()


def _addresses(place: Place) -> tuple[Address, ...]:
    return _ANY if place[2] is None else (place[2],)
