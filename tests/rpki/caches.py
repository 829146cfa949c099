"""Two ends of the RPKI to Router protocol: ours with a scripted cache, and ours over a socket."""

from __future__ import annotations

import select
import socket
from time import monotonic_ns
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.protocol.events import CloseStream, OpenStream, Output, SendStream
from fingerpost.rpki.client import Client
from fingerpost.rpki.pdu import Pdu, decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable


class Scripted:
    """A client, what it sent, and whatever a cache may say to it."""

    def __init__(self, **settings: int) -> None:
        self.out: list[Output] = []
        self.numbers = iter(range(1, 1000))
        self.client = Client(
            Address("192.0.2.1"), 323, self.out.append, lambda: next(self.numbers), **settings
        )
        self.now = 0

    def connect(self) -> list[Pdu]:
        """Have its connection stand; gives what it asks."""
        if self.client.stream is None:
            self.client.start(self.now)
        assert any(isinstance(one, OpenStream) for one in self.taken())
        self.client.connected(self.now)
        return self.sent()

    def taken(self) -> list[Output]:
        """All that it wants done."""
        out = self.out.copy()
        self.out.clear()
        return out

    def sent(self) -> list[Pdu]:
        """PDUs that it sends, in order."""
        return [decode(one.data)[1] for one in self.taken() if isinstance(one, SendStream)]

    def tell(self, *pdus: Pdu, version: int = 1) -> list[Pdu]:
        """Say PDUs; gives the answer."""
        self.client.received(b"".join(encode(one, version) for one in pdus), self.now)
        return self.sent()

    def wait(self, until: int | None = None) -> list[Pdu]:
        """Let time pass up to its deadline, or an instant; gives what it sends then."""
        due = self.client.next_deadline() if until is None else until
        assert due is not None
        self.now = due
        self.client.pass_time(due)
        return self.sent()


class Wired:
    """A client on a socket."""

    def __init__(self, port: int) -> None:
        self.socket: socket.socket | None = None
        self.port = port
        numbers = iter(range(1, 1000))
        self.client = Client(Address("127.0.0.1"), port, self.put, lambda: next(numbers))
        self.client.start(monotonic_ns())
        self.client.connected(monotonic_ns())

    def put(self, output: Output) -> None:
        """Do what it wants done."""
        if isinstance(output, OpenStream):
            self.socket = socket.create_connection(("127.0.0.1", self.port), 2)
        elif self.socket is not None and isinstance(output, SendStream):
            self.socket.sendall(output.data)
        elif self.socket is not None and isinstance(output, CloseStream):
            self.close()

    def close(self) -> None:
        """Have no connection any more."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def run(self, is_done: Callable[[Client], bool], seconds: float = 20) -> bool:
        """Serve it until something is so; false if it is not so in time."""
        end = monotonic_ns() + int(seconds * 1e9)
        stream = self.client.stream
        while not is_done(self.client) and monotonic_ns() < end:
            if self.client.stream != stream:  # it was opened anew, by another version
                stream = self.client.stream
                self.client.connected(monotonic_ns())
            if self.socket is None:
                return False
            if select.select([self.socket], [], [], 0.05)[0]:
                data = self.socket.recv(65536)
                if not data:
                    self.client.closed(None, monotonic_ns())
                    return is_done(self.client)
                self.client.received(data, monotonic_ns())
        return is_done(self.client)
